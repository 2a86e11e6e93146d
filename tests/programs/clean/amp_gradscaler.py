"""Mixed precision: autocast around the forward pass, a GradScaler around backward and step."""

import torch
from torch import nn, optim
from torch.cuda.amp import GradScaler, autocast
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.models import resnet50
from torchvision.transforms import v2


def get_loaders(root, batch_size=64):
    normalize = v2.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    train_tf = v2.Compose([
        v2.RandomResizedCrop(224, antialias=True),
        v2.RandomHorizontalFlip(),
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        normalize,
    ])
    val_tf = v2.Compose([
        v2.Resize(256, antialias=True),
        v2.CenterCrop(224),
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        normalize,
    ])
    train = ImageFolder(f"{root}/train", transform=train_tf)
    val = ImageFolder(f"{root}/val", transform=val_tf)
    return (
        DataLoader(train, batch_size, shuffle=True, num_workers=8, pin_memory=True, persistent_workers=True),
        DataLoader(val, batch_size, num_workers=8, pin_memory=True),
    )


def train(model, loader, loss_fn, optimizer, scaler, device):
    model.train()
    for images, target in loader:
        images = images.to(device, memory_format=torch.channels_last, non_blocking=True)
        target = target.to(device, non_blocking=True)
        optimizer.zero_grad(set_to_none=True)
        with autocast():
            output = model(images)
            loss = loss_fn(output, target)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


def validate(model, loader, device):
    model.eval()
    correct = 0
    with torch.no_grad(), autocast():
        for images, target in loader:
            images, target = images.to(device), target.to(device)
            correct += (model(images).argmax(1) == target).sum().item()
    return correct / len(loader.dataset)


if __name__ == "__main__":
    torch.backends.cudnn.benchmark = True
    device = torch.device("cuda")
    train_loader, val_loader = get_loaders("/data/imagenette")
    model = resnet50(num_classes=10).to(device, memory_format=torch.channels_last)
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
    scheduler = optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            optim.lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=5),
            optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=45),
        ],
        milestones=[5],
    )
    scaler = GradScaler()
    for epoch in range(50):
        train(model, train_loader, loss_fn, optimizer, scaler, device)
        scheduler.step()
        print(epoch, validate(model, val_loader, device))
