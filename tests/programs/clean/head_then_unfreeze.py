"""Transfer learning in two stages: a new head on a frozen body, then all of it at a smaller rate."""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms


def freeze(module):
    for parameter in module.parameters():
        parameter.requires_grad = False


def unfreeze(module):
    for parameter in module.parameters():
        parameter.requires_grad = True


def build(classes):
    model = models.efficientnet_b0(weights=models.EfficientNet_B0_Weights.DEFAULT)
    freeze(model)
    model.classifier = nn.Sequential(nn.Dropout(0.3), nn.Linear(1280, classes))
    return model


def train_epochs(model, loader, optimizer, criterion, epochs, device):
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            loss = criterion(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(epoch, total / len(loader))


@torch.no_grad()
def accuracy(model, loader, device):
    model.eval()
    correct = 0
    for images, labels in loader:
        correct += (model(images.to(device)).argmax(1) == labels.to(device)).sum().item()
    return correct / len(loader.dataset)


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    normalize = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    varied = transforms.Compose([transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(), normalize])
    plain = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), normalize])
    train_loader = DataLoader(datasets.Food101("data", split="train", transform=varied, download=True), 64, shuffle=True)
    test_loader = DataLoader(datasets.Food101("data", split="test", transform=plain, download=True), 128)

    model = build(101).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=1e-3)
    train_epochs(model, train_loader, optimizer, criterion, 3, device)
    print("head:", accuracy(model, test_loader, device))

    unfreeze(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-5)
    train_epochs(model, train_loader, optimizer, criterion, 7, device)
    print("all:", accuracy(model, test_loader, device))


if __name__ == "__main__":
    main()
