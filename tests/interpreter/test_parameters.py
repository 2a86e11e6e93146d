"""How many parameters a model has is what torch says, or not known; never another number."""

from __future__ import annotations

import pytest

from cnnlint.interpreter.program import followed
from cnnlint.linting import Project
from cnnlint.syntax.cache import Cache
from cnnlint.values import Undecided, is_unknown

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
KNOWN = {
    "own": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, 8, 1))
        self.register_parameter("shift", nn.Parameter(torch.zeros(8)))
        self.register_buffer("step", torch.zeros(100))
        self.fc = nn.Linear(8, 2)
model = Net()
""",
    "set by name": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(3):
            self.__setattr__("conv_%d" % i, nn.Conv2d(i + 1, i + 2, 3))
            setattr(self, f"norm{i}", nn.BatchNorm2d(i + 2))
        if hasattr(self, "conv_1"):
            self.head = nn.Linear(4, 4)
        if not hasattr(self, "conv_9"):
            self.tail = nn.Linear(4, 2)
        self.last = getattr(self, "conv_9", None) or nn.Linear(2, 1)
model = Net()
""",
}
KNOWN["one or a pair"] = """
import collections.abc, copy, dataclasses

@dataclasses.dataclass
class Config:
    width: int = 8
    kernel: int = 3

def pair(x):
    return tuple(x) if isinstance(x, collections.abc.Iterable) and not isinstance(x, str) else (x, x)

class Net(nn.Module):
    def __init__(self, config):
        super().__init__()
        narrow = copy.copy(config)
        narrow.width = 4
        self.conv = nn.Conv2d(3, config.width, pair(config.kernel))
        self.down = nn.Conv2d(config.width, narrow.width, pair((1, 3)))
model = Net(dataclasses.replace(Config(), width=16))
model.when = input
"""
KNOWN["repeated"] = """
from itertools import repeat

def pair(x):
    return tuple(repeat(x, 2))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(8, *pair(7)))
        self.drops = nn.ModuleList()
        for rate in [x.item() for x in torch.linspace(0, 0.1, 3)]:
            self.drops.append(nn.Linear(2, 2) if rate > 0.0 else nn.Identity())
        for rates in [x.tolist() for x in torch.linspace(0, 0.0, 5).split([2, 3])]:
            self.drops.extend(nn.Identity() if rate == 0 else nn.Linear(3, 3) for rate in rates)
model = Net()
"""
KNOWN["kinds of classes"] = """
import functools, os, types

def norm_of(kind, size):
    options = {}
    if isinstance(kind, functools.partial):
        options.update(kind.keywords)
        kind = kind.func
    if isinstance(kind, types.FunctionType):
        return kind(size)
    assert isinstance(kind, (type, str))
    return nn.Identity() if kind in {nn.Conv2d, Own} else kind(size, **options)

class Own(nn.Module):
    pass

model = nn.Sequential(
    norm_of(nn.BatchNorm2d, 3),
    norm_of(functools.partial(nn.BatchNorm2d, affine=False), 5),
    norm_of(lambda size: nn.BatchNorm2d(2 * size), 7),
    norm_of(Own, 9),
    nn.ReLU() if hasattr(F, "relu") and "silu" in dir(F) else nn.Linear(3, 3),
    nn.Linear(5, 5) if "CNNLINT_NOBODY_SETS_THIS" in os.environ else nn.Linear(2, 2),
)
"""
KNOWN["alike"] = """
class Drop(nn.Module):
    def forward(self, x):
        return x if not self.training else x * torch.rand(1)

class Net(nn.Module):
    def __init__(self, rates):
        super().__init__()
        self.drop = Drop() if rates[1].item() > 0 else nn.Identity()
        self.fc = nn.Linear(3, 2)
model = Net(torch.rand(3))
"""
KNOWN["made by a function or given"] = """
from inspect import isfunction

def activation(given):
    if isfunction(given):
        return given()
    elif isinstance(given, str):
        return nn.PReLU(int(given))
    return given

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = activation(lambda: nn.PReLU(3))
        self.two = activation("2")
        self.three = activation(nn.Linear(3, 2))
model = Net()
"""
KNOWN["a part of an answer is not known"] = """
class Net(nn.Module):
    def __init__(self, width, stride):
        super().__init__()
        same = width == 4 and stride == 1
        self.fc = nn.Linear(3, 2) if same else nn.Linear(*tuple[int, int]([4, 5]))
model = Net(int(torch.rand(1) * 9), 2)
"""
UNKNOWN = {
    "a parameter of unknown shape": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.load("scale.pt"))
model = Net()
""",
    "a sub-module from elsewhere": """
import elsewhere
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = elsewhere.body()
model = Net()
""",
    "a sub-module on some paths only": """
class Net(nn.Module):
    def __init__(self, deep):
        super().__init__()
        self.fc = nn.Linear(8, 2)
        if deep:
            self.deeper = nn.Linear(8, 8)
model = Net(input() == "deep")
""",
    "sizes of unknown number": """
class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(1, 8, *sizes, 2))
model = Net([int(each) for each in input()])
""",
    "a size out of a tensor": """
model = nn.Linear(8, torch.randint(0, 7, (9,)).max().item() + 1)
""",
    "a sub-module of unknown name": """
class Net(nn.Module):
    def __init__(self, name):
        super().__init__()
        setattr(self, name, nn.Linear(8, 8))
model = Net(input())
""",
}


def counted(text, tmp_path):
    path = str(tmp_path / "net.py")
    project = Project(Cache(None), overlay={path: f"{HEAD}{text}".encode()})
    _, names = followed(path, project)
    try:
        count = names["model"].parameter_count()
    except Undecided:
        return None
    return None if is_unknown(count) else count


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN.keys())
def test_parameters_are_counted_as_torch_counts_them(text, tmp_path):
    torch = pytest.importorskip("torch")
    names: dict = {}
    exec(f"{HEAD}{text}", names)
    assert counted(text, tmp_path) == sum(each.numel() for each in names["model"].parameters())
    assert torch.nn.Module


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_parameters_that_are_not_all_known_are_not_counted(text, tmp_path):
    assert counted(text, tmp_path) is None
