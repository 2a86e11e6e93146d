"""A U-Net that finds the outline of cells: encoder, decoder, skips, one logit for each pixel."""

from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader, Dataset


class CellDataset(Dataset):
    def __init__(self, root, names, size=256):
        self.root, self.names, self.size = Path(root), names, size

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        name = self.names[index]
        image = Image.open(self.root / "images" / name).convert("L").resize((self.size, self.size))
        mask = Image.open(self.root / "masks" / name).convert("L").resize((self.size, self.size), Image.NEAREST)
        image = torch.from_numpy(np.array(image, dtype=np.float32) / 255.0).unsqueeze(0)
        mask = torch.from_numpy((np.array(mask) > 127).astype(np.float32)).unsqueeze(0)
        return image, mask


class DoubleConv(nn.Module):
    def __init__(self, in_channels, out_channels, mid_channels=None):
        super().__init__()
        mid_channels = mid_channels or out_channels
        self.double_conv = nn.Sequential(
            nn.Conv2d(in_channels, mid_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(mid_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid_channels, out_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.double_conv(x)


class Down(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(in_channels, out_channels))

    def forward(self, x):
        return self.maxpool_conv(x)


class Up(nn.Module):
    def __init__(self, in_channels, out_channels, bilinear=True):
        super().__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            self.conv = DoubleConv(in_channels, out_channels, in_channels // 2)
        else:
            self.up = nn.ConvTranspose2d(in_channels, in_channels // 2, kernel_size=2, stride=2)
            self.conv = DoubleConv(in_channels, out_channels)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        diff_y = x2.size()[2] - x1.size()[2]
        diff_x = x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [diff_x // 2, diff_x - diff_x // 2, diff_y // 2, diff_y - diff_y // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class UNet(nn.Module):
    def __init__(self, n_channels=1, n_classes=1, bilinear=True):
        super().__init__()
        factor = 2 if bilinear else 1
        self.inc = DoubleConv(n_channels, 32)
        self.down1 = Down(32, 64)
        self.down2 = Down(64, 128)
        self.down3 = Down(128, 256 // factor)
        self.up1 = Up(256, 128 // factor, bilinear)
        self.up2 = Up(128, 64 // factor, bilinear)
        self.up3 = Up(64, 32, bilinear)
        self.outc = nn.Conv2d(32, n_classes, kernel_size=1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        x = self.up1(x4, x3)
        x = self.up2(x, x2)
        x = self.up3(x, x1)
        return self.outc(x)


def dice_loss(logits, target, eps=1.0):
    probability = torch.sigmoid(logits)
    overlap = (probability * target).sum(dim=(1, 2, 3))
    total = probability.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3))
    return (1 - (2 * overlap + eps) / (total + eps)).mean()


@torch.no_grad()
def mean_iou(net, loader, device):
    net.eval()
    scores = []
    for images, masks in loader:
        predicted = torch.sigmoid(net(images.to(device))) > 0.5
        wanted = masks.to(device).bool()
        overlap = (predicted & wanted).sum(dim=(1, 2, 3)).float()
        union = (predicted | wanted).sum(dim=(1, 2, 3)).float()
        scores.extend(((overlap + 1) / (union + 1)).tolist())
    net.train()
    return sum(scores) / len(scores)


def main():
    names = sorted(path.name for path in Path("cells/images").glob("*.png"))
    order = np.random.default_rng(0).permutation(len(names))
    cut = int(0.8 * len(names))
    train_names = [names[i] for i in order[:cut]]
    val_names = [names[i] for i in order[cut:]]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_loader = DataLoader(CellDataset("cells", train_names), batch_size=8, shuffle=True, num_workers=4)
    val_loader = DataLoader(CellDataset("cells", val_names), batch_size=8)

    net = UNet(n_channels=1, n_classes=1).to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=5)
    bce = nn.BCEWithLogitsLoss()
    best = 0.0
    for epoch in range(100):
        net.train()
        for images, masks in train_loader:
            images, masks = images.to(device), masks.to(device)
            logits = net(images)
            loss = bce(logits, masks) + dice_loss(logits, masks)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        iou = mean_iou(net, val_loader, device)
        scheduler.step(iou)
        if iou > best:
            best = iou
            torch.save(net.state_dict(), "unet.pth")
        print(f"epoch {epoch}: IoU {iou:.4f}")


if __name__ == "__main__":
    main()
