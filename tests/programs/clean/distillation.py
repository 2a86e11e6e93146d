"""A small student learns from a large teacher's softened answers and from the labels."""

import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from torchvision.models import resnet34


class Student(nn.Module):
    def __init__(self, classes=100):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 3, 1, 1, bias=False), nn.BatchNorm2d(32), nn.Hardswish())
        self.stages = nn.ModuleList()
        width = 32
        for _ in range(3):
            self.stages.append(nn.Sequential(
                nn.Conv2d(width, 2 * width, 3, 2, 1, bias=False), nn.BatchNorm2d(2 * width), nn.Hardswish(),
            ))
            width *= 2
        self.head = nn.Linear(width, classes)

    def forward(self, x, return_features=False):
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        features = F.adaptive_avg_pool2d(x, 1).flatten(1)
        logits = self.head(features)
        return (logits, features) if return_features else logits


class DistillationLoss(nn.Module):
    def __init__(self, temperature=4.0, alpha=0.9):
        super().__init__()
        self.temperature, self.alpha = temperature, alpha
        self.ce = nn.CrossEntropyLoss()
        self.kl = nn.KLDivLoss(reduction="batchmean")

    def forward(self, logits, teacher_logits, labels):
        t = self.temperature
        soft = self.kl(F.log_softmax(logits / t, dim=1), F.softmax(teacher_logits / t, dim=1)) * t * t
        return self.alpha * soft + (1 - self.alpha) * self.ce(logits, labels)


def main(epochs=60):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    normalize = transforms.Normalize((0.507, 0.487, 0.441), (0.267, 0.256, 0.276))
    train_tf = transforms.Compose([
        transforms.RandomCrop(32, 4), transforms.RandomHorizontalFlip(), transforms.ToTensor(), normalize,
    ])
    test_tf = transforms.Compose([transforms.ToTensor(), normalize])
    train_loader = DataLoader(
        datasets.CIFAR100("data", True, train_tf, download=True), batch_size=128, shuffle=True, num_workers=4
    )
    test_loader = DataLoader(datasets.CIFAR100("data", False, test_tf), batch_size=512, num_workers=4)

    teacher = resnet34(num_classes=100)
    teacher.load_state_dict(torch.load("teacher.pt", map_location="cpu"))
    teacher.to(device).eval()
    student = Student().to(device)
    criterion = DistillationLoss()
    optimizer = torch.optim.RMSprop(student.parameters(), lr=1e-3, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.97 ** epoch)

    for epoch in range(epochs):
        student.train()
        for images, labels in train_loader:
            images, labels = images.to(device), labels.to(device)
            with torch.no_grad():
                teacher_logits = teacher(images)
            loss = criterion(student(images), teacher_logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()

        student.eval()
        correct = 0
        with torch.no_grad():
            for images, labels in test_loader:
                correct += (student(images.to(device)).argmax(-1).cpu() == labels).sum().item()
        print(f"{epoch}: {correct / len(test_loader.dataset):.4f}")


if __name__ == "__main__":
    main()
