"""OneCycleLR counts batches, so it is stepped after each of them; 0.4 is the peak it climbs to."""

import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader
from torchvision import datasets, transforms as T
from tqdm import tqdm

EPOCHS, BATCH = 24, 512
MEAN, STD = [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]


class Residual(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return x + self.module(x)


def conv_bn(c_in, c_out, pool=None):
    layers = [nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.CELU(0.3)]
    if pool:
        layers.append(pool)
    return nn.Sequential(*layers)


model = nn.Sequential(
    conv_bn(3, 64),
    conv_bn(64, 128, nn.MaxPool2d(2)),
    Residual(nn.Sequential(conv_bn(128, 128), conv_bn(128, 128))),
    conv_bn(128, 256, nn.MaxPool2d(2)),
    conv_bn(256, 512, nn.MaxPool2d(2)),
    Residual(nn.Sequential(conv_bn(512, 512), conv_bn(512, 512))),
    nn.AdaptiveMaxPool2d(1),
    nn.Flatten(),
    nn.Linear(512, 10, bias=False),
).cuda()

train_tf = T.Compose([T.RandomCrop(32, 4, padding_mode="reflect"), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize(MEAN, STD)])
test_tf = T.Compose([T.ToTensor(), T.Normalize(MEAN, STD)])
train_set = datasets.CIFAR10("data", train=True, transform=train_tf, download=True)
test_set = datasets.CIFAR10("data", train=False, transform=test_tf)
train_loader = DataLoader(train_set, BATCH, shuffle=True, drop_last=True, num_workers=8)
test_loader = DataLoader(test_set, 1024, num_workers=8)

criterion = nn.CrossEntropyLoss(label_smoothing=0.2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.04, momentum=0.9, weight_decay=5e-4, nesterov=True)
scheduler = OneCycleLR(optimizer, max_lr=0.4, epochs=EPOCHS, steps_per_epoch=len(train_loader))

for epoch in range(EPOCHS):
    model.train()
    for x, y in tqdm(train_loader, desc=f"epoch {epoch}"):
        x, y = x.cuda(), y.cuda()
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()

model.eval()
with torch.inference_mode():
    hits = sum((model(x.cuda()).argmax(1) == y.cuda()).sum().item() for x, y in test_loader)
print(f"test accuracy {hits / len(test_set):.4f}")
