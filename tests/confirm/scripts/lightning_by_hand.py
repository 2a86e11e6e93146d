"""Two networks that Lightning lets step by hand, in parts of a module; lightning_by_hand.toml says how they go wrong."""

# %%
import lightning as L
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


# %%
class Pair(L.LightningModule):
    def __init__(self, latent=8):
        super().__init__()
        self.save_hyperparameters(ignore=["unknown"])
        self.automatic_optimization = False
        self.generator = nn.Sequential(nn.Linear(latent, 32), nn.ReLU(), nn.Linear(32, 16))
        self.discriminator = nn.Sequential(nn.Linear(16, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
        self.criterion = nn.BCEWithLogitsLoss()

    def training_step(self, batch, batch_idx):
        first, second = self.optimizers()
        (real,) = batch
        noise = torch.randn(len(real), self.hparams.latent, device=self.device)

        self.toggle_optimizer(first)
        answer = self.discriminator(self.generator(noise))
        generator_loss = self.criterion(answer, torch.ones(len(real), 1))
        self.log("generator", generator_loss)
        first.zero_grad()
        self.manual_backward(generator_loss)
        first.step()
        self.untoggle_optimizer(first)

        self.toggle_optimizer(second)
        seen = self.discriminator(real)
        made = self.discriminator(self.generator(noise).detach())
        discriminator_loss = self.criterion(seen, torch.ones(len(real), 1)) + self.criterion(
            made, torch.zeros(len(real), 1)
        )
        second.zero_grad()
        self.manual_backward(discriminator_loss)
        second.step()
        self.untoggle_optimizer(second)

    def configure_optimizers(self):
        first = torch.optim.Adam(self.generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        second = torch.optim.Adam(self.discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        return [first, second], []


# %%
loader = DataLoader(TensorDataset(torch.randn(512, 16)), batch_size=64, shuffle=True)
trainer = L.Trainer(max_epochs=50, accelerator="auto", devices=1, enable_checkpointing=False)
trainer.fit(Pair(), loader)
