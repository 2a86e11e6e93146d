# styles: add_module, flatten
import torch
import torch.nn as nn


class AlexNet(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("conv1", nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2))
        self.features.add_module("relu1", nn.ReLU(inplace=True))
        self.features.add_module("pool1", nn.MaxPool2d(kernel_size=3, stride=2))
        for i, (before, after, kernel) in enumerate([(64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)], start=2):
            self.features.add_module(f"conv{i}", nn.Conv2d(before, after, kernel, padding=kernel // 2))
            self.features.add_module("relu{}".format(i), nn.ReLU(inplace=True))
            if i in (2, 5):
                self.features.add_module("pool%d" % i, nn.MaxPool2d(3, 2))
        self.add_module("drop", nn.Dropout())
        self.add_module("fc6", nn.Linear(256 * 6 * 6, 512))
        self.register_module("fc7", nn.Linear(512, num_classes))

    def forward(self, x):
        x = self.features(x)
        x = x.view(-1, 256 * 6 * 6)
        return self.fc7(torch.relu(self.fc6(self.drop(x))))


model = AlexNet(20)
output = model(torch.zeros(1, 3, 224, 224))
# parameters: 7_199_060
# output: [1, 20]
