"""Functions that are given all they work on; a sigmoid in the model, its loss takes logits."""

import torch
import torch.nn as nn


class Seg(nn.Module):
    def __init__(self, cin, cout):
        super(Seg, self).__init__()
        self.enc = nn.Sequential(
            nn.Conv2d(cin, 32, 3, 1, 1), nn.ReLU(True), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU(True)
        )
        self.dec = nn.Sequential(nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(True), nn.Conv2d(32, cout, 1))
        self.final = nn.Sigmoid()

    def forward(self, x):
        return self.final(self.dec(self.enc(x)))


def train(model, device, train_loader, optimizer, criterion, epoch, log_interval=10):
    model.train()
    optimizer.zero_grad()  # CNN103
    for batch_idx, (data, target) in enumerate(train_loader):
        data, target = data.to(device), target.to(device)
        output = model(data)
        loss = criterion(output, target)  # CNN202
        loss.backward()
        optimizer.step()
        if batch_idx % log_interval == 0:
            print(epoch, loss.item())


def run(loader, n_epochs, device):
    model = Seg(3, 1).to(device)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-4)
    for e in range(n_epochs):
        train(model, device, loader, optimizer, criterion, e)
