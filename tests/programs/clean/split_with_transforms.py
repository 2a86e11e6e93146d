"""A training set cut by random_split, and each part seen through a transform of its own."""

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, random_split
from torchvision import transforms
from torchvision.datasets import CIFAR100

MEAN, STD = (0.507, 0.487, 0.441), (0.267, 0.256, 0.276)

augment = transforms.Compose([
    transforms.RandomCrop(32, padding=4, padding_mode="reflect"),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize(MEAN, STD),
])
plain = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])

sizes = [45_000, 5_000]
train_set, _ = random_split(
    CIFAR100("data", train=True, transform=augment, download=True), sizes, torch.Generator().manual_seed(1)
)
_, val_set = random_split(CIFAR100("data", train=True, transform=plain), sizes, torch.Generator().manual_seed(1))
test_set = CIFAR100("data", train=False, transform=plain)

train_loader = DataLoader(train_set, batch_size=128, shuffle=True, num_workers=2, drop_last=True)
val_loader = DataLoader(val_set, batch_size=256)
test_loader = DataLoader(test_set, batch_size=256)


def block(n_in, n_out):
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU(), nn.MaxPool2d(2)
    )


net = nn.Sequential(
    block(3, 64), block(64, 128), block(128, 256), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2),
    nn.Linear(256, 100),
)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)


def accuracy_on(loader):
    net.eval()
    hits = 0
    with torch.no_grad():
        for images, labels in loader:
            hits += (net(images).argmax(1) == labels).sum().item()
    net.train()
    return hits / len(loader.dataset)


for epoch in range(50):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(net(images), labels).backward()
        optimizer.step()
    scheduler.step()
    print(epoch, accuracy_on(val_loader))
print("test", accuracy_on(test_loader))
