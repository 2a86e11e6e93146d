"""What a program sets the weights of its layers to, however it writes it."""

from __future__ import annotations

import pytest

from cnnlint.facts import Layer
from cnnlint.interpreter import analyse
from cnnlint.values import is_unknown
from tests.interpreter.test_operands import OneText

PRELUDE = "import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(8, 4), nn.Linear(4, 2))\n"


def start_of(lines: str) -> object:
    """How the first layer's weight is set: its distribution, mean and spread; None if nothing sets it,
    'unknown' if only some paths do."""
    program = analyse("made.py", OneText(PRELUDE + lines))
    initial = next(layer for layer in program.each(Layer) if layer.kind == "Linear").initial
    if initial is None:
        return None
    return (
        "unknown"
        if is_unknown(initial)
        else (initial.distribution, initial.mean, round(initial.spread, 3))
    )


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        ("", None),
        ("nn.init.zeros_(net[0].bias)", None),
        ("nn.init.zeros_(net[1].weight)", None),
        ("nn.init.constant_(net[0].weight, 0.5)", ("constant", 0.5, 0.0)),
        ("nn.init.constant(net[0].weight, val=2)", ("constant", 2, 0.0)),
        ("nn.init.normal_(net[0].weight.data, std=0.1)", ("normal", 0.0, 0.1)),
        ("nn.init.xavier_uniform_(net[0].weight)", ("uniform", 0.0, 0.408)),
        ("net[0].weight.data.fill_(1)", ("constant", 1, 0.0)),
        ("net[0].weight.data.uniform_(-1, 1)", ("uniform", 0.0, 0.577)),
        ("net[0].weight.data = torch.zeros(4, 8)", ("constant", 0, 0.0)),
        ("net[0].weight.data = 0.1 * torch.ones(4, 8)", ("other", 0.0, 0.0)),
        ("net[0].weight.data[0] = 1.0", ("other", 0.0, 0.0)),
        ("net[0].weight = nn.Parameter(torch.zeros(4, 8))", ("other", 0.0, 0.0)),
        ("for p in net.parameters():\n    p.data.zero_()", ("constant", 0, 0.0)),
        ("for p in net.parameters():\n    if p.dim() > 1:\n        p.data.zero_()", "unknown"),
        ("nn.init.ones_(net[0].weight)\nnn.init.eye_(net[0].weight)", ("other", 0.0, 0.0)),
        ("nn.init.orthogonal_(net[0].weight, gain=2)", ("orthogonal", 0.0, 0.707)),
        ("nn.init.kaiming_normal_(net[0].weight)", ("normal", 0.0, 0.5)),
        (
            "nn.init.kaiming_uniform_(net[0].weight, mode='fan_out', nonlinearity='tanh')",
            ("uniform", 0.0, 0.833),
        ),
        (
            "nn.init.xavier_normal_(net[0].weight, gain=nn.init.calculate_gain('leaky_relu', 0.2))",
            ("normal", 0.0, 0.566),
        ),
        ("from elsewhere import start\nstart(net)", None),
        ("from elsewhere import init_weights\ninit_weights(net)", "unknown"),
        ("from elsewhere import init_weights\nnet.apply(init_weights)", "unknown"),
        (
            "def start(m):\n    if type(m) == nn.Linear:\n        m.weight.data.normal_(0, 1)\nnet.apply(start)",
            ("normal", 0, 1),
        ),
        (
            "def start(m):\n    if m.__class__.__name__.find('Conv') != -1:\n        m.weight.data.zero_()\n"
            "net.apply(start)",
            None,
        ),
    ],
)
def test_the_start_of_a_weight_is_known(lines: str, start: object) -> None:
    assert start_of(lines) == start
