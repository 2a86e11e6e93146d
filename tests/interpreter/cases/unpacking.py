import torch
import torch.nn as nn


class Attention(nn.Module):
    def __init__(self, dim=64, heads=4):
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)
        self.heads = heads

    def forward(self, x):
        n, length, dim = x.shape
        q, k, v = self.qkv(x).reshape(n, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1)  # reveal: [2, 4, 10, 10]
        first, second, third = self.qkv(x).chunk(3, dim=-1)
        mixed = first + third  # reveal: [2, 10, 64]
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, dim) + mixed


Attention()(torch.randn(2, 10, 64))
mean, deviation = torch.randn(2, 3, 4)
noise = mean * deviation  # reveal: [3, 4]
total = torch.zeros(5, 1)
total = total + torch.ones(5, 4)  # reveal: [5, 4]
total += torch.ones(4)  # reveal: [5, 4]
