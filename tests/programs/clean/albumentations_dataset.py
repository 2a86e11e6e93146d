"""Leaves photographed in fields: a dataset of one's own, read with OpenCV, augmented with albumentations."""

import os

import albumentations as A
import cv2
import pandas as pd
import torch
import torch.nn as nn
from albumentations.pytorch import ToTensorV2
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

SIZE = 128
CLASSES = 5


class LeafDataset(Dataset):
    def __init__(self, frame, folder, transform=None):
        self.names = frame["image"].tolist()
        self.labels = frame["label"].tolist()
        self.folder = folder
        self.transform = transform

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        image = cv2.imread(os.path.join(self.folder, self.names[index]))
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        if self.transform is not None:
            image = self.transform(image=image)["image"]
        return image, torch.tensor(self.labels[index], dtype=torch.long)


def get_transforms(train):
    if train:
        return A.Compose([
            A.RandomResizedCrop(size=(SIZE, SIZE)),
            A.HorizontalFlip(p=0.5),
            A.RandomBrightnessContrast(p=0.3),
            A.Normalize(),
            ToTensorV2(),
        ])
    return A.Compose([A.Resize(SIZE, SIZE), A.Normalize(), ToTensorV2()])


class LeafNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        widths = [3, 32, 64, 128]
        blocks = []
        for before, after in zip(widths, widths[1:]):
            blocks += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        self.features = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(widths[-1], classes)

    def forward(self, x):
        x = self.pool(self.features(x)).flatten(1)
        return self.fc(self.drop(x))


def run_epoch(model, loader, criterion, device, optimizer=None):
    total, correct, seen = 0.0, 0, 0
    for images, labels in tqdm(loader):
        images, labels = images.to(device), labels.to(device)
        scores = model(images)
        loss = criterion(scores, labels)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(labels)
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return total / seen, correct / seen


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    frame = pd.read_csv("leaves/train.csv").sample(frac=1, random_state=0)
    cut = int(0.9 * len(frame))
    train_data = LeafDataset(frame[:cut], "leaves/images", get_transforms(True))
    valid_data = LeafDataset(frame[cut:], "leaves/images", get_transforms(False))
    train_loader = DataLoader(train_data, batch_size=32, shuffle=True, num_workers=4, pin_memory=True)
    valid_loader = DataLoader(valid_data, batch_size=64, num_workers=4)

    model = LeafNet(CLASSES).to(device)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
    best = 0.0
    for epoch in range(20):
        model.train()
        train_loss, _ = run_epoch(model, train_loader, criterion, device, optimizer)
        model.eval()
        with torch.no_grad():
            valid_loss, accuracy = run_epoch(model, valid_loader, criterion, device)
        print(f"{epoch:2d}  {train_loss:.4f}  {valid_loss:.4f}  {accuracy:.3f}")
        if accuracy > best:
            best = accuracy
            torch.save(model.state_dict(), "leaves.pt")


if __name__ == "__main__":
    main()
