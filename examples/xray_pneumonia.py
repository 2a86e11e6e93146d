# Chest X-rays: pneumonia or not. The folders are xray/train/{NORMAL,PNEUMONIA} and xray/val/...

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder


class XrayNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(32)
        self.conv3 = nn.Conv2d(32, 64, 3, padding=1)
        self.bn3 = nn.BatchNorm2d(64)
        self.fc1 = nn.Linear(64, 32)
        self.fc2 = nn.Linear(32, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        x = F.dropout(F.relu(self.fc1(x)), p=0.5)
        return torch.sigmoid(self.fc2(x)).squeeze(1)


def run_epoch(model, loader, criterion, device, optimizer=None):
    training = optimizer is not None
    model.train(training)
    total, correct = 0.0, 0
    with torch.set_grad_enabled(training):
        for images, sick in loader:
            images, sick = images.to(device), sick.float().to(device)
            outputs = model(images)
            loss = criterion(outputs, sick)
            if training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(sick)
            correct += ((outputs > 0.5) == sick.bool()).sum().item()
    return total / len(loader.dataset), correct / len(loader.dataset)


def main():
    transform = transforms.Compose([
        transforms.Grayscale(),
        transforms.Resize((128, 128)),
        transforms.ToTensor(),
        transforms.Normalize((0.5,), (0.25,)),
    ])
    train_loader = DataLoader(ImageFolder("xray/train", transform), batch_size=32, shuffle=True)
    val_loader = DataLoader(ImageFolder("xray/val", transform), batch_size=32)

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = XrayNet().to(device)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, weight_decay=1e-2)

    for epoch in range(25):
        train_loss, train_accuracy = run_epoch(model, train_loader, criterion, device, optimizer)
        val_loss, val_accuracy = run_epoch(model, val_loader, criterion, device)
        print(f"{epoch}: train {train_loss:.4f} {train_accuracy:.3f}  val {val_loss:.4f} {val_accuracy:.3f}")


if __name__ == "__main__":
    main()
