"""Digits as NumPy arrays: split, scaled, made tensors, and drawn from with a sampler that evens out classes."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

digits = load_digits()
images = (digits.images / 16.0).astype(np.float32)
x_train, x_test, y_train, y_test = train_test_split(
    images, digits.target, test_size=0.2, random_state=0, stratify=digits.target
)
x_train, x_test = x_train[:, None], x_test[:, None]

train_set = TensorDataset(torch.from_numpy(x_train), torch.from_numpy(y_train).long())
test_set = TensorDataset(torch.from_numpy(x_test), torch.from_numpy(y_test).long())
counts = np.bincount(y_train)
weights = torch.from_numpy(1.0 / counts[y_train])
sampler = WeightedRandomSampler(weights, num_samples=len(train_set), replacement=True)
train_loader = DataLoader(train_set, batch_size=64, sampler=sampler)
test_loader = DataLoader(test_set, batch_size=256, shuffle=False)

model = nn.Sequential(
    nn.Conv2d(1, 16, kernel_size=3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, kernel_size=3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(32 * 2 * 2, 10),
)
loss_fn = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

history = []
for epoch in range(30):
    model.train()
    losses = []
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = loss_fn(model(xb), yb)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        hits = sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in test_loader)
    history.append((np.mean(losses), hits / len(test_set)))
    print(f"{epoch}: loss {history[-1][0]:.4f}, accuracy {history[-1][1]:.3f}")
