"""--confirm through the command line, with a workshop that answers what it is told to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BUG = """\
import torch

model = torch.nn.Linear(10, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = torch.nn.CrossEntropyLoss()
for x, y in loader:
    criterion(model(x), y).backward()
    optimizer.step()
"""

RESULT = {
    "device": "cpu", "versions": {"torch": "2"}, "steps": 2, "seconds": 0.5, "why": "it took 2 steps",
    "events": [{"kind": "forward"}, {"kind": "backward"}, {"kind": "step"}], "replaced": [],
    "wanted": ["data.csv"], "unread": [], "stubs": [], "broken": None,
}  # fmt: skip


class FakeShop:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Any], dict[str, Any]]) -> None:
        self.answer = answer
        self.tasks: list[Any] = []
        self.made = 0

    def __call__(self, **options: Any) -> FakeShop:
        self.options = options
        self.made += 1
        return self

    def __enter__(self) -> FakeShop:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def answers(self, tasks: Any, seconds: float) -> Any:
        for index, task in enumerate(tasks):
            self.tasks.append(task)
            yield index, self.answer(task)


def answered(result: Any, ended: str = "answered", why: str = "") -> dict[str, Any]:
    rest = {
        "sandbox": ["landlock:7"],
        "missing": ["seccomp: too old"],
        "seconds": 1.5,
        "memory": 0,
        "output": "",
    }
    return {"ended": ended, "why": why, "result": result, **rest}
