# CIFAR-100 with a network whose depth can be chosen: --blocks 4 --width 48

import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms


class BlockNet(nn.Module):
    def __init__(self, blocks, width, classes=100):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.blocks = []
        for _ in range(blocks):
            self.blocks.append(nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ))
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = F.relu(self.norm(self.stem(x)))
        for block in self.blocks:
            x = F.max_pool2d(x + block(x), 2)
        return self.head(x.mean(dim=(2, 3)))


def validate(model, loader, device):
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            correct += (model(images).argmax(1) == labels).sum().item()
            total += labels.size(0)
    return correct / total


def main():
    parser = argparse.ArgumentParser(description="CIFAR-100")
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--width", type=int, default=48)
    parser.add_argument("--epochs", type=int, default=50)
    args = parser.parse_args()

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    transform = transforms.Compose([
        transforms.ToTensor(),
        transforms.Normalize((0.507, 0.487, 0.441), (0.267, 0.256, 0.276)),
    ])
    data = datasets.CIFAR100("data", train=True, download=True, transform=transform)
    train_set, valid_set = random_split(data, [45_000, 5_000])
    train_loader = DataLoader(train_set, batch_size=128, shuffle=True, num_workers=2)
    valid_loader = DataLoader(valid_set, batch_size=512, num_workers=2)

    model = BlockNet(args.blocks, args.width).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [25, 40], gamma=0.1)

    model.train()
    for epoch in range(args.epochs):
        for images, labels in train_loader:
            images, labels = images.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
        scheduler.step()
        print(f"epoch {epoch}: validation accuracy {validate(model, valid_loader, device):.3f}")


if __name__ == "__main__":
    main()
