"""What all tests share: `pytest --bless` writes the golden files anew instead of comparing them,
`pytest --every-mutant` tries more than a few."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A slow machine is no fault.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-mutant", action="store_true", help="try all mutants of the architectures")
    parser.addoption("--bless", action="store_true", help="take what is printed now as what is expected")


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--bless"))
