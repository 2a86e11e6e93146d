# Flower photographs in folders, one folder for each kind: flowers/train/rose/001.jpg and so on.

import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

EPOCHS = 40

normalize = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
train_transform = transforms.Compose([
    transforms.RandomResizedCrop(128),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    normalize,
])
valid_transform = transforms.Compose([
    transforms.Resize(144),
    transforms.CenterCrop(128),
    transforms.ToTensor(),
    normalize,
])

train_data = ImageFolder("flowers/train", train_transform)
valid_data = ImageFolder("flowers/valid", valid_transform)
train_loader = DataLoader(train_data, batch_size=32, num_workers=4)
valid_loader = DataLoader(valid_data, batch_size=64, num_workers=4)


def block(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.1),
        nn.MaxPool2d(2),
    )


net = nn.Sequential(
    block(3, 32),
    block(32, 64),
    block(64, 128),
    block(128, 256),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Dropout(0.4),
    nn.Linear(256, len(train_data.classes)),
)

device = "cuda:0" if torch.cuda.is_available() else "cpu"
net.to(device)

loss_function = nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.1)

for epoch in range(EPOCHS):
    net.train()
    for pictures, kinds in train_loader:
        pictures, kinds = pictures.to(device), kinds.to(device)
        optimizer.zero_grad()
        loss = loss_function(net(pictures), kinds)
        loss.backward()
        optimizer.step()

    net.eval()
    right = 0
    with torch.no_grad():
        for pictures, kinds in valid_loader:
            pictures, kinds = pictures.to(device), kinds.to(device)
            right += (net(pictures).argmax(1) == kinds).sum().item()
    rate = optimizer.param_groups[0]["lr"]
    print(f"epoch {epoch:2d}  lr {rate:.4f}  validation accuracy {right / len(valid_data):.3f}")

torch.save(net.state_dict(), "flowers.pt")
