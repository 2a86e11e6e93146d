"""fastai: a Learner is given the model and does the loop, the modes and the schedule itself."""

import torch
from fastai.vision.all import (
    ImageDataLoaders,
    Learner,
    Resize,
    SaveModelCallback,
    URLs,
    accuracy,
    aug_transforms,
    untar_data,
)
from torch import nn


class Block(nn.Module):
    def __init__(self, inside, outside):
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outside)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)))


class PetNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(Block(3, 32), Block(32, 64), Block(64, 128), Block(128, 256))
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.25), nn.Linear(256, classes)
        )

    def forward(self, x):
        return self.head(self.body(x))


def split(model):
    return [list(model.body.parameters()), list(model.head.parameters())]


path = untar_data(URLs.PETS)
dls = ImageDataLoaders.from_name_re(
    path, list((path / "images").glob("*.jpg")), pat=r"(.+)_\d+.jpg$", item_tfms=Resize(224),
    batch_tfms=aug_transforms(),
)
model = PetNet(dls.c)
learn = Learner(dls, model, loss_func=nn.CrossEntropyLoss(), metrics=accuracy, splitter=split)
learn.fit_one_cycle(12, 3e-3, cbs=SaveModelCallback(monitor="accuracy"))
learn.freeze_to(1)
learn.fit(1)
learn.unfreeze()
learn.fit_one_cycle(4, slice(1e-5, 1e-3))
