"""A new head on a pretrained body of another size, evaluated in training mode."""

import torch, torchvision
from torch import nn


def build(n):
    m = torchvision.models.resnet18(weights=torchvision.models.ResNet18_Weights.IMAGENET1K_V1)
    for p in m.parameters():
        p.requires_grad = False
    m.fc = nn.Sequential(nn.Dropout(0.4), nn.Linear(2048, 256), nn.ReLU(), nn.Linear(256, n))  # CNN302
    return m


def main(train_dl, test_dl):
    model = build(12).cuda()
    opt = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=1e-3)
    crit = nn.CrossEntropyLoss()
    for ep in range(5):
        for xb, yb in train_dl:
            opt.zero_grad()
            loss = crit(model(xb.cuda()), yb.cuda())
            loss.backward()
            opt.step()
        correct = total = 0
        with torch.no_grad():
            for xb, yb in test_dl:
                pred = model(xb.cuda()).argmax(1).cpu()  # CNN701
                correct += (pred == yb).sum().item()
                total += len(yb)
        print(ep, correct / total)
