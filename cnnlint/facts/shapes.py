"""What cannot run: a shape that does not fit, and what kind of fault that is."""

from __future__ import annotations

from math import prod
from typing import Any

from cnnlint.dims import fitting_sizes, reaching_sizes
from cnnlint.facts.base import NOWHERE, Fact
from cnnlint.facts.tensors import Op, Tensor
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.values import is_unknown, surely

#: Functions of one input whose further tensors are weights.
WEIGHTED = frozenset({
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "linear",
    "bilinear", "batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm", "prelu", "embedding",
})  # fmt: skip
#: Functions that want as many axes of each tensor, whatever their number.
JOINING = frozenset({"cat", "concat", "concatenate", "stack", "hstack"})
#: Axes a window slides along, and options of that window.
SIZES = frozenset({"length", "height", "width", "depth", "padding", "stride"})
#: Channels, and what they are divided into.
CHANNELS = frozenset({"channels", "groups", "heads"})
#: Tensors that fit each other only for smaller images than this were not made to meet.
SMALLEST_IMAGE = 8
#: What a size may have to be divisible by, and from which size on.
STEPS = (2, 4, 8, 16, 32, 64, 128)
SMALLEST = 64
#: What gives a tensor another first axis.
SEPARATING = frozenset({"unsqueeze", "getitem", "stack", "cat", "concat"})
#: Where the axes of a batch of images or volumes are.
POSITIONS = {"batch": 0, "channels": 1, "depth": -3, "height": -2, "width": -1}


@record
class ShapeError(Fact):
    """What cannot run: `op` wanted `wants` on `axis` and got `got`."""

    op: Op
    axis: str
    wants: Any
    got: Any
    layer: Any = None
    input_known: bool = False  # the sizes come from a dataset, a configuration or a literal tensor
    image: tuple[int, ...] = ()  # what the model was given, where it was tried with other images
    given: Site = NOWHERE  # the expression of that image, in the call of the model
    lacking: Any = None  # the axis that the image lacks: with one more there the model runs
    elsewhere: Any = None  # the same operation where height and width are free, if then it may run
    step: int = 0  # images of all multiples of this fit here, and those tried run through the whole model
    runs: tuple[int, ...] = ()  # else sizes of square images next to this one that do
    lone: Any = None  # the Loader of which the last batch, a single example, does not run, and others do

    @property
    def settled(self) -> bool:
        """What it got is a plain number, not one that depends on the input's size."""
        return isinstance(self.got, int)

    @property
    def fits(self) -> Any:
        """Sizes of square images that would run here, as a list: empty if no size does."""
        if not self.elsewhere:
            return []
        inputs = self.elsewhere.inputs
        if self.fault != "branches":
            size = self.size_of(inputs[0])
            return (
                reaching_sizes(size, self.wants) if self.fault == "sizes" else fitting_sizes(size, self.wants)
            )
        one, other = (self.size_of(inputs[self.op.inputs.index(each)]) for each in self.meeting)
        difference = one - other
        if is_unknown(difference):
            return difference
        return [size for size in fitting_sizes(difference, 0) if size >= SMALLEST_IMAGE]

    @property
    def steps(self) -> list[int]:
        """What a size may have to be divisible by: all such sizes fit here."""
        fitting = set(self.fits)
        if not fitting:
            return []
        return [
            step
            for step in STEPS
            if fitting.issuperset(range(step * -(-SMALLEST // step), max(fitting) + 1, step))
        ]

    @property
    def ends(self) -> list[int]:
        """Where sizes that fit here begin and end: the next two below the size of the image, and above."""
        fitting, size = set(self.fits), max(self.image[2:], default=0)
        ends = [each for each in self.fits if not fitting.issuperset((each - 1, each + 1))]
        return [
            *[each for each in ends if each < size][-2:],
            *[each for each in ends if each > size][:2],
        ]

    def size_of(self, tensor: Tensor) -> Any:
        """The size of a tensor on the axis of the error."""
        return tensor.shape[POSITIONS.get(self.axis, -1)]

    @property
    def meeting(self) -> tuple[Tensor, Tensor]:
        """Of the tensors it joins, the first that has what was wanted and the last that has what came."""
        inputs = self.op.inputs
        wanted = (tensor for tensor in inputs if self.has(tensor, self.wants))
        first = next(wanted, inputs[0])
        came = (tensor for tensor in reversed(inputs) if tensor is not first and self.has(tensor, self.got))
        return first, next(came, inputs[-1])

    def has(self, tensor: Tensor, size: Any) -> bool:
        """Whether a tensor surely has this size on the axis of the error."""
        axes = tuple(tensor.shape)
        if self.axis == "axes":
            return surely(len(axes) == size)
        at = POSITIONS.get(self.axis)
        sizes = axes if at is None else axes[at : at + 1 or None]
        return any(surely(each == size) for each in sizes)

    @property
    def squeezed(self) -> Op | None:
        """The `squeeze()` that took the axis of a batch of one with the others, where it is missed."""
        short = self.axis == "axes" and surely(self.wants == self.got + 1)
        shorter = self.axis == "target axes" and surely(self.got == self.wants + 1)
        if not (self.lone or short or shorter):
            return None
        for tensor in self.op.inputs:
            for operation in tensor.history():
                if operation.name in SEPARATING:
                    break
                if operation.name == "squeeze" and operation.without_dim:
                    return operation if _holds_one(operation.inputs[0]) else None
        return None

    @property
    def fault(self) -> str:
        """What it is about; each kind has rules of its own: 'loss', 'image' (the model's input lacks an
        axis), 'squeezed' (a `squeeze()` took that of the batch), 'branches' (two tensors that do not fit
        each other), 'rank', 'channels', 'sizes', 'map' (a Linear is given one), 'row' (it is given all
        examples in one, or was) or 'features'."""
        if self.lacking is not None:
            return "image"
        if self.squeezed:
            return "squeezed"
        if getattr(self.layer, "role", "") == "loss":
            return "loss"
        if self.axis == "axes" and self.op.name not in JOINING:
            before = self.op.inputs[0].history() if self.op.inputs else ()
            return "row" if any(each.row_before for each in before if each.name == "linear") else "rank"
        if self.layer is None and len(self.op.inputs) > 1 and self.op.name not in WEIGHTED:
            return "branches"
        if self.axis in CHANNELS:
            return "channels"
        if self.axis in SIZES:
            return "sizes"
        linear = getattr(self.layer, "kind", "") == "Linear"
        if linear and self.op.inputs[0].is_map:
            return "map"
        laid = self.op.row_before if linear else None
        return "row" if laid and self.wants == prod(laid.inputs[0].shape[1:]) else "features"


def _holds_one(tensor: Tensor) -> bool:
    """A batch of one example, as a layer with weights gave it."""
    weighed = any(each.layer and each.name in WEIGHTED for each in tensor.history())
    return weighed and bool(len(tensor.shape) > 1 and tensor.shape[0] == 1)
