"""Trains the chosen network and prints the accuracy on the extra test set."""

import torch
from torch import nn, optim

import config
from data import get_loader
from nets import build
from utils.meters import Mean
from utils.schedule import warmup


def train_epoch(net, loader, criterion, optimizer, device, warmup_scheduler=None):
    net.train()
    mean = Mean()
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(net(images), labels)
        loss.backward()
        optimizer.step()
        if warmup_scheduler is not None:
            warmup_scheduler.step()
        mean.add(loss.detach(), labels.size(0))
    return float(mean)


@torch.no_grad()
def evaluate(net, loader, device):
    net.eval()
    hits = 0
    for images, labels in loader:
        hits += (net(images.to(device)).argmax(1) == labels.to(device)).sum().item()
    return hits / len(loader.dataset)


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_loader, test_loader = get_loader("train"), get_loader("test", batch_size=512)
    net = build(config.NET, config.NUM_CLASSES).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=config.BASE_LR, momentum=0.9, weight_decay=config.WEIGHT_DECAY)
    scheduler = optim.lr_scheduler.MultiStepLR(optimizer, milestones=[40, 70], gamma=0.1)
    warm = warmup(optimizer, config.WARMUP_EPOCHS * len(train_loader))

    for epoch in range(config.EPOCHS):
        warming = epoch < config.WARMUP_EPOCHS
        loss = train_epoch(net, train_loader, criterion, optimizer, device, warm if warming else None)
        if not warming:
            scheduler.step()
        print(f"{epoch:3d} {loss:.4f}")
    print(f"accuracy {evaluate(net, test_loader, device):.4f}")
    torch.save(net.state_dict(), f"{config.NET}.pt")


if __name__ == "__main__":
    main()
