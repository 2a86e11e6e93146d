"""Whole scripts with one fault each, linted, run in the workshop and judged; and the same claims judged by a
run of the script without the fault.

Those with Lightning train with the package where it is installed, and else with what stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import tomli

from benchmarks.confirm.scripts import confirmed
from cnnlint.config import Config
from cnnlint.confirm.plan import claim_of
from cnnlint.confirm.proofs import Claim, Judgement, proof
from cnnlint.confirm.prover import STRENGTH
from cnnlint.confirm.workshop import Workshop, modules_for
from cnnlint.evidence import RunResult, Task
from cnnlint.findings import Outcome
from cnnlint.linting import lint_paths, new_session
from tests.blocks import pages

pytest.importorskip("torch")

SCRIPTS = Path(__file__).with_name("scripts")
#: Proofs that take the finding's word that a line evaluates.
TRUSTING = ("evaluation-learnt", "evaluation-graphs")
HEALTHY = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.py"))}


class Fault(NamedTuple):
    """A rule, and what is written instead of what in a healthy script."""

    script: str
    code: str
    edits: list[tuple[str, str]]

    @property
    def text(self) -> str:
        text = HEALTHY[self.script]
        for old, new in self.edits:
            assert old in text, old
            text = text.replace(old, new)
        return text


FAULTS = {
    f"{name} in {script}": Fault(script, **fault)
    for script in HEALTHY
    for name, fault in tomli.loads((SCRIPTS / f"{script}.toml").read_text("utf-8")).items()
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, RunResult]]:
    """What came of each script, and of those without fault under their own names."""
    folder = tmp_path_factory.mktemp("scripts")
    texts = HEALTHY | {name: fault.text for name, fault in FAULTS.items()}
    paths = [folder / f"script_{number}.py" for number in range(len(texts))]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    tasks: list[Task] = [
        {"kind": "run", "path": str(path), "root": str(folder), "source": path.read_text(encoding="utf-8"),
         "options": {"steps": 20, "seconds": 20.0}}
        for path in paths
    ]  # fmt: skip
    found: dict[str, tuple[Path, RunResult]] = {}
    with Workshop(root=folder, preload=modules_for(texts.values())) as shop:
        for index, answer in shop.answers(tasks, 60.0):
            assert answer["ended"] == "answered", answer
            found[list(texts)[index]] = paths[index], answer["result"]
    return found


def claims(path: Path, code: str) -> Iterator[Claim]:
    """The findings of a rule in a script, as proofs are told of them."""
    config = Config(select=(code,))
    project = new_session(config).project
    for finding in lint_paths([str(path)], config).findings:
        yield claim_of(finding, project)


def judged(claim: Claim, result: RunResult) -> Judgement:
    """By the proofs of this level that the page names, the strongest."""
    (page,) = [page for page in pages() if page.code == claim.finding.code]
    proofs = [each for each in map(proof, page.confirm) if each.LEVEL == "run"]
    return min(
        (each.judge(claim, result) for each in proofs), key=lambda found: STRENGTH.index(found.outcome)
    )


@pytest.mark.parametrize("script", HEALTHY)
def test_a_healthy_script_takes_all_its_steps(script, results):
    result = results[script][1]

    assert (result["ended"], result["steps"], result["broken"]) == ("steps", 20, None)
    assert result["unmeasured"] == {}


@pytest.mark.parametrize("script", HEALTHY)
def test_no_proof_confirms_anything_of_a_healthy_script(script, results):
    found = list(confirmed(results[script][1]))

    assert [each for each in found if not each.startswith(TRUSTING)] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen_in_the_run(name, results):
    path, result = results[name]
    found = [judged(claim, result) for claim in claims(path, FAULTS[name].code)]

    assert found, f"{FAULTS[name].code} is not found"
    assert found[0].outcome is Outcome.CONFIRMED, (found[0], result["why"])
    assert len(found[0].text) <= 160


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_fault_nothing_is_confirmed(name, results):
    path, _ = results[name]
    healthy, result = results[FAULTS[name].script]
    for claim in claims(path, FAULTS[name].code):
        own = claim._replace(
            place=claim.place | {"path": str(healthy)},
            others=tuple(place | {"path": str(healthy)} for place in claim.others),
        )

        assert judged(own, result).outcome is not Outcome.CONFIRMED
