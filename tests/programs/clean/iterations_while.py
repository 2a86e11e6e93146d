"""Training counted in iterations: a while loop that asks an iterator for the next batch and begins it anew."""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import SVHN
from torchvision.transforms import Compose, Normalize, ToTensor

MAX_ITERATIONS = 20_000
EVALUATE_EVERY = 1_000
LOG_EVERY = 100

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
transform = Compose([ToTensor(), Normalize((0.438, 0.444, 0.473), (0.198, 0.201, 0.197))])
train_set = SVHN("data", split="train", transform=transform, download=True)
test_set = SVHN("data", split="test", transform=transform, download=True)
train_loader = DataLoader(train_set, batch_size=128, shuffle=True, drop_last=True)
test_loader = DataLoader(test_set, batch_size=256)

net = nn.Sequential(
    nn.Conv2d(3, 32, 3, padding=1),
    nn.GroupNorm(8, 32),
    nn.ELU(),
    nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, padding=1),
    nn.GroupNorm(8, 64),
    nn.ELU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Dropout(0.2),
    nn.Linear(64 * 8 * 8, 10),
).to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[12_000, 16_000], gamma=0.1)


def evaluate():
    net.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in test_loader:
            correct += (net(images.to(device)).argmax(dim=1) == labels.to(device)).sum().item()
    net.train()
    return correct / len(test_set)


batches = iter(train_loader)
iteration = 0
running_loss = 0.0
net.train()
while iteration < MAX_ITERATIONS:
    try:
        images, labels = next(batches)
    except StopIteration:
        batches = iter(train_loader)
        images, labels = next(batches)
    loss = criterion(net(images.to(device)), labels.to(device))
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 10.0)
    optimizer.step()
    scheduler.step()
    running_loss += loss.item()
    iteration += 1
    if iteration % LOG_EVERY == 0:
        print(iteration, running_loss / LOG_EVERY)
        running_loss = 0.0
    if iteration % EVALUATE_EVERY == 0:
        print(iteration, evaluate())

torch.save(net.state_dict(), "svhn.pt")
