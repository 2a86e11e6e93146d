"""Accelerate wraps model, optimizer, loaders and scheduler, and does the backward pass."""

import argparse

import timm
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader
from torchvision.datasets import Flowers102
from torchvision.transforms import Compose, Normalize, RandomHorizontalFlip, RandomResizedCrop, Resize, ToTensor


def training_function(args):
    accelerator = Accelerator(mixed_precision=args.mixed_precision, gradient_accumulation_steps=2)
    set_seed(args.seed)

    normalize = Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    train_tf = Compose([RandomResizedCrop(224), RandomHorizontalFlip(), ToTensor(), normalize])
    eval_tf = Compose([Resize((224, 224)), ToTensor(), normalize])
    train_set = Flowers102(args.data_dir, split="train", transform=train_tf, download=True)
    eval_set = Flowers102(args.data_dir, split="val", transform=eval_tf, download=True)
    train_dataloader = DataLoader(train_set, shuffle=True, batch_size=args.batch_size, num_workers=4)
    eval_dataloader = DataLoader(eval_set, shuffle=False, batch_size=args.batch_size, num_workers=4)

    model = timm.create_model("resnet50d", pretrained=True, num_classes=102)
    for param in model.parameters():
        param.requires_grad = False
    for param in model.get_classifier().parameters():
        param.requires_grad = True

    optimizer = torch.optim.Adam(params=model.parameters(), lr=args.lr / 25)
    lr_scheduler = OneCycleLR(
        optimizer=optimizer, max_lr=args.lr, epochs=args.epochs, steps_per_epoch=len(train_dataloader)
    )
    model, optimizer, train_dataloader, eval_dataloader, lr_scheduler = accelerator.prepare(
        model, optimizer, train_dataloader, eval_dataloader, lr_scheduler
    )

    for epoch in range(args.epochs):
        model.train()
        for images, labels in train_dataloader:
            with accelerator.accumulate(model):
                outputs = model(images)
                loss = F.cross_entropy(outputs, labels)
                accelerator.backward(loss)
                optimizer.step()
                lr_scheduler.step()
                optimizer.zero_grad()

        model.eval()
        accurate = 0
        num_elems = 0
        for images, labels in eval_dataloader:
            with torch.no_grad():
                outputs = model(images)
            predictions, references = accelerator.gather_for_metrics((outputs.argmax(dim=-1), labels))
            accurate += (predictions == references).long().sum().item()
            num_elems += references.shape[0]
        accelerator.print(f"epoch {epoch}: {100 * accurate / num_elems:.2f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data_dir", default="data")
    parser.add_argument("--mixed_precision", default=None, choices=["no", "fp16", "bf16"])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=42)
    training_function(parser.parse_args())


if __name__ == "__main__":
    main()
