# styles: num_flat_features, ModuleList indexed
import torch
import torch.nn as nn


class AlexNet(nn.Module):
    def __init__(self, widths=(16, 32, 48)):
        super().__init__()
        self.convs = nn.ModuleList()
        previous = 3
        for width in widths:
            self.convs.append(nn.Conv2d(previous, width, kernel_size=3, padding=1))
            previous = width
        self.pool = nn.MaxPool2d(2)
        self.hidden = nn.Linear(48 * 4 * 4, 64)
        self.out = nn.Linear(64, 10)

    def flat_features(self, x):
        count = 1
        for axis in x.shape[1:]:
            count = count * axis
        return count

    def forward(self, x):
        for i in range(len(self.convs)):
            x = self.pool(torch.relu(self.convs[i](x)))
        x = x.reshape(x.shape[0], self.flat_features(x))
        return self.out(torch.relu(self.hidden(x)))


model = AlexNet()
output = model(torch.zeros(2, 3, 32, 32))
# parameters: 68_826
# output: [2, 10]
