"""Checks on the processes in which a loader reads examples."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Loader, Seeding
from cnnlint.findings import Fix
from cnnlint.fixes import importing, replace
from cnnlint.splits import taken_from


def numpy_random_in_workers(loader: Loader) -> Flags:
    """Each of its workers draws the same numbers for the examples that it makes."""
    training = loader.shuffle or any(loop.trains for loop in loader.loops)
    if not training or loader.num_workers == 0:
        return
    for seeding in [each for each in loader.seedings if each.fixed]:
        yield flag(
            seeding,
            also=[(loader, "starts its workers with it")],
            fix=_seed_of_worker(seeding),
            fault=f"`{seeding.text}` is given the same seed in each worker",
            mend="seed with `torch.initial_seed() % 2**32`, which differs",
        )
    if not loader.options.get("worker_init_fn"):
        for generator in taken_from(loader)[0].generators[:1]:
            yield flag(
                generator,
                also=[(loader, "copies it to its workers")],
                fault=f"`{generator.name or generator.written}` is copied to each worker in the same state",
                mend="make it in the worker, or draw from `np.random`",
            )


def _seed_of_worker(seeding: Seeding) -> Fix | None:
    if seeding.argument.at < 0:
        return None
    return importing("torch", replace(seeding.argument, "torch.initial_seed() % 2**32", safe=False))
