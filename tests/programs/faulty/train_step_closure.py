"""A function makes the training step; it clears what it should use, and its loss is kept."""

import torch
from torch import nn, optim


def make_train_step(model, loss_fn, optimizer):
    def perform_train_step_fn(x, y):
        model.train()
        yhat = model(x)
        loss = loss_fn(yhat, y)
        loss.backward()
        optimizer.zero_grad()  # CNN102
        optimizer.step()
        return loss

    return perform_train_step_fn


model = nn.Sequential(nn.Conv2d(1, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 26 * 26, 10))
optimizer = optim.SGD(model.parameters(), lr=0.1)
train_step_fn = make_train_step(model, nn.CrossEntropyLoss(), optimizer)
losses = []
for epoch in range(100):
    mini = []
    for x_batch, y_batch in train_loader:
        mini_loss = train_step_fn(x_batch, y_batch)
        mini.append(mini_loss)  # CNN114
    losses.append(sum(mini) / len(mini))  # CNN114
