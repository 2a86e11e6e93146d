"""The trainer and its base class are in other files; one switches to evaluation, none back."""

import json
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from trainer import Trainer


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        self.bn = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16 * 14 * 14, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn(self.conv(x))), 2)
        return self.fc(x.view(x.size(0), -1))


def main(config):
    tf = transforms.ToTensor()
    train = DataLoader(datasets.MNIST("d", True, tf), batch_size=config["batch"], shuffle=True)
    val = DataLoader(datasets.MNIST("d", False, tf), batch_size=config["batch"])
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=config["lr"], momentum=0.9)
    lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)  # CNN107
    trainer = Trainer(model, nn.CrossEntropyLoss(), optimizer, config, train, val, lr_scheduler)
    trainer.train()


if __name__ == "__main__":
    with open("config.json") as f:
        main(json.load(f))
