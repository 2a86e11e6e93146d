"""Where examples come from: datasets, transforms, loaders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from cnnlint.facts.base import Fact
from cnnlint.facts.bounds import Bounds
from cnnlint.facts.tensors import Shape, Tensor
from cnnlint.records import record
from cnnlint.values import Unknown

if TYPE_CHECKING:
    from cnnlint.facts.events import EpochSet, Loop
    from cnnlint.facts.handling import Seeding


@record
class Dataset(Fact):
    """`kind_name` is the class ('CIFAR10', a user's 'CatsDataset'); `shape`, `dtype` and `bounds` are those
    of one example's image [C, H, W] after its transforms; `size` the number of examples in this split."""

    kind_name: str = ""
    train: Any = field(default_factory=lambda: Unknown("which split is not known"))
    size: Any = field(default_factory=lambda: Unknown("size of the dataset not known"))
    classes: Any = field(default_factory=lambda: Unknown("classes not known"))
    shape: Shape = field(default_factory=lambda: Unknown("shape of an example not known"))
    dtype: Any = field(default_factory=lambda: Unknown("dtype of an example not known"))
    bounds: Bounds = field(default_factory=lambda: Unknown("values of an example not known"))
    target_shape: Shape = field(default_factory=lambda: Unknown("shape of a target not known"))
    target_dtype: Any = field(default_factory=lambda: Unknown("dtype of a target not known"))
    labels: Any = field(default_factory=lambda: Unknown("labels not known"))  # the lowest and the highest
    void: Any = None  # the number that masks have where there is no class
    names: Any = field(default_factory=lambda: Unknown("names of the classes not known"))  # as numbered
    extremes: Any = field(default_factory=lambda: Unknown("sizes of the classes not known"))  # fewest, most
    ordered: Any = field(default_factory=lambda: Unknown("order of the examples not known"))
    settled: Any = field(
        default_factory=lambda: Unknown("not known who ordered them")
    )  # published or listed so
    augmented: Any = field(default_factory=lambda: Unknown("transforms not known"))
    iterable: Any = False  # an IterableDataset: it decides its own order
    positions: dict[str, int] = field(default_factory=dict)  # of its constructor's arguments, by name
    source: Any = field(
        default_factory=lambda: Unknown("what it reads is not known")
    )  # equal for the same examples
    switched: Any = False  # what it holds is changed after it was made
    parent: Any = None  # of a Subset: the dataset it is cut from
    indices: Any = None  # of a Subset: the Indices it takes, as far as they are known
    cut: Any = None  # of a Subset that random_split made: what the parts of that one call have in common
    transform: Any = field(default_factory=lambda: Unknown("transforms not known"))  # a Transform or None
    elements: Any = None  # a Tensor for each thing one example holds, where that is not (image, target)
    generators: tuple[Generator, ...] = ()  # that it keeps, and draws from for an example
    draws: tuple[Any, ...] = ()  # of a user's dataset: Applications of transforms and Seedings in one example

    def __post_init__(self) -> None:
        for name in ("size", "classes"):
            if isinstance(getattr(self, name), str | bytes | float | list | tuple | dict | Fact | None):
                setattr(self, name, Unknown(f"the {name} of the dataset are no plain number"))

    @property
    def kind(self) -> str:
        return self.kind_name


@record
class Generator(Fact):
    """A generator of random numbers other than those that each process has, as NumPy makes them."""

    seed: Any = None


@record
class Indices(Fact):
    """Numbers of examples of a dataset, in a sequence: each of them once, from `start` to before `stop`, in
    the order of the dataset (`ordered`) or not; or those at these places of a sequence in another order, that
    the Op `drawn` gave them. `site` and `name` are those of the list that was cut."""

    start: Any = 0
    stop: Any = field(default_factory=lambda: Unknown("how many examples are taken is not known"))
    ordered: Any = True
    drawn: Any = None

    def part(self, index: slice) -> Indices | None:
        """A slice of them; None if it leaves some out in between."""
        if index.step is not None:
            return None
        start, stop = self._at(index.start, self.start), self._at(index.stop, self.stop)
        part = Indices(start, stop, self.ordered, self.drawn)
        part.site, part.name = self.site, self.name
        return part

    def _at(self, place: Any, otherwise: Any) -> Any:
        if place is None:
            return otherwise
        if not isinstance(place, int):
            return Unknown("where the slice ends")
        return self.start + place if place >= 0 else self.stop + place


@record
class Picture(Fact):
    """An image that is no tensor yet: PIL's, or (`array`) a NumPy array [H, W, C] or (`flat`) [H, W].

    `shape` is [C, H, W] all the same, as transforms have it; `dtype` is that of the array it is or gives.
    Where `array` is Unknown, so is what kind of image it is at all."""

    shape: Shape = field(default_factory=lambda: Unknown("shape of the picture not known"))
    dtype: Any = field(default_factory=lambda: Unknown("how the picture is stored is not known"))
    bounds: Bounds = field(default_factory=lambda: Unknown("how the picture is stored is not known"))
    array: Any = False
    flat: bool = False
    highest: Any = field(default_factory=lambda: Unknown("what it holds is not known"))  # surely in it

    @property
    def eight_bit(self) -> Any:
        """It holds bytes, which transforms take for 0..255."""
        return self.dtype == "uint8"

    @property
    def laid_out(self) -> Shape:
        """The shape as its array has it."""
        if isinstance(self.shape, Unknown):
            return self.shape
        channels, height, width = self.shape
        return (height, width) if self.flat else (height, width, channels)


def any_image(shape: Shape = None) -> Picture:
    """An image of which it is not known whether it is a picture, an array or a tensor."""
    unknown = Unknown("what kind of image it is is not known")
    return Picture(shape=unknown if shape is None else shape, array=unknown)


class Refusal(NamedTuple):
    """What a transform wants, what it is given instead, and whether it raises then or goes on."""

    wants: str
    got: str
    raises: bool = True


class Transform(Fact):
    """One step of an input pipeline; subclasses in `knowledge.transforms` say what it makes of an image."""

    random: Any = False  # it draws at random, so one example is another each time
    normalizes: Any = False  # it moves numbers between 0 and 1 out of there
    scales: Any = False  # it divides 0..255 by 255
    images: tuple[Any, ...] = ()  # what it is applied to: each a Picture or a Tensor [C, H, W]
    displaces: Any = False  # it moves what is seen to places drawn at random
    follow: Any = None  # of one that calls a function of the author's: tells what that makes of an image

    by_name: ClassVar[bool] = False  # called with images by name, it gives a dict of them
    newer: ClassVar[bool] = False  # it is of torchvision.transforms.v2
    takes: ClassVar[str] = ""  # what it wants, in words, where that is a tensor
    steps: Any = ()  # the transforms it consists of

    def flat_steps(self) -> Iterator[Any]:
        """The steps it is made of, in order. Undecided if they are not known."""
        yield self

    def output(self, image: Shape) -> Shape:
        """[C, H, W] to [C, H, W]."""
        return Unknown(f"what {self.kind} returns is not known")

    def kept(self, image: Any) -> Bounds:
        """Between which numbers its result lies."""
        return image.bounds

    def after(self, image: Any) -> Any:
        """What it makes of a Picture or a Tensor; Unknown if that is not known."""
        shape, bounds = self.output(image.shape), self.kept(image)
        if isinstance(image, Tensor):
            return Tensor(shape=shape, dtype=image.dtype, graph=False, held=bounds)
        return Picture(shape, image.dtype, bounds, image.array, image.flat)

    def refuses(self, image: Any) -> Refusal | None:
        """Why an image is surely wrong for it; None if it takes it, or may."""
        return None

    def reordered(self, steps: Any) -> Transform:
        """The same of other steps, where it has any."""
        return self

    def stages(self, image: Any) -> Iterator[tuple[Transform, Any]]:
        """Each of its steps, in order, with what that is given."""
        yield self, image


class Clash(NamedTuple):
    """What a loader is given, in words, an argument that this excludes, and what it is where left out."""

    chosen: str
    other: str
    without: Any


class Sampler(Fact):
    """What chooses the examples. `shuffles` whether in random order, `size` how many in one pass, `whole`
    whether out of all there are; `chosen` the Indices it takes, as far as they are known."""

    shuffles: Any = True
    whole: Any = True
    chosen: Any = None
    size: Any = Unknown("how many examples are drawn is not known")
    per_epoch: ClassVar[bool] = False  # its order is another only after `set_epoch`
    epochs: tuple[EpochSet, ...] = ()  # relations.link fills it in


@record
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
    seedings: tuple[Seeding, ...] = ()  # what its `worker_init_fn` does in each worker
    clashes: Any = ()  # each Clash of its arguments, for which torch raises

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, Dataset):
            self.dataset = Unknown("the dataset is not known")

    @property
    def examples(self) -> Any:
        """Examples drawn in one pass."""
        return self.dataset.size

    @property
    def batches(self) -> Any:
        """Batches in one pass."""
        size, batch = self.examples, self.batch_size
        return size // batch if self.drop_last else -(-size // batch)

    @property
    def last_batch(self) -> Any:
        """Examples in the last batch of one pass, if there are full ones before it."""
        size, batch = self.examples, self.batch_size
        if isinstance(size, int) and isinstance(batch, int) and self.drop_last is False and size > batch > 0:
            return size % batch or batch
        return Unknown("how many are left for the last batch is not known")
