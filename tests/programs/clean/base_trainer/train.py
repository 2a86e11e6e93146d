"""Trains ResNet-18 on pictures of dishes."""

import torch
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import Food101
from torchvision.models import resnet18

from classifier import ClassifierTrainer

normalize = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
train_tf = transforms.Compose([
    transforms.RandomResizedCrop(224),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    normalize,
])
test_tf = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), normalize])


def main():
    train_set = Food101("data", split="train", transform=train_tf, download=True)
    test_set = Food101("data", split="test", transform=test_tf, download=True)
    train_loader = DataLoader(train_set, batch_size=64, shuffle=True, num_workers=4, drop_last=True)
    test_loader = DataLoader(test_set, batch_size=64, num_workers=4)
    trainer = ClassifierTrainer(resnet18(num_classes=101), torch.device("cuda"))
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(trainer.optimizer, T_max=60)
    trainer.fit(train_loader, 60, scheduler, lambda: trainer.accuracy(test_loader))


if __name__ == "__main__":
    main()
