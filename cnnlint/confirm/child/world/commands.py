"""The command line: defaults for what was not given, an answer to what is asked for, no other programs."""

from __future__ import annotations

import argparse
import builtins
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from inspect import signature
from typing import Any

from cnnlint.confirm.child.arguments import FOLDERS, not_required, usual
from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

#: Names of what trains.
TRAINING = ("train", "fit", "main", "run")
WORKERS = ("workers", "num_workers", "nworkers", "n_workers", "n_cpu")


def replace(world: World) -> None:
    """Let no script wait for a person or start a program."""

    def parse(original: Any, parser: argparse.ArgumentParser, *values: Any, **named: Any) -> Any:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                _choose(parser, action, world)
            if action.required and not _given(action, world.options.get("argv", [])):
                world.instead(f"argument {'/'.join(action.option_strings) or action.dest}", "a default")
                action.default = usual(action, world.sources())
                not_required(action)
            if action.dest in WORKERS:
                action.default = 0
            elif not action.required:
                action.default = usual(action, world.sources())
        return original(parser, *values, **named)

    def end(original: Any, parser: argparse.ArgumentParser, message: str) -> Any:
        raise SystemExit(f"its command line was refused: {message}; set `argv` in [tool.cnnlint.confirm]")

    def say(original: Any, command: Any, *values: Any, **named: Any) -> Any:
        return io.StringIO("24 80" if "stty" in str(command) else "")

    def refuse(original: Any, command: Any, *values: Any, **named: Any) -> Any:
        world.missing(f"the program `{command if isinstance(command, str) else ' '.join(map(str, command))}`")
        return subprocess.CompletedProcess(command, 0, "", "")

    def call(original: Any, thing: Any = None, *values: Any, **named: Any) -> Any:
        if world.options.get("argv"):
            return original(thing, *values, **named)
        return _trained(vars(sys.modules["__main__"]) if thing is None else thing)

    around(argparse.ArgumentParser, "parse_known_args", parse)
    around(argparse.ArgumentParser, "error", end)
    world.when_imported("fire", lambda module: around(module, "Fire", call))
    around(builtins, "input", lambda original, *values: "")
    around(os, "popen", say)
    around(os, "system", lambda original, command: 0)
    around(subprocess, "run", refuse)
    around(subprocess, "call", lambda original, command, *values, **named: 0)
    around(subprocess, "check_output", lambda original, command, *values, **named: b"")


def _trained(thing: Any) -> Any:
    """Call what trains of what a command line would choose from: it, a function of it, or a method."""
    while isinstance(thing, type | Mapping) or not callable(thing):
        if isinstance(thing, type):
            thing = thing()
        names = thing if isinstance(thing, Mapping) else dir(thing)
        wanted = [name for part in TRAINING for name in names if part in name.lower() and name[0] != "_"]
        if not wanted:
            return None
        thing = thing[wanted[0]] if isinstance(thing, Mapping) else getattr(thing, wanted[0])
    required = [each.name for each in signature(thing).parameters.values() if each.default is each.empty]
    return thing(**{name: "data" if FOLDERS.fullmatch(name) else name for name in required})


def _given(action: argparse.Action, argv: list[str]) -> bool:
    """Whether the task's arguments hold it; positional ones count from the left and are all there or none."""
    if not action.option_strings:
        return bool(argv)
    return any(each.partition("=")[0] in action.option_strings for each in argv)


def _choose(parser: argparse.ArgumentParser, action: Any, world: World) -> None:
    """Take the first of some subcommands, the one to train with if there is one, where none was given."""
    names = list(action.choices)
    training = [name for name in names if "train" in name]
    if (training or names and action.required is not False) and not parser.get_default(action.dest):
        action.required = False
        chosen = [*training, *names][0]
        parser.set_defaults(**{action.dest: chosen} if action.dest != argparse.SUPPRESS else {})
        for each in action.choices[chosen]._actions:
            if each.default is not argparse.SUPPRESS:
                parser.set_defaults(**{each.dest: usual(each, world.sources())})
