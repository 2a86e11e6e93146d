"""What the interpreter sees, line by line, is what torch does: `# reveal: [N, C, H, W]` comments."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType

import pytest

from cnnlint.facts import Op
from cnnlint.interpreter import analyse
from cnnlint.syntax.parse import parse
from cnnlint.syntax.positions import spans

CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))


class OneFile:
    """A project of a single file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.text = path.read_text(encoding="utf-8")

    def module(self, path):
        return parse(self.text) if path == self.path else None

    def is_file(self, path):
        return path == self.path

    def input_shape(self, path):
        return None

    def put_aside(self, path, name):
        return False

    def images(self, folder, near):
        return None

    data = None


def revealed(path):
    """The shape each `# reveal:` comment claims, by line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    claims = ((number, re.search(r"# reveal: (.*)$", line)) for number, line in enumerate(lines, start=1))
    return {number: claim.group(1) for number, claim in claims if claim}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_last_operation_of_a_line_has_the_shape_the_comment_says(path):
    project = OneFile(path)
    program = analyse(project.path, project)
    places = spans(project.text)
    seen = {}
    for operation in program.each(Op):
        if operation.output is not None:
            seen[places.span(operation.site.at).line] = operation.output.axes
    assert not program.limits
    assert {line: seen.get(line) for line in revealed(path)} == revealed(path)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_comments_say_what_torch_does(path):
    torch = pytest.importorskip("torch")
    from torch.overrides import TorchFunctionMode

    seen = {}

    class Recorder(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            if isinstance(out, torch.Tensor) and not torch.nn.parameter.is_lazy(out):
                frame: FrameType | None = sys._getframe()
                while frame is not None:
                    if frame.f_code.co_filename == str(path):
                        seen[frame.f_lineno] = list(out.shape)
                        break
                    frame = frame.f_back
            return out

    with Recorder():
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), {"__name__": "__main__"})
    assert {line: str(seen.get(line)) for line in revealed(path)} == revealed(path)
