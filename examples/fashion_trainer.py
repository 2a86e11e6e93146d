# Fashion-MNIST with a small trainer class that can be reused for other datasets.

import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision.datasets import FashionMNIST
from torchvision.transforms import Compose, Normalize, ToTensor


class FashionNet(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, n_classes)
        )

    def forward(self, x):
        return self.classifier(self.features(x))


class Trainer:
    def __init__(self, model, train_loader, test_loader, lr=1e-3):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = model.to(self.device)
        self.train_loader = train_loader
        self.test_loader = test_loader
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)

    def train_epoch(self):
        self.model.train()
        epoch_loss = 0
        for x, y in self.train_loader:
            x, y = x.to(self.device), y.to(self.device)
            loss = self.criterion(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            epoch_loss += loss
        return epoch_loss / len(self.train_loader)

    def evaluate(self):
        self.model.eval()
        hits = 0
        with torch.no_grad():
            for x, y in self.test_loader:
                x, y = x.to(self.device), y.to(self.device)
                hits += (self.model(x).argmax(1) == y).sum().item()
        return hits / len(self.test_loader.dataset)

    def fit(self, epochs):
        for epoch in range(1, epochs + 1):
            loss = self.train_epoch()
            print(f"epoch {epoch}/{epochs}  loss {loss:.4f}")
        print(f"accuracy {self.evaluate():.4f}")


if __name__ == "__main__":
    transform = Compose([ToTensor(), Normalize((0.2860,), (0.3530,))])
    train_data = FashionMNIST("data", train=True, download=True, transform=transform)
    test_data = FashionMNIST("data", train=False, download=True, transform=transform)
    trainer = Trainer(
        FashionNet(),
        DataLoader(train_data, batch_size=128, shuffle=True),
        DataLoader(test_data, batch_size=512),
    )
    trainer.fit(epochs=15)
