"""Segmentation of roads: one draw moves the picture and its mask, colours change in the picture alone."""

import os
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision.transforms as T
import torchvision.transforms.functional as TF
from PIL import Image
from torch.utils.data import DataLoader, Dataset


class RoadDataset(Dataset):
    def __init__(self, root, split, training):
        self.folder = os.path.join(root, split)
        self.names = sorted(os.listdir(os.path.join(self.folder, "images")))
        self.training = training
        self.colour = T.ColorJitter(brightness=0.3, contrast=0.3)
        self.to_tensor = T.ToTensor()

    def __len__(self):
        return len(self.names)

    def augment(self, image, mask):
        top, left, height, width = T.RandomCrop.get_params(image, output_size=(256, 256))
        image, mask = TF.crop(image, top, left, height, width), TF.crop(mask, top, left, height, width)
        if random.random() < 0.5:
            image, mask = TF.hflip(image), TF.hflip(mask)
        return self.colour(image), mask

    def __getitem__(self, index):
        image = Image.open(os.path.join(self.folder, "images", self.names[index])).convert("RGB")
        mask = Image.open(os.path.join(self.folder, "masks", self.names[index])).convert("L")
        if self.training:
            image, mask = self.augment(image, mask)
        else:
            image, mask = TF.center_crop(image, (256, 256)), TF.center_crop(mask, (256, 256))
        image = self.to_tensor(image)
        mask = self.to_tensor(mask)
        return image, (mask > 0.5).float()


class SmallUNet(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.enter = self.stage(3, width)
        self.down = self.stage(width, 2 * width)
        self.up = nn.ConvTranspose2d(2 * width, width, 2, stride=2)
        self.join = self.stage(2 * width, width)
        self.leave = nn.Conv2d(width, 1, 1)

    @staticmethod
    def stage(n_in, n_out):
        return nn.Sequential(
            nn.Conv2d(n_in, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True),
            nn.Conv2d(n_out, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True),
        )

    def forward(self, x):
        high = self.enter(x)
        low = self.down(F.max_pool2d(high, 2))
        return self.leave(self.join(torch.cat([self.up(low), high], dim=1)))


def validate(model, loader, criterion, device):
    model.eval()
    total, seen = 0.0, 0
    with torch.no_grad():
        for images, masks in loader:
            images, masks = images.to(device), masks.to(device)
            total += criterion(model(images), masks).item() * images.size(0)
            seen += images.size(0)
    return total / seen


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_data = RoadDataset("roads", "train", training=True)
    val_data = RoadDataset("roads", "val", training=False)
    train_loader = DataLoader(train_data, batch_size=8, shuffle=True, num_workers=4)
    val_loader = DataLoader(val_data, batch_size=8, num_workers=4)
    model = SmallUNet().to(device)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=1e-3)
    best = float("inf")
    for epoch in range(80):
        model.train()
        for images, masks in train_loader:
            images, masks = images.to(device), masks.to(device)
            optimizer.zero_grad()
            loss = criterion(model(images), masks)
            loss.backward()
            optimizer.step()
        val_loss = validate(model, val_loader, criterion, device)
        if val_loss < best:
            best = val_loss
            torch.save(model.state_dict(), "roads.pth")


if __name__ == "__main__":
    main()
