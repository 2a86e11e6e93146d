"""The command line: what the user asked for, done, shown, and an exit code.

0 is clean, 1 is findings, 2 is that the tool could not do its work, 130 an interrupt.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence

from cnnlint.config import ConfigError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; `arguments` are those of the process unless given. Returns the exit code."""
    from cnnlint.cli.arguments import read_arguments
    from cnnlint.cli.commands import FAILED, INTERRUPTED, perform
    from cnnlint.rulebook.pages import PageError

    escape_what_cannot_be_shown()
    collecting = gc.isenabled()
    # Starting makes no garbage, and linting collects its own after each file.
    gc.disable()
    try:
        code = perform(read_arguments(arguments))
        sys.stdout.flush()
        return code
    except (ConfigError, PageError) as error:
        sys.stderr.write(f"cnnlint: error: {error}\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    finally:
        if collecting:
            gc.enable()


def escape_what_cannot_be_shown() -> None:
    """A terminal that lacks a character gets its escape, rather than us an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
