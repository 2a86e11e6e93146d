"""One folder of images, its indices shuffled and dealt out to two samplers."""

import numpy as np
import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torch.utils.data.sampler import SubsetRandomSampler
from torchvision import datasets, models, transforms

valid_size = 0.2
batch_size = 32

transform = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
data = datasets.ImageFolder("shells", transform=transform)

num_images = len(data)
indices = list(range(num_images))
np.random.seed(7)
np.random.shuffle(indices)
split = int(np.floor(valid_size * num_images))
train_idx, valid_idx = indices[split:], indices[:split]

train_sampler = SubsetRandomSampler(train_idx)
valid_sampler = SubsetRandomSampler(valid_idx)
train_loader = DataLoader(data, batch_size=batch_size, sampler=train_sampler, num_workers=2)
valid_loader = DataLoader(data, batch_size=batch_size, sampler=valid_sampler, num_workers=2)

model = models.resnet18(weights=models.ResNet18_Weights.IMAGENET1K_V1)
model.fc = nn.Linear(model.fc.in_features, len(data.classes))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

valid_loss_min = np.inf
for epoch in range(1, 16):
    train_loss = valid_loss = 0.0
    model.train()
    for images, target in train_loader:
        optimizer.zero_grad()
        output = model(images)
        loss = criterion(output, target)
        loss.backward()
        optimizer.step()
        train_loss += loss.item() * images.size(0)

    model.eval()
    with torch.no_grad():
        for images, target in valid_loader:
            output = model(images)
            loss = criterion(output, target)
            valid_loss += loss.item() * images.size(0)

    train_loss, valid_loss = train_loss / len(train_idx), valid_loss / len(valid_idx)
    print(f"Epoch {epoch}: {train_loss:.4f} {valid_loss:.4f}")
    if valid_loss <= valid_loss_min:
        torch.save(model.state_dict(), "shells.pt")
        valid_loss_min = valid_loss

images, target = next(iter(valid_loader))
for number in target:
    print(data.classes[number.item()])
