"""The interpreter: it runs a file on abstract values and writes down the facts, across files."""

from cnnlint.interpreter.core import Project
from cnnlint.interpreter.program import analyse

__all__ = ["Project", "analyse"]
