"""One loop over two phases; gradients are never cleared, the plateau gets no metric."""

import torch, time
from torchvision import models, datasets, transforms
import torch.nn as nn
import torch.optim as optim

tf = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])  # CNN602
sets = {p: datasets.ImageFolder("data/" + p, tf) for p in ["train", "val"]}
loaders = {p: torch.utils.data.DataLoader(sets[p], batch_size=8, shuffle=True) for p in ["train", "val"]}
device = torch.device("cuda:0")


def train_model(model, criterion, optimizer, scheduler, num_epochs=25):
    for epoch in range(num_epochs):
        for phase in ["train", "val"]:
            if phase == "train":
                model.train()
            else:
                model.eval()
            running_loss = 0.0
            for inputs, labels in loaders[phase]:
                inputs, labels = inputs.to(device), labels.to(device)
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()  # CNN101
                running_loss += loss.item() * inputs.size(0)
            if phase == "val":
                scheduler.step()  # CNN109
    return model


model_ft = models.vgg16(pretrained=True)
model_ft.classifier[6] = nn.Linear(4096, 2)
model_ft = model_ft.to(device)
optimizer_ft = optim.SGD(model_ft.parameters(), lr=0.001, momentum=0.9)
plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer_ft, "min")
model_ft = train_model(model_ft, nn.CrossEntropyLoss(), optimizer_ft, plateau)
