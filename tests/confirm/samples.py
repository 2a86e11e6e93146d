"""Runs with evidence as experiments give it, made by hand: what the page with pictures is looked at with."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import Any

from cnnlint.config import Config
from cnnlint.evidence import (
    Trial,
)
from cnnlint.evidence.train import Comparison, Pair, Training
from cnnlint.findings import Finding, Outcome
from cnnlint.linting import lint_bytes
from cnnlint.report import Run
from tests.confirm.evidence import (
    SANDBOX,
    VERSIONS,
    answer,
    curve,
    events,
    linted,
    place,
    ran,
    traced,
    verdict,
)
from tests.confirm.networks import plain_rows, residual_rows

__all__ = ["SAMPLES"]

SMALL = dedent(
    '''\
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms


    class SmallNet(nn.Module):
        """Two convolutions and two linear layers."""

        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
            self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
            self.fc1 = nn.Linear(32 * 7 * 7, 128)
            self.fc2 = nn.Linear(128, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv1(x)), 2)
            x = F.max_pool2d(F.relu(self.conv2(x)), 2)
            x = torch.flatten(x, 1)
            x = F.relu(self.fc1(x))
            return self.fc2(x)


    def main():
        transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
        loader = DataLoader(datasets.MNIST("data", transform=transform), batch_size=64, shuffle=True)
        model = SmallNet()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        criterion = nn.CrossEntropyLoss()
        for epoch in range(5):
            model.train()
            for images, labels in loader:
                optimizer.zero_grad()
                loss = criterion(model(images), labels)
                loss.backward()
                optimizer.step()


    if __name__ == "__main__":
        main()
    '''
)
SOFTMAX = SMALL.replace("return self.fc2(x)", "return F.softmax(self.fc2(x), dim=1)")
BROKEN = SMALL.replace("32 * 7 * 7", "32 * 8 * 8").replace(
    "self.fc2 = ", "self.spare = nn.Linear(64, 64)\n        self.fc2 = "
)
UNCLEARED = SMALL.replace("            optimizer.zero_grad()\n", "").replace("lr=1e-3", "lr=1.0")
RESIDUAL = dedent(
    """\
    import torch
    import torch.nn as nn
    import torch.nn.functional as F


    class Block(nn.Module):
        def __init__(self, inner, outer, stride=1):
            super().__init__()
            self.conv1 = nn.Conv2d(inner, outer, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outer)
            self.conv2 = nn.Conv2d(outer, outer, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outer)
            self.shortcut = nn.Sequential()
            if stride != 1 or inner != outer:
                self.shortcut = nn.Sequential(nn.Conv2d(inner, outer, 1, stride), nn.BatchNorm2d(outer))

        def forward(self, x):
            out = F.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out = out + self.shortcut(x)
            return F.relu(out)


    class ResNet(nn.Module):
        def __init__(self, classes=10):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.layer1 = nn.Sequential(Block(64, 64), Block(64, 64))
            self.layer2 = nn.Sequential(Block(64, 128, 2), Block(128, 128))
            self.layer3 = nn.Sequential(Block(128, 256, 2), Block(256, 256))
            self.layer4 = nn.Sequential(Block(256, 512, 2), Block(512, 512))
            self.linear = nn.Linear(512, classes)

        def forward(self, x):
            out = F.relu(self.bn1(self.conv1(x)))
            out = self.layer4(self.layer3(self.layer2(self.layer1(out))))
            out = F.avg_pool2d(out, 4)
            return self.linear(out.flatten(1))
    """
)


def healthy() -> Run:
    """Nothing found, everything tried."""
    path = "mnist/train.py"
    trace = traced(path, SMALL, "SmallNet", plain_rows(), [1, 1, 28, 28])
    run = ran(
        path, SMALL, events(path, SMALL, "ZFLBS", 20), curve(2.31, 0.6, 0.85, 20, 1, 8), (0.0, 0.02, 0.05)
    )
    return linted(
        path, SMALL, {}, [Trial("shapes", path, answer(trace)), Trial("run", path, answer(run, 2.3))]
    )


def softmax() -> Run:
    """A loss that gets probabilities, proved in the run and by training."""
    path = "mnist/train.py"
    gains = {
        "auc": {"written": [0.41, 0.38, 0.44], "mended": [0.72, 0.70, 0.75], "gain": 0.31, "noise": 0.0},
        "train": {"written": [0.60, 0.55, 0.63], "mended": [0.95, 0.93, 0.96], "gain": 0.35, "noise": 0.0},
    }
    verdicts = {
        "CNN201": verdict(
            Outcome.CONFIRMED,
            "train",
            "train",
            "mended, it gets 95% of the images it trains on right, as written 60%",
            41.0,
            **gains,
        )
    }
    result = ran(
        path, SOFTMAX, events(path, SOFTMAX, "ZFLBS", 20), curve(2.3, 2.2, 0.3, 20, 1, 12), (0.0, 0.05, 0.1)
    )
    result["losses"][0].update(
        {"after": ["softmax"], "probabilities": 20, "unit": 20, "low": 0.001, "high": 0.31}
    )
    run = linted(path, SOFTMAX, verdicts, [])
    found = next(each for each in run.findings if each.code == "CNN201")
    trials = (
        Trial("shapes", path, answer(traced(path, SOFTMAX, "SmallNet", plain_rows(), [1, 1, 28, 28]))),
        Trial("run", path, answer(result, 2.4)),
        Trial("train", path, answer(compared(), 41.0), found.fingerprint),
    )
    return run._replace(trials=trials)


def compared() -> Comparison:
    def training(start: float, end: float, best: float, seed: int, rate: float) -> Training:
        points = curve(start, end, best, 200, seed, rate)
        return {
            "ended": "steps",
            "why": "as many optimizer steps as asked for",
            "steps": 200,
            "curve": points,
            "evaluated": best - 0.04,
            "seconds": 5.1,
        }

    pairs: list[Pair] = [
        {
            "seed": seed,
            "written": training(2.3, 1.85, 0.6 + 0.03 * seed, seed, 70),
            "mended": training(2.3, 0.2, 0.94 + 0.01 * seed, seed + 10, 35),
            "again": training(2.3, 1.85, 0.6, seed, 70) if not seed else None,
        }
        for seed in (0, 1, 2)
    ]
    return {
        "why": "",
        "pairs": pairs,
        "steps": 200,
        "batch": 16,
        "device": "cpu",
        "versions": VERSIONS,
        "sandbox": SANDBOX,
        "seen": [],
        "seconds": 41.0,
    }


def shape_error() -> Run:
    """A model that breaks at its first linear layer."""
    path = "mnist/train.py"
    here = place(path, BROKEN, "self.fc1(x)")
    message = "mat1 and mat2 shapes cannot be multiplied (1x1568 and 2048x128)"
    broken = {"kind": "RuntimeError", "message": message, "place": here, "module": "fc1"}
    spare: list[Any] = [("spare", "Linear", "self.spare", [], None, 4160, "module")]
    trace = traced(
        path, BROKEN, "SmallNet", plain_rows(broken=True), [1, 1, 28, 28], broken=broken, unused=spare
    )
    verdicts = {
        each: verdict(Outcome.CONFIRMED, "shapes", "shape-error", f"it raises here: {message}", 1.3)
        for each in ("CNN302",)
    }
    verdicts["CNN514"] = verdict(Outcome.CONFIRMED, "shapes", "unused-module", "no call reaches `spare`", 1.3)
    failed = answer(
        None, 8.0, "timeout", "the script did not answer within 8 s", "Downloading data...\n12%|█▏        |"
    )
    return linted(path, BROKEN, verdicts, [Trial("shapes", path, answer(trace)), Trial("run", path, failed)])


def uncleared() -> Run:
    """No zero_grad, and a learning rate that kills units."""
    path = "mnist/train.py"
    points = curve(2.3, 4.9, 0.12, 20, 3, 9)
    result = ran(path, UNCLEARED, events(path, UNCLEARED, "FLBS", 20, kept=True), points, (0.1, 0.55, 0.98))
    for tensor in result["models"][0]["tensors"]:
        tensor["update"] = (tensor["update"] or 0) * 300
    result["models"][0]["tensors"][1].update(
        {"gradient": "zero", "moved": False, "update": 0.0, "slope": 0.0}
    )
    result["optimizers"][0]["groups"][0]["lr"] = 1.0
    built = place(path, UNCLEARED, "self.fc2 = ")
    result["loose"] = [
        {
            "name": "head",
            "kind": "Linear",
            "built": built,
            "called": True,
            "parameters": 1290,
            "optimizers": [],
            "vain": False,
        }
    ]
    verdicts = {
        "CNN101": verdict(
            Outcome.CONFIRMED,
            "run",
            "gradients-cleared",
            "in 20 steps the gradients were never cleared: each backward pass added to the ones before",
            2.2,
            steps=20,
            cleared=0,
            added=19,
        ),
        "CNN401": verdict(
            Outcome.NOT_REPRODUCED,
            "run",
            "update-ratio",
            "the updates of 20 steps stay below a tenth of the weights",
            2.2,
            largest=0.08,
        ),
    }
    return linted(path, UNCLEARED, verdicts, [Trial("run", path, answer(result, 2.2))])


def residual() -> Run:
    """Skip connections; one finding refuted, one on which nothing could be said."""
    path = "models/resnet.py"
    spare: list[Any] = [("linear2", "Linear", "self.linear = ", [], None, 5130, "module")]
    trace = traced(path, RESIDUAL, "ResNet", residual_rows(), [1, 3, 32, 32], unused=spare)
    trace["dropped"] = [(3, "it only runs when the file is a script")]
    trace["stubs"] = ["wandb", "albumentations"]
    made = linted(path, RESIDUAL, {}, [Trial("shapes", path, answer(trace))])
    span = lint_bytes(SOFTMAX.encode(), "x.py", Config(cache=False)).findings[0].span
    there = place(path, RESIDUAL, "self.linear(out")["line"]
    finding = Finding(
        path,
        span._replace(line=there, end_line=there, column=16, end_column=40),
        "CNN302",
        "linear-in-features",
        "`linear` takes 512 features but `flatten` gives it 2048; set in_features=2048",
        severity=made_severity(),
        symbol="ResNet.forward",
        fingerprint="aa00bb11",
        verdict=verdict(
            Outcome.REFUTED,
            "shapes",
            "shape-error",
            "the model runs through on 1 × 3 × 32 × 32",
            1.4,
            output=[1, 10],
        ),
    )
    unsure = finding._replace(
        code="CNN508",
        name="no-normalization",
        message="6 convolutions follow one another without normalization; put a `BatchNorm2d` after each",
        fingerprint="cc22",
        verdict=verdict(
            Outcome.INCONCLUSIVE,
            "run",
            "dead-units",
            "none of the files that were linted runs it; name the script that does beside it",
            0.0,
        ),
    )
    return made._replace(findings=(*made.findings, finding, unsure))


def made_severity() -> Any:
    from cnnlint.findings import Severity

    return Severity.ERROR


def nothing() -> Run:
    """No files, no findings, no experiments."""
    return Run((), 0)


def static_only() -> Run:
    """Findings that nobody tried."""
    return linted("mnist/train.py", UNCLEARED.replace("model.train()", "pass"), {}, [])


def many() -> Run:
    """Thousands of findings in dozens of files, and a model of five hundred layers."""
    base = softmax()
    found = [
        each._replace(path=f"project/module_{number // 40:02}.py", fingerprint=f"{number:08x}")
        for number in range(2000)
        for each in base.findings[:1]
    ]
    lines = SOFTMAX.split("\n")
    trace = traced(
        "mnist/train.py",
        RESIDUAL.replace("ResNet", "Deep"),
        "Deep",
        residual_rows((24, 24, 24, 10)),
        [1, 3, 32, 32],
    )
    trials = [*base.trials, Trial("shapes", "mnist/train.py", answer(trace))]
    return base._replace(
        findings=tuple(found), lines=lambda path, cell: lines, file_count=50, trials=tuple(trials)
    )


def several() -> Run:
    """Findings in two files, one of them a notebook."""
    run = static_only()
    moved = tuple(each._replace(path="notebooks/try.ipynb", cell=3) for each in run.findings)
    lines = UNCLEARED.split("\n")
    return run._replace(
        findings=run.findings + moved,
        file_count=2,
        lines=lambda path, cell: lines if cell in (None, 3) else [],
    )


def forged() -> Run:
    """Answers that no honest child gives."""
    run = linted("mnist/train.py", SMALL, {}, [])
    odd: list[Any] = [
        {},
        [],
        "x",
        {"models": 3},
        {"models": [{"name": "<script>"}]},
        {"events": [{}], "pairs": [1], "why": 0},
    ]
    levels = ("shapes", "run", "train")
    return run._replace(
        trials=tuple(Trial(level, "mnist/train.py", answer(each)) for level in levels for each in odd)
    )


SAMPLES: dict[str, Callable[[], Run]] = {
    "healthy": healthy,
    "softmax": softmax,
    "shape-error": shape_error,
    "uncleared": uncleared,
    "residual": residual,
    "nothing": nothing,
    "static": static_only,
    "several": several,
    "many": many,
    "forged": forged,
}
