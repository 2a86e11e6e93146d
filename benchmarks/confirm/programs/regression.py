import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class Reader(nn.Module):
    """Reads the digit as a number between 0 and 1."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.fc1 = nn.Linear(32 * 7 * 7, 64)
        self.fc2 = nn.Linear(64, 1)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        x = torch.relu(self.fc1(x.flatten(1)))
        return self.fc2(x)


def run_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    total = 0.0
    for image, digit in loader:
        image, value = image.to(device), digit.float().to(device) / 9
        prediction = model(image).squeeze(1)
        loss = loss_fn(prediction, value)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


if __name__ == "__main__":
    device = "cuda" if torch.cuda.is_available() else "cpu"
    normalize = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    data = datasets.MNIST("data", train=True, download=True, transform=normalize)
    loader = DataLoader(data, batch_size=32, shuffle=True)
    model = Reader().to(device)
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    loss_fn = nn.MSELoss()
    for epoch in range(20):
        print(epoch, run_epoch(model, loader, loss_fn, optimizer, device))
