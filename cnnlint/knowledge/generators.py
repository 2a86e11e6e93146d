"""Generators of random numbers that a program makes for itself."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Generator
from cnnlint.knowledge.describe import describes


@describes("numpy.random.RandomState", "numpy.random.default_rng")
def generator(seed: Any = None) -> Generator:
    """https://numpy.org/doc/stable/reference/random/generator.html"""
    return Generator(seed)
