"""A pretrained backbone stays as it is; only a new head learns, on three hundred photographs."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import OxfordIIITPet
from torchvision.models import ResNet50_Weights, resnet50

EXAMPLES = 300

weights = ResNet50_Weights.DEFAULT
preprocess = weights.transforms()
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

model = resnet50(weights=weights)
for parameter in model.parameters():
    parameter.requires_grad = False
model.fc = nn.Linear(model.fc.in_features, 37)
model = model.to(device)

train_data = OxfordIIITPet("data", split="trainval", transform=preprocess, download=True)
test_data = OxfordIIITPet("data", split="test", transform=preprocess, download=True)
chosen = torch.randperm(len(train_data))[:EXAMPLES].tolist()
train_loader = DataLoader(Subset(train_data, chosen), batch_size=32, shuffle=True)
test_loader = DataLoader(test_data, batch_size=64)

criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.fc.parameters(), lr=1e-3)

for epoch in range(15):
    # The frozen batch normalisation keeps the statistics of its own training.
    model.eval()
    model.fc.train()
    running = 0.0
    for images, labels in train_loader:
        images, labels = images.to(device), labels.to(device)
        logits = model(images)
        loss = criterion(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        running += loss.item() * len(labels)
    print(f"{epoch}: {running / EXAMPLES:.4f}")

model.eval()
correct = 0
with torch.no_grad():
    for images, labels in test_loader:
        images, labels = images.to(device), labels.to(device)
        correct += (model(images).argmax(1) == labels).sum().item()
print(f"{correct / len(test_data):.3f}")
