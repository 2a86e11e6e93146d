"""Model and loss are chosen by name from a dict; the default loss wants log-probabilities."""

import argparse
import torch, torch.nn as nn, torch.nn.functional as F
import torchvision


class LeNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.c1 = nn.Conv2d(3, 6, 5)
        self.c2 = nn.Conv2d(6, 16, 5)
        self.f1 = nn.Linear(400, 120)
        self.f2 = nn.Linear(120, num_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c2(x)), 2)
        return self.f2(F.relu(self.f1(torch.flatten(x, 1))))


class Wide(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 64, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.head = nn.Linear(64, num_classes)

    def forward(self, x):
        return self.head(self.body(x).flatten(1))


MODELS = {"lenet": LeNet, "wide": Wide}
LOSSES = {"ce": nn.CrossEntropyLoss, "nll": nn.NLLLoss}


def create_model(name, num_classes):
    if name not in MODELS:
        raise ValueError(name)
    return MODELS[name](num_classes)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--model", default="lenet", choices=list(MODELS))
    p.add_argument("--loss", default="nll")
    p.add_argument("--lr", type=float, default=0.01)
    args = p.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = nn.DataParallel(create_model(args.model, 10)).to(device)
    crit = LOSSES[args.loss]()
    opt = torch.optim.SGD(net.parameters(), lr=args.lr, momentum=0.9)
    data = torchvision.datasets.CIFAR10(".", transform=torchvision.transforms.ToTensor())
    loader = torch.utils.data.DataLoader(data, 64, shuffle=True)
    for epoch in range(10):
        for img, lab in loader:
            img, lab = img.to(device), lab.to(device)
            opt.zero_grad()
            out = net(img)
            loss = crit(out, lab)  # CNN203
            loss.backward()
            opt.step()


main()
