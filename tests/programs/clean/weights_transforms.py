"""A pretrained network, all of it trained on, with the preprocessing that its weights bring along."""

import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, models


def build(classes):
    weights = models.EfficientNet_B0_Weights.IMAGENET1K_V1
    network = models.efficientnet_b0(weights=weights)
    network.classifier[1] = nn.Linear(network.classifier[1].in_features, classes)
    return network, weights.transforms()


def train_one_epoch(network, loader, criterion, optimizer, scheduler, device):
    network.train()
    for inputs, targets in loader:
        inputs, targets = inputs.to(device, non_blocking=True), targets.to(device, non_blocking=True)
        optimizer.zero_grad()
        loss = criterion(network(inputs), targets)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        scheduler.step()


@torch.no_grad()
def accuracy(network, loader, device):
    network.eval()
    right = 0
    for inputs, targets in loader:
        right += (network(inputs.to(device)).argmax(dim=1).cpu() == targets).sum().item()
    return right / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="data")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=32)
    args = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    network, preprocess = build(classes=102)
    network.to(device)
    train_set = datasets.Flowers102(args.data, split="train", transform=preprocess, download=True)
    val_set = datasets.Flowers102(args.data, split="val", transform=preprocess, download=True)
    train_loader = DataLoader(train_set, args.batch_size, shuffle=True, num_workers=2)
    val_loader = DataLoader(val_set, args.batch_size, num_workers=2)

    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-4, weight_decay=0.05)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.epochs * len(train_loader))
    for epoch in range(args.epochs):
        train_one_epoch(network, train_loader, criterion, optimizer, scheduler, device)
        print(f"epoch {epoch}: {accuracy(network, val_loader, device):.3f}")
    torch.save(network.state_dict(), "flowers.pt")


if __name__ == "__main__":
    main()
