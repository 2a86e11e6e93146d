# styles: lazy, functional, flatten
import torch
import torch.nn as nn
import torch.nn.functional as F


class AlexNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.convs = nn.ModuleList([nn.LazyConv2d(width, size, stride) for width, size, stride in ((48, 7, 2), (96, 5, 1), (128, 3, 1))])
        self.norms = nn.ModuleList([nn.LazyBatchNorm2d() for _ in self.convs])
        self.fc1 = nn.LazyLinear(256)
        self.fc2 = nn.Linear(256, classes)

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = F.max_pool2d(F.relu(norm(conv(x)), inplace=True), kernel_size=2)
        x = F.dropout(x.flatten(start_dim=1), p=0.5, training=self.training)
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


model = AlexNet(30)
output = model(torch.zeros(2, 3, 96, 96))
# parameters: 536_542
# output: [2, 30]
