"""Where examples come from: datasets, transforms, loaders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from cnnlint.facts.base import Fact
from cnnlint.facts.tensors import Shape
from cnnlint.values import Unknown

if TYPE_CHECKING:
    from cnnlint.facts.events import EpochSet, Loop


@dataclass(eq=False)
class Dataset(Fact):
    """`kind_name` is the class ('CIFAR10', a user's 'CatsDataset'); `shape` is one example's image
    after its transforms, [C, H, W]; `size` the number of examples in this split."""

    kind_name: str = ""
    train: Any = field(default_factory=lambda: Unknown("which split is not known"))
    size: Any = field(default_factory=lambda: Unknown("size of the dataset not known"))
    classes: Any = field(default_factory=lambda: Unknown("classes not known"))
    shape: Shape = field(default_factory=lambda: Unknown("shape of an example not known"))
    target_shape: Shape = field(default_factory=lambda: Unknown("shape of a target not known"))
    labels: Any = field(default_factory=lambda: Unknown("labels not known"))  # the lowest and the highest
    void: Any = None  # the number that masks have where there is no class
    ordered: Any = field(default_factory=lambda: Unknown("order of the examples not known"))
    augmented: Any = field(default_factory=lambda: Unknown("transforms not known"))
    iterable: Any = False  # an IterableDataset: it decides its own order
    parent: Any = None  # of a Subset: the dataset it is cut from
    transform: Any = field(default_factory=lambda: Unknown("transforms not known"))  # a Transform or None
    element_shapes: Any = None  # of all that one example holds, where that is not (shape, target_shape)

    def __post_init__(self) -> None:
        for name in ("size", "classes"):
            if isinstance(getattr(self, name), str | bytes | float | list | tuple | dict | Fact | None):
                setattr(self, name, Unknown(f"the {name} of the dataset are no plain number"))

    @property
    def kind(self) -> str:
        return self.kind_name


@dataclass(eq=False)
class Picture(Fact):
    """An image that is no tensor yet: PIL's, or (`array`) a NumPy array [H, W, C] or (`flat`) [H, W].

    `shape` is [C, H, W] all the same, as transforms have it."""

    shape: Shape = field(default_factory=lambda: Unknown("shape of the picture not known"))
    array: bool = False
    flat: bool = False
    eight_bit: Any = field(default_factory=lambda: Unknown("what it holds is not known"))  # 0..255, whole
    highest: Any = field(default_factory=lambda: Unknown("what it holds is not known"))  # surely in it

    @property
    def laid_out(self) -> Shape:
        """The shape as its array has it."""
        if isinstance(self.shape, Unknown):
            return self.shape
        channels, height, width = self.shape
        return (height, width) if self.flat else (height, width, channels)


class Transform(Fact):
    """One step of an input pipeline; subclasses in `knowledge.transforms` map image shapes."""

    random: Any = False  # it draws at random, so one example is another each time
    normalizes: Any = False  # it moves numbers between 0 and 1 out of there
    scales: Any = False  # it divides 0..255 by 255

    by_name: ClassVar[bool] = False  # called with images by name, it gives a dict of them

    def output(self, image: Shape) -> Shape:
        """[C, H, W] to [C, H, W]."""
        return Unknown(f"what {self.kind} returns is not known")


class Sampler(Fact):
    """What chooses the examples. `shuffles` whether in random order, `size` how many in one pass."""

    shuffles: Any = True
    size: Any = Unknown("how many examples are drawn is not known")
    per_epoch: ClassVar[bool] = False  # its order is another only after `set_epoch`
    epochs: tuple[EpochSet, ...] = ()  # relations.link fills it in


@dataclass(eq=False)
class Loader(Fact):
    """A DataLoader, or a stand-in for one that is a parameter (then all its options are Unknown)."""

    dataset: Any
    batch_size: Any = 1
    shuffle: Any = False
    sampler: Any = None
    batch_sampler: Any = None
    drop_last: Any = False
    num_workers: Any = 0
    options: dict[str, Any] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    samplers: tuple[Sampler, ...] = ()  # it draws with one of these: several where a branch decides

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, Dataset):
            self.dataset = Unknown("the dataset is not known")

    @property
    def batches(self) -> Any:
        """Batches in one pass."""
        size, batch = self.dataset.size, self.batch_size
        return size // batch if self.drop_last else -(-size // batch)
