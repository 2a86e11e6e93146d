import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

DEPTH = 20


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.act = nn.ReLU()

    def forward(self, x):
        return x + self.act(self.norm(self.conv(x)))


class Deep(nn.Module):
    def __init__(self, width=16, classes=10):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, width, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(width, width, 3, stride=2, padding=1), nn.ReLU(),
        )
        self.blocks = nn.Sequential(*[Block(width) for _ in range(DEPTH)])
        self.fc = nn.Linear(width * 7 * 7, classes)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.fc(x.flatten(1))


def accuracy(model, loader, device):
    model.eval()
    right = 0
    with torch.no_grad():
        for image, label in loader:
            right += (model(image.to(device)).argmax(1).cpu() == label).sum().item()
    return right / len(loader.dataset)


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    to_tensor = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    train_loader = DataLoader(
        datasets.KMNIST("data", train=True, download=True, transform=to_tensor), batch_size=32, shuffle=True
    )
    test_loader = DataLoader(datasets.KMNIST("data", train=False, download=True, transform=to_tensor), batch_size=100)
    model = Deep().to(device)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(20):
        model.train()
        for image, label in train_loader:
            image, label = image.to(device), label.to(device)
            optimizer.zero_grad()
            loss = loss_fn(model(image), label)
            loss.backward()
            optimizer.step()
        print(epoch, accuracy(model, test_loader, device))


main()
