# styles: torchscript, annotated, flatten

from typing import Final, List, Optional, Tuple
import torch
import torch.nn as nn
from torch import Tensor


class LeNet(nn.Module):
    classes: Final[int]
    __constants__ = ["classes"]

    def __init__(self, classes: int = 10, dropout: Optional[float] = None) -> None:
        super().__init__()
        self.classes = classes
        self.features: nn.Sequential = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2)
        )
        layers: List[nn.Module] = [nn.Linear(16 * 5 * 5, 120), nn.ReLU(inplace=True)]
        if dropout is not None:
            layers.append(nn.Dropout(p=dropout))
        layers.append(nn.Linear(120, classes))
        self.classifier = nn.Sequential(*layers)

    @torch.jit.export
    def embed(self, x: Tensor) -> Tensor:
        return torch.flatten(self.features(x), start_dim=1)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        features: Tensor = self.embed(x)
        if torch.jit.is_scripting():
            return self.classifier(features), features
        return self.classifier(features), features


model = LeNet(classes=100, dropout=0.5)
output = model(torch.ones(2, 3, 32, 32))
# parameters: 63_092
# output: ([2, 100], [2, 400])
