# styles: attention, skips, einops, residual, einsum
import torch
from einops import rearrange, repeat
from torch import einsum, nn


class SelfAttention(nn.Module):
    def __init__(self, dim, heads=4, dim_head=8):
        super().__init__()
        self.scale = dim_head**-0.5
        self.heads = heads
        hidden_dim = dim_head * heads
        self.to_qkv = nn.Conv2d(dim, hidden_dim * 3, 1, bias=False)
        self.to_out = nn.Conv2d(hidden_dim, dim, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        qkv = self.to_qkv(x).chunk(3, dim=1)
        q, k, v = map(lambda t: rearrange(t, "b (h c) x y -> b h c (x y)", h=self.heads), qkv)
        q = q * self.scale
        sim = einsum("b h d i, b h d j -> b h i j", q, k)
        attn = sim.softmax(dim=-1)
        out = einsum("b h i j, b h d j -> b h i d", attn, v)
        out = rearrange(out, "b h (x y) d -> b (h d) x y", x=h, y=w)
        return self.to_out(out) + x


class Gate(nn.Module):
    def __init__(self, F_g, F_l, F_int):
        super().__init__()
        self.W_g = nn.Sequential(nn.Conv2d(F_g, F_int, 1), nn.BatchNorm2d(F_int))
        self.W_x = nn.Sequential(nn.Conv2d(F_l, F_int, 1), nn.BatchNorm2d(F_int))
        self.psi = nn.Sequential(nn.Conv2d(F_int, 1, 1), nn.BatchNorm2d(1), nn.Sigmoid())

    def forward(self, g, x):
        psi = self.psi(torch.relu(self.W_g(g) + self.W_x(x)))
        return x * psi


class AttentionUNet(nn.Module):
    def __init__(self, channels=1, width=16):
        super().__init__()
        self.down1 = nn.Conv2d(channels, width, 3, padding=1)
        self.down2 = nn.Conv2d(width, width * 2, 3, padding=1)
        self.middle = SelfAttention(width * 2)
        self.embed = nn.Linear(8, width * 2)
        self.up = nn.ConvTranspose2d(width * 2, width, 2, 2)
        self.gate = Gate(width, width, width // 2)
        self.merge = nn.Conv2d(width * 2, width, 3, padding=1)
        self.head = nn.Conv2d(width, 2, 1)

    def forward(self, x, time):
        first = torch.relu(self.down1(x))
        x = torch.relu(self.down2(nn.functional.max_pool2d(first, 2)))
        x = x + repeat(self.embed(time), "b c -> b c h w", h=x.shape[2], w=x.shape[3])
        x = self.up(self.middle(x))
        x = self.merge(torch.cat([self.gate(g=x, x=first), x], dim=1))
        return self.head(x)


model = AttentionUNet()
output = model(torch.zeros(2, 1, 32, 32), torch.zeros(2, 8))
# parameters: 16_253
# output: [2, 2, 32, 32]
