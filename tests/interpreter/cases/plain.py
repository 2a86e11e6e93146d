import torch
import torch.nn as nn
import torch.nn.functional as F


class LeNet(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, classes)
        self.drop = nn.Dropout(0.25)

    def forward(self, x):
        x = F.relu(self.conv1(x))  # reveal: [2, 6, 28, 28]
        x = F.max_pool2d(x, 2)  # reveal: [2, 6, 14, 14]
        x = torch.relu(self.conv2(x))  # reveal: [2, 16, 10, 10]
        x = F.max_pool2d(x, (2, 2), stride=2)  # reveal: [2, 16, 5, 5]
        x = x.view(x.size(0), -1)  # reveal: [2, 400]
        x = self.drop(self.fc1(x).relu())  # reveal: [2, 120]
        return self.fc2(x)  # reveal: [2, 10]


logits = LeNet()(torch.randn(2, 1, 28, 28))
probabilities = logits.softmax(dim=1)  # reveal: [2, 10]
best = probabilities.argmax(dim=1)  # reveal: [2]
