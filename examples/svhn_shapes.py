# House numbers (SVHN, 32 x 32 pixels in colour) with five-by-five filters.

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class HouseNumberNet(nn.Module):
    def __init__(self):
        super(HouseNumberNet, self).__init__()
        self.conv1 = nn.Conv2d(3, 24, 5)
        self.norm1 = nn.BatchNorm2d(24)
        self.conv2 = nn.Conv2d(32, 48, 5)
        self.norm2 = nn.BatchNorm2d(48)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(48 * 6 * 6, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.norm1(self.conv1(x))))
        x = self.pool(F.relu(self.norm2(self.conv2(x))))
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


def train(model, loader, optimizer, device):
    model.train()
    for images, digits in loader:
        images, digits = images.to(device), digits.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), digits)
        loss.backward()
        optimizer.step()


def test(model, loader, device):
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, digits in loader:
            scores = model(images.to(device))
            correct += (scores.argmax(1).cpu() == digits).sum().item()
    return correct / len(loader.dataset)


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    transform = transforms.Compose([
        transforms.ToTensor(),
        transforms.Normalize((0.438, 0.444, 0.473), (0.198, 0.201, 0.197)),
    ])
    train_set = datasets.SVHN("data", split="train", download=True, transform=transform)
    test_set = datasets.SVHN("data", split="test", download=True, transform=transform)
    train_loader = DataLoader(train_set, batch_size=128, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=1000)

    model = HouseNumberNet().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        train(model, train_loader, optimizer, device)
    print("accuracy", test(model, test_loader, device))


if __name__ == "__main__":
    main()
