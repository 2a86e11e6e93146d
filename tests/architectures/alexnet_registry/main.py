# styles: registry, across files, kwargs, flatten
import torch

from . import alexnet
from .registry import create_model

model = create_model("alexnet_small", num_classes=17, in_chans=1)
output = model(torch.zeros(2, 1, 128, 128))
# parameters: 136_417
# output: [2, 17]
