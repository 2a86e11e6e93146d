"""Models that come with pretrained weights, by the table pretrained.toml: torchvision, timm, torch.hub.

Calling a described name builds a `PretrainedModel`. Its body is one piece; its head is made of layers that
can be read and replaced as in torch (`model.fc.in_features`, `model.classifier[6] = nn.Linear(4096, 10)`).
"""

from __future__ import annotations

from functools import cache
from math import prod
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import tomli

from cnnlint.dims import Dim
from cnnlint.facts import Bounds, Layer, Shape, Stray, combined
from cnnlint.knowledge.describe import KNOWN, describes, expect, ranked
from cnnlint.knowledge.names import one_slip
from cnnlint.source import Site
from cnnlint.values import Undecided, Unknown, is_unknown, surely

#: Options that change neither what a model returns nor how many parameters it has.
HARMLESS = frozenset(
    "progress transform_input zero_init_residual memory_efficient init_weights dropout drop_rate "
    "drop_path_rate stochastic_depth_prob attention_dropout check_hash map_location trust_repo".split()
)


#: How many auxiliary heads answer in training.
AUXILIARY_HEADS = {"googlenet": 2, "inception_v3": 1}


class Row(NamedTuple):
    """One line of pretrained.toml; its head says what each field means."""

    parameters: int
    features: tuple[int, ...]
    head: str = "fc"
    layers: str = "linear"
    classes: int = 1000
    side: int = 224
    axes: int = 4
    modal: bool = True
    auxiliary: str = ""
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)


class PretrainedModel(Layer):
    """A model of a library. `classes` it tells apart, `channels` of an input, `side` its weights want."""

    role = "network"
    row: ClassVar[Row]

    def __init__(
        self,
        weights: Any = None,
        progress: Any = True,
        num_classes: Any = None,
        pretrained: Any = None,
        aux_logits: Any = True,
        in_chans: Any = 3,
        **options: Any,
    ) -> None:
        self.pretrained = has_weights(weights if pretrained is None else pretrained)
        self.classes = self.row.classes if num_classes is None else num_classes
        self.channels = in_chans
        self.side = self.row.side
        self.aux_logits = aux_logits
        self.options = {name: value for name, value in options.items() if name not in HARMLESS}
        self.original = build_head(self.row, self.classes)
        #: The modules set as attributes: the head, and whatever the program sets besides.
        self.assigned: dict[str, Any] = {self.row.head: self.original}
        #: Where the program sets them, what it writes there, and whether it reads such a name anywhere.
        self.places: dict[str, tuple[Site, str, bool]] = {}

    def __copy__(self) -> PretrainedModel:
        copied = type(self).__new__(type(self))
        copied.__dict__.update(self.__dict__, assigned=dict(self.assigned))
        return copied

    def children(self) -> dict[str, Any]:
        return self.assigned

    @property
    def wants(self) -> Bounds:
        """Images of 0..1 after the normalisation its weights were trained with."""
        if not self.intact or self.options or self.row.axes != 4:
            return Unknown("what its weights want is not known")
        return combined("div", combined("sub", (0, 1), self.row.mean), self.row.std)

    @property
    def head(self) -> Any:
        """What stands at the end now: a Module, or Unknown."""
        return self.assigned[self.row.head]

    @property
    def intact(self) -> bool:
        """Nothing of the body was replaced, so far as attributes tell."""
        return self.assigned.keys() == {self.row.head}

    @property
    def last(self) -> tuple[str, Any]:
        """The layer that gives the scores, as torch built it, and the way to it: `classifier[6]`."""
        way, layer = self.row.head, self.original
        if layer.kind == "Sequential":
            weighing = ("linear", "convolution")
            key, layer = [(key, each) for key, each in layer.items.items() if each.role in weighing][-1]
            way += f"[{key}]" if key.isdigit() else f".{key}"
        return way, layer

    @property
    def strays(self) -> list[Stray]:
        """What was set under the name that another model has for its head, or nearly under its own."""
        head, (way, last) = self.row.head, self.last
        if self.watched or self.head is not self.original:
            return []
        found = []
        for name, (site, written, read) in self.places.items():
            slip = len(head) > 2 and name.isalpha() and one_slip(name, head)
            if name in self.assigned and name != head and (name in head_names() or slip):
                place = f"{written.removesuffix(name)}{way}"
                found.append(Stray(name, self.assigned[name], site, place, last, read))
        return found

    def admits(self) -> Shape:
        return (
            Dim.symbol("N"),
            self.channels,
            *(Dim.symbol(name) for name in "DHW"[5 - self.row.axes :]),
        )

    def output(self, x: Shape) -> Shape:
        """[N, C, H, W] to [N, classes]."""
        features = self.body_output(x)
        if not isinstance(self.head, Layer):
            return features[0], Unknown("what the head returns is not known")
        scores = ranked(self.head.output(features))
        return scores if len(scores) == 2 else (scores[0], prod(scores[1:]))

    def body_output(self, x: Shape) -> tuple[Any, ...]:
        """What the body hands to the head."""
        axes = ranked(x)
        if len(axes) != self.row.axes:
            raise Undecided("an image without a batch axis")
        if self.intact and not self.options:
            expect(axes[1] == self.channels, "channels", wants=self.channels, got=axes[1])
        if self.row.auxiliary == "always" or (self.row.auxiliary and not self.pretrained):
            if self.aux_logits:
                raise Undecided("in training it also returns auxiliary outputs")
        depends = (Dim.symbol(name) for name in "HW")
        return (axes[0], *(size or next(depends) for size in self.row.features))

    def unpacked(self, x: Shape, count: int) -> list[Shape]:
        """The shapes of what it returns in training, where that is taken apart: the scores, and those of
        its auxiliary heads. Empty if it has none."""
        if AUXILIARY_HEADS.get(self.kind) != count - 1 or not self.aux_logits:
            return []
        head = self.head if isinstance(self.head, Layer) else None
        features = (ranked(x)[0], *self.row.features)
        scores = head.output(features[:2]) if head and len(features) == 2 else Unknown("a head not known")
        return [scores, *(Unknown("its auxiliary heads may be others") for _ in range(count - 1))]

    @property
    def body(self) -> Layer:
        """All of it before the head."""
        return Body(self)

    def own_parameter_count(self) -> Any:
        """Learnable numbers of the body."""
        unknown = Unknown(f"the parameters of this {self.kind} are not known")
        if not self.intact or self.options or not surely(self.channels == 3):
            return unknown
        if self.row.auxiliary == "always" and self.head is not self.original:
            return unknown
        if self.row.auxiliary == "from scratch" and not surely(self.pretrained):
            return unknown
        if self.row.auxiliary and not (self.aux_logits is True and surely(self.classes == self.row.classes)):
            return unknown
        whole = build_head(self.row, self.row.classes)
        return self.row.parameters - whole.parameter_count()


class Body(Layer):
    """A model of a library without its head, as one layer."""

    role = "network"

    def __init__(self, model: PretrainedModel) -> None:
        self.model = model
        self.operation, self.name, self.trainable = model.operation, model.name, model.trainable  # type: ignore[misc]

    def admits(self) -> Shape:
        return self.model.admits()

    def output(self, x: Shape) -> Shape:
        """[N, C, H, W] to what the head gets: [N, features] in most."""
        features = self.model.body_output(x)
        if self.model.intact and not self.model.options:
            return features
        return Unknown("the body of this model was changed")


class UnlistedModel(Layer):
    """A model of a library of which we know only that it is one."""

    role = "network"
    any_rank = True

    def __init__(self, pretrained: Any) -> None:
        self.pretrained = pretrained

    def children(self) -> dict[str, Any]:
        return {"": Unknown("the layers of this model are not known")}


@describes("timm.create_model", "timm.models.create_model", "timm.models.factory.create_model")
def create_model(
    model_name: Any,
    pretrained: Any = False,
    pretrained_cfg: Any = None,
    pretrained_cfg_overlay: Any = None,
    checkpoint_path: Any = "",
    scriptable: Any = None,
    exportable: Any = None,
    no_jit: Any = None,
    **kwargs: Any,
) -> Any:
    """A model of timm. https://huggingface.co/docs/timm/reference/models"""
    found = elsewhere("timm").get(model_name.partition(".")[0]) if isinstance(model_name, str) else None
    if found is None or pretrained_cfg is not None or checkpoint_path != "":
        return UnlistedModel(pretrained if checkpoint_path == "" else Unknown("weights from a file"))
    model = found(pretrained=pretrained, **kwargs)
    if surely(model.classes == 0):
        model.assigned[model.row.head] = KNOWN["torch.nn.Identity"]()
    return model


@describes("efficientnet_pytorch.EfficientNet.from_pretrained")
def efficientnet_pretrained(
    model_name: Any,
    weights_path: Any = None,
    advprop: Any = False,
    in_channels: Any = 3,
    num_classes: Any = 1000,
    **override_params: Any,
) -> Any:
    """A model of efficientnet_pytorch with weights. https://github.com/lukemelas/EfficientNet-PyTorch"""
    model = efficientnet(model_name, in_channels, num_classes=num_classes, **override_params)
    model.pretrained = True
    if advprop != False:  # noqa: E712 - may be Unknown
        return UnlistedModel(True)  # other weights, of other images
    return model


@describes("efficientnet_pytorch.EfficientNet.from_name")
def efficientnet(model_name: Any, in_channels: Any = 3, **override_params: Any) -> Any:
    """A model of efficientnet_pytorch. https://github.com/lukemelas/EfficientNet-PyTorch"""
    found = elsewhere("efficientnet_pytorch").get(model_name) if isinstance(model_name, str) else None
    return UnlistedModel(False) if found is None else found(in_chans=in_channels, **override_params)


@describes("torch.hub.load")
def hub_load(repo_or_dir: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
    """A model of another repository. https://docs.pytorch.org/docs/stable/hub.html#torch.hub.load"""
    listed = isinstance(repo_or_dir, str) and repo_or_dir.partition(":")[0] == "pytorch/vision"
    if not listed or not isinstance(model, str):
        return Unknown("what another repository builds is not known")
    return torchvision_model(model, args, kwargs)


@describes("torchvision.models.get_model")
def get_model(name: Any, **config: Any) -> Any:
    """A model by its name.

    https://docs.pytorch.org/vision/stable/generated/torchvision.models.get_model.html
    """
    return (
        torchvision_model(name.lower(), (), config)
        if isinstance(name, str)
        else Unknown("which is not known")
    )


def torchvision_model(name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    described = KNOWN.get(f"torchvision.models.{name}")
    if isinstance(described, type) and issubclass(described, PretrainedModel):
        return described(*args, **options)
    weights = options.get("weights", options.get("pretrained"))
    return UnlistedModel(has_weights(weights))


def has_weights(weights: Any) -> Any:
    """Whether `weights=` (an enum member, a name, None) or `pretrained=` asks for pretrained weights."""
    if weights is None:
        return False
    return weights if isinstance(weights, bool) or is_unknown(weights) else True


def build_head(row: Row, classes: Any) -> Any:
    """The head that a model begins with: one layer, or several in a Sequential."""
    sizes = {"features": row.features[0], "classes": classes}
    layers = [
        described_layer(kind)(
            *[sizes.get(each, each) if isinstance(each, str) else each for each in arguments]
        )
        for kind, *arguments in heads()[row.layers]
    ]
    if row.layers == "vit":
        return described_layer("Sequential")({"head": layers[0]})
    return layers[0] if len(layers) == 1 else described_layer("Sequential")(*layers)


def described_layer(kind: str) -> Any:
    from cnnlint.knowledge import load

    return load()[f"torch.nn.{kind}"]


@cache
def table() -> dict[str, Any]:
    """The tables of pretrained.toml."""
    return tomli.loads(Path(__file__).with_name("pretrained.toml").read_text(encoding="utf-8"))


def heads() -> dict[str, list[list[Any]]]:
    """What heads are made of, by name."""
    return table()["heads"]  # type: ignore[no-any-return]


@cache
def head_names() -> frozenset[str]:
    """Every attribute that holds the head of some model."""
    tables = (table()[library].values() for library in ("torchvision", "timm", "efficientnet_pytorch"))
    return frozenset(line.get("head", Row.head) for lines in tables for line in lines)


def rows() -> dict[str, Row]:
    """The models of torchvision by name."""
    return {name: Row(**other_than(line, "")) for name, line in table()["torchvision"].items()}


def model_class(name: str, row: Row, page: str) -> type[PretrainedModel]:
    """The class that builds the model of this name."""
    members = {"row": row, "modal": row.modal, "operation": name, "__doc__": page, "__module__": __name__}
    return type(name, (PretrainedModel,), members)


def other_than(line: dict[str, Any], key: str) -> dict[str, Any]:
    """A line of the table without one of its entries, its lists as tuples."""
    return {
        name: tuple(each) if isinstance(each, list) else each for name, each in line.items() if name != key
    }


@cache
def elsewhere(library: str) -> dict[str, type[PretrainedModel]]:
    """The classes that build the models of another library, by the names it gives them."""
    torchvision = rows()
    return {
        name: model_class(
            name,
            torchvision[like]._replace(layers="linear", **own),
            f"The same architecture as torchvision.models.{like}.",
        )
        for name, line in table()[library].items()
        for like, own in [(line["like"], {key: value for key, value in line.items() if key != "like"})]
    }


for _name, _row in rows().items():
    _page = f"https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.{_name}.html"
    describes(f"torchvision.models.{_name}")(model_class(_name, _row, _page))
