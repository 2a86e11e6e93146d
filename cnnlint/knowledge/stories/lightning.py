"""What Lightning does: it asks a module for losses and optimizers, and runs the loops itself."""

import contextlib

import torch

#: What we do not see; it may be anything, and do anything with what it is given.
UNSEEN = object()


def unseen(*args, **kwargs):
    return UNSEEN


def nothing(*args, **kwargs):
    """What a hook does that nobody has defined."""


class LightningModule(torch.nn.Module):
    """https://lightning.ai/docs/pytorch/stable/common/lightning_module.html"""

    toggle_optimizer = untoggle_optimizer = log = log_dict = prepare_data = setup = nothing
    validation_step = test_step = validation_epoch_end = test_epoch_end = training_epoch_end = nothing
    on_fit_start = on_fit_end = on_train_start = on_train_end = on_train_epoch_start = nothing
    on_train_epoch_end = on_train_batch_start = on_train_batch_end = on_before_zero_grad = nothing
    on_after_backward = on_before_optimizer_step = on_validation_epoch_start = nothing
    on_validation_epoch_end = on_test_epoch_start = on_test_epoch_end = nothing

    automatic_optimization = True
    _optimizers = UNSEEN
    _schedulers = UNSEEN

    def configure_optimizers(self):
        return None

    def optimizers(self, use_pl_optimizer=True):
        return self._optimizers[0] if len(self._optimizers) == 1 else self._optimizers

    def lr_schedulers(self):
        return self._schedulers[0] if len(self._schedulers) == 1 else self._schedulers

    def manual_backward(self, loss, *args, **kwargs):
        loss.backward(*args, **kwargs)

    def clip_gradients(self, optimizer, gradient_clip_val=None, **options):
        torch.nn.utils.clip_grad_norm_(self.parameters(), gradient_clip_val)

    def optimizer_step(self, epoch, batch_idx, optimizer, optimizer_closure=None, optimizer_idx=None):
        optimizer.step(closure=optimizer_closure)

    def lr_scheduler_step(self, scheduler, metric):
        if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            scheduler.step(metric)
        else:
            scheduler.step()

    def freeze(self):
        for parameter in self.parameters():
            parameter.requires_grad = False
        self.eval()

    def unfreeze(self):
        for parameter in self.parameters():
            parameter.requires_grad = True
        self.train()

    def all_gather(self, data, *args, **kwargs):
        return data

    train_dataloader = val_dataloader = test_dataloader = predict_dataloader = unseen

    def training_step(self, batch, batch_idx, optimizer_idx=None):
        return UNSEEN

    def predict_step(self, batch, batch_idx, dataloader_idx=0):
        return self(batch)

    def configure_callbacks(self):
        return []

    def untold(self):
        """What is done with a module that no code we see hands to a trainer."""
        Trainer().fit(self)


class LightningDataModule:
    """https://lightning.ai/docs/pytorch/stable/data/datamodule.html"""

    prepare_data = setup = save_hyperparameters = nothing

    train_dataloader = val_dataloader = test_dataloader = predict_dataloader = unseen


class Callback:
    """https://lightning.ai/docs/pytorch/stable/extensions/callbacks.html"""

    setup = on_fit_start = on_train_start = on_train_epoch_start = on_train_batch_start = nothing
    on_train_batch_end = on_train_epoch_end = on_validation_epoch_end = on_train_end = nothing

    def __init__(self, *args, **kwargs):
        pass


ModelCheckpoint = EarlyStopping = LearningRateMonitor = TQDMProgressBar = RichProgressBar = ModelSummary = (
    Callback
)
RichModelSummary = DeviceStatsMonitor = GPUStatsMonitor = Timer = ProgressBar = Callback


class Trainer:
    """https://lightning.ai/docs/pytorch/stable/common/trainer.html"""

    save_checkpoint = nothing

    def __init__(self, *args, max_epochs=UNSEEN, callbacks=(), **options):
        self.max_epochs = max_epochs
        self.callbacks = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]

    def fit(
        self, model, train_dataloaders=None, val_dataloaders=None, datamodule=None, ckpt_path=None, **options
    ):
        source = model
        if datamodule is not None:
            source = datamodule
        elif isinstance(train_dataloaders, LightningDataModule):
            source = train_dataloaders
        model.trainer = source.trainer = self
        source.prepare_data()
        model.setup("fit")
        if source is not model:
            source.setup("fit")
        if train_dataloaders is None or source is not model:
            train_dataloaders = source.train_dataloader()
            val_dataloaders = source.val_dataloader()
        optimizers, schedulers = configured(model.configure_optimizers())
        model._optimizers, model._schedulers = optimizers, schedulers
        for callback in self.callbacks:
            callback.setup(self, model, "fit")
            callback.on_fit_start(self, model)
        model.on_fit_start()
        model.train()
        model.on_train_start()
        for callback in self.callbacks:
            callback.on_train_start(self, model)
        for epoch in range(self.max_epochs):
            self.train_epoch(model, epoch, train_dataloaders, optimizers, schedulers)
            self.look(model, val_dataloaders, model.validation_step)
            model.on_validation_epoch_end()
            model.validation_epoch_end(UNSEEN)
            for callback in self.callbacks:
                callback.on_validation_epoch_end(self, model)
                callback.on_train_epoch_end(self, model)
            model.train()
            if model.automatic_optimization:
                advance(model, schedulers, "epoch")
        model.on_train_end()
        model.on_fit_end()
        for callback in self.callbacks:
            callback.on_train_end(self, model)

    def train_epoch(self, model, epoch, train_dataloaders, optimizers, schedulers):
        model.on_train_epoch_start()
        for callback in self.callbacks:
            callback.on_train_epoch_start(self, model)
        if isinstance(train_dataloaders, torch.utils.data.DataLoader):
            train_dataloaders.sampler.set_epoch(epoch)
        for batch_idx, batch in enumerate(train_dataloaders):
            model.on_train_batch_start(batch, batch_idx)
            for callback in self.callbacks:
                callback.on_train_batch_start(self, model, batch, batch_idx)
            if model.automatic_optimization:
                for optimizer_idx, optimizer in enumerate(optimizers):
                    learn(model, epoch, batch, batch_idx, optimizer, optimizer_idx)
                advance(model, schedulers, "step")
            else:
                model.training_step(batch, batch_idx)
            model.on_train_batch_end(UNSEEN, batch, batch_idx)
            for callback in self.callbacks:
                callback.on_train_batch_end(self, model, UNSEEN, batch, batch_idx)
        model.on_train_epoch_end()
        model.training_epoch_end(UNSEEN)

    def look(self, model, dataloaders, step):
        model.eval()
        model.on_validation_epoch_start()
        with torch.no_grad():
            if isinstance(dataloaders, (list, tuple)):
                for dataloader_idx, dataloader in enumerate(dataloaders):
                    for batch_idx, batch in enumerate(dataloader):
                        step(batch, batch_idx, dataloader_idx)
            else:
                for batch_idx, batch in enumerate(dataloaders):
                    step(batch, batch_idx)

    def validate(self, model=None, dataloaders=None, datamodule=None, **options):
        self.evaluate(model, dataloaders, datamodule, "validate")

    def test(self, model=None, dataloaders=None, datamodule=None, **options):
        self.evaluate(model, dataloaders, datamodule, "test")

    def predict(self, model=None, dataloaders=None, datamodule=None, **options):
        self.evaluate(model, dataloaders, datamodule, "predict")
        return UNSEEN

    def evaluate(self, model, dataloaders, datamodule, stage):
        if model is None:
            return
        source = model
        if datamodule is not None:
            source = datamodule
        elif isinstance(dataloaders, LightningDataModule):
            source = dataloaders
        model.trainer = source.trainer = self
        source.setup(stage)
        given = dataloaders is not None and source is model
        if stage == "test":
            self.look(model, dataloaders if given else source.test_dataloader(), model.test_step)
            model.on_test_epoch_end()
            model.test_epoch_end(UNSEEN)
        elif stage == "predict":
            self.look(model, dataloaders if given else source.predict_dataloader(), model.predict_step)
        else:
            self.look(model, dataloaders if given else source.val_dataloader(), model.validation_step)
            model.on_validation_epoch_end()
            model.validation_epoch_end(UNSEEN)

    def tune(self, model, *args, **options):
        UNSEEN(model)


seed_everything = nothing


def learn(model, epoch, batch, batch_idx, optimizer, optimizer_idx):
    """One step of automatic optimization."""

    def closure():
        returned = model.training_step(batch, batch_idx, optimizer_idx)
        loss = returned["loss"] if isinstance(returned, dict) else returned
        model.on_before_zero_grad(optimizer)
        optimizer.zero_grad()
        if loss is not None:
            loss.backward()
        model.on_after_backward()
        model.on_before_optimizer_step(optimizer)
        return loss

    model.optimizer_step(epoch, batch_idx, optimizer, optimizer_closure=closure, optimizer_idx=optimizer_idx)


def advance(model, schedulers, interval):
    """The schedules that count epochs, or steps, go on by one."""
    for scheduler in schedulers:
        if isinstance(scheduler, dict):
            if scheduler.get("interval", "epoch") == interval:
                model.lr_scheduler_step(scheduler["scheduler"], UNSEEN)
        elif interval == "epoch":
            model.lr_scheduler_step(scheduler, UNSEEN)


def configured(returned):
    """The optimizers and the schedulers that `configure_optimizers` tells of, in any of its spellings."""
    if returned is None:
        return [], []
    if isinstance(returned, (list, tuple)):
        if len(returned) == 2 and isinstance(returned[0], (list, tuple)):
            return returned
        several = returned
    else:
        several = [returned]
    optimizers, schedulers = [], []
    for each in several:
        if isinstance(each, dict):
            optimizers.append(each["optimizer"])
            if "lr_scheduler" in each:
                schedulers.append(each["lr_scheduler"])
        else:
            optimizers.append(each)
    return optimizers, schedulers


class Fabric:
    """https://lightning.ai/docs/fabric/stable/api/fabric_methods.html"""

    seed_everything = print = log = log_dict = barrier = call = save = nothing

    def __init__(self, *args, **options):
        pass

    def launch(self, function=None, *args, **kwargs):
        return None if function is None else function(self, *args, **kwargs)

    def setup(self, module, *optimizers, **options):
        return (module, *optimizers) if optimizers else module

    def setup_module(self, module, **options):
        return module

    def setup_optimizers(self, *optimizers):
        return optimizers[0] if len(optimizers) == 1 else optimizers

    def setup_dataloaders(self, *dataloaders, **options):
        for each in dataloaders:
            each.device = UNSEEN  # to which it moves its batches
        return dataloaders[0] if len(dataloaders) == 1 else dataloaders

    def backward(self, tensor, *args, **kwargs):
        tensor.backward(*args)

    def clip_gradients(self, module, optimizer, clip_val=None, max_norm=None, **options):
        torch.nn.utils.clip_grad_norm_(module.parameters(), max_norm)

    def autocast(self):
        return contextlib.nullcontext()

    def no_backward_sync(self, module, enabled=True):
        return contextlib.nullcontext()

    def init_module(self, **options):
        return contextlib.nullcontext()

    def rank_zero_first(self, **options):
        return contextlib.nullcontext()

    def to_device(self, data):
        return data

    def all_gather(self, data, **options):
        return data

    def all_reduce(self, data, **options):
        return data

    def broadcast(self, data, **options):
        return data
