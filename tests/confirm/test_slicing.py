"""The user's definitions without the user's program: each test is something that went wrong once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.confirm.shapes import HEAD, NET, built, model, performed

pytest.importorskip("torch")


def test_nothing_of_the_program_is_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = HEAD + "import os\nos.makedirs('made')\nopen('written', 'w').write('x')\nprint('seen')\n" + NET
    text += "net = Net()\ntorch.save(net.state_dict(), 'weights.pt')\n"
    text += "for epoch in range(3):\n    print(epoch)\nif __name__ == '__main__':\n    raise SystemExit\n"
    before = text
    result = performed(tmp_path, text)
    assert built(model(result))
    assert [each.name for each in tmp_path.iterdir()] == ["train.py"]
    assert (tmp_path / "train.py").read_text() == before
    assert not Path("made").exists()
    assert not Path("written").exists()
    assert capsys.readouterr().out == ""


def test_lines_stay_those_of_the_file(tmp_path: Path) -> None:
    trace = model(performed(tmp_path, "'''Words.'''\n\nprint('no')\n\n" + HEAD + NET))
    assert trace["place"]["line"] == 9
    fc = next(each for each in trace["layers"] if each["name"] == "fc")
    assert (fc["place"], fc["built"]) == (
        {"path": str(tmp_path / "train.py"), "line": 15},
        {"path": str(tmp_path / "train.py"), "line": 13},
    )


def test_the_text_given_counts_and_not_the_one_on_disk(tmp_path: Path) -> None:
    from cnnlint.confirm.child import perform

    path = tmp_path / "train.py"
    path.write_text("raise SystemExit")
    task = {"kind": "shapes", "path": str(path), "root": str(tmp_path), "source": HEAD + NET, "options": {}}
    assert built(model(perform(task)))  # type: ignore[arg-type]


def test_what_is_not_installed_is_stood_in_for_and_named(tmp_path: Path) -> None:
    text = "import not_there.inner as inner\nfrom neither import Writer, decorate\n" + HEAD + "@decorate\n"
    text += (
        "class Other(inner.Thing): pass\n" + NET + "writer = Writer()\nsummary = Writer.FileWriter('logs')\n"
    )
    result = performed(tmp_path, text)
    assert built(model(result))
    assert result["stubs"] == ["not_there", "neither"]


def test_an_import_that_may_fail_fails(tmp_path: Path) -> None:
    text = HEAD + "try:\n    import not_there\n    width = 1\nexcept ImportError:\n    width = 8\n"
    text += NET.replace("8", "width")
    result = performed(tmp_path, text)
    assert model(result)["layers"][1]["output"] == [2, 8, 30, 30]
    assert result["stubs"] == []


def test_what_an_installed_package_looks_for_is_not_stood_in_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "probing"
    package.mkdir(parents=True)
    text = "import importlib\nfound = True\ntry:\n    importlib.import_module('optional_part')\n"
    (package / "__init__.py").write_text(text + "except Exception:\n    found = False\n")
    monkeypatch.syspath_prepend(str(package.parent))
    project = tmp_path / "project"
    text = (
        HEAD
        + "import probing\n"
        + NET.replace("Conv2d(channels, 8", "Conv2d(channels, 9 if probing.found else 8")
    )
    assert built(model(performed(project, text)))
    sys.modules.pop("probing")


def test_a_module_of_a_package_is_imported_as_it_is(tmp_path: Path) -> None:
    files = {
        "nets/__init__.py": "from nets.parts import WIDTHS\n",
        "nets/parts.py": "WIDTHS = []\nfor width in (8, 16):\n    WIDTHS.append(width)\n",
    }
    text = HEAD + "from .parts import WIDTHS\n" + NET.replace("8", "WIDTHS[0]")
    assert built(model(performed(tmp_path, text, files, name="nets/net.py")))


def test_a_loose_script_beside_the_file_is_sliced_as_well(tmp_path: Path) -> None:
    files = {"config.py": "import os\nos.makedirs('made')\nWIDTH = 4 + 4\nUNUSED = os.getpid()\n"}
    text = HEAD + "from config import WIDTH\n" + NET.replace("8", "WIDTH")
    assert built(model(performed(tmp_path, text, files)))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["config.py", "train.py"]


def test_literals_are_kept_for_those_who_import_the_file(tmp_path: Path) -> None:
    files = {"net.py": HEAD + "CLASSES = ('cat', 'dog')\n" + NET}
    text = HEAD + "from net import CLASSES, Net\nclass Wrapped(nn.Module):\n    def __init__(self):\n"
    text += "        super().__init__()\n        self.net = Net(classes=len(CLASSES))\n"
    text += "    def forward(self, x):\n        return self.net(x)\n"
    trace = model(performed(tmp_path, text, files), "Wrapped")
    assert trace["layers"][0]["output"] == [2, 2]


def test_a_function_is_as_pure_as_what_it_calls(tmp_path: Path) -> None:
    text = (
        HEAD
        + "import os\ndef fetch():\n    os.makedirs('made')\n    return 8\ndef width():\n    return fetch()\n"
    )
    text += "size = width()\n" + NET.replace("8", "size")
    trace = model(performed(tmp_path, text))
    assert not Path("made").exists()
    assert trace["why"] == (
        "NameError: top-level name `size` (line 10) was not evaluated: "
        "it calls `width`: it calls `fetch`: it calls `os.makedirs`"
    )


def test_a_value_that_the_program_would_change_is_not_taken(tmp_path: Path) -> None:
    text = (
        HEAD
        + "size = 8\nwith open('sizes') as file:\n    size = int(file.read())\n"
        + NET.replace("8", "size")
    )
    assert "top-level name `size` (line 5) was not evaluated" in model(performed(tmp_path, text))["why"]


def test_a_statement_that_raises_costs_only_its_own_names(tmp_path: Path) -> None:
    text = (
        HEAD
        + "import math\nratio = math.sqrt(-1)\n"
        + NET
        + NET.replace("Net", "Other").replace("8", "ratio")
    )
    result = performed(tmp_path, text)
    assert built(model(result))
    assert "it raised ValueError" in model(result, "Other")["why"]
    assert [line for line, _ in result["dropped"]] == [5]


def test_a_command_line_has_its_defaults_and_requires_nothing(tmp_path: Path) -> None:
    text = HEAD + "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('data')\n"
    text += (
        "parser.add_argument('--width', type=int, default=8)\nparser.add_argument('--root', required=True)\n"
    )
    text += "args = parser.parse_args()\n" + NET.replace("8", "args.width")
    assert built(model(performed(tmp_path, text)))
    widened = model(performed(tmp_path, text, argv=["--width", "16"]))
    assert widened["layers"][1]["output"] == [2, 16, 30, 30]


def test_weights_are_not_downloaded(tmp_path: Path) -> None:
    text = HEAD + "from torch.hub import load_state_dict_from_url\n" + NET
    text += "def pretrained():\n    net = Net()\n"
    text += "    weights = load_state_dict_from_url('https://nowhere.invalid/w.pth')\n"
    text += "    net.load_state_dict({k: v for k, v in weights.items()}, strict=False)\n"
    text += "    net.load_state_dict(weights)\n    return net\n"
    assert built(model(performed(tmp_path, text, build="train:pretrained"), "Net"))


def test_an_accelerator_is_not_needed(tmp_path: Path) -> None:
    text = HEAD + NET.replace("nn.Conv2d(channels, 8, 3)", "nn.Conv2d(channels, 8, 3).cuda()").replace(
        "self.conv(x)", "(self.conv(x.to('cuda:0')) + torch.zeros(1, device='cuda'))"
    )
    trace = model(performed(tmp_path, text + "net = Net().to(torch.device('cuda'))\n"))
    assert built(trace)
    assert trace["device"] == "meta"


def test_a_module_of_lightning_is_a_module(tmp_path: Path) -> None:
    text = HEAD + "import pytorch_lightning as pl\n" + NET.replace("nn.Module", "pl.LightningModule")
    assert built(model(performed(tmp_path, text, stub=["pytorch_lightning"])))
    keeps = "self.save_hyperparameters()\n        self.loss = self.hparams.get('loss')"
    text = text.replace("super().__init__()", f"super().__init__()\n        {keeps}")
    assert built(model(performed(tmp_path, text, stub=["pytorch_lightning"])))
    other = HEAD + "from somewhere import Base\n" + NET.replace("nn.Module", "Base")
    assert built(model(performed(tmp_path, other)))


def test_a_model_that_computes_with_what_is_not_installed_says_so(tmp_path: Path) -> None:
    text = HEAD + "import not_there\n" + NET.replace("self.conv(x)", "not_there.blur(self.conv(x))")
    broken = model(performed(tmp_path, text))["broken"]
    assert broken is not None
    assert broken["kind"] == "NotInstalled"
    assert "`not_there` is not installed" in broken["message"]


@pytest.mark.parametrize("name", ["random.py", "torch.py", "2-net.py"])
def test_a_file_may_be_called_as_anything(tmp_path: Path, name: str) -> None:
    assert built(model(performed(tmp_path, HEAD + NET, name=name)))


def test_a_file_that_does_not_parse_is_told(tmp_path: Path) -> None:
    recipe: dict = {"name": "Net", "place": {"path": "", "line": 1}, "built": None, "inputs": []}
    assert "SyntaxError" in model(performed(tmp_path, "print 'old'", recipes=[recipe]))["why"]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    import torch

    def patched() -> list[object]:
        return [torch.nn.Module.__init__, torch.nn.Module.load_state_dict, torch.hub.load_state_dict_from_url]

    before = sys.path[:], sys.meta_path[:], sys.argv[:], patched()
    performed(tmp_path, HEAD + "import not_there, config\n" + NET, {"config.py": "A = 1\n"})
    assert (sys.path, sys.meta_path, sys.argv, patched()) == before
    assert not {"not_there", "config"} & set(sys.modules)
