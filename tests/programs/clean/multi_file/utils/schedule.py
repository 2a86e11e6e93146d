"""A linear warm-up, stepped once for each batch."""

from torch.optim.lr_scheduler import LambdaLR


def warmup(optimizer, batches):
    return LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / batches))
