# styles: registry, across files, star import, kwargs, depthwise
import torch

from . import create_model

model = create_model("v2_tiny", num_classes=7)
output = model(torch.zeros(2, 3, 32, 32))
# parameters: 61_911
# output: [2, 7]
