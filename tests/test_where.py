"""Conditions in pages: what the language says, what it refuses, and that asking is always safe."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlint.facts import Dataset, Layer, Loader, Loop, Tensor, Transform
from cnnlint.rulebook.where import ConditionError, condition, fact_class
from cnnlint.values import Undecided, Unknown


@dataclass(eq=False)
class Dropout(Layer):
    """A layer as knowledge describes them."""

    p: Any = 0.5
    inplace: Any = False

    def parameter_count(self) -> Any:
        return 0


def holds(where: str, fact: Any = None, **parameters: Any) -> Any:
    return condition("Layer", where, parameters)(fact or Dropout(), parameters)


@pytest.mark.parametrize(
    "where",
    [
        "kind == 'Dropout' and p >= 0.5",
        "kind in ('Dropout', 'Dropout2d')",
        "kind in ['Dropout']",
        "kind not in ('Conv2d',)",
        "not inplace",
        "0 < p < 1",
        "p * 2 == 1 and p + 1 - 0.5 == 1 and p / 2 == 0.25 and 7 // 2 == 3 and 7 % 2 == 1",
        "-p < 0",
        "parameter_count == 0",
        "kind == 'Conv2d' or p != None",
        "True",
        "p < limit",
    ],
)
def test_a_condition_that_holds(where: str) -> None:
    assert holds(where, limit=0.8)


@pytest.mark.parametrize("where", ["p > limit", "0 < p < 0.2", "inplace", "kind == 'Conv2d' and p > 0"])
def test_a_condition_that_does_not_hold(where: str) -> None:
    assert not holds(where, limit=0.8)


def test_attributes_lead_from_fact_to_fact() -> None:
    loader = Loader(Dataset(size=500), batch_size=100)
    ask = condition("Loader", "dataset.size // batch_size == 5 and batches == 5", {})
    assert ask(loader, {})


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("max(p, 1) > 2", "a call"),
        ("kernel_size[0] > 2", "a subscript"),
        ("p ** 2 > 2", "a power"),
        ("p << 2", "LShift"),
        ("p is None", "write `== None`"),
        ("name.__class__", "private attribute `__class__`"),
        ("_hidden", "private name `_hidden`"),
        ("[x for x in name]", "ListComp"),
        ("lambda: 1", "Lambda"),
        ("(p := 3)", "NamedExpr"),
        ("p if p else p", "IfExp"),
        ("f'{p}'", "JoinedStr"),
        ("b'x' == p", "the constant b'x'"),
        ("~p", "Invert"),
        ("p >", "no expression"),
        ("", "no expression"),
        ("import os", "no expression"),
        ("x" * 1001, "longer than"),
        ("not " * 40 + "p", "nested deeper"),
    ],
)
def test_what_the_language_lacks_is_named(where: str, named: str) -> None:
    with pytest.raises(ConditionError) as caught:
        condition("Layer", where, {})
    assert named in str(caught.value)
    assert caught.value.key == "where"


def test_the_place_of_a_refused_construct_is_told() -> None:
    with pytest.raises(ConditionError, match=r"\(column 9\)"):
        condition("Layer", "p > 1 + max(1)", {})


def test_a_misspelt_fact_gets_the_nearest_name() -> None:
    with pytest.raises(ConditionError, match="did you mean `Loader`") as caught:
        fact_class("Loder")
    assert caught.value.key == "each"


def test_a_misspelt_name_gets_the_nearest_one() -> None:
    with pytest.raises(ConditionError, match="did you mean `batch_size`"):
        condition("Loader", "batchsize > 3", {})


@pytest.mark.parametrize(
    ("each", "where", "near"),
    [
        ("Layer", "pp > limit", "p"),
        ("Layer", "p > limt", "limit"),
        ("Layer", "kernel_sizes == 3", "kernel_size"),
        ("Op", "nme == 'relu'", "name"),
        ("Optimizer", "weight_decy > 1", "weight_decay"),
        ("Scheduler", "gama > 1", "gamma"),
        ("Loss", "reducton == 'sum'", "reduction"),
        ("Dataset", "clases > 1", "classes"),
        ("Transform", "degres > 1", "degrees"),
        ("Loader", "dataset.clases > 1", "classes"),
    ],
)
def test_a_name_that_no_fact_of_any_kind_knows_is_refused(each: str, where: str, near: str) -> None:
    with pytest.raises(ConditionError, match=f"did you mean `{near}`") as caught:
        condition(each, where, {"limit": 1})
    assert caught.value.key == "where"


def test_a_parameter_may_be_named_where_the_fact_does_not_know_it() -> None:
    assert condition("Loader", "batch_size < smallest", {"smallest": 2})(Loader(None), {"smallest": 2})


def test_unknown_keeps_the_condition_undecided() -> None:
    unknown = Dropout(p=Unknown("argument"))
    for where in ("p > 0.5 and kind == 'Dropout'", "not p", "p in (1, 2)", "0 < p < 1"):
        with pytest.raises(Undecided):
            holds(where, unknown)
    with pytest.raises(Undecided):
        bool(holds("p * 2 - 1 > 0", unknown))


@pytest.mark.parametrize(
    "where",
    [
        "p > 1",  # a plain Layer has no p
        "kind.name == 'LAYER'",  # only facts are asked
        "kind > 3",
        "'a' * 9 == 'a'",
        "(1, 2) + (3,) == 3",
        "1 / 0 > 1",
        "children.size == 3",
    ],
)
def test_a_question_a_fact_cannot_answer_is_undecided(where: str) -> None:
    with pytest.raises(Undecided):
        condition("Layer", where, {})(Layer(), {})


def test_a_question_that_takes_arguments_is_undecided() -> None:
    with pytest.raises(Undecided):
        condition("Tensor", "source.kind == 'Op' and ancestors", {})(Tensor(), {})
    with pytest.raises(Undecided):
        condition("Transform", "output > 1", {})(Transform(), {})
    assert condition("Loop", "not trains", {})(Loop(), {})


words = st.sampled_from(
    ["p", "kind", "inplace", "name", "1", "0.5", "'a'", "None", "(1, 2)", "limit", "10**3"]
)
glue = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "<", "==", "in", "and", "or", "not", "(", ")", ".", ",", "is"]
)


@given(st.lists(words | glue, max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_is_a_condition_or_refused_and_asking_only_answers_or_is_undecided(where: str) -> None:
    try:
        ask = condition("Layer", where, {"limit": 3})
    except ConditionError:
        return
    try:
        answer = ask(Dropout(), {"limit": 3})
    except Undecided:
        return
    # What is answered is what Python would say, where Python would say anything.
    names = {"p": 0.5, "inplace": False, "kind": "Dropout", "name": "", "limit": 3}
    used = set(re.findall(r"[^\W\d]\w*", re.sub(r"'a'|not|and|or|in|None|True|False", " ", where)))
    if used <= set(names):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert answer == eval(where.strip(), {"__builtins__": {}}, names)
