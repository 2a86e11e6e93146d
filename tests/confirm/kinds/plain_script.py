"""A kind of task for tests: the text runs as it is, without torch, and its `result` is the result.

Loaded as the one preloaded module of a workshop, it makes itself known as the kind `script`. The variable
TEST_LAYERS names the layers of the sandbox there are for a test, as if this machine had no others, and
TEST_SYSTEM another system than Linux.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from cnnlint.confirm import sandbox
from cnnlint.confirm.sandbox import kernel
from cnnlint.evidence import Task

if "TEST_LAYERS" in os.environ:
    sandbox.LAYERS = tuple(os.environ["TEST_LAYERS"].split())
sys.modules["cnnlint.confirm.child.script"] = sys.modules[__name__]

if "TEST_SYSTEM" in os.environ:
    kernel.LINUX = False


def perform(task: Task) -> Any:
    scope: dict[str, Any] = {"__name__": "__main__", **task.get("options", {})}
    exec(compile(task["source"], "script.py", "exec"), scope)
    return scope.get("result")
