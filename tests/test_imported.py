"""Linting one file says what is wrong in the files it imports, and changes only the one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnlint.cli import main

NET = """from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 15 * 16, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv(x), 2)
        return self.fc(x.flatten(1))
"""
MAIN = """import torch

from models.net import Net

out = Net()(torch.zeros(4, 3, 32, 32))
"""
OPTIONS = ["--isolated", "--no-cache", "--output-format", "concise"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.py").write_text(NET, encoding="utf-8")
    (tmp_path / "main.py").write_text(MAIN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_error_in_an_imported_file_is_said(project, capsys):
    assert main(["main.py", *OPTIONS]) == 1
    assert capsys.readouterr().out.startswith("models/net.py:8:19: error CNN302")


def test_an_excluded_file_is_not_spoken_of(project, capsys):
    assert main(["main.py", "--exclude", "models", *OPTIONS]) == 0


def test_only_files_that_are_named_are_mended(project, capsys):
    main(["main.py", "--fix", "--unsafe-fixes", *OPTIONS])
    assert (project / "models" / "net.py").read_text(encoding="utf-8") == NET
