"""What happens to examples, numbers and files when the program runs, beside the gradients."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from cnnlint.facts.base import NOWHERE, Fact
from cnnlint.facts.data import Dataset
from cnnlint.facts.events import Event
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.values import Unknown


@record
class Pickling(Event):
    """All of the module `subject` is saved, given in the expression `argument`: `given` as written, if that
    is a name or attribute."""

    argument: Site = NOWHERE
    given: str = ""


@record
class Seeding(Event):
    """A generator of random numbers is put into a state that is given in the expression `argument`; `fixed`
    whether that is the same each time."""

    fixed: Any = False
    argument: Site = NOWHERE
    maybe_not: bool = False


@record
class Setting(Event):
    """An option of a library is set for the whole program; `subject` is its full name."""

    value: Any = None


@record
class Application(Event):
    """A dataset applies the transform `subject` to a part of an example, and gets `made` of it. `text` is
    what that part is called, if it has a name; `maybe_not` whether some examples pass this over."""

    made: Any = None
    maybe_not: bool = False

    @property
    def given(self) -> str:
        """What it is applied to, as it is called before or after; '' if it has no name."""
        return self.text or (self.made.name if isinstance(self.made, Fact) else "")


@record
class Naming(Event):
    """The number of a class, read from the tensor `subject`, is looked up: in a sequence of `names`, which
    are Unknown where they are `listed` as the file system has them in a folder; or in a dict, as the text
    that it makes (`spelt`). `plus` is what is added to the number before, `listing` where the names are
    given. relations.link tells the `folders`: the ImageFolders that number the classes so."""

    names: Any = field(default_factory=lambda: Unknown("the names are not known"))
    listed: bool = False
    spelt: bool = False
    plus: Any = 0
    listing: Site = NOWHERE
    folders: tuple[Dataset, ...] = ()
    classes: Any = field(default_factory=lambda: Unknown("how many classes there are is not known"))


@record
class Average(Event):
    """A sum over batches is divided; `subject` is a tensor, or what a number was read from.

    `over` is the number, or the Loader or Dataset of which that is the length; `divisor` its expression, and
    `measured` what is measured there, as written: `loader` of `len(loader)`. `scaled` where more is
    multiplied or divided, before or after. `kept` is the name of the sum, if all rounds of the loop it is
    divided in add to it.
    """

    over: Any = None
    scaled: bool = False
    divisor: Site = NOWHERE
    measured: str = ""
    kept: str = ""
