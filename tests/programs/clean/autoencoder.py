"""A denoising autoencoder: the picture is its own target, the last layer a sigmoid, the loss a mean square."""

import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1), nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


train_loader = DataLoader(
    datasets.MNIST("data", download=True, transform=transforms.ToTensor()), batch_size=256, shuffle=True
)
held_out = DataLoader(
    datasets.MNIST("data", train=False, transform=transforms.ToTensor()), batch_size=1000
)

autoencoder = Autoencoder()
optimizer = torch.optim.Adam(autoencoder.parameters())
loss_function = nn.MSELoss()

for epoch in range(20):
    autoencoder.train()
    for pictures, _ in train_loader:
        noisy = (pictures + 0.3 * torch.randn_like(pictures)).clamp(0, 1)
        restored = autoencoder(noisy)
        loss = loss_function(restored, pictures)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    autoencoder.eval()
    total = 0.0
    with torch.no_grad():
        for pictures, _ in held_out:
            total += loss_function(autoencoder(pictures), pictures).item() * len(pictures)
    print(f"epoch {epoch}: {total / len(held_out.dataset):.5f}")
