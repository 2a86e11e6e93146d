"""Patterns of einops against einops itself where it is installed, and against a table everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlint.facts import Tensor
from cnnlint.knowledge import load
from cnnlint.knowledge.describe import Mismatch
from cnnlint.values import Undecided, is_unknown

#: (function, pattern, sizes, shape in, shape out; None where it cannot run)
TABLE = [
    ("rearrange", "b c h w -> b (c h w)", {}, (2, 3, 4, 5), (2, 60)),
    ("rearrange", "b (h d) x y -> b h d (x y)", {"h": 3}, (2, 6, 4, 5), (2, 3, 2, 20)),
    ("rearrange", "b c (h p1) (w p2) -> b (h w) (p1 p2 c)", {"p1": 4, "p2": 4}, (2, 3, 8, 16), (2, 8, 48)),
    ("rearrange", "b ... -> b (...)", {}, (2, 3, 4), (2, 12)),
    ("rearrange", "... c -> c ...", {}, (2, 3, 4), (4, 2, 3)),
    ("rearrange", "b 1 h w -> b h w 1", {}, (2, 1, 4, 5), (2, 4, 5, 1)),
    ("rearrange", "b c h w -> b c", {}, (2, 3, 4), None),
    ("rearrange", "b (h d) -> b h d", {"h": 4}, (2, 6), None),
    ("rearrange", "b (h d) -> b h d", {"h": 2, "d": 2}, (2, 6), None),
    ("reduce", "b c h w -> b c", {}, (2, 3, 4, 5), (2, 3)),
    ("reduce", "b c (h 2) (w 2) -> b c h w", {}, (2, 3, 4, 6), (2, 3, 2, 3)),
    ("reduce", "b c h w -> b c () ()", {}, (2, 3, 4, 5), (2, 3, 1, 1)),
    ("repeat", "h w -> b h w c", {"b": 2, "c": 3}, (4, 5), (2, 4, 5, 3)),
    ("repeat", "b c -> b (c r)", {"r": 2}, (4, 5), (4, 10)),
]
#: einops wants to know how axes are reduced.
REDUCTION: dict[str, list[Any]] = {"reduce": ["mean"]}


def ours(function: str, pattern: str, sizes: dict[str, int], shape: tuple[int, ...]) -> Any:
    try:
        known = load()[f"einops.{function}"]
        made = known(Tensor(shape=shape), pattern, *REDUCTION.get(function, []), **sizes)
    except Mismatch:
        return None
    return made.shape


@pytest.mark.parametrize(("function", "pattern", "sizes", "shape", "wanted"), TABLE)
def test_a_pattern_gives_the_shape_it_says(
    function: str, pattern: str, sizes: dict[str, int], shape: tuple[int, ...], wanted: Any
) -> None:
    assert ours(function, pattern, sizes, shape) == wanted


@pytest.mark.parametrize(("function", "pattern", "sizes", "shape", "wanted"), TABLE)
def test_the_table_says_what_einops_does(
    function: str, pattern: str, sizes: dict[str, int], shape: tuple[int, ...], wanted: Any
) -> None:
    einops, torch = pytest.importorskip("einops"), pytest.importorskip("torch")
    try:
        made = getattr(einops, function)(torch.zeros(shape), pattern, *REDUCTION.get(function, []), **sizes)
    except einops.EinopsError:
        assert wanted is None
        return
    assert tuple(made.shape) == wanted


names = st.sampled_from("abcd")
groups = st.lists(st.lists(names, min_size=1, max_size=2), min_size=1, max_size=3)


@settings(max_examples=200, deadline=None)
@given(groups, st.randoms(use_true_random=False), st.dictionaries(names, st.integers(1, 3)), st.data())
def test_a_rearrangement_drawn_at_random_gives_what_einops_gives(
    left: list[list[str]], random: Any, sizes: dict[str, int], data: Any
) -> None:
    einops, torch = pytest.importorskip("einops"), pytest.importorskip("torch")
    shape = tuple(data.draw(st.sampled_from([1, 2, 3, 4, 6])) for _ in left)
    flat = [name for group in left for name in group]
    random.shuffle(flat)
    pattern = f"{' '.join('(' + ' '.join(group) + ')' for group in left)} -> {' '.join(flat)}"
    try:
        real = tuple(einops.rearrange(torch.zeros(shape), pattern, **sizes).shape)
    except einops.EinopsError:
        return
    made = ours("rearrange", pattern, sizes, shape)
    assert not is_unknown(made)
    assert made == real


def test_a_layer_says_what_it_takes_and_a_sum_over_words_is_one_over_letters() -> None:
    patches = load()["einops.layers.torch.Rearrange"]("b c (h p) (w p) -> b (h w) (p p c)", p=4)
    batch, channels, height, _ = patches.admits()
    assert f"{batch} {channels} {height}" == "b c 4*h"
    assert patches.output((2, 3, 8, 8)) == (2, 4, 48)
    product = load()["einops.einsum"]
    assert product(Tensor(shape=(2, 3)), Tensor(shape=(3, 5)), "row in, in out -> row out").shape == (2, 5)
    with pytest.raises(Undecided):
        patches.output((..., 8))
