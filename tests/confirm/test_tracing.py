"""What a call of a model shows: every layer at its line, whatever the model does, and where it breaks."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import pytest

from tests.confirm.shapes import HEAD, NET, built, model, performed, recipe

pytest.importorskip("torch")


def net(constructor: str, forward: str) -> str:
    """A class with a convolution of 8 channels and these lines more."""
    return HEAD + (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.conv = nn.Conv2d(3, 8, 3)\n        {constructor}\n"
        f"    def forward(self, x):\n        {forward}\n"
    )


@pytest.mark.parametrize(
    ("constructor", "forward", "device"),
    [
        ("rates = [each.item() for each in torch.linspace(0, 0.1, 3)]", "return self.conv(x)", "meta"),
        ("self.size = torch.ones(2).sum().item()", "return self.conv(x) * self.size", "meta"),
        ("pass", "return F.relu(self.conv(x)) if x.mean() > 0 else self.conv(x)", "cpu"),
        ("pass", "return self.conv(x) + torch.ones(8, 1, 1, device='cpu')", "cpu"),
        ("pass", "return torch.from_numpy(self.conv(x).numpy())", "cpu"),
        ("self.conv = torch.jit.script(self.conv)", "return self.conv(x)", "meta"),
        ("self.scale = torch.ones(8, 1, 1)", "return self.conv(x) * self.scale", "meta"),
        ("self.fc = nn.LazyLinear(10)", "return self.fc(self.conv(x).flatten(1))", "meta"),
        ("pass", "return {'out': (self.conv(x), [x])}", "meta"),
        ("pass", "return nn.Conv2d(8, 4, 1)(self.conv(x))", "meta"),
        ("self.layers = [nn.Conv2d(8, 8, 1)]", "return self.layers[0](self.conv(x))", "meta"),
        ("self.at = int(torch.randint(2, (1,)))", "return self.conv(x)[self.at:]", "meta"),
    ],
)
def test_a_model_is_called_whatever_it_does(
    tmp_path: Path, constructor: str, forward: str, device: str
) -> None:
    trace = model(performed(tmp_path, net(constructor, forward)))
    assert built(trace), (trace["why"], trace["broken"])
    assert trace["device"] == device
    conv = next(each for each in trace["layers"] if each["name"] == "conv")
    assert (conv["inputs"], conv["output"]) == ([[2, 3, 32, 32]], [2, 8, 30, 30])
    assert conv["place"] == {"path": str(tmp_path / "train.py"), "line": 10}
    assert trace["outputs"] or "numpy" in forward


def test_layers_and_functions_stand_in_the_order_of_the_call(tmp_path: Path) -> None:
    forward = "y = self.block(self.conv(x)); y += y.clone(); return torch.cat([y, F.relu(y)], 1).flatten(1)"
    text = net("self.block = nn.Sequential(nn.BatchNorm2d(8), nn.ReLU())", forward)
    trace = model(performed(tmp_path, text))
    assert [(each["name"], each["kind"], each["origin"]) for each in trace["layers"]] == [
        ("", "Net", "module"), ("conv", "Conv2d", "module"), ("block", "Sequential", "module"),
        ("block.0", "BatchNorm2d", "module"), ("block.1", "ReLU", "module"), ("add_1", "add", "function"),
        ("relu_1", "relu", "function"), ("cat_1", "cat", "function"), ("flatten_1", "flatten", "function"),
    ]  # fmt: skip
    assert trace["edges"] == [(-1, 1), (1, 3), (3, 4), (4, 5), (5, 6), (5, 7), (6, 7), (7, 8)]
    assert trace["outputs"] == [8]
    assert trace["layers"][8]["output"] == [2, 16 * 30 * 30]
    assert [each["parameters"] for each in trace["layers"]][:4] == [0, 3 * 8 * 9 + 8, 0, 16]
    assert trace["parameters"] == 240


def test_torch_fx_is_a_witness_where_it_can_follow(tmp_path: Path) -> None:
    seen = model(performed(tmp_path, HEAD + NET))
    assert (seen["graph"], seen["remarks"]) == ("torch.fx", [])
    lost = model(performed(tmp_path, net("pass", "return self.conv(x)[:, : int(x.size(1) / 2)]")))
    assert lost["graph"] == "recorder"
    assert lost["remarks"][0].startswith("torch.fx cannot follow it")
    assert built(lost)


def test_a_witness_that_sees_other_shapes_is_told() -> None:
    import torch

    from cnnlint.confirm.child.graph import witness

    layers = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU())
    rows = [
        {"name": name, "kind": "", "place": None, "built": None, "origin": "module", "inputs": [],
         "output": [2, 8, 6, 6], "parameters": 0}
        for name in ("0", "1")
    ]  # fmt: skip
    images = torch.zeros(2, 3, 8, 8)
    assert witness(layers, [images], rows) == ("torch.fx", "")  # type: ignore[arg-type]
    rows[1]["output"] = [2, 8, 5, 5]
    graph, remark = witness(layers, [images], rows)  # type: ignore[arg-type]
    assert graph == "recorder"
    assert remark == "torch.fx sees `1` give [2, 8, 6, 6], the recorder `1` [2, 8, 5, 5]"


def test_what_nothing_calls_is_unused_unless_training_does(tmp_path: Path) -> None:
    text = net(
        "self.aux, self.spare, self.tied = nn.Linear(8, 2), nn.Sequential(nn.Linear(3, 4)), nn.Linear(8, 8)",
        "y = self.conv(x).mean((2, 3)); z = F.linear(y, self.tied.weight); "
        "return (z, self.aux(y)) if self.training else z",
    )
    assert [(each["name"], each["parameters"]) for each in model(performed(tmp_path, text))["unused"]] == [
        ("spare", 16)
    ]


def test_layers_that_nothing_registers_are_told_from_the_others(tmp_path: Path) -> None:
    text = net("self.layers = {'a': nn.Conv2d(8, 8, 1), 'b': nn.Linear(2, 2)}",
               "return nn.Conv2d(8, 4, 1)(self.layers['a'](self.conv(x)))")  # fmt: skip
    trace = model(performed(tmp_path, text))
    origins = [
        (each["name"], each["origin"], each["built"]["line"]) for each in trace["layers"][1:] if each["built"]
    ]
    assert origins == [("conv", "module", 7), ("layers['a']", "hidden", 8), ("", "made", 10)]
    assert [(each["name"], each["origin"]) for each in trace["unused"]] == [("layers['b']", "hidden")]


@pytest.mark.parametrize(
    ("constructor", "forward", "shape"),
    [
        ("self.fc = nn.Linear(8 * 30 * 30, 10)", "return self.fc(self.conv(x).flatten(1))", [2, 3, 32, 32]),
        ("self.fc = nn.Linear(8 * 58 * 58, 10)", "return self.fc(self.conv(x).flatten(1))", [2, 3, 60, 60]),
        ("self.conv = nn.Conv1d(2, 8, 3)", "return self.conv(x)", [2, 2, 128]),
        ("self.conv = nn.Conv3d(1, 8, 3)", "return self.conv(x)", [2, 1, 32, 32, 32]),
        ("self.conv = nn.Linear(784, 8)", "return self.conv(x.flatten(1))", [2, 1, 28, 28]),
        ("self.conv = nn.Linear(100, 8)", "return self.conv(x)", [2, 100]),
        ("self.conv = nn.Embedding(9, 8)", "return self.conv(x)", [2, 16]),
        ("self.conv = nn.LSTM(5, 8, batch_first=True)", "return self.conv(x)[0]", [2, 16, 5]),
    ],
)
def test_an_input_is_found_where_nothing_says_one(
    tmp_path: Path, constructor: str, forward: str, shape: list[int]
) -> None:
    trace = model(performed(tmp_path, net(constructor, forward)))
    assert built(trace), trace["broken"]
    assert (trace["inputs"], trace["searched"]) == ([shape], True)


def test_only_what_a_recipe_leaves_open_is_searched(tmp_path: Path) -> None:
    text = (
        net("self.fc = nn.Linear(8 * 26 * 26, 10)", "return self.fc(self.conv(x).flatten(1))")
        + "net = Net()\n"
    )
    path = tmp_path / "train.py"
    trace = model(performed(tmp_path, text, recipes=[recipe(path, 11, [None, 3, None, None])]))
    assert (trace["inputs"], trace["searched"]) == ([[2, 3, 28, 28]], True)
    trace = model(performed(tmp_path, text, recipes=[recipe(path, 11, [None, 3, 32, 32])]))
    assert (trace["inputs"], trace["searched"]) == ([[2, 3, 32, 32]], False)
    assert trace["broken"] is not None


def test_a_model_may_be_given_several_inputs(tmp_path: Path) -> None:
    text = net("pass", "return self.conv(x)").replace("(self, x)", "(self, x, y)").replace(
        "self.conv(x)", "self.conv(x) + self.conv(y)"
    ) + "net = Net()\n"  # fmt: skip
    known = recipe(tmp_path / "train.py", 11, [4, 3, 9, 9], [1, 3, 9, 9])
    trace = model(performed(tmp_path, text, recipes=[known]))
    assert (trace["inputs"], built(trace)) == ([[4, 3, 9, 9], [1, 3, 9, 9]], True)
    assert model(performed(tmp_path, text))["inputs"] == [[2, 3, 32, 32]] * 2


PROGRAMS = {
    "plain": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 10)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)
""",
    "sequential": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.BatchNorm2d(16),
        )
        self.classifier = nn.Linear(16, 10)
    def forward(self, x):
        x = self.features(x)
        return self.classifier(
            x.mean((2, 3))
        )
""",
    "residual": """
class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1)
    def forward(self, x):
        out = F.relu(self.norm(self.conv1(x)))
        return self.conv2(out) + self.shortcut(x)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(3, 8), Block(8, 16)])
        self.fc = nn.Linear(16, 10)
    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))
""",
}
#: The size that a layer is built for, as written.
BUILT_FOR = re.compile(r"(nn\.(?:Conv2d|Linear|BatchNorm2d)\()(\d+|inputs|outputs)\b")


def mutants() -> list[tuple[str, str]]:
    """Each program with one layer built for one more than reaches it."""
    return [
        (name, text[: at.start()] + f"{at[1]}{at[2]} + 1" + text[at.end() :])
        for name, text in PROGRAMS.items()
        for at in BUILT_FOR.finditer(text)
    ]


@pytest.mark.parametrize(("name", "text"), mutants())
def test_an_error_is_told_at_the_line_where_the_program_itself_breaks(
    tmp_path: Path, name: str, text: str
) -> None:
    import torch

    path = str(tmp_path / "train.py")
    namespace: dict = {"__name__": "subject"}
    exec(compile(HEAD + text, path, "exec"), namespace)
    with pytest.raises((RuntimeError, ValueError)) as raised:
        namespace["Net"]()(torch.rand(2, 3, 32, 32))
    truth = [
        each.lineno for each in traceback.extract_tb(raised.value.__traceback__) if each.filename == path
    ]
    known = {"name": "Net", "place": {"path": path, "line": 1}, "built": None, "inputs": [[None, 3, 32, 32]]}
    broken = model(performed(tmp_path, HEAD + text, recipes=[known]))["broken"]
    assert broken is not None
    assert broken["place"] == {"path": path, "line": truth[-1]}
    assert broken["message"] == str(raised.value)


def test_a_model_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlint.confirm.child import shapes

    monkeypatch.setattr(shapes, "CALLING", 0.3)
    trace = model(performed(tmp_path, net("pass", "while x is not None: self.conv(x)")))
    assert trace["why"] == "it was built, but not called: TooLong: it took longer than 0.3 s"
