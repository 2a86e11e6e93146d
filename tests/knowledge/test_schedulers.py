"""The schedulers: torch's constructor arguments, whose they are, and which take over others."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from cnnlint.facts import Parameters, Scheduler
from cnnlint.knowledge import load
from cnnlint.knowledge.optimizers import SGD
from cnnlint.knowledge.schedulers import composed, cycles, decays
from cnnlint.values import Unknown

KNOWN = load()
TORCH = sorted(
    name for name in KNOWN if name.startswith(("torch.optim.lr_scheduler.", "torch.optim.swa_utils.SWALR"))
)


def sgd() -> SGD:
    return SGD(Parameters(), lr=0.1)


@pytest.mark.parametrize("name", TORCH)
def test_a_scheduler_has_the_constructor_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs: Any = torch.optim
    for part in name.removeprefix("torch.optim.").split("."):
        theirs = getattr(theirs, part)
    ours = inspect.signature(KNOWN[name]).parameters
    assert [(each.name, each.default) for each in ours.values() if each.name != "verbose"] == [
        (each.name, each.default) for each in inspect.signature(theirs).parameters.values()
    ]


def test_every_scheduler_of_torch_is_described() -> None:
    module = pytest.importorskip("torch.optim.lr_scheduler")
    theirs = {
        f"torch.optim.lr_scheduler.{name}"
        for name, each in vars(module).items()
        if inspect.isclass(each) and issubclass(each, module.LRScheduler) and not name.endswith("LRScheduler")
    }
    assert theirs == {name for name in TORCH if "swa_utils" not in name}


def test_a_scheduler_is_listed_with_its_optimizer() -> None:
    optimizer = sgd()
    scheduler = decays.StepLR(optimizer, 30, verbose=True)
    assert optimizer.schedulers == [scheduler]
    assert (scheduler.step_size, scheduler.gamma, scheduler.steps) == (30, 0.1, [])


def test_a_scheduler_of_an_unknown_optimizer_is_still_one() -> None:
    assert decays.StepLR(Unknown("no optimizer"), 30).step_size == 30


def test_a_sequence_takes_over_its_members() -> None:
    optimizer = sgd()
    first, second = decays.LinearLR(optimizer), cycles.CosineAnnealingLR(optimizer, 95)
    sequence = composed.SequentialLR(optimizer, (first, second), (5,))
    assert sequence.inner == (first, second)
    assert sequence.warms_up is True
    assert optimizer.schedulers == [first, second, sequence]


def test_a_chain_belongs_to_the_optimizer_of_its_members() -> None:
    optimizer = sgd()
    member = decays.ExponentialLR(optimizer, 0.9)
    chain = composed.ChainedScheduler([member])
    assert (chain.optimizer, chain.inner, chain.warms_up) == (optimizer, (member,), False)


@pytest.mark.parametrize("given", [Unknown("not known"), (Unknown("not known"),), 3])
def test_a_chain_of_what_is_not_known_is_unknown_and_raises_nothing(given: Any) -> None:
    chain = composed.ChainedScheduler(given)
    assert isinstance(chain.optimizer, Unknown)
    assert isinstance(chain.inner, Unknown)
    assert isinstance(composed.ChainedScheduler(()).optimizer, Unknown)


@pytest.mark.parametrize(
    ("scheduler", "warms"),
    [
        (lambda it: cycles.OneCycleLR(it, 0.1, total_steps=10), True),
        (lambda it: cycles.CyclicLR(it, 0.01, 0.1), True),
        (lambda it: decays.LinearLR(it), True),
        (lambda it: decays.LinearLR(it, 1.0, 0.1), False),
        (lambda it: decays.ConstantLR(it), True),
        (lambda it: decays.StepLR(it, 3), False),
    ],
)
def test_a_scheduler_that_starts_below_the_given_rate_warms_up(scheduler: Any, warms: bool) -> None:
    assert scheduler(sgd()).warms_up is warms


def test_whether_a_function_warms_up_is_not_known() -> None:
    member = decays.LambdaLR(sgd(), abs)
    assert isinstance(member.warms_up, Unknown)
    assert isinstance(composed.ChainedScheduler((member,)).warms_up, Unknown)
    assert isinstance(decays.LinearLR(sgd(), "a third").warms_up, Unknown)


def test_what_a_step_means_by_custom() -> None:
    counts = {name.rpartition(".")[2]: KNOWN[name].counts for name in TORCH}
    assert {name for name, what in counts.items() if what == "batch"} == {"OneCycleLR", "CyclicLR"}
    assert {"StepLR", "MultiStepLR", "ReduceLROnPlateau"} <= {
        name for name, what in counts.items() if what == "epoch"
    }
    assert all(issubclass(KNOWN[name], Scheduler) for name in TORCH)


def test_schedules_of_transformers_count_batches_and_warm_up() -> None:
    optimizer = sgd()
    schedule = KNOWN["transformers.get_linear_schedule_with_warmup"](optimizer, 10, num_training_steps=100)
    assert (schedule.counts, schedule.warms_up, optimizer.schedulers) == ("batch", True, [schedule])


def test_a_warm_up_takes_over_the_scheduler_that_follows_it() -> None:
    optimizer = sgd()
    after = decays.StepLR(optimizer, 3)
    warm = KNOWN["warmup_scheduler.GradualWarmupScheduler"](optimizer, 1, 5, after)
    assert warm.inner == (after,)
    assert KNOWN["warmup_scheduler.GradualWarmupScheduler"](optimizer, 1, 5).inner == ()


def test_an_averaged_model_holds_the_model_it_follows() -> None:
    swa = pytest.importorskip("torch.optim.swa_utils")
    described = KNOWN["torch.optim.swa_utils.AveragedModel"]
    assert list(inspect.signature(described).parameters) == list(
        inspect.signature(swa.AveragedModel).parameters
    )
    model = KNOWN["torch.nn.Linear"](3, 4)
    averaged = described(model)
    assert averaged.children() == {"module": model}
    assert averaged.parameter_count() == 16
