"""The rates that schedulers give: ours are torch's, for arguments drawn at random."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlint.config import Config
from cnnlint.facts import Parameters, Scheduler
from cnnlint.interpreter import analyse
from cnnlint.knowledge import load
from cnnlint.knowledge.optimizers import SGD
from cnnlint.linting import new_session
from cnnlint.values import Unknown

torch = pytest.importorskip("torch")

KNOWN = load()
BASE = 0.1
STEPS = 40

counts = st.integers(1, 40)
factors = st.floats(0.05, 1.0)
gammas = st.floats(0.1, 1.1)
low = st.floats(0.0, 0.05)

#: What a scheduler that can be combined with any other is given.
SIMPLE: dict[str, Any] = {
    "StepLR": {"step_size": counts, "gamma": gammas},
    "MultiStepLR": {"milestones": st.lists(counts, max_size=5), "gamma": gammas},
    "ExponentialLR": {"gamma": gammas},
    "ConstantLR": {"factor": factors, "total_iters": counts},
    "LinearLR": {"start_factor": factors, "end_factor": st.floats(0, 1), "total_iters": counts},
    "PolynomialLR": {"total_iters": counts, "power": st.floats(0.5, 3)},
    "CosineAnnealingLR": {"T_max": counts, "eta_min": low},
}
#: ... and what others are given.
OTHERS: dict[str, Any] = {
    "CosineAnnealingWarmRestarts": {"T_0": counts, "T_mult": st.integers(1, 3), "eta_min": low},
    "OneCycleLR": {
        "max_lr": st.floats(0.01, 1),
        "total_steps": st.integers(STEPS, 200),
        "pct_start": st.floats(0.05, 0.45),
        "anneal_strategy": st.sampled_from(["cos", "linear"]),
        "div_factor": st.floats(1, 50),
        "final_div_factor": st.floats(1, 1e4),
        "three_phase": st.booleans(),
    },
    "CyclicLR": {
        "base_lr": st.floats(0.001, 0.01),
        "max_lr": st.floats(0.02, 1),
        "step_size_up": counts,
        "step_size_down": st.none() | counts,
        "mode": st.sampled_from(["triangular", "triangular2", "exp_range"]),
        "gamma": st.floats(0.9, 1),
    },
}


def made(names: Any) -> Any:
    """A scheduler by name, with its arguments."""
    arguments = {**SIMPLE, **OTHERS}
    return st.sampled_from(sorted(names)).flatmap(
        lambda name: st.tuples(st.just(name), st.fixed_dictionaries(arguments[name]))
    )


def optimizers() -> tuple[Any, Any]:
    """Torch's and ours."""
    return torch.optim.SGD([torch.zeros(1)], lr=BASE, momentum=0.9), SGD(Parameters(), lr=BASE)


def theirs(name: str) -> Any:
    return getattr(torch.optim.lr_scheduler, name)


def ours(name: str) -> Any:
    return KNOWN[f"torch.optim.lr_scheduler.{name}"]


def rates(optimizer: Any, scheduler: Any) -> list[float]:
    """What torch sets before and after each of a number of steps."""
    found = [optimizer.param_groups[0]["lr"]]
    for _ in range(STEPS - 1):
        optimizer.step()
        scheduler.step()
        found.append(optimizer.param_groups[0]["lr"])
    return found


def agree(expected: list[float], scheduler: Any) -> None:
    with_ours = [scheduler.rate(step) for step in range(STEPS)]
    assert with_ours == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", [*SIMPLE, *OTHERS])
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_schedule_gives_the_rates_of_torch(name: str, data: Any) -> None:
    _, arguments = data.draw(made([name]))
    real, described = optimizers()
    expected = rates(real, theirs(name)(real, **arguments))
    agree(expected, ours(name)(described, **arguments))


@settings(max_examples=10, deadline=None)
@given(
    st.lists(made(set(SIMPLE) | {"CosineAnnealingWarmRestarts"}), min_size=1, max_size=3).flatmap(
        lambda parts: st.tuples(
            st.just(parts), st.lists(counts, min_size=len(parts) - 1, max_size=len(parts) - 1, unique=True)
        )
    )
)
def test_a_sequence_gives_the_rates_of_torch(given: Any) -> None:
    parts, milestones = given
    real, described = optimizers()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sequence = torch.optim.lr_scheduler.SequentialLR(
            real, [theirs(name)(real, **arguments) for name, arguments in parts], sorted(milestones)
        )
        expected = rates(real, sequence)
    agree(
        expected,
        ours("SequentialLR")(
            described, [ours(name)(described, **arguments) for name, arguments in parts], sorted(milestones)
        ),
    )


@settings(max_examples=10, deadline=None)
@given(st.lists(made(SIMPLE), min_size=1, max_size=3))
def test_a_chain_gives_the_rates_of_torch(parts: Any) -> None:
    real, described = optimizers()
    chain = torch.optim.lr_scheduler.ChainedScheduler(
        [theirs(name)(real, **arguments) for name, arguments in parts]
    )
    expected = rates(real, chain)
    agree(
        expected,
        ours("ChainedScheduler")([ours(name)(described, **arguments) for name, arguments in parts]),
    )


LOOP = """
import math
import torch
from torch import nn

net = nn.Linear(3, 4)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
WARM = 5


def bent(epoch):
    if epoch < WARM:
        return (epoch + 1) / WARM
    return 0.5 * (1 + math.cos(math.pi * epoch / 40))


scheduler = torch.optim.lr_scheduler.{scheduler}
for epoch in range(40):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    scheduler.step()
"""


@pytest.mark.parametrize(
    "scheduler",
    [
        "LambdaLR(optimizer, lambda epoch: 0.95**epoch)",
        "LambdaLR(optimizer, lr_lambda=lambda n: min((n + 1) / WARM, 1.0) if n < 20 else 0.1)",
        "LambdaLR(optimizer, bent)",
        "MultiplicativeLR(optimizer, lambda epoch: 0.9 if epoch % 3 == 0 else 1.0)",
    ],
)
def test_a_function_of_the_program_is_asked_for_the_steps_of_the_run(scheduler: str) -> None:
    text = LOOP.format(scheduler=scheduler)
    session = new_session(Config(cache=False), overlay={"train.py": text.encode()})
    (found,) = analyse("train.py", session.project).each(Scheduler)
    names: dict[str, Any] = {"loader": []}
    exec(text.replace("for epoch in range(40)", "for epoch in ()"), names)
    agree(rates(names["optimizer"], names["scheduler"]), found)


@pytest.mark.parametrize(
    "scheduler",
    [
        lambda it: ours("StepLR")(it, Unknown("not known")),
        lambda it: ours("StepLR")(it, 0),
        lambda it: ours("StepLR")(it, 30, last_epoch=12),
        lambda it: ours("MultiStepLR")(it, "thirty"),
        lambda it: ours("CosineAnnealingWarmRestarts")(it, 0),
        lambda it: ours("CyclicLR")(it, 0.1, 1.0, scale_fn=abs),
        lambda it: ours("OneCycleLR")(it, [0.1, 0.2], total_steps=10),
        lambda it: ours("LambdaLR")(it, None),
        lambda it: ours("ReduceLROnPlateau")(it),
        lambda it: ours("ChainedScheduler")([ours("CyclicLR")(it, 0.1, 1.0), ours("StepLR")(it, 3)]),
        lambda it: ours("SequentialLR")(it, [ours("StepLR")(it, 3)], [5]),
    ],
)
def test_a_rate_that_cannot_be_told_is_unknown(scheduler: Any) -> None:
    _, described = optimizers()
    assert isinstance(scheduler(described).rate(7), Unknown)
