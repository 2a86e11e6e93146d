"""A package with relative imports; its network keeps blocks in a list."""

import torch
from models import SmallNet, build_loss


class Cfg:
    width = 32
    classes = 10
    lr = 1e-3


def train(cfg, loader):
    net = SmallNet(cfg)
    loss_fn = build_loss("ce")
    opt = torch.optim.Adam(net.parameters(), lr=cfg.lr)
    net.train()
    for i in range(10):
        for batch in loader:
            opt.zero_grad(set_to_none=True)
            out = net(batch[0])
            loss = loss_fn(out, batch[1])  # CNN201
            loss.backward()
            opt.step()


if __name__ == "__main__":
    import dataset

    train(Cfg(), dataset.loader())
