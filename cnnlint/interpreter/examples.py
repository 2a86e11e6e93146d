"""What datasets hold and loaders make of it: examples followed through the user's code, and batches."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import (
    Application,
    Dataset,
    Generator,
    Loader,
    Picture,
    Seeding,
    Tensor,
    Transform,
    is_ranked,
)
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.escaping import attributes_in, names_in
from cnnlint.interpreter.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    DictValue,
    Function,
    Partial,
    Stream,
    UserDataset,
    Value,
    make_dict,
    plain,
)
from cnnlint.interpreter.written import source_text, target_text
from cnnlint.knowledge import load
from cnnlint.knowledge.loaders import batch_axis, batch_parts, example_of
from cnnlint.knowledge.pictures import picture_method
from cnnlint.knowledge.torch_data import TensorDataset
from cnnlint.knowledge.transforms import applied, applied_by_name
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, is_float, is_integer, is_unknown, surely

#: What a user's class derived from a dataset of the library has of it.
DERIVED = ("train", "size", "classes", "ordered", "settled", "augmented", "transform")
#: What lists the files in a folder, and words in the names of what draws an order or means one.
LISTING = frozenset({"listdir", "glob", "iglob", "rglob", "scandir", "iterdir", "walk"})
DRAWING = (
    "shuffl",
    "permut",
    "sampl",
    "choice",
    "randint",
    "randrange",
    "sequence",
    "frame",
    "clip",
    "window",
)


class Examples(Core):
    """One example of a dataset, and what one batch of a loader holds."""

    starting: Loader | None = None  # whose workers are being started

    def batch(self, loader: Loader, node: Any) -> Value:
        """What a loader yields: a batch of what its dataset gives one by one."""
        batch = self.make_batch(loader, node)
        for index, part in enumerate(batch if isinstance(batch, tuple) else (batch,)):
            if isinstance(part, Tensor):
                part.loader, part.index = loader, index
                if self.comes_on_cpu(part, loader):
                    part.device = "cpu"
        return batch

    def comes_on_cpu(self, part: Tensor, loader: Loader) -> bool:
        """A part of a batch surely lies where torch's own collate function makes it, of examples on the CPU:
        no function of the user's makes it, and no framework draws or wraps it."""
        if loader.escaped or self.frame.told or "device" in loader.options:
            return False
        if loader.options.get("collate_fn", part) is not None:
            return False
        if part.example is not None:
            return surely(part.example.device == "cpu")
        origin = origin_of(loader.dataset)
        pictures = isinstance(origin, Dataset) and not isinstance(origin, UserDataset | TensorDataset)
        return pictures and not part.supposed

    def make_batch(self, loader: Loader, node: Any) -> Value:
        dataset = loader.dataset
        collate = loader.options.get("collate_fn")
        if not (collate is None or is_unknown(dataset)):
            return self.collated_by(collate, loader, node)
        origin = origin_of(dataset)
        if isinstance(origin, UserDataset):
            return self.collated(self.example(origin, node), batch_axis(loader), node)
        try:
            parts = [] if is_unknown(dataset) else batch_parts(loader)
        except (Undecided, AttributeError):
            parts = []
        return tuple(parts) or Tensor(graph=False, supposed=True)

    def example(self, dataset: UserDataset, node: Any) -> Value:
        """What its `__getitem__` gives for one index, followed once."""
        if dataset.example is None:
            dataset.example = self.follow_example(dataset, node)
        return dataset.example

    def follow_example(self, dataset: UserDataset, node: Any) -> Value:
        getter = self.class_attribute(dataset.cls, "__getitem__")
        dataset.draws = ()
        if not isinstance(getter, Function):
            return dataset.inherited or self.unknown("an example of this dataset", node)
        return self.call(
            self.get_attribute(dataset, "__getitem__", node),
            Arguments([self.unknown("an index", node)], {}),
            node,
        )

    def look_into(self, dataset: UserDataset, node: Any) -> None:
        """Fill in what its own methods tell of a user's dataset: how many examples, and of which shape."""
        counted = self.class_attribute(dataset.cls, "__len__")
        if isinstance(counted, Function) and is_unknown(dataset.size):
            size = plain(self.call(self.get_attribute(dataset, "__len__", node), Arguments([], {}), node))
            if isinstance(size, int):
                dataset.size = size
        example = plain(self.example(dataset, node))
        image, *targets = example if isinstance(example, tuple) and example else (example,)
        if dataset.inherited and not (targets and plain(targets[0]) is dataset.inherited[1]):
            dataset.classes = self.unknown("its own __getitem__ may give other targets", node)
        if lists_files(dataset.cls):
            dataset.settled = True
        applied = [each.subject for each in dataset.draws if not each.maybe_not]
        for transform in applied:
            if isinstance(transform, Transform) and surely(transform.random):
                dataset.augmented, dataset.transform = True, transform
        dataset.shape, dataset.dtype, dataset.bounds = look_of(image)
        dataset.target_shape, dataset.target_dtype, _ = look_of(targets[0] if targets else None)

    def derive_dataset(self, dataset: UserDataset, base: str, arguments: Arguments, node: Any) -> None:
        """`super().__init__(...)` of a user's dataset arriving at a dataset of the library."""
        made = self.call_known(load()[base], base, arguments, node)
        if isinstance(made, Dataset):
            self.program.facts.remove(made)
            for name in DERIVED:
                setattr(dataset, name, getattr(made, name))
            dataset.inherited = example_of(made)

    def count_images(self, dataset: Dataset, root: str) -> None:
        """An ImageFolder has the images and classes that are on disk, if they are."""
        counts = self.project.images(root, self.program.path)
        if counts is not None:
            dataset.size, dataset.classes = sum(counts.values()), len(counts)
            dataset.names = tuple(counts)
            dataset.extremes = (min(counts.values()), max(counts.values()))

    # --- batches -----------------------------------------------------------------------------------
    def collated(self, example: Value, axis: Any, node: Any) -> Value:
        """A batch of examples, as the default collate function makes it; `axis` is how many."""
        example = plain(example)
        if isinstance(example, tuple):
            return tuple(self.collated(each, axis, node) for each in example)
        if isinstance(example, DictValue):
            entries = self.known_entries(example)
            if entries is not None:
                return make_dict({key: self.collated(each, axis, node) for key, each in entries.items()})
        shape, dtype, bounds = look_of(example)
        known = is_ranked(shape)
        batch = Tensor((axis, *shape) if known else Unknown("shape not known"), dtype, False, held=bounds)
        batch.example = example if isinstance(example, Tensor) else None
        return batch

    def collated_by(self, collate: Value, loader: Loader, node: Any) -> Value:
        """A batch as a function of the user's makes it of a list of examples."""
        origin = origin_of(loader.dataset)
        if isinstance(collate, Function | BoundMethod | Partial) and isinstance(origin, UserDataset):
            examples = Stream(self.example(origin, node), length=batch_axis(loader))
            return self.call(collate, Arguments([examples], {}), node)
        return self.unknown("a batch made by collate_fn", node)

    # --- transforms --------------------------------------------------------------------------------
    def apply_transform(self, transform: Transform, arguments: Arguments, node: Any) -> Value:
        """What calling a transform gives."""
        if transform.by_name and not arguments.positional:
            images = {name: plain(value) for name, value in arguments.keywords.items()}
            made_by_name = applied_by_name(transform, images)
            for each in made_by_name.values():
                if isinstance(each, Tensor):
                    each.device = "cpu"  # it was made of an array
            return make_dict(made_by_name)
        image = plain(arguments.positional[0]) if arguments.positional else None
        made = applied(transform, image)
        if isinstance(made, Tensor):
            self.finish_tensor(made, node)
            if isinstance(image, Picture):
                made.device = "cpu"
        self.note_application(transform, made, node)
        return made

    def look_into_function(self, transform: Transform, node: Any) -> None:
        """A transform that only calls a function of the author's makes what that does."""
        function = getattr(transform, "lambd", None)
        if isinstance(function, Function | BoundMethod | Partial):
            transform.follow = lambda image: self.imagined(function, image, node)

    def imagined(self, function: Value, image: Value, node: Any) -> Value:
        """What a function gives for an image, followed for nothing but that; None where it cannot be told."""
        made: list[Value] = []
        with self.without_a_trace((), []):
            made.append(plain(self.call(function, Arguments([image], {}), node)))
        return made[0] if made else None

    def note_application(self, transform: Transform, made: Value, node: Any) -> None:
        """A dataset applies a transform to a part of its examples."""
        if isinstance(node, tree.Call) and node.arguments:
            event = Application(transform, made=made)
            event.text = target_text(node.arguments[0].value)
            self.draw(event, node)

    def do_seed(self, arguments: Arguments, node: Any) -> Value:
        """`random.seed(...)`, `torch.manual_seed(...)` and what else sets the state of a generator."""
        event = Seeding(None, fixed=True if isinstance(state := plain(self.first(arguments)), int) else state)
        if isinstance(node, tree.Call) and node.arguments:
            event.argument, event.text = self.site(node.arguments[0].value), source_text(node)
        self.draw(event, node)
        return self.unknown("what setting a seed returns", node)

    def start_workers(self, loader: Loader, node: Any) -> None:
        """What each worker of a loader does before it reads an example."""
        start = loader.options.get("worker_init_fn")
        if isinstance(start, Function | BoundMethod | Partial):
            around, self.starting = self.starting, loader
            self.call(start, Arguments([self.unknown("the number of a worker", node)], {}), node)
            self.starting = around

    def generator_method(self, generator: Generator, name: str, arguments: Arguments, node: Any) -> Value:
        """A dataset draws for an example from a generator that it keeps; where it asks which worker it is in,
        it may have put that into another state."""
        for frame in reversed(self.frames):
            dataset = frame.receiver
            kept = dataset.attributes.values() if isinstance(dataset, UserDataset) else ()
            if any(plain(each) is generator for each in kept):
                made_here = "__getitem__" in generator.functions or "get_worker_info" in self.words()
                if not self.under_construction(dataset) and not made_here:
                    dataset.generators = (*dataset.generators, generator)
        self.opaque_call(arguments, node, name)
        return self.unknown("a number drawn at random", node)

    def draw(self, event: Application | Seeding, node: Any) -> None:
        """Something that numbers drawn at random rest on happens where a dataset makes an example, or in a
        worker that is to make them."""
        if self.starting is not None and isinstance(event, Seeding):
            self.record(event, node)
            self.starting.seedings = (*self.starting.seedings, event)
        for frame in reversed(self.frames):
            if isinstance(frame.receiver, UserDataset):
                self.record(event, node)
                event.maybe_not = len(self.arms) > frame.arms_at_entry
                frame.receiver.draws = (*frame.receiver.draws, event)
                return

    # --- pictures ----------------------------------------------------------------------------------
    def picture_method(self, picture: Picture, name: str, arguments: Arguments, node: Any) -> Value:
        known = picture_method(picture, name)
        if known not in load():
            return self.unknown(f"what {name}() makes of a picture", node)
        return self.call_known(
            load()[known], known, Arguments([picture, *arguments.positional], arguments.keywords), node
        )

    def picture_attribute(self, picture: Picture, name: str, node: Any) -> Value:
        """`shape` of an array; `size` of a picture of PIL, which is (width, height)."""
        shape = picture.laid_out if picture.array else picture.shape
        if isinstance(shape, tuple) and name == ("shape" if picture.array else "size"):
            return shape if picture.array else (shape[2], shape[1])
        return self.unknown(f"`.{name}` of a picture", node)


def lists_files(cls: ClassObject) -> bool:
    """A class of datasets reads the names of files in a folder, and nothing in it draws their order."""
    bodies = [base.attributes.values() for base in cls.lineage() if isinstance(base, ClassObject)]
    methods = [value.node for values in bodies for value in values if isinstance(value, Function)]
    named = [names_in(node) | attributes_in(node) for node in methods]
    listed: set[str] = set().union(*(names for names in named if names & LISTING))
    every = set().union(*named)
    return (
        bool(listed)
        and not any("rand" in name.lower() for name in listed)
        and not any(word in name.lower() for name in every for word in DRAWING)
    )


def origin_of(dataset: Any) -> Any:
    """The dataset that a part is cut from, or the dataset itself."""
    while isinstance(dataset, Dataset) and isinstance(dataset.parent, Dataset):
        dataset = dataset.parent
    return dataset


def look_of(value: Any) -> tuple[Any, Any, Any]:
    """Shape, dtype and bounds of one element of an example, as a tensor."""
    value = plain(value)
    if isinstance(value, Tensor):
        return value.shape, value.dtype, value.bounds
    if isinstance(value, Picture) and value.array:
        return value.laid_out, value.dtype, value.bounds
    unknown = Unknown("what an example holds is not known")
    if isinstance(value, bool) or is_integer(value) or is_float(value):
        dtype = "bool" if isinstance(value, bool) else "int64" if is_integer(value) else "float64"
        return (), dtype, unknown
    return unknown, unknown, unknown
