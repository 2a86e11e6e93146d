"""The time that a computation has: it ends it, whoever swallows what is raised the first time."""

from __future__ import annotations

import signal
import time
from contextlib import AbstractContextManager, nullcontext, suppress

import pytest

from cnnlint.confirm.child.limits import TooLong, within

pytestmark = pytest.mark.skipif(not hasattr(signal, "ITIMER_PROF"), reason="there is no such alarm here")


def compute() -> None:
    """For much longer than there is time."""
    ends = time.process_time() + 5
    while time.process_time() < ends:
        pass


def compute_unheard(before: AbstractContextManager[None] | None = None) -> None:
    """The first alarm is swallowed, as Python does it in a callback of a weak reference."""
    with before or nullcontext():
        pass
    with suppress(TooLong):
        compute()
    compute()


def test_it_rings_again_where_it_was_swallowed():
    with pytest.raises(TooLong), within(0.05):
        compute_unheard()


def test_an_inner_limit_leaves_the_outer_one_as_it_was():
    with pytest.raises(TooLong), within(0.05):
        compute_unheard(within(5))


def test_and_has_no_more_time_than_it():
    with pytest.raises(TooLong, match=r"longer than 0\.05 s"), within(0.05), within(5):
        compute()


def test_what_is_done_in_time_is_left_alone():
    before = signal.getsignal(signal.SIGPROF)
    with within(5):
        pass

    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
