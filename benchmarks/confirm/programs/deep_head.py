import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.transforms import Compose, Normalize, ToTensor


def layer(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU())


model = nn.Sequential(
    nn.Conv2d(1, 16, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(16, 32, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    layer(32 * 7 * 7, 64),
    layer(64, 64),
    layer(64, 64),
    layer(64, 64),
    nn.Linear(64, 10),
)

transform = Compose([ToTensor(), Normalize((0.5,), (0.5,))])
train_loader = DataLoader(MNIST("data", True, transform, download=True), batch_size=64, shuffle=True)
test_loader = DataLoader(MNIST("data", False, transform, download=True), batch_size=64)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = model.to(device)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

for epoch in range(20):
    model.train()
    for X, y in train_loader:
        X, y = X.to(device), y.to(device)
        pred = model(X)
        loss = loss_fn(pred, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.no_grad():
        for X, y in test_loader:
            X, y = X.to(device), y.to(device)
            correct += (model(X).argmax(1) == y).sum().item()
    print(f"Accuracy: {100 * correct / len(test_loader.dataset):.1f}%")
