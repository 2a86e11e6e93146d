"""A frozen teacher and a student: soft targets, and features matched through a projection that learns."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

TEMPERATURE, ALPHA, EPOCHS = 4.0, 0.7, 60
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Student(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(inplace=True),
            nn.Conv2d(32, 64, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.head = nn.Linear(64, classes)

    def forward(self, x):
        features = self.body(x)
        return features, self.head(features)


def load_teacher(path):
    teacher = models.resnet34(num_classes=100)
    teacher.load_state_dict(torch.load(path, map_location="cpu"))
    # The whole network at once.
    teacher.requires_grad_(False)
    return teacher.eval().to(device)


def distil(student_logits, teacher_logits):
    soft = F.log_softmax(student_logits / TEMPERATURE, dim=1)
    target = F.softmax(teacher_logits / TEMPERATURE, dim=1)
    return F.kl_div(soft, target, reduction="batchmean") * TEMPERATURE**2


def main():
    stats = transforms.Normalize((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762))
    varied = transforms.Compose([transforms.RandomCrop(32, 4), transforms.RandomHorizontalFlip(), transforms.ToTensor(), stats])
    plain = transforms.Compose([transforms.ToTensor(), stats])
    train_loader = DataLoader(datasets.CIFAR100("data", train=True, download=True, transform=varied), 128, shuffle=True)
    test_loader = DataLoader(datasets.CIFAR100("data", train=False, transform=plain), 512)

    teacher = load_teacher("resnet34_cifar100.pt")
    student = Student(100).to(device)
    projection = nn.Linear(64, 100).to(device)
    optimizer = torch.optim.SGD(
        list(student.parameters()) + list(projection.parameters()), lr=0.05, momentum=0.9, weight_decay=5e-4
    )
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)

    for epoch in range(EPOCHS):
        student.train()
        for images, labels in train_loader:
            images, labels = images.to(device), labels.to(device)
            with torch.no_grad():
                teacher_logits = teacher(images)
            features, logits = student(images)
            loss = (1 - ALPHA) * F.cross_entropy(logits, labels) + ALPHA * distil(logits, teacher_logits)
            loss = loss + 0.1 * F.mse_loss(projection(features), teacher_logits)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()

        student.eval()
        correct = 0
        with torch.no_grad():
            for images, labels in test_loader:
                _, logits = student(images.to(device))
                correct += (logits.argmax(1) == labels.to(device)).sum().item()
        print(epoch, correct / len(test_loader.dataset))


if __name__ == "__main__":
    main()
