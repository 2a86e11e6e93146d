# styles: configuration dicts, kwargs, flatten, ModuleList indexed
import torch
from torch import nn

CONFIGURATION = {
    "convolutions": [
        dict(out_channels=32, kernel_size=5, stride=2, padding=2),
        dict(out_channels=96, kernel_size=5, padding=2, groups=2),
        {"out_channels": 192, "kernel_size": 3, "padding": 1},
        {"out_channels": 128, "kernel_size": 3, "padding": 1, "groups": 2},
    ],
    "pools": {0: 2, 1: 2, 3: 2},
    "fully_connected": {"hidden": 256, "classes": 10, "dropout": 0.5},
}


class AlexNet(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.ModuleList()
        channels = config.get("channels", 3)
        for i, options in enumerate(config["convolutions"]):
            self.layers.append(nn.Conv2d(in_channels=channels, **options))
            self.layers.append(nn.ReLU())
            if i in config["pools"]:
                self.layers.append(nn.MaxPool2d(config["pools"][i]))
            channels = options["out_channels"]
        head = config["fully_connected"]
        self.fc1 = nn.Linear(channels * 4 * 4, head["hidden"])
        self.drop = nn.Dropout(p=head["dropout"])
        self.fc2 = nn.Linear(head["hidden"], head["classes"])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        x = x.view(x.size()[0], -1)
        return self.fc2(self.drop(self.fc1(x).relu()))


model = AlexNet(CONFIGURATION)
output = model(torch.zeros(2, 3, 64, 64))
# parameters: 844_842
# output: [2, 10]
