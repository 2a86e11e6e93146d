"""--confirm: findings put to the proof, shown with what came out; --confirm-plan: what would be tried."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from cnnlint.cli.progress import Bar
from cnnlint.config import Config, ConfigError
from cnnlint.linting import found_files, new_session
from cnnlint.report import Run

__all__ = ["confirmed", "show_plan"]


def confirmed(run: Run, paths: Sequence[str], config: Config, given: argparse.Namespace) -> tuple[Run, bool]:
    """The run with verdicts, and whether the user broke off. ConfigError where nothing can be tried."""
    from cnnlint.confirm.prover import proved
    from cnnlint.confirm.tasks import Wish
    from cnnlint.confirm.workshop import CannotConfirm

    wish = Wish(given.confirm, given.smoke, given.data)
    files = found_files(paths, config).files
    watched = sys.stderr.isatty() and not given.quiet
    try:
        with Bar() as bar:
            return proved(
                run, files, new_session(config), wish, bar.name if watched else lambda *ignored: None
            )
    except CannotConfirm as error:
        raise ConfigError(str(error)) from None


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
