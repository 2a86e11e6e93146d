"""Sizes that are not known, and exact arithmetic with them."""

from cnnlint.dims.dim import Dim
from cnnlint.dims.polynomial import Symbol
from cnnlint.dims.reach import fitting_sizes, may_equal, reaching_sizes

__all__ = ["Dim", "Symbol", "fitting_sizes", "may_equal", "reaching_sizes"]
