"""What lets scripts of other people run: old ones, and those that ask for what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.confirm.worlds import FOLDER, MODEL, TRAIN, Run, ran_well, running

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    with running(folder) as once:
        yield once


def test_a_script_for_a_torch_before_numbers_had_no_parts_runs(run):
    asks = "        assert nn.functional.cross_entropy(model(x), y).data[0] > 0\n"
    result = run(MODEL + TRAIN + asks)

    assert result["steps"] == 20, result["why"]
    assert "`[0]` of one number" in {each["what"] for each in result["replaced"]}


def test_and_one_that_adds_up_the_parts_of_a_number(run):
    result = run(MODEL + TRAIN + "        assert sum(nn.functional.cross_entropy(model(x), y)) > 0\n")

    assert result["steps"] == 20, result["why"]


@pytest.mark.parametrize(
    "text",
    [
        "assert os.path.exists('resnet.pth'), 'resnet.pth is not there'\n",
        "if not os.path.isfile('resnet.pth'):\n    raise FileNotFoundError('no resnet.pth')\n",
    ],
)
def test_weights_that_are_made_sure_of_are_as_if_they_were_there(run, text):
    result = run(MODEL + "import os\n" + text + "model.load_state_dict(torch.load('resnet.pth'))\n" + TRAIN)

    assert result["steps"] == 20, result["why"]
    assert "weights from resnet.pth" in {each["what"] for each in result["replaced"]}


def test_images_are_learnt_for_many_passes_before_a_step(run):
    sampling = """
for x, y in loader:
    model.requires_grad_(False)
    for _ in range(60):
        x.requires_grad_(True)
        model(x).sum().backward()
        x = (x + x.grad).detach()
    model.requires_grad_(True)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
"""
    result = run(MODEL + sampling)

    assert (result["steps"], result["backwards"]) == (5, 305), result["why"]


def test_but_nobody_resumes_from_what_is_not_there(run):
    resumes = "if os.path.exists('last.pth'):\n    start = torch.load('last.pth')['epoch'] + 1\n"
    result = run(MODEL + "import os\n" + resumes + TRAIN)

    assert result["steps"] == 20, result["why"]


def test_a_script_that_a_launcher_starts_is_the_only_one(run):
    result = run(f"{MODEL}import os\nrank = int(os.environ['LOCAL_RANK'])\nassert rank == 0\n{TRAIN}")

    assert result["steps"] == 20, result["why"]


def test_a_script_that_insists_on_a_gpu_gets_one_by_name(run):
    insists = "assert torch.cuda.is_available() and torch.cuda.device_count()\nmodel.cuda()\n"
    streams = "with torch.cuda.stream(stream=torch.cuda.Stream()):\n    pass\n"
    result = run(MODEL + insists + streams + TRAIN)

    assert result["steps"] == 20, result["why"]


@pytest.mark.parametrize(
    "text",
    [
        "fire.Fire()\n", "fire.Fire(train)\n", "fire.Fire({'test': print, 'train': train})\n",
        "class Main:\n    def train(self, data_dir):\n        train(data_dir)\nfire.Fire(Main)\n",
    ],
)  # fmt: skip
def test_fire_is_told_to_train(run, text):
    body = TRAIN.replace("\n", "\n    ")
    result = run(f"import fire\n{MODEL}def train(data_dir):\n    assert data_dir == 'data'{body}\n{text}")

    assert result["steps"] == 20, result["why"]


def test_of_subcommands_the_one_that_trains_has_what_it_requires(run):
    result = run(
        """
        import argparse
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers(dest="command")
        training = commands.add_parser("train")
        training.add_argument("--dataset", required=True)
        training.add_argument("--epochs", type=int, default=2)
        commands.add_parser("eval").add_argument("--image", required=True)
        args = parser.parse_args()
        assert (args.command, args.dataset, args.epochs) == ("train", "data", 2), args
        """
    )

    assert ran_well(result), result["why"]


def test_a_required_dataset_is_one_that_the_script_knows(run):
    result = run(
        "import argparse\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--dataset', required=True)\n"
        "parser.add_argument('--mode', required=True, choices=['test', 'train'])\n"
        "commands = parser.add_subparsers(dest='command')\ntrain = commands.add_parser('train')\n"
        "train.add_argument('--data', required=True, choices={'coco', 'folder', 'test'})\n"
        "options = parser.parse_args()\n"
        "assert options.mode == 'train'\n"
        "if options.dataset in ('lsun', 'folder'):\n    raise ValueError\n"
        "elif options.dataset == 'mnist':\n    assert options.data == 'test'\n"
        "else:\n    raise ValueError(options.dataset)\n"
    )

    assert ran_well(result), result["why"]


def test_a_stand_in_is_taken_apart_set_and_asked_who_it_is(run):
    result = run(
        MODEL + "import nowhere.torch as hvd\nfrom nowhere import amp, count\n"
        "macs, parameters = count(model)\n_, _, _ = hvd.one\nassert list(count()) == []\n"
        "hvd.settings['width'] = 2\ndel hvd.settings['width'], hvd.read()['width']\n"
        "model, optimizer = amp.initialize(model, optimizer, opt_level='O1')\n"
        "optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())\n"
        "assert hvd.rank() == hvd.local_rank() == 0 and hvd.world_size() == 1\n" + TRAIN
    )

    assert result["steps"] == 20, result["why"]


def test_a_folder_that_is_kept_empty_holds_images_too(run, folder):
    pytest.importorskip("PIL")
    (folder / "data" / "masks").mkdir(parents=True)
    (folder / "data" / "masks" / ".keep").touch()
    result = run(
        """
        import io, os
        from pathlib import Path
        from PIL import Image
        names = [os.path.splitext(name)[0] for name in os.listdir("data/images")]
        masks = [list(Path("data/masks").glob(name + ".*")) for name in names]
        assert len(names) > 10 and all(len(each) == 1 for each in masks)
        mask = Image.open(masks[0][0])
        assert mask.mode == "L" and set(mask.tobytes()) == {0, 1}
        with open(os.path.join("data/images", "001.png"), "rb") as file:
            assert Image.open(file).size == (256, 256)
        found = {os.path.basename(folder): files for folder, _, files in os.walk("photos/train")}
        assert len(found) == 11 and not os.path.exists("data/images/labels.csv")
        """
    )

    assert ran_well(result), result["why"]


def test_a_folder_that_was_made_is_there_and_no_file(run, folder):
    result = run(
        """
        import os
        from pathlib import Path
        Path("runs").mkdir()
        os.makedirs("logs/first", exist_ok=True)
        assert all(map(os.path.isdir, ("runs", "logs/first"))) and Path("runs").exists()
        assert os.path.exists("runs") and not os.path.isfile("runs") and not os.path.exists("logs/second")
        """
    )

    assert ran_well(result), result["why"]
    assert not (folder / "runs").exists()


def test_one_try_does_not_find_what_another_wrote(run):
    result = run(
        MODEL + "import os\nassert not os.path.exists('log.csv')\nopen('log.csv', 'w').close()\n"
        + TRAIN.replace("model(x)", "model(x.view(64, 4))")
    )  # fmt: skip

    assert result["steps"] == 20, result["why"]


def test_a_package_below_src_is_found_without_being_installed(run, folder):
    package = folder / "src" / "ours"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("WIDTH = 8\n", encoding="utf-8")

    result = run("from ours import WIDTH\nassert WIDTH == 8\n")

    assert ran_well(result), result["why"]
    assert result["stubs"] == []


def test_a_batch_that_is_shown_is_as_large_as_it_says(run):
    result = run(FOLDER + "images, labels = next(iter(loader))\nassert images[63].shape[0] == 3\n")

    assert ran_well(result), result["why"]


def test_labels_have_the_names_that_the_script_gives_them(run):
    result = run(
        FOLDER + "for images, labels in loader:\n    print([('cat', 'dog')[label] for label in labels])\n"
    )

    assert ran_well(result), result["why"]


def test_data_outside_the_project_are_asked_for_with_pathlib_too(run):
    result = run(
        "from pathlib import Path\nhorses = Path('/nowhere/horses/trainA')\n"
        "assert horses.exists() and len(list(horses.rglob('*.jpg'))) > 8\n"
        "assert not Path('/nowhere/else').exists()\n"
    )

    assert ran_well(result), result["why"]
