"""LBFGS asks for a closure that clears the gradients, runs the model and returns the loss."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class TinyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x):
        x = torch.tanh(self.conv(x))
        return self.fc(x.flatten(start_dim=1))


def main():
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.1307, 0.3081)])
    train_loader = DataLoader(
        datasets.MNIST("data", train=True, download=True, transform=transform), batch_size=5000, shuffle=True
    )
    test_loader = DataLoader(datasets.MNIST("data", train=False, transform=transform), batch_size=5000)
    model = TinyNet()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=1, max_iter=10, history_size=20, line_search_fn="strong_wolfe")

    for epoch in range(10):
        model.train()
        for x, y in train_loader:

            def closure():
                optimizer.zero_grad()
                loss = F.cross_entropy(model(x), y)
                loss.backward()
                return loss

            loss = optimizer.step(closure)
        print(epoch, float(loss))

    model.eval()
    with torch.no_grad():
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in test_loader)
    print(correct / len(test_loader.dataset))


if __name__ == "__main__":
    main()
