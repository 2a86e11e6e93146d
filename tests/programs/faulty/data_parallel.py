"""Training and validation as functions; neither clears gradients nor switches the mode."""

import torch
from torch import nn
from torchvision import models


def train_epoch(model, loader, opt, loss_fn, device):
    model.train()
    running = 0.0
    for step, batch in enumerate(loader):
        x = batch["image"].to(device)
        y = batch["label"].to(device)
        logits = model(x)
        loss = loss_fn(logits, y)
        loss.backward()
        opt.step()  # CNN101
        running += loss.item()
    return running / (step + 1)


def validate(model, loader, loss_fn, device):
    losses = []
    with torch.no_grad():
        for batch in loader:
            losses.append(loss_fn(model(batch["image"].to(device)), batch["label"].to(device)).item())  # CNN701
    return sum(losses) / len(losses)


def fit(train_loader, val_loader, epochs=20, device="cuda"):
    model = models.resnet18(weights=None, num_classes=7)
    if torch.cuda.device_count() > 1:
        model = nn.DataParallel(model)
    model.to(device)
    opt = torch.optim.AdamW(model.parameters(), lr=3e-4)
    loss_fn = nn.CrossEntropyLoss()
    best = None
    for epoch in range(epochs):
        tr = train_epoch(model, train_loader, opt, loss_fn, device)
        va = validate(model, val_loader, loss_fn, device)
        print(epoch, tr, va)
        if best is None or va < best:
            best = va
            torch.save(model.state_dict(), "m.pt")
