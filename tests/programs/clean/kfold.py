"""Five folds: the model, the optimizer and the loaders are built anew for each of them, on purpose."""

import numpy as np
import torch
from sklearn.model_selection import StratifiedKFold
from torch import nn
from torch.utils.data import DataLoader, SubsetRandomSampler, TensorDataset

FOLDS = 5
EPOCHS = 20


def build_model():
    return nn.Sequential(
        nn.Conv1d(12, 32, 7, padding=3),
        nn.BatchNorm1d(32),
        nn.ReLU(),
        nn.MaxPool1d(4),
        nn.Conv1d(32, 64, 5, padding=2),
        nn.BatchNorm1d(64),
        nn.ReLU(),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(64, 5),
    )


def train(model, loader, device):
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3, weight_decay=1e-5)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)
    loss_fn = nn.CrossEntropyLoss()
    for _ in range(EPOCHS):
        model.train()
        for signals, rhythm in loader:
            signals, rhythm = signals.to(device), rhythm.to(device)
            optimizer.zero_grad()
            loss_fn(model(signals), rhythm).backward()
            optimizer.step()
        scheduler.step()


def score(model, loader, device):
    model.eval()
    right = seen = 0
    with torch.no_grad():
        for signals, rhythm in loader:
            right += (model(signals.to(device)).argmax(1).cpu() == rhythm).sum().item()
            seen += len(rhythm)
    return right / seen


def main():
    archive = np.load("ecg.npz")
    signals = torch.from_numpy(archive["signals"]).float()  # [N, 12, 1000]
    rhythm = torch.from_numpy(archive["rhythm"]).long()
    dataset = TensorDataset(signals, rhythm)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    scores = []
    folds = StratifiedKFold(n_splits=FOLDS, shuffle=True, random_state=0)
    for fold, (train_index, test_index) in enumerate(folds.split(signals, rhythm)):
        model = build_model().to(device)
        train_loader = DataLoader(dataset, batch_size=64, sampler=SubsetRandomSampler(train_index))
        test_loader = DataLoader(dataset, batch_size=256, sampler=SubsetRandomSampler(test_index))
        train(model, train_loader, device)
        scores.append(score(model, test_loader, device))
        print(f"fold {fold}: {scores[-1]:.3f}")
    print(f"mean {np.mean(scores):.3f}, deviation {np.std(scores):.3f}")


if __name__ == "__main__":
    main()
