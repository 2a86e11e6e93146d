"""`tensor[key]`: which axes are left."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import apply, ranked
from cnnlint.values import Undecided, Unknown, is_unknown


def index(tensor: Tensor, key: tuple[Any, ...]) -> Tensor:
    """What an index takes out. `key` holds int, slice, None, Ellipsis, Tensor or Unknown, one for each axis."""
    return apply("getitem", [tensor, *key], lambda: indexed(tensor.shape, key))


def indexed(shape: Shape, key: tuple[Any, ...]) -> Shape:
    """The shape that is left; Undecided where an index of unknown kind may be anything."""
    axes = list(ranked(shape))
    taken = sum(1 for each in key if each is not None and each is not Ellipsis)
    rest: list[Any] = []
    spread = False
    for each in key:
        if each is Ellipsis:
            spread = True
            skipped = len(axes) - taken
            rest.extend(axes[:skipped])
            del axes[:skipped]
        elif each is None:
            rest.append(1)
        elif isinstance(each, slice):
            rest.append(sliced(axes.pop(0), each))
            taken -= 1
        elif isinstance(each, int) and not isinstance(each, bool):
            axes.pop(0)
            taken -= 1
        else:
            raise Undecided("what an index that is not a number takes out is not known")
    return (*rest, *axes) if spread or axes or rest else ()


def sliced(size: Any, part: slice) -> Any:
    """How many of `size` elements a slice leaves."""
    if part.start is None and part.stop is None and part.step in (None, 1):
        return size
    bounds = (part.start, part.stop, part.step)
    if isinstance(size, int) and all(bound is None or type(bound) is int for bound in bounds):
        return len(range(*part.indices(size)))
    if part.step not in (None, 1) or any(is_unknown(bound) for bound in bounds):
        return Unknown("how many elements a slice leaves is not known")
    return Unknown("how many elements a slice leaves depends on the size")
