"""Two pictures through one network, a contrastive loss written by hand, metrics under no_grad."""

import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import datasets, transforms


class PairDataset(Dataset):
    def __init__(self, images):
        self.images = images
        self.by_class = {}
        for index, label in enumerate(images.targets.tolist()):
            self.by_class.setdefault(label, []).append(index)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        first, label = self.images[index]
        same = random.random() < 0.5
        other = label if same else random.choice([c for c in self.by_class if c != label])
        second, _ = self.images[random.choice(self.by_class[other])]
        return first, second, torch.tensor(float(same))


class Embedder(nn.Module):
    def __init__(self, size=32):
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(1, 32, 5), nn.PReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 5), nn.PReLU(), nn.MaxPool2d(2),
        )
        self.dense = nn.Sequential(nn.Linear(64 * 4 * 4, 256), nn.PReLU(), nn.Linear(256, size))

    def forward(self, x):
        x = self.convolutions(x)
        return self.dense(x.view(x.size()[0], -1))


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=1.0):
        super().__init__()
        self.margin = margin

    def forward(self, first, second, same):
        distance = (first - second).pow(2).sum(1)
        apart = torch.relu(self.margin - (distance + 1e-9).sqrt()).pow(2)
        return 0.5 * (same * distance + (1 - same) * apart).mean()


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tf = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    train_pairs = PairDataset(datasets.MNIST("data", train=True, transform=tf, download=True))
    test_pairs = PairDataset(datasets.MNIST("data", train=False, transform=tf))
    train_loader = DataLoader(train_pairs, batch_size=128, shuffle=True)
    test_loader = DataLoader(test_pairs, batch_size=512)

    embedder = Embedder().to(device)
    criterion = ContrastiveLoss()
    optimizer = torch.optim.Adam(embedder.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 4, gamma=0.3)
    for epoch in range(12):
        embedder.train()
        losses = []
        for first, second, same in train_loader:
            first, second, same = first.to(device), second.to(device), same.to(device)
            optimizer.zero_grad()
            loss = criterion(embedder(first), embedder(second), same)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        scheduler.step()

        embedder.eval()
        hits = count = 0
        with torch.no_grad():
            for first, second, same in test_loader:
                gap = (embedder(first.to(device)) - embedder(second.to(device))).norm(dim=1).cpu()
                hits += ((gap < 0.5) == same.bool()).sum().item()
                count += len(same)
        print(f"{epoch}: loss {sum(losses) / len(losses):.4f}, pairs told apart {hits / count:.4f}")


if __name__ == "__main__":
    main()
