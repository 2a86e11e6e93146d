"""The Trainer of transformers does all of it; a convolutional model and a loss of its own are handed to it."""

import numpy as np
import torch
from torch import nn
from torchvision import datasets, models, transforms
from transformers import Trainer, TrainingArguments, default_data_collator


class ImageModel(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.backbone = models.resnet50(weights=models.ResNet50_Weights.IMAGENET1K_V2)
        self.backbone.fc = nn.Sequential(nn.Dropout(0.2), nn.Linear(2048, classes))
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

    def forward(self, pixel_values, labels=None):
        logits = self.backbone(pixel_values)
        if labels is None:
            return {"logits": logits}
        return {"loss": self.criterion(logits, labels), "logits": logits}


def collate(examples):
    return {
        "pixel_values": torch.stack([image for image, _ in examples]),
        "labels": torch.tensor([label for _, label in examples]),
    }


def compute_metrics(prediction):
    logits, labels = prediction
    return {"accuracy": (np.argmax(logits, axis=1) == labels).mean()}


def main():
    normalize = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    varied = transforms.Compose([
        transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(), normalize
    ])
    plain = transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), normalize
    ])
    train_set = datasets.OxfordIIITPet("data", split="trainval", transform=varied, download=True)
    test_set = datasets.OxfordIIITPet("data", split="test", transform=plain, download=True)

    model = ImageModel(37)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10 * 115)
    arguments = TrainingArguments("out", per_device_train_batch_size=32, num_train_epochs=10)
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=train_set,
        eval_dataset=test_set,
        data_collator=collate,
        compute_metrics=compute_metrics,
        optimizers=(optimizer, scheduler),
    )
    trainer.train()
    print(trainer.evaluate())


if __name__ == "__main__":
    main()
