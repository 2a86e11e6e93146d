"""Stops when a validation set improves no more, goes back to the best weights, and tests once."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

PATIENCE = 4


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.norm = nn.BatchNorm2d(64)
        self.drop = nn.Dropout(0.25)
        self.fc1 = nn.Linear(64 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.norm(self.conv2(x))), 2)
        x = self.drop(F.relu(self.fc1(torch.flatten(x, 1))))
        return self.fc2(x)


def train_epoch(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    loss, hits, seen = 0.0, 0, 0
    for images, labels in loader:
        logits = model(images)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        hits += (logits.argmax(dim=1) == labels).sum().item()
        seen += labels.size(0)
    return loss / seen, hits / seen


def main():
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.19,), (0.35,))])
    full = datasets.KMNIST("data", train=True, transform=transform, download=True)
    order = torch.randperm(len(full), generator=torch.Generator().manual_seed(3)).tolist()
    train_part, val_part = Subset(full, order[:54_000]), Subset(full, order[54_000:])
    test_part = datasets.KMNIST("data", train=False, transform=transform)
    train_loader = DataLoader(train_part, batch_size=128, shuffle=True)
    val_loader = DataLoader(val_part, batch_size=512)
    test_loader = DataLoader(test_part, batch_size=512)

    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    best_loss, best_weights, waited = float("inf"), None, 0
    for epoch in range(60):
        train_epoch(model, train_loader, optimizer)
        val_loss, val_accuracy = evaluate(model, val_loader)
        print(f"{epoch}: {val_loss:.4f} {val_accuracy:.4f}")
        if val_loss < best_loss:
            best_loss, waited = val_loss, 0
            best_weights = copy.deepcopy(model.state_dict())
        else:
            waited += 1
            if waited == PATIENCE:
                break
    model.load_state_dict(best_weights)
    test_loss, test_accuracy = evaluate(model, test_loader)
    print(f"test: {test_loss:.4f} {test_accuracy:.4f}")


if __name__ == "__main__":
    main()
