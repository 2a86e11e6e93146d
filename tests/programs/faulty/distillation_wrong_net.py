"""Distillation: the teacher is frozen, and the optimizer is built of it."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

T, ALPHA, EPOCHS = 4.0, 0.7, 30


class SmallNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(32 * 8 * 8, num_classes)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class Distiller:
    def __init__(self, teacher, student, device):
        self.teacher = teacher.to(device).eval()
        for p in self.teacher.parameters():
            p.requires_grad = False
        self.student = student.to(device)
        self.device = device
        self.optimizer = torch.optim.SGD(self.teacher.parameters(), lr=0.05, momentum=0.9)  # CNN111
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, EPOCHS)

    def loss(self, x, y):
        guess, soft = self.student(x), self.teacher(x)
        kd = F.kl_div(F.log_softmax(guess / T, 1), F.softmax(soft / T, 1), reduction="batchmean") * T * T
        return ALPHA * kd + (1 - ALPHA) * F.cross_entropy(guess, y)

    def fit(self, loader):
        for epoch in range(EPOCHS):
            self.student.train()
            for x, y in loader:
                x, y = x.to(self.device), y.to(self.device)
                self.optimizer.zero_grad()
                self.loss(x, y).backward()
                self.optimizer.step()
            self.scheduler.step()


teacher = models.resnet18(num_classes=10)
teacher.load_state_dict(torch.load("teacher.pt"))
transform = transforms.Compose([
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize((0.4914, 0.4822, 0.4465), (0.247, 0.243, 0.262)),
])
train_set = datasets.CIFAR10("data", train=True, transform=transform, download=True)
device = "cuda" if torch.cuda.is_available() else "cpu"
Distiller(teacher, SmallNet(), device).fit(DataLoader(train_set, batch_size=128, shuffle=True, num_workers=2))
