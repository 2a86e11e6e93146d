"""What has something of every example, in some order: results gathered batch by batch, and listed targets."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Loader, Number, Op, Tensor
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import Arguments, ListValue, Value, plain
from cnnlint.interpreter.written import source_text

#: Functions that make one array of what a list holds, or of another array, and keep its order.
GATHERING = frozenset(
    f"{package}.{name}"
    for package, names in (
        ("torch", "cat concat concatenate stack hstack vstack tensor as_tensor Tensor LongTensor from_numpy"),
        ("numpy", "array asarray concatenate stack hstack vstack"),
    )
    for name in names.split()
)
#: Functions that compare predictions with targets, one by one.
SCORES = frozenset(
    f"sklearn.metrics.{name}"
    for name in (
        "accuracy_score balanced_accuracy_score classification_report confusion_matrix f1_score fbeta_score "
        "precision_score recall_score cohen_kappa_score matthews_corrcoef jaccard_score roc_auc_score "
        "average_precision_score mean_squared_error mean_absolute_error r2_score"
    ).split()
)


class Orders(Core):
    """Lists that grow with each batch."""

    def gather(self, target: ListValue, value: Value) -> None:
        """Something of each example of a batch is put behind that of the batches before."""
        loop, tensor = self.loop, tensor_of(value)
        loader = loop.loader if loop is not None else None
        if loop is None or not isinstance(loader, Loader) or tensor is None:
            return
        if target.loop is loop.parent and comes_of(tensor, loader):
            self.heap.set(target.store, "gathered", loader)

    def in_order(self, name: str, arguments: Arguments, made: Value, node: Any) -> Value:
        """What a function of a library has made, in the order of what it was given."""
        if name in GATHERING and arguments.positional:
            given = ordered(arguments.positional[0])
            if given is not None:
                made = made if isinstance(made, Tensor) else Tensor(graph=False)
                made.gathered, made.listed = given.gathered, given.listed
        elif name in SCORES:
            inputs = [ordered(value) or tensor_of(value) for value in arguments.every()[:2]]
            operation = Op(name="compared", inputs=tuple(each for each in inputs if each is not None))
            operation.text = source_text(node)
            self.note_op(operation, node)
        return made


def tensor_of(value: Value) -> Tensor | None:
    """A tensor, or the one that numbers were read from."""
    value = plain(value)
    tensor = value.source if isinstance(value, Number) else value
    return tensor if isinstance(tensor, Tensor) else None


def comes_of(tensor: Tensor, loader: Loader) -> bool:
    """It was made of a batch of the loader."""
    leaves = [each for operation in tensor.ancestors() for each in operation.inputs]
    return any(each.loader is loader for each in (tensor, *leaves))


def ordered(value: Value) -> Tensor | None:
    """A tensor in a known order that has what a value has; None if it has none."""
    value = plain(value)
    if isinstance(value, ListValue):
        loader = None if "escaped" in value.store else value.store.get("gathered")
        return None if loader is None else Tensor(graph=False, gathered=loader)
    tensor = tensor_of(value)
    known = tensor is not None and (tensor.drawn_by is not None or tensor.listed_by is not None)
    if tensor is None or not known:
        return None
    return Tensor(graph=False, gathered=tensor.drawn_by, listed=tensor.listed_by)
