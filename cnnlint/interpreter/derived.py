"""User's classes derived from the library's: which kind of fact their instances are."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Dataset, Layer, Loader, Module, Optimizer
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.escaping import attributes_in
from cnnlint.interpreter.objects import (
    Arguments,
    ClassObject,
    Function,
    Instance,
    UserDataset,
    UserModel,
    UserScheduler,
    Value,
    plain,
)
from cnnlint.interpreter.owning import hold
from cnnlint.knowledge import load
from cnnlint.knowledge.names import canonical
from cnnlint.values import Unknown

#: Bases that make a user's class a module, beside the layers that are described.
MODULE_BASES = {"torch.nn.Module", "torch.jit.ScriptModule"}

DATASET_BASES = {
    "torch.utils.data.Dataset", "torch.utils.data.IterableDataset", "torch.utils.data.dataset.Dataset",
    "torchvision.datasets.VisionDataset",
}  # fmt: skip

SCHEDULER_BASES = ("torch.optim.lr_scheduler.",)


class Derived(Core):
    """Instances by the library class they derive from."""

    # --- classes derived from the library's ----------------------------------------------------------
    def fact_of_class(self, cls: ClassObject, arguments: Arguments) -> Value:
        """The kind of fact an instance of a user's class is."""
        bases = [canonical(base) for base in cls.library_bases()]
        described = [load().get(base) for base in bases]
        kinds = [known for known in described if isinstance(known, type)]
        if any(base in MODULE_BASES for base in bases) or any(issubclass(kind, Module) for kind in kinds):
            return UserModel(class_name=cls.name, cls=cls)
        if any(base in DATASET_BASES for base in bases) or any(issubclass(kind, Dataset) for kind in kinds):
            return UserDataset(
                kind_name=cls.name, cls=cls, iterable="torch.utils.data.IterableDataset" in bases
            )
        if any(base.startswith(SCHEDULER_BASES) for base in bases):
            scheduler = UserScheduler(cls)
            optimizers = [plain(value) for value in arguments.every() if isinstance(plain(value), Optimizer)]
            if optimizers:
                scheduler.optimizer = optimizers[0]
                optimizers[0].schedulers.append(scheduler)
            return scheduler
        if any(base == "torch.optim.Optimizer" for base in bases) or any(
            issubclass(k, Optimizer) for k in kinds
        ):
            return self.user_optimizer(cls, arguments)
        if any(issubclass(kind, Loader) for kind in kinds) or any(
            base.endswith("DataLoader") for base in bases
        ):
            return Loader(dataset=Unknown("dataset not known"), shuffle=Unknown("its class decides"))
        if any(base.startswith("torchvision.models.") for base in bases):
            model = UserModel(class_name=cls.name, cls=cls)
            model.unfollowed = Unknown("what its base class builds is not known")
            return model
        if (
            cls.has_unknown_base
            and isinstance(cls.attributes.get("forward"), object)
            and "forward" in cls.attributes
        ):
            return UserModel(class_name=cls.name, cls=cls)
        return Instance(cls=cls)

    def user_optimizer(self, cls: ClassObject, arguments: Arguments) -> Optimizer:
        optimizer = Optimizer()
        given = arguments.positional[0] if arguments.positional else arguments.keywords.get("params")
        optimizer.params = self.parameters_or_unknown(given)
        hold(self.heap, optimizer, optimizer.params)
        methods = [value.node for value in cls.attributes.values() if isinstance(value, Function)]
        if any({"zero_grad", "zero_"} & attributes_in(method) for method in methods):
            optimizer.escaped = optimizer.watched = True  # its own methods may clear gradients
        return optimizer

    def super_init(self, base: str, receiver: Value, arguments: Arguments, node: Any) -> Value:
        """`super().__init__(...)` arriving at a class of the library."""
        if isinstance(receiver, UserModel):
            receiver.ready = True
        name = canonical(base)
        known = load().get(name)
        if isinstance(receiver, UserDataset) and isinstance(known, type) and issubclass(known, Dataset):
            self.derive_dataset(receiver, name, arguments, node)
        if isinstance(receiver, UserModel) and isinstance(known, type) and issubclass(known, Layer):
            layer = self.call_known(known, base, arguments, node)
            if isinstance(layer, Layer):
                receiver.base_layer = layer
                if layer in self.program.facts:
                    self.program.facts.remove(layer)
            else:
                receiver.unfollowed = self.unknown(f"`{base}` could not be built", node)
        return None
