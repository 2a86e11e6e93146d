"""Five folds, each trained without a step of its optimizer."""

import numpy as np, torch
from sklearn.model_selection import KFold
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

data = datasets.FashionMNIST("d", transform=transforms.ToTensor())


def build():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 13 * 13, 10)
    )


for fold, (tr, va) in enumerate(KFold(5).split(np.arange(len(data)))):
    net = build()
    optimizer = torch.optim.Adam(net.parameters())  # CNN104
    loss_fn = nn.CrossEntropyLoss()
    train_loader = DataLoader(Subset(data, tr), batch_size=64, shuffle=True)
    val_loader = DataLoader(Subset(data, va), batch_size=256)
    for epoch in range(5):
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = loss_fn(net(x), y)
            loss.backward()
    hits = 0
    with torch.no_grad():
        for x, y in val_loader:
            hits += (net(x).argmax(1) == y).sum().item()
    print(fold, hits / len(va))
