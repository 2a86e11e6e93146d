"""Several attributes of a face at once: one logit and one binary cross-entropy for each."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision.transforms import v2

ATTRIBUTES = 40


class Attributes(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(64, 128, 3, stride=2, padding=1), nn.ReLU(),
        )
        self.fc1 = nn.Linear(128, 256)
        self.norm = nn.BatchNorm1d(256)
        self.fc2 = nn.Linear(256, outputs)

    def forward(self, x):
        x = self.stem(x).mean(dim=(2, 3))
        return self.fc2(F.relu(self.norm(self.fc1(x))))


def loaders():
    common = [v2.Resize((96, 80)), v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]
    normalize = v2.Normalize(mean=[0.506, 0.425, 0.383], std=[0.31, 0.29, 0.289])
    train_tf = v2.Compose([v2.RandomHorizontalFlip(), *common, normalize])
    test_tf = v2.Compose([*common, normalize])
    train = datasets.CelebA("data", split="train", target_type="attr", transform=train_tf, download=True)
    valid = datasets.CelebA("data", split="valid", target_type="attr", transform=test_tf, download=True)
    return (
        DataLoader(train, batch_size=128, shuffle=True, drop_last=True, num_workers=4),
        DataLoader(valid, batch_size=256, num_workers=4),
    )


def evaluate(model, loader, device):
    model.eval()
    hits, seen = torch.zeros(ATTRIBUTES, device=device), 0
    with torch.inference_mode():
        for images, targets in loader:
            images, targets = images.to(device), targets.to(device)
            hits += ((model(images) > 0) == targets.bool()).sum(0)
            seen += len(targets)
    return hits / seen


def main():
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    train_loader, valid_loader = loaders()
    model = Attributes(ATTRIBUTES).to(device)
    criterion = nn.BCEWithLogitsLoss(pos_weight=torch.full((ATTRIBUTES,), 1.5, device=device))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.3)
    for epoch in range(10):
        model.train()
        for images, targets in train_loader:
            images, targets = images.to(device), targets.to(device)
            logits = model(images)
            loss = criterion(logits, targets.float())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        scheduler.step()
        print(epoch, evaluate(model, valid_loader, device).mean().item())


main()
