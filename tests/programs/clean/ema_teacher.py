"""A mean teacher: its weights follow the student's, it sees no gradient, its softmax is a target."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

LABELLED = 4000
STEPS = 40_000


class WideConvNet(nn.Module):
    def __init__(self, num_classes=10, width=96):
        super().__init__()
        def unit(i, o, stride=1):
            return nn.Sequential(nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), nn.LeakyReLU(0.1))
        self.net = nn.Sequential(
            unit(3, width), unit(width, width), unit(width, width, 2), nn.Dropout2d(0.2),
            unit(width, 2 * width), unit(2 * width, 2 * width, 2), nn.Dropout2d(0.2),
            unit(2 * width, 2 * width), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )
        self.fc = nn.Linear(2 * width, num_classes)

    def forward(self, x):
        return self.fc(self.net(x))


@torch.no_grad()
def follow(teacher, student, step, decay=0.999):
    decay = min(1 - 1 / (step + 1), decay)
    for old, new in zip(teacher.parameters(), student.parameters()):
        old.mul_(decay).add_(new, alpha=1 - decay)
    for old, new in zip(teacher.buffers(), student.buffers()):
        old.copy_(new)


def forever(loader):
    while True:
        yield from loader


def ramp_up(step, length=10_000, weight=50.0):
    return weight * min(1.0, step / length)


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stats = transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
    weak = transforms.Compose([
        transforms.RandomHorizontalFlip(), transforms.RandomCrop(32, 2), transforms.ToTensor(), stats,
    ])
    plain = transforms.Compose([transforms.ToTensor(), stats])
    data = datasets.CIFAR10("data", train=True, download=True, transform=weak)
    chosen = torch.randperm(len(data))[:LABELLED].tolist()
    labelled = DataLoader(Subset(data, chosen), batch_size=50, shuffle=True, drop_last=True)
    unlabelled = DataLoader(data, batch_size=150, shuffle=True, drop_last=True)
    test_loader = DataLoader(datasets.CIFAR10("data", train=False, transform=plain), batch_size=500)

    student = WideConvNet().to(device)
    teacher = copy.deepcopy(student)
    for parameter in teacher.parameters():
        parameter.requires_grad_(False)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9, weight_decay=2e-4, nesterov=True)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS)

    student.train()
    teacher.train()
    for step, (x, y), (u, _) in zip(range(STEPS), forever(labelled), forever(unlabelled)):
        x, y, u = x.to(device), y.to(device), u.to(device)
        noisy = u + 0.15 * torch.randn_like(u)
        with torch.no_grad():
            wanted = F.softmax(teacher(u), dim=1)
        consistency = F.mse_loss(F.softmax(student(noisy), dim=1), wanted)
        loss = F.cross_entropy(student(x), y) + ramp_up(step) * consistency

        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        follow(teacher, student, step)

    teacher.eval()
    hits = 0
    with torch.no_grad():
        for x, y in test_loader:
            hits += (teacher(x.to(device)).argmax(1).cpu() == y).sum().item()
    print(hits / len(test_loader.dataset))


if __name__ == "__main__":
    main()
