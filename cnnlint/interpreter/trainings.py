"""What the program trains, told when all of it has been followed."""

from __future__ import annotations

from cnnlint.facts import Dataset, Loader, Loop, LossCall, Module, Optimizer, Setting, Step, Training
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import Value
from cnnlint.values import Unknown, is_unknown


class Trainings(Core):
    """Trainings, each with its data."""

    def trainings(self) -> list[Training]:
        """One for each model, optimizer and loop in which the optimizer updates the model."""
        found: dict[tuple[int, int, int], Training] = {}
        for step in self.program.each(Step):
            optimizer, loop = step.subject, step.loop
            if loop is None or not isinstance(optimizer, Optimizer) or is_unknown(optimizer.modules):
                continue
            for model in optimizer.modules:
                key = (id(model), id(optimizer), loop.site.at)
                if isinstance(model, Module) and key not in found:
                    found[key] = self.training(model, optimizer, loop)
        words = self.words() if found else frozenset()
        settings = tuple(self.program.each(Setting))
        for training in found.values():
            training.words, training.settings = words, settings
        return list(found.values())

    def training(self, model: Module, optimizer: Optimizer, loop: Loop) -> Training:
        losses = [call.subject for call in loop.events(LossCall)]
        loader = loop.loader
        self.tell_data(loader)
        dataset = None if loader is None else loader.dataset
        training = Training(
            model,
            optimizer,
            loop,
            loss=losses[0] if losses else Unknown("no loss was seen in the loop"),
            loader=loader if loader is not None else Unknown("no loader was seen"),
            dataset=dataset if isinstance(dataset, Dataset) else Unknown("dataset not known"),
            schedulers=tuple(optimizer.schedulers),
        )
        training.site, training.name = loop.site, model.name
        return training

    def tell_data(self, loader: Value) -> None:
        """What is not known of the data that a loader draws is as the configuration tells."""
        told = self.project.data
        if not isinstance(loader, Loader) or (told.train_size is None and told.classes is None):
            return
        if is_unknown(loader.dataset):
            loader.dataset = Dataset()
        dataset = loader.dataset
        if told.train_size is not None and is_unknown(dataset.size):
            dataset.size = told.train_size
        if told.classes is not None and is_unknown(dataset.classes):
            dataset.classes = told.classes
