"""Findings put to the proof: the cheapest experiments first, within a budget, none made twice."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from importlib import metadata
from typing import Any, NamedTuple, cast

from cnnlint.confirm.comparing import compare
from cnnlint.confirm.files import Files
from cnnlint.confirm.proofs import NO_EXPERIMENT, Judgement, inconclusive, proof
from cnnlint.confirm.recipes import compare_recipes
from cnnlint.confirm.tasks import Wish, run_task, shapes_task, with_fewer_examples, with_texts
from cnnlint.confirm.workshop import Workshop, modules_for
from cnnlint.evidence import Answer, Comparison, Task, Trial
from cnnlint.facts import Model
from cnnlint.findings import Finding, Outcome, Verdict
from cnnlint.linting.fingerprint import fingerprint_of
from cnnlint.linting.single import Session
from cnnlint.report import Run

__all__ = ["STRENGTH", "Proved", "proved"]

#: Seconds an experiment may take at most, what it needs to start included.
PATIENCE = 90.0
#: Seconds that comparing two trainings may take.
COMPARING = 60.0

#: Told the level, what is being tried, and how many of how many experiments of that level are done.
Progress = Callable[[str, str, int, int], None]


class Proved(NamedTuple):
    """A run with its verdicts, and whether the user broke off before all was tried."""

    run: Run
    interrupted: bool


def proved(run: Run, paths: Sequence[str], session: Session, wish: Wish, progress: Progress) -> Proved:
    """The run with a verdict on each finding, and the experiments made.

    `paths` are the files that were linted. CannotConfirm where no experiment can be made here. What is
    known when the user interrupts, or when the budget is spent, is kept.
    """
    with ExitStack() as stack:
        prover = Prover(run, Files(paths, session), session, wish, progress, stack)
        steps: Mapping[str, Callable[[], None]] = {
            "shapes": prover.trace_shapes, "run": prover.run_scripts, "train": prover.compare_trainings,
        }  # fmt: skip
        try:
            for level in wish.levels:
                steps[level]()
        except KeyboardInterrupt:
            prover.stopped = "it was interrupted before this was tried"
            return Proved(prover.judged(), True)
    return Proved(prover.judged(), False)


class Prover:
    """One run under proof."""

    def __init__(
        self,
        run: Run,
        files: Files,
        session: Session,
        wish: Wish,
        progress: Progress,
        stack: ExitStack,
    ) -> None:
        self.run, self.files, self.session, self.wish, self.progress = run, files, session, wish, progress
        self.stack = stack
        self.pages = {page.code: page for page in session.pages}
        self.verdicts: dict[Finding, list[Verdict]] = defaultdict(list)
        self.trials: list[Trial] = []
        self.stopped = ""
        self.ends = time.monotonic() + session.config.confirm_budget
        self._shop: Workshop | None = None

    # What is asked.

    def questions(self, level: str) -> Iterator[tuple[Finding, str]]:
        """The findings that a proof of this level judges, each with the proof's name, unless refuted."""
        for finding in self.run.findings:
            if any(verdict.outcome is Outcome.REFUTED for verdict in self.verdicts[finding]):
                continue
            for name in self.proofs(finding):
                if level == proof(name).LEVEL:
                    yield finding, name

    def proofs(self, finding: Finding) -> Sequence[str]:
        page = self.pages.get(finding.code)
        return () if page is None else page.confirm

    # The levels.

    def trace_shapes(self) -> None:
        """Build the models of each file that a finding is in, and follow one input through them."""
        asked: dict[str, list[tuple[Finding, str]]] = defaultdict(list)
        for finding, name in self.questions("shapes"):
            asked[finding.path].append((finding, name))
        self.ask("shapes", asked, self.has_models, lambda path: shapes_task(path, self.files))

    def run_scripts(self) -> None:
        """Run each script that makes a finding happen, for a few steps."""
        asked: dict[str, list[tuple[Finding, str]]] = defaultdict(list)
        for finding, name in self.questions("run"):
            script = self.files.script(finding)
            if script is None:
                self.conclude(finding, "run", name, inconclusive(NO_SCRIPT))
            else:
                asked[script].append((finding, name))
        self.ask("run", asked, self.files.trains, lambda path: run_task(path, self.files, self.wish))

    def ask(
        self,
        level: str,
        asked: dict[str, list[tuple[Finding, str]]],
        worth_trying: Callable[[str], bool],
        task_of: Callable[[str], Task],
    ) -> None:
        """Make an experiment on each file that is asked about, with --smoke on all others worth trying too,
        and let the proofs look at what comes of it."""
        others = filter(worth_trying, self.files.paths) if self.wish.smoke else ()
        tasks = {path: task_of(path) for path in dict.fromkeys([*asked, *others])}
        for path, answer in self.answers(level, tasks):
            for finding, name in asked.get(path, ()):
                self.judge(finding, name, answer)

    def compare_trainings(self) -> None:
        """Train as written and as mended, for each finding whose harm shows in training."""
        questions = sorted(self.questions("train"), key=lambda question: against(question[1]))
        for number, (finding, name) in enumerate(questions):
            if self.time_left() <= 0:
                self.stopped = self.spent()
                return
            self.progress("train", f"{finding.path} {finding.code}", number, len(questions))
            script = self.files.script(finding)
            if script is None:
                self.conclude(finding, "train", name, inconclusive(NO_SCRIPT))
            elif against(name) == "narrower":
                self.compare_widths(finding, name, script, self.time_left() / (len(questions) - number))
            elif mended := self.files.mended(finding):
                budget = min(COMPARING, self.time_left())
                self.judge(finding, name, self.compared(finding, script, mended, compare, budget))
            else:
                self.conclude(finding, "train", name, inconclusive(NO_MEND))

    def compare_widths(self, finding: Finding, name: str, script: str, budget: float) -> None:
        """Train a script and its narrower twin, where it may read data of its own: drawn ones do not tell."""
        if not self.wish.own_data:
            if not any(verdict.numbers for verdict in self.verdicts[finding]):  # the same, with a number
                self.conclude(finding, "train", name, inconclusive(NO_DATA))
            return
        twin = self.files.narrower(finding, script)
        if twin.why:
            self.conclude(finding, "train", name, inconclusive(twin.why))
        else:
            self.judge(finding, name, self.compared(finding, script, twin.texts, compare_recipes, budget))

    def compared(
        self,
        finding: Finding,
        script: str,
        texts: Mapping[str, str],
        compare: Callable[[Workshop, Task, Task, float, str], Comparison],
        budget: float,
    ) -> Answer:
        """What training a script as it is and with other texts shows; from before, if it was tried before."""
        task = run_task(script, self.files, self.wish)
        mended = with_texts(task, texts)
        key = self.key(script, task) + json.dumps(mended, sort_keys=True)
        known = self.known(key)
        if known is None:
            shop = self.shop(task["root"])
            comparison = compare(shop, task, mended, budget, self.device(shop))
            known = answer_of(comparison)
            if comparison["pairs"]:
                self.keep(key, known)
        self.trials.append(Trial("train", script, known, finding.fingerprint))
        return known

    def device(self, shop: Workshop) -> str:
        """Where to train."""
        chosen = self.session.config.device
        if chosen != "auto":
            return chosen
        return next((device for device in shop.devices if device.startswith("cuda")), "cpu")

    def has_models(self, path: str) -> bool:
        program = self.files.program(path)
        return program is not None and any(model.class_name for model in program.each(Model))

    # Experiments.

    def answers(self, level: str, tasks: Mapping[str, Task]) -> Iterator[tuple[str, Answer]]:
        """What became of the tasks of some files: what is known from before, then what is tried now."""
        waiting: list[str] = []
        for path, task in tasks.items():
            known = self.known(self.key(path, task))
            if known is not None:
                yield self.tried(level, path, known)
            else:
                waiting.append(path)
        lighter: dict[str, Task] = {}
        if waiting:
            self.progress(level, waiting[0], 0, len(waiting))
            shop = self.shop(tasks[waiting[0]]["root"])
            within = (tasks[path] for path in waiting if self.time_left() > 0)
            answers = shop.answers(within, min(PATIENCE, max(1.0, self.time_left())))
            for done, (index, answer) in enumerate(answers, 1):
                path = waiting[index]
                again = with_fewer_examples(tasks[path]) if answer["ended"] == "memory" else None
                if again is not None:
                    lighter[path] = again
                    continue
                if answer["ended"] == "answered":
                    self.keep(self.key(path, tasks[path]), answer)
                self.progress(level, path, done, len(waiting))
                yield self.tried(level, path, answer)
        if self.time_left() <= 0:
            self.stopped = self.spent()
        if lighter:
            yield from self.answers(level, lighter)

    def tried(self, level: str, path: str, answer: Any) -> tuple[str, Answer]:
        self.trials.append(Trial(level, path, answer))
        return path, answer

    def spent(self) -> str:
        budget = self.session.config.confirm_budget
        return f"the budget of {budget} s was spent before this was tried (--confirm-budget)"

    def time_left(self) -> float:
        return self.ends - time.monotonic()

    def shop(self, root: str) -> Workshop:
        """Where all experiments are made; each may read its own project besides the first."""
        if self._shop is None:
            config = self.session.config
            self._shop = self.stack.enter_context(
                Workshop(
                    sandbox=config.sandbox,
                    jobs=config.jobs or 1,
                    root=root,
                    preload=modules_for(map(self.files.text, self.files.paths)),
                    readable=config.confirm.readable or (),
                    environment=config.confirm.environment,
                )
            )
        return self._shop

    def known(self, key: str) -> Answer | None:
        """What was answered before, if nothing can have changed since: own data can, and what was not there
        may be there now."""
        known = None if self.wish.own_data else self.session.project.trees.get(key)
        if not isinstance(known, dict) or any(map(os.path.exists, missing(known["result"]))):
            return None
        return cast(Answer, known)

    def keep(self, key: str, answer: Answer) -> None:
        """Remember an answer."""
        if not self.wish.own_data:
            self.session.project.trees.put(key, answer)

    def key(self, path: str, task: Task) -> str:
        """A text that differs where an experiment may give another answer."""
        told = json.dumps(task, sort_keys=True)
        rests_on = json.dumps(self.files.rests_on(path), sort_keys=True)
        return "\0".join((*self._conditions, told, rests_on))

    @cached_property
    def _conditions(self) -> tuple[str, ...]:
        """What every experiment of this run depends on."""
        config = self.session.config
        told = repr([config.confirm.readable, config.confirm.environment])
        return "confirm", config.sandbox, config.device, told, fingerprint_of(self.session), torch_version()

    # Verdicts.

    def judge(self, finding: Finding, name: str, answer: Answer) -> None:
        """Let a proof look at an answer; where there is none, that is the verdict."""
        level = proof(name).LEVEL
        if answer["ended"] == "answered":
            judgement = proof(name).judge(self.files.claim(finding), answer["result"])
        else:
            judgement = inconclusive(answer["why"])
        self.conclude(finding, level, name, judgement, answer)

    def conclude(
        self, finding: Finding, level: str, name: str, judgement: Judgement, answer: Answer | None = None
    ) -> None:
        result = answer["result"] if answer and isinstance(answer["result"], dict) else {}
        self.verdicts[finding].append(
            Verdict(
                judgement.outcome,
                level,
                name,
                self.files.as_counted(finding, judgement.text),
                judgement.numbers,
                seeds=tuple(pair["seed"] for pair in result.get("pairs", ())),
                device=result.get("device", ""),
                versions=result.get("versions", {}),
                sandbox=tuple(answer["sandbox"]) if answer else (),
                seconds=round(answer["seconds"], 2) if answer else 0.0,
            )
        )

    def judged(self) -> Run:
        """The run with all that is known."""
        findings = tuple(finding._replace(verdict=self.verdict(finding)) for finding in self.run.findings)
        return self.run._replace(findings=findings, trials=tuple(self.trials))

    def verdict(self, finding: Finding) -> Verdict:
        """Of several the strongest; of those alike one that could have confirmed it, and the cheapest."""
        found = self.verdicts[finding]
        if found:
            best = min(found, key=lambda each: (STRENGTH.index(each.outcome), refutes_only(each.method)))
            return next((both(best, other) for other in found if other.level == "train"), best)
        names = self.proofs(finding)
        if not names:
            return Verdict(Outcome.INCONCLUSIVE, "", "", NO_EXPERIMENT)
        level = proof(names[0]).LEVEL
        text = self.stopped or f"it takes `--confirm={level}` to tell"
        return Verdict(Outcome.INCONCLUSIVE, level, names[0], text)


STRENGTH = (Outcome.REFUTED, Outcome.CONFIRMED, Outcome.NOT_REPRODUCED, Outcome.INCONCLUSIVE)
NO_SCRIPT = "none of the files that were linted runs it; name the script that does beside it"
NO_DATA = (
    "its size alone does not tell whether a quarter of its widths would do, only training on your own data "
    "does: --data"
)
NO_MEND = "there is no fix to compare it with"


def against(name: str) -> str:
    """What a proof that trains compares a script with: the text with the fix, or that of a narrower twin."""
    return str(getattr(proof(name), "AGAINST", "mended"))


def refutes_only(name: str) -> bool:
    """Whether a proof has no word to say unless it refutes."""
    return bool(getattr(proof(name), "REFUTES_ONLY", False))


def both(best: Verdict, trained: Verdict) -> Verdict:
    """A verdict, with what training twice showed where another proof decided."""
    if best is trained or trained.outcome is Outcome.INCONCLUSIVE:
        return best
    return best._replace(
        text=f"{best.text}; {trained.text}",
        numbers={**best.numbers, "trained": trained.numbers},
        seeds=trained.seeds,
        seconds=round(best.seconds + trained.seconds, 2),
    )


def missing(result: Any) -> Iterator[str]:
    """The data that a run asked for and that were not there."""
    for data in result.get("unread", ()) if isinstance(result, dict) else ():
        if not data["closed"]:
            yield data["real"]


def answer_of(comparison: Comparison) -> Answer:
    """A comparison as if one child had made it."""
    return {
        "ended": "answered",
        "why": "",
        "result": comparison,
        "sandbox": comparison["sandbox"],
        "missing": [],
        "wanted": [],
        "seconds": comparison["seconds"],
        "memory": 0,
        "output": "",
    }


def torch_version() -> str:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return ""
