"""--confirm: findings put to the proof, shown with what came out; --confirm-plan: what would be tried."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cnnlint.cli.commands import complain
from cnnlint.cli.progress import Bar
from cnnlint.config import Config, ConfigError
from cnnlint.evidence import Trial
from cnnlint.linting import found_files, new_session
from cnnlint.report import Run

if TYPE_CHECKING:
    from cnnlint.confirm.prover import Proved

__all__ = ["confirmed", "show_plan"]


def confirmed(run: Run, paths: Sequence[str], config: Config, given: argparse.Namespace) -> Proved:
    """The run with verdicts, and whether the user broke off. ConfigError where nothing can be tried."""
    from cnnlint.confirm.prover import proved
    from cnnlint.confirm.tasks import Wish
    from cnnlint.confirm.workshop import CannotConfirm

    wish = Wish(given.confirm, given.smoke, given.data)
    files = found_files(paths, config).files
    watched = sys.stderr.isatty() and not given.quiet
    try:
        with Bar() as bar:
            proof = proved(run, files, new_session(config), wish, bar.name if watched else unwatched)
    except CannotConfirm as error:
        raise ConfigError(str(error)) from None
    missing = (layer for trial in proof.run.trials for layer in trial.answer["missing"])
    for layer in dict.fromkeys(missing):
        complain(f"cnnlint: warning: the sandbox has no {layer}")
    if proof.interrupted:
        complain("cnnlint: interrupted: what was found out by then is told")
    if given.smoke:
        for path, why in unfinished(proof.run.trials):
            complain(f"cnnlint: warning: {path}: {why}")
    return proof


def unfinished(trials: Iterable[Trial]) -> Iterator[tuple[str, str]]:
    """What did not get through, and why: answers that never came, models and scripts that broke."""
    from cnnlint.confirm.linking import ending, made_up

    for trial in trials:
        result = trial.answer["result"]
        if result is None:
            yield trial.path, trial.answer["why"]
        elif result.get("ended") == "broken":
            yield trial.path, f"it broke after {result['steps']} steps: {ending(result)}{made_up(result)}"
        for model in result.get("models", ()) if trial.level == "shapes" and result else ():
            if model["broken"] is not None and not model["searched"]:
                yield trial.path, f"{model['name']} broke: {model['broken']['message']}"


def unwatched(level: str, what: str, done: int, total: int) -> None:
    """Progress that nobody sees."""


def show_plan(run: Run, paths: Sequence[str], config: Config) -> None:
    """Print, as JSON, what is known of each file that an experiment would need."""
    from cnnlint.confirm.files import Files
    from cnnlint.confirm.plan import description

    session = new_session(config)
    files = Files(found_files(paths, config).files, session)
    plans = []
    for path in files.paths:
        program = files.program(path)
        claims = [files.claim(finding) for finding in run.findings if finding.path == path]
        if program is not None and (claims or program.facts):
            plans.append(description(program, claims, session))
    json.dump(plans, sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")
