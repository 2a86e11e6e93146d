"""What ignite does: an engine calls a function for each batch, and handlers when something happens."""

import torch

#: What we do not see; it may be anything, and do anything with what it is given.
UNSEEN = object()


class Event:
    """When a handler is called."""

    def __init__(self, name, sometimes=False):
        self.name = name
        self.sometimes = sometimes

    def __call__(self, *conditions, **options):
        return Event(self.name, True)

    def __or__(self, other):
        return self


class Events:
    """https://docs.pytorch.org/ignite/generated/ignite.engine.events.Events.html"""

    STARTED = Event("started")
    EPOCH_STARTED = Event("epoch started")
    GET_BATCH_STARTED = Event("iteration started")
    GET_BATCH_COMPLETED = Event("iteration started")
    ITERATION_STARTED = Event("iteration started")
    ITERATION_COMPLETED = Event("iteration completed")
    EPOCH_COMPLETED = Event("epoch completed")
    COMPLETED = Event("completed")


class State:
    """What an engine has come to."""


class Engine:
    """https://docs.pytorch.org/ignite/generated/ignite.engine.engine.Engine.html"""

    def __init__(self, process_function):
        self.process_function = process_function
        self.handlers = []
        self.state = State()

    def on(self, event_name, *args, **kwargs):
        def keep(handler):
            self.add_event_handler(event_name, handler, *args, **kwargs)
            return handler

        return keep

    def add_event_handler(self, event_name, handler, *args, **kwargs):
        self.handlers.append((event_name, handler, args, kwargs))

    def run(self, data=None, max_epochs=1, epoch_length=None, seed=None):
        self.fire("started")
        for epoch in range(max_epochs):
            self.state.epoch = epoch
            self.fire("epoch started")
            for batch in data:
                self.state.batch = batch
                self.fire("iteration started")
                self.state.output = self.process_function(self, batch)
                self.fire("iteration completed")
            self.fire("epoch completed")
        self.fire("completed")
        return self.state

    def fire(self, name):
        for event, handler, args, kwargs in self.handlers:
            if event.name == name:
                if event.sometimes:
                    if UNSEEN:
                        handler(self, *args, **kwargs)
                else:
                    handler(self, *args, **kwargs)


def create_supervised_trainer(
    model,
    optimizer,
    loss_fn,
    device=None,
    non_blocking=False,
    prepare_batch=tuple,
    model_transform=None,
    **options,
):
    """https://docs.pytorch.org/ignite/generated/ignite.engine.create_supervised_trainer.html"""

    def update(engine, batch):
        model.train()
        optimizer.zero_grad()
        x, y = batch
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return Engine(update)


def create_supervised_evaluator(model, metrics=None, device=None, **options):
    """https://docs.pytorch.org/ignite/generated/ignite.engine.create_supervised_evaluator.html"""

    def look(engine, batch):
        model.eval()
        with torch.no_grad():
            x, y = batch
            return model(x), y

    return Engine(look)


class LRScheduler:
    """https://docs.pytorch.org/ignite/generated/ignite.handlers.param_scheduler.LRScheduler.html"""

    def __init__(self, lr_scheduler, **options):
        self.lr_scheduler = lr_scheduler

    def __call__(self, engine, **options):
        self.lr_scheduler.step(UNSEEN)  # of its own count, so that the first value is not skipped

    def attach(self, engine, event_name=Events.ITERATION_COMPLETED):
        engine.add_event_handler(event_name, self)


class Bystander:
    """What looks at an engine, counts, draws, saves and stops it, but trains nothing."""

    def __call__(self, *args, **kwargs):
        pass

    __init__ = attach = attach_output_handler = attach_opt_params_handler = __call__


ProgressBar = Timer = BasicTimeProfiler = HandlersTimeProfiler = TerminateOnNan = TimeLimit = Bystander
EarlyStopping = ModelCheckpoint = Checkpoint = DiskSaver = TensorboardLogger = WandBLogger = Bystander
Accuracy = Loss = RunningAverage = Average = Precision = Recall = Fbeta = TopKCategoricalAccuracy = Bystander
ConfusionMatrix = MeanSquaredError = MeanAbsoluteError = PSNR = SSIM = IoU = DiceCoefficient = Bystander
