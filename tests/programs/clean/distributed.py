"""DistributedDataParallel: one process for each card, a sampler that knows the epoch."""

import os

import torch
import torch.distributed as dist
import torch.nn as nn
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler
from torchvision import datasets, transforms
from torchvision.models import efficientnet_b0


def setup():
    dist.init_process_group(backend="nccl")
    rank = int(os.environ["LOCAL_RANK"])
    torch.cuda.set_device(rank)
    return rank


def make_loader(root, train, batch_size):
    tf = [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
    if train:
        tf = [transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip()] + tf
    else:
        tf = [transforms.Resize(256), transforms.CenterCrop(224)] + tf
    folder = datasets.ImageFolder(os.path.join(root, "train" if train else "val"), transforms.Compose(tf))
    sampler = DistributedSampler(folder, shuffle=train)
    return DataLoader(folder, batch_size=batch_size, sampler=sampler, num_workers=8, pin_memory=True), sampler


def main(root="/data/imagenet", epochs=90, batch_size=256, lr=0.1):
    rank = setup()
    world_size = dist.get_world_size()
    train_loader, train_sampler = make_loader(root, True, batch_size)
    val_loader, _ = make_loader(root, False, batch_size)

    model = efficientnet_b0(weights=None, num_classes=1000).cuda(rank)
    model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    model = DDP(model, device_ids=[rank])
    criterion = nn.CrossEntropyLoss().cuda(rank)
    optimizer = torch.optim.SGD(
        model.parameters(), lr * batch_size * world_size / 256, momentum=0.9, weight_decay=1e-5, nesterov=True
    )
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)

    for epoch in range(epochs):
        train_sampler.set_epoch(epoch)
        model.train()
        for images, target in train_loader:
            images = images.cuda(rank, non_blocking=True)
            target = target.cuda(rank, non_blocking=True)
            output = model(images)
            loss = criterion(output, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()

        model.eval()
        counts = torch.zeros(2, device=rank)
        with torch.no_grad():
            for images, target in val_loader:
                output = model(images.cuda(rank))
                counts[0] += (output.argmax(1) == target.cuda(rank)).sum()
                counts[1] += target.size(0)
        dist.all_reduce(counts)
        if rank == 0:
            print(f"epoch {epoch}: {(counts[0] / counts[1]).item():.4f}")
            torch.save(model.module.state_dict(), "efficientnet.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
