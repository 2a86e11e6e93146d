"""The interpreter: it runs a file on abstract values and writes down the facts, across files."""

from cnnlint.interpreter.program import analyse
from cnnlint.interpreter.state import Project

__all__ = ["Project", "analyse"]
