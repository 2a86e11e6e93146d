"""What accelerate does: it moves and wraps what it is given, and makes the gradients."""

import contextlib

import torch

#: What we do not see; it may be anything, and do anything with what it is given.
UNSEEN = object()


def nothing(*args, **kwargs):
    """What leaves a training as it is."""


class Accelerator:
    """https://huggingface.co/docs/accelerate/package_reference/accelerator"""

    print = log = save = save_model = save_state = register_for_checkpointing = nothing

    def __init__(self, gradient_accumulation_steps=1, **options):
        self.gradient_accumulation_steps = gradient_accumulation_steps

    def prepare(self, *objects, **options):
        for each in objects:
            if isinstance(each, torch.utils.data.DataLoader):
                self.prepare_data_loader(each)
        return objects[0] if len(objects) == 1 else objects

    def prepare_model(self, model, **options):
        return model

    def prepare_optimizer(self, optimizer, **options):
        return optimizer

    def prepare_scheduler(self, scheduler):
        return scheduler

    def prepare_data_loader(self, data_loader, **options):
        data_loader.sampler.set_epoch(UNSEEN)  # with each pass
        data_loader.device = UNSEEN  # to which it moves its batches
        return data_loader

    def backward(self, loss, **options):
        loss = loss / self.gradient_accumulation_steps
        loss.backward(**options)

    def clip_grad_norm_(self, parameters, max_norm, norm_type=2):
        return torch.nn.utils.clip_grad_norm_(parameters, max_norm, norm_type)

    def clip_grad_value_(self, parameters, clip_value):
        torch.nn.utils.clip_grad_value_(parameters, clip_value)

    def accumulate(self, *models):
        return contextlib.nullcontext()

    def no_sync(self, model):
        return contextlib.nullcontext()

    def autocast(self, **options):
        return contextlib.nullcontext()

    def unwrap_model(self, model, **options):
        return model

    def gather(self, tensor):
        return tensor

    def gather_for_metrics(self, input_data, **options):
        return input_data

    def reduce(self, tensor, **options):
        return tensor

    def pad_across_processes(self, tensor, **options):
        return tensor

    def get_state_dict(self, model, **options):
        return model.state_dict()


def notebook_launcher(function, args=(), **options):
    """https://huggingface.co/docs/accelerate/package_reference/launchers"""
    function(*args)
