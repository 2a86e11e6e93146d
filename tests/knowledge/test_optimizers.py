"""The optimizers: torch's constructor arguments, and what the analysis reads off them."""

from __future__ import annotations

import inspect

import pytest

from cnnlint.facts import Optimizer, Parameters
from cnnlint.knowledge import load, optimizers
from cnnlint.values import Unknown

KNOWN = load()
TORCH = sorted(
    name
    for name in KNOWN
    if name.startswith("torch.optim.")
    and name.count(".") == 2
    and inspect.isclass(KNOWN[name])
    and issubclass(KNOWN[name], Optimizer)
)


@pytest.mark.parametrize("name", TORCH)
def test_an_optimizer_has_the_constructor_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = inspect.signature(getattr(torch.optim, name.removeprefix("torch.optim."))).parameters
    ours = inspect.signature(KNOWN[name]).parameters
    assert [(each.name, each.default, each.kind) for each in ours.values()] == [
        (each.name, each.default, each.kind) for each in theirs.values()
    ]


def test_every_optimizer_of_torch_is_described() -> None:
    torch = pytest.importorskip("torch")
    base = torch.optim.Optimizer
    theirs = {
        f"torch.optim.{name}"
        for name, each in vars(torch.optim).items()
        if inspect.isclass(each) and issubclass(each, base) and each is not base
    }
    assert theirs == set(TORCH)


def test_what_is_not_given_is_the_default_of_torch() -> None:
    weights = Parameters()
    adam = optimizers.Adam(weights)
    assert (adam.params, adam.lr, adam.betas, adam.weight_decay, adam.momentum) == (
        weights,
        0.001,
        (0.9, 0.999),
        0,
        0,
    )
    assert (adam.steps, adam.schedulers, adam.kind, adam.family) == ([], [], "Adam", "adam")


def test_positional_arguments_are_taken_in_the_order_of_torch() -> None:
    sgd = optimizers.SGD(Parameters(), 0.1, 0.9, 0, 5e-4, True)
    assert (sgd.lr, sgd.momentum, sgd.weight_decay, sgd.nesterov) == (0.1, 0.9, 5e-4, True)


def test_two_optimizers_do_not_share_their_steps() -> None:
    assert optimizers.SGD(Parameters()).steps is not optimizers.SGD(Parameters()).steps


def test_the_modules_of_unknown_parameters_are_unknown() -> None:
    assert isinstance(optimizers.SGD(Unknown("parameters of another library")).modules, Unknown)


def test_families_are_those_the_rules_know() -> None:
    families = {KNOWN[name].family for name in TORCH}
    assert families <= {"sgd", "adam", "adaptive", "lbfgs", "rprop", ""}


def test_an_optimizer_of_another_library_has_parameters_and_a_rate() -> None:
    lion = KNOWN["lion_pytorch.Lion"](Parameters(), 3e-4, weight_decay=0.1)
    assert (lion.lr, lion.weight_decay, lion.kind, lion.steps) == (3e-4, 0.1, "Lion", [])
    assert KNOWN["transformers.AdamW"](Parameters()).lr == 1e-3


def test_what_another_library_does_by_default_is_not_claimed() -> None:
    fused = KNOWN["apex.optimizers.FusedSGD"](Parameters())
    assert all(isinstance(value, Unknown) for value in (fused.lr, fused.momentum, fused.weight_decay))
