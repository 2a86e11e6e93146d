"""Calls of networks in the order in which they are made, as a trace tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["Rows", "plain_rows", "residual_rows"]


class Rows(NamedTuple):
    """Of each call name, class, words of the user's line, inputs, output, parameters, origin; the edges."""

    rows: list[tuple[str, str, str, list[list[int]], list[int] | None, int, str]]
    edges: list[tuple[int, int]]

    def add(
        self,
        name: str,
        kind: str,
        words: str,
        given: Sequence[int],
        output: list[int] | None,
        parameters: int,
        *sources: int,
        origin: str = "module",
    ) -> int:
        self.rows.append((name, kind, words, [list(given)], output, parameters, origin))
        number = len(self.rows) - 1
        self.edges.extend((source, number) for source in sources)
        return number


def plain_rows(broken: bool = False) -> Rows:
    """Two convolutions and two linear layers on 28 × 28."""
    made = Rows([], [])
    made.add("", "SmallNet", "model(images)", [1, 1, 28, 28], None if broken else [1, 10], 0)
    shapes: list[tuple[str, str, str, list[int], int]] = [
        ("conv1", "Conv2d", "self.conv1(x)", [1, 16, 28, 28], 160),
        ("relu_1", "relu", "self.conv1(x)", [1, 16, 28, 28], 0),
        ("max_pool2d_1", "max_pool2d", "self.conv1(x)", [1, 16, 14, 14], 0),
        ("conv2", "Conv2d", "self.conv2(x)", [1, 32, 14, 14], 4640),
        ("relu_2", "relu", "self.conv2(x)", [1, 32, 14, 14], 0),
        ("max_pool2d_2", "max_pool2d", "self.conv2(x)", [1, 32, 7, 7], 0),
        ("flatten_1", "flatten", "torch.flatten", [1, 1568], 0),
        ("fc1", "Linear", "self.fc1(x)", [1, 128], 200832),
        ("relu_3", "relu", "self.fc1(x)", [1, 128], 0),
        ("fc2", "Linear", "self.fc2(x)", [1, 10], 1290),
    ]
    source, given = -1, [1, 1, 28, 28]
    for name, kind, words, output, parameters in shapes:
        origin = "function" if "_" in name else "module"
        if broken and name == "fc1":
            made.add(name, kind, words, given, None, 0)
            break
        source = made.add(name, kind, words, given, output, parameters, source, origin=origin)
        given = output
    return made


def residual_rows(blocks: Sequence[int] = (2, 2, 2, 2)) -> Rows:
    """A ResNet for 32 × 32."""
    made = Rows([], [])
    made.add("", "ResNet", "", [1, 3, 32, 32], [1, 10], 0)
    last = made.add(
        "conv1", "Conv2d", "out = F.relu(self.bn1(self.conv1(x)))", [1, 3, 32, 32], [1, 64, 32, 32], 1728, -1
    )
    last = made.add(
        "bn1",
        "BatchNorm2d",
        "out = F.relu(self.bn1(self.conv1(x)))",
        [1, 64, 32, 32],
        [1, 64, 32, 32],
        128,
        last,
    )
    counts: dict[str, int] = {}

    def function(kind: str, words: str, shape: list[int], *sources: int) -> int:
        counts[kind] = counts.get(kind, 0) + 1
        return made.add(f"{kind}_{counts[kind]}", kind, words, shape, shape, 0, *sources, origin="function")

    last = function("relu", "out = F.relu(self.bn1(self.conv1(x)))", [1, 64, 32, 32], last)
    width, side = 64, 32
    for stage, number in enumerate(blocks, start=1):
        made.add(
            f"layer{stage}",
            "Sequential",
            "self.layer4(self.layer3",
            [1, width, side, side],
            [1, 64 * 2 ** (stage - 1), side, side],
            0,
        )
        for block in range(number):
            inner, width = width, 64 * 2 ** (stage - 1)
            shrinks = stage > 1 and block == 0
            before, side = side, side // 2 if shrinks else side
            shape = [1, width, side, side]
            path = f"layer{stage}.{block}"
            made.add(path, "Block", "self.layer4(self.layer3", [1, inner, before, before], shape, 0)
            begun = last
            last = made.add(
                f"{path}.conv1",
                "Conv2d",
                "self.bn1(self.conv1(x))",
                [1, inner, before, before],
                shape,
                inner * width * 9,
                begun,
            )
            last = made.add(
                f"{path}.bn1", "BatchNorm2d", "self.bn1(self.conv1(x))", shape, shape, 2 * width, last
            )
            last = function("relu", "self.bn1(self.conv1(x))", shape, last)
            last = made.add(
                f"{path}.conv2", "Conv2d", "self.bn2(self.conv2(out))", shape, shape, width * width * 9, last
            )
            last = made.add(
                f"{path}.bn2", "BatchNorm2d", "self.bn2(self.conv2(out))", shape, shape, 2 * width, last
            )
            made.add(
                f"{path}.shortcut", "Sequential", "self.shortcut(x)", [1, inner, before, before], shape, 0
            )
            side_way = begun
            if shrinks:
                side_way = made.add(
                    f"{path}.shortcut.0",
                    "Conv2d",
                    "",
                    [1, inner, before, before],
                    shape,
                    inner * width,
                    begun,
                )
                side_way = made.add(
                    f"{path}.shortcut.1", "BatchNorm2d", "", shape, shape, 2 * width, side_way
                )
            last = function("add", "self.shortcut(x)", shape, last, side_way)
            last = function("relu", "return F.relu(out)", shape, last)
    pooled: Any = [1, width, side // 4, side // 4]
    last = made.add(
        "avg_pool2d_1",
        "avg_pool2d",
        "F.avg_pool2d",
        [1, width, side, side],
        pooled,
        0,
        last,
        origin="function",
    )
    last = made.add("flatten_1", "flatten", "out.flatten", pooled, [1, width], 0, last, origin="function")
    made.add("linear", "Linear", "self.linear(out", [1, width], [1, 10], width * 10 + 10, last)
    return made
