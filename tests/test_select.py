"""Which rules run: selectors, their precedence, and parameters of the right type."""

from __future__ import annotations

from typing import Any

import pytest

from cnnlint.config import Config, ConfigError
from cnnlint.findings import Severity
from cnnlint.rulebook.pages import Page
from cnnlint.rulebook.select import find_page, matching, select


def page(code: str, name: str, group: str = "default", **more: Any) -> Page:
    return Page(code, name, Severity.WARNING, group, "0.1", "found", **more)


PAGES = (
    page("CNN101", "missing-zero-grad"),
    page("CNN102", "zero-grad-after-backward", formerly=("cleared-too-early",)),
    page("CNN115", "retain-graph-in-loop", "preview"),
    page("CNN401", "learning-rate", parameters={"factor": 10.0, "steps": 5, "kinds": ["Adam"]}),
    page("CNN501", "relu-only", "pedantic", parameters={"strict": False, "word": "x", "before_norm": 0.2}),
    page("LAB001", "house-rule"),
)


def codes(**config: Any) -> list[str]:
    return [rule.code for rule in select(PAGES, Config(**config))]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, ["CNN101", "CNN102", "CNN401", "LAB001"]),
        ({"select": ("CNN1",)}, ["CNN101", "CNN102", "CNN115"]),
        ({"select": ("CNN10",)}, ["CNN101", "CNN102"]),
        ({"select": ("CNN",)}, ["CNN101", "CNN102", "CNN115", "CNN401", "CNN501"]),
        ({"select": ("missing-zero-grad",)}, ["CNN101"]),
        ({"select": ("cnn101",)}, ["CNN101"]),
        ({"select": ("cleared-too-early",)}, ["CNN102"]),
        ({"select": ("ALL",)}, [page.code for page in PAGES]),
        ({"select": ("pedantic", "preview")}, ["CNN115", "CNN501"]),
        ({"extend_select": ("relu-only",)}, ["CNN101", "CNN102", "CNN401", "CNN501", "LAB001"]),
        ({"ignore": ("CNN1",)}, ["CNN401", "LAB001"]),
        ({"ignore": ("ALL",)}, ["CNN101", "CNN102", "CNN401", "LAB001"]),
        ({"select": ("ALL",), "ignore": ("default",)}, ["CNN115", "CNN501"]),
        ({"select": ("CNN101",), "ignore": ("CNN1",)}, ["CNN101"]),
        ({"select": ("CNN1",), "ignore": ("CNN101", "preview")}, ["CNN102", "CNN115"]),
        ({"select": ("CNN101",), "ignore": ("missing-zero-grad",)}, []),
        ({"select": ("CNN10",), "ignore": ("CNN1",)}, ["CNN101", "CNN102"]),
    ],
    ids=str,
)
def test_the_most_specific_selector_decides(config: dict[str, Any], expected: list[str]) -> None:
    assert codes(**config) == expected


@pytest.mark.parametrize("field", ["select", "ignore", "extend_select"])
@pytest.mark.parametrize(
    ("selector", "near"),
    [("mising-zero-grad", "missing-zero-grad"), ("CNN104", "CNN10"), ("al", "ALL"), ("pedntic", "pedantic")],
)
def test_an_unknown_selector_gets_the_nearest_name(field: str, selector: str, near: str) -> None:
    with pytest.raises(ConfigError) as caught:
        codes(**{field: (selector,)})
    assert f"`{selector}`" in str(caught.value)
    assert f"did you mean `{near}" in str(caught.value)


@pytest.mark.parametrize("selector", ["", "C", "CN", "CNN1011", "101", "CNN9"])
def test_half_a_prefix_selects_nothing(selector: str) -> None:
    with pytest.raises(ConfigError):
        codes(select=(selector,))


def test_a_set_without_rules_is_no_error() -> None:
    assert select(PAGES[:2], Config(select=("preview",))) == ()


def parameters(**tables: Any) -> dict[str, Any]:
    rules = select(PAGES, Config(select=("ALL",), rules={"learning-rate": {}, **tables}))
    return {key: value for rule in rules for key, value in rule.parameters.items()}


def test_parameters_have_their_pages_defaults() -> None:
    assert parameters() == {
        "factor": 10.0,
        "steps": 5,
        "kinds": ["Adam"],
        "strict": False,
        "word": "x",
        "before_norm": 0.2,
    }


@pytest.mark.parametrize("name", ["learning-rate", "CNN401"])
def test_parameters_are_overridden_by_name_or_code(name: str) -> None:
    changed = parameters(**{name: {"factor": 3, "kinds": ["SGD", "Adam"]}})
    assert (changed["factor"], changed["kinds"], changed["steps"]) == (3, ["SGD", "Adam"], 5)


@pytest.mark.parametrize(
    ("rule", "key", "value", "wanted"),
    [
        ("learning-rate", "factor", "x", "a number"),
        ("learning-rate", "factor", True, "a number"),
        ("learning-rate", "steps", 1.5, "a whole number"),
        ("learning-rate", "steps", True, "a whole number"),
        ("learning-rate", "kinds", "Adam", "a list"),
        ("learning-rate", "kinds", [1], "a string"),
        ("relu-only", "strict", 1, "true or false"),
        ("relu-only", "word", 1, "a string"),
    ],
)
def test_a_parameter_of_another_type_is_refused(rule: str, key: str, value: Any, wanted: str) -> None:
    with pytest.raises(ConfigError, match=rf"rules\.{rule}\.{key}: must be {wanted}"):
        parameters(**{rule: {key: value}})


def test_an_unknown_parameter_gets_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="no parameter `facter`; did you mean `factor`"):
        parameters(**{"learning-rate": {"facter": 1.0}})
    with pytest.raises(ConfigError, match=r"no parameter `high`; it has strict, word, before-norm$"):
        parameters(**{"relu-only": {"high": 1.0}})
    with pytest.raises(ConfigError, match="it has none"):
        parameters(**{"missing-zero-grad": {"x": 1}})


def test_parameters_of_an_unknown_rule_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"rules\.learnin-rate: .*did you mean `learning-rate`"):
        parameters(**{"learnin-rate": {"factor": 1.0}})


def test_a_page_is_found_by_code_name_or_old_name() -> None:
    assert find_page(PAGES, "CNN102") is find_page(PAGES, "cleared-too-early") is PAGES[1]
    assert matching(PAGES, ["CNN4", "house-rule"]) == {"CNN401", "LAB001"}
