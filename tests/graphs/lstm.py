"""An LSTM that takes sequences first, to be compared with torch."""
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Linear(12, 16)
        self.lstm = nn.LSTM(16, 8, num_layers=2, bidirectional=True)
        self.out = nn.Linear(16, 5)

    def forward(self, x):
        x = torch.tanh(self.project(x))
        x, (hidden, cell) = self.lstm(x)
        return self.out(x)


net = Tagger()
batch = 6
x = torch.randn(7, batch, 12)
net(x)
