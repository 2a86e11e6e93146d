"""Four small batches for one step of the optimizer, because the card is small."""

import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

ACCUMULATE = 4
EPOCHS = 30


def build_loader(root, train):
    steps = [transforms.ToTensor(), transforms.Normalize((0.507, 0.487, 0.441), (0.267, 0.256, 0.276))]
    if train:
        steps = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()] + steps
    data = datasets.CIFAR100(root, train=train, transform=transforms.Compose(steps), download=True)
    return DataLoader(data, batch_size=32, shuffle=train, num_workers=2)


def train_one_epoch(model, loader, criterion, optimizer, device):
    model.train()
    optimizer.zero_grad()
    batches = len(loader)
    for step, (images, labels) in enumerate(loader, start=1):
        images, labels = images.to(device), labels.to(device)
        loss = criterion(model(images), labels) / ACCUMULATE
        loss.backward()
        if step % ACCUMULATE == 0 or step == batches:
            optimizer.step()
            optimizer.zero_grad()


@torch.inference_mode()
def evaluate(model, loader, device):
    model.eval()
    hits = 0
    for images, labels in loader:
        hits += model(images.to(device)).argmax(1).eq(labels.to(device)).sum().item()
    return hits / len(loader.dataset)


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = models.resnet18(weights=None, num_classes=100).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=5e-4)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.93)
    train_loader = build_loader("data", train=True)
    test_loader = build_loader("data", train=False)
    for epoch in range(EPOCHS):
        train_one_epoch(model, train_loader, criterion, optimizer, device)
        scheduler.step()
        print(epoch, scheduler.get_last_lr())
    print(evaluate(model, test_loader, device))


if __name__ == "__main__":
    main()
