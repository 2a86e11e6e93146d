"""A Trainer with a configuration object, early stopping on a validation split and the best weights kept."""

import copy
import logging
from dataclasses import dataclass, field
from typing import List, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, random_split
from torchvision.datasets import FashionMNIST
from torchvision.transforms import Compose, Normalize, ToTensor

logger = logging.getLogger(__name__)


@dataclass
class Config:
    batch_size: int = 256
    epochs: int = 40
    lr: float = 1e-3
    weight_decay: float = 1e-4
    patience: int = 5
    channels: List[int] = field(default_factory=lambda: [32, 64, 128])
    dropout: float = 0.3
    seed: int = 13


class ConvNet(nn.Module):
    def __init__(self, channels: List[int], dropout: float, num_classes: int = 10) -> None:
        super().__init__()
        blocks: List[nn.Module] = []
        previous = 1
        for width in channels:
            blocks += [
                nn.Conv2d(previous, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.GELU(),
                nn.MaxPool2d(2),
            ]
            previous = width
        self.features = nn.Sequential(*blocks)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d((1, 1)),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(previous, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))


class EarlyStopping:
    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.best = float("inf")
        self.bad_epochs = 0

    def improved(self, value: float) -> bool:
        if value < self.best:
            self.best, self.bad_epochs = value, 0
            return True
        self.bad_epochs += 1
        return False

    @property
    def exhausted(self) -> bool:
        return self.bad_epochs > self.patience


class Trainer:
    def __init__(self, model: nn.Module, config: Config, device: Optional[torch.device] = None) -> None:
        self.device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = model.to(self.device)
        self.config = config
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=config.lr, weight_decay=config.weight_decay
        )
        self.scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self.optimizer, mode="min", factor=0.5, patience=2
        )
        self.stopping = EarlyStopping(config.patience)
        self.best_state = None

    def fit(self, train_loader: DataLoader, val_loader: DataLoader) -> None:
        for epoch in range(self.config.epochs):
            train_loss = self._train_one_epoch(train_loader)
            val_loss, val_accuracy = self.evaluate(val_loader)
            self.scheduler.step(val_loss)
            logger.info("%d: %.4f %.4f %.3f", epoch, train_loss, val_loss, val_accuracy)
            if self.stopping.improved(val_loss):
                self.best_state = copy.deepcopy(self.model.state_dict())
            elif self.stopping.exhausted:
                logger.info("stopped early")
                break
        if self.best_state is not None:
            self.model.load_state_dict(self.best_state)

    def _train_one_epoch(self, loader: DataLoader) -> float:
        self.model.train()
        total, count = 0.0, 0
        for batch in loader:
            images, labels = self._to_device(batch)
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.criterion(self.model(images), labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=5.0)
            self.optimizer.step()
            total += loss.item() * labels.size(0)
            count += labels.size(0)
        return total / count

    @torch.no_grad()
    def evaluate(self, loader: DataLoader) -> Tuple[float, float]:
        self.model.eval()
        total, correct, count = 0.0, 0, 0
        for batch in loader:
            images, labels = self._to_device(batch)
            logits = self.model(images)
            total += self.criterion(logits, labels).item() * labels.size(0)
            correct += (logits.argmax(dim=-1) == labels).sum().item()
            count += labels.size(0)
        return total / count, correct / count

    def _to_device(self, batch):
        images, labels = batch
        return images.to(self.device, non_blocking=True), labels.to(self.device, non_blocking=True)


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    config = Config()
    torch.manual_seed(config.seed)
    transform = Compose([ToTensor(), Normalize((0.286,), (0.353,))])
    full = FashionMNIST("data", train=True, download=True, transform=transform)
    train_set, val_set = random_split(full, [50_000, 10_000])
    test_set = FashionMNIST("data", train=False, download=True, transform=transform)

    trainer = Trainer(ConvNet(config.channels, config.dropout), config)
    trainer.fit(
        DataLoader(train_set, config.batch_size, shuffle=True, drop_last=True),
        DataLoader(val_set, config.batch_size),
    )
    logger.info("test accuracy %.4f", trainer.evaluate(DataLoader(test_set, config.batch_size))[1])


if __name__ == "__main__":
    main()
