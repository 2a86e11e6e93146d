"""Parameter groups: a pretrained body learns slowly, a new head fast, and biases do not decay."""

import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms


class PetClassifier(nn.Module):
    def __init__(self, classes):
        super().__init__()
        resnet = models.resnet34(weights="IMAGENET1K_V1")
        resnet.fc = nn.Identity()
        self.body = resnet
        self.neck = nn.Sequential(nn.Linear(512, 256, bias=False), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.5))
        self.head = nn.Linear(256, classes)

    def forward(self, x):
        return self.head(self.neck(self.body(x)))


class Trainer:
    def __init__(self, model, train_loader, test_loader, lr=1e-3):
        self.model, self.train_loader, self.test_loader = model, train_loader, test_loader
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = optim.AdamW([
            {"params": model.body.parameters(), "lr": lr / 10},
            {"params": model.neck.parameters()},
            {"params": model.head.parameters(), "weight_decay": 0.0},
        ], lr=lr, weight_decay=0.01)
        self.scheduler = optim.lr_scheduler.ExponentialLR(self.optimizer, gamma=0.9)

    def train_epoch(self):
        self.model.train()
        for images, labels in self.train_loader:
            loss = self.criterion(self.model(images), labels)
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
        self.scheduler.step()

    def test(self):
        self.model.eval()
        correct = 0
        with torch.no_grad():
            for images, labels in self.test_loader:
                correct += (self.model(images).argmax(1) == labels).sum().item()
        return correct / len(self.test_loader.dataset)

    def fit(self, epochs):
        for epoch in range(epochs):
            self.train_epoch()
            print(epoch, self.test())


normalize = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
varied = transforms.Compose([transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(), normalize])
plain = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), normalize])
train_set = datasets.OxfordIIITPet("data", split="trainval", transform=varied, download=True)
test_set = datasets.OxfordIIITPet("data", split="test", transform=plain, download=True)
trainer = Trainer(
    PetClassifier(37), DataLoader(train_set, 32, shuffle=True, num_workers=4), DataLoader(test_set, 64)
)
trainer.fit(15)
