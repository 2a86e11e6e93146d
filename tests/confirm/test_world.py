"""What a script finds in the replaced world: small scripts, run in the workshop, each for one part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any

import pytest

from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import RunResult, Task

pytest.importorskip("torch")

MODEL = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
data = TensorDataset(torch.randn(640, 4), torch.randint(2, (640,)))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(data, batch_size=64)
"""
TRAIN = """
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
"""
FOLDER = """
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
loader = DataLoader(datasets.ImageFolder("nowhere/train", transforms.ToTensor()), batch_size=64)
"""

Run = Callable[..., RunResult]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a text as a script; the folder it is in is `run.folder`."""
    folder = tmp_path_factory.mktemp("project")
    path = folder / "script.py"
    with Workshop(root=folder) as shop:

        def once(text: str, **options: Any) -> RunResult:
            text = dedent(text)
            path.write_text(text, encoding="utf-8")
            options = {"steps": 20, "seconds": 20.0} | options
            task: Task = {
                "kind": "run", "path": str(path), "root": str(folder), "source": text, "options": options,
            }  # fmt: skip
            answer = next(iter(shop.answers([task], 60.0)))[1]
            assert answer["ended"] == "answered", answer
            result: RunResult = answer["result"]
            return result

        once.folder = folder  # type: ignore[attr-defined]
        yield once


def ran_well(result: RunResult) -> bool:
    return result["broken"] is None and result["ended"] in ("finished", "steps")


def test_a_gpu_is_the_cpu(run):
    result = run(
        MODEL + "device = torch.device('cuda')\n"
        "model = nn.DataParallel(model.cuda())\n"
        "y = model(torch.zeros(2, 4, device='cuda:0')) + torch.ones(2, 2).to(device)\n"
        "with torch.autocast('cuda', enabled=torch.cuda.is_available()):\n"
        "    y.mean().cuda(non_blocking=True).backward()\n"
        "torch.cuda.synchronize()\n"
        "assert y.device.type == 'cpu'\n"
    )

    assert ran_well(result)
    assert ("a GPU", "the CPU") in {(each["what"], each["by"]) for each in result["replaced"]}


def test_batches_are_small_and_few_and_those_of_a_pass_are_counted(run):
    result = run(MODEL + "assert len(loader) == 5\n" + TRAIN)

    assert (result["steps"], result["ended"]) == (20, "steps")
    assert [(each["batch"], each["ran"], each["trains"]) for each in result["loaders"]] == [(64, 16, True)]
    assert [event["batches"] for event in result["events"] if event["kind"] == "pass"] == [5, 5, 5, 5]


def test_a_script_that_counts_on_its_batches_gets_them(run):
    result = run(MODEL + TRAIN.replace("model(x)", "model(x.view(64, 4))"))

    assert result["steps"] == 20
    assert result["loaders"][0]["ran"] == 64


def test_nothing_of_the_project_is_changed_and_what_is_written_can_be_read(run):
    result = run(
        MODEL + "import os\nfrom pathlib import Path\n"
        "os.makedirs('runs', exist_ok=True)\nPath('more').mkdir()\n"
        "with open('runs/log.txt', 'w') as file:\n    file.write('hello')\n"
        "assert open('runs/log.txt').read() == 'hello' and os.path.exists('runs/log.txt')\n"
        "torch.save(model.state_dict(), 'runs/model.pt')\n"
        "model.load_state_dict(torch.load('runs/model.pt'))\n"
    )

    assert ran_well(result), result["why"]
    assert [each.name for each in run.folder.iterdir()] == ["script.py"]


def test_what_is_not_there_is_named(run):
    result = run("open('labels.csv')\n")

    assert result["ended"] == "broken"
    assert result["broken"]["kind"] == "FileNotFoundError"
    assert result["broken"]["place"]["line"] == 1
    assert result["wanted"] == ["labels.csv"]


def test_weights_are_not_fetched_and_addresses_not_opened(run):
    result = run(
        MODEL + "import urllib.request\n"
        "model.load_state_dict(torch.hub.load_state_dict_from_url('https://example.org/a.pth'))\n"
        "model.load_state_dict(torch.load('teacher.pth')['state_dict'])\n"
        "try:\n    urllib.request.urlopen('https://example.org/b')\nexcept OSError:\n    pass\n"
    )

    assert ran_well(result), result["why"]
    assert "weights from https://example.org/a.pth" in {each["what"] for each in result["replaced"]}
    assert "https://example.org/b" in result["wanted"]


def test_a_command_line_has_what_it_requires(run):
    result = run(
        "import argparse, os, sys\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('name')\n"
        "parser.add_argument('--net', required=True)\n"
        "parser.add_argument('--classes', type=int, required=True)\n"
        "parser.add_argument('--kind', choices=['big', 'small'], required=True)\n"
        "args = parser.parse_args()\n"
        "if args.net == 'vgg16' or args.net == 'resnet18':\n    pass\n"
        "assert (args.net, args.classes, args.kind) == ('resnet18', 1, 'small'), args\n"
        "rows, columns = os.popen('stty size').read().split()\n"
        "assert input('?') == ''\n"
    )

    assert ran_well(result), result["why"]


def test_and_what_it_is_given(run):
    result = run(
        "import argparse\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--net', required=True)\n"
        "assert parser.parse_args().net == 'vgg16'\n",
        argv=["--net", "vgg16"],
    )

    assert ran_well(result), result["why"]


def test_an_exit_is_told(run):
    assert run("import sys\nsys.exit(3)\n")["ended"] == "exited"


def test_a_refused_command_line_is_told_in_words(run):
    result = run(
        "import argparse\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--net', choices=['vgg16'])\n"
        "parser.parse_args()\n",
        argv=["--net", "lenet"],
    )

    assert "argument --net: invalid choice: 'lenet'" in result["why"]
    assert "[tool.cnnlint.confirm]" in result["why"]


def test_a_loop_that_does_not_end_is_named(run):
    result = run("at = 0\nwhile True:\n    at += 1\n", seconds=1.0)

    assert result["ended"] == "time"
    assert "script.py:" in result["why"]


def test_what_would_change_files_is_told(run):
    result = run(
        "import os, torch\nos.makedirs('runs')\ntorch.save(1, 'one.pt')\nopen('log', 'w').write('x')\n"
    )

    told = [each["what"] for each in result["replaced"]]
    assert told == ["`makedirs` of files", "files it writes"]
    assert not list(run.folder.glob("runs"))


def test_packages_that_are_not_there_are_stood_in_for(run):
    result = run(
        """
        import nowhere_to_be_found
        import wandb
        from tensorboardX import SummaryWriter
        import matplotlib.pyplot as plt
        from tqdm import tqdm
        figure, (left, right) = plt.subplots(1, 2)
        left.plot([1, 2], label="loss")
        plt.show()
        try:
            import not_there_either
        except ImportError:
            not_there_either = None
        wandb.init(project="x").log({"loss": 1})
        SummaryWriter("runs").add_scalar("loss", 1, 2)
        nowhere_to_be_found.whatever(1)
        assert not_there_either is None
        assert list(tqdm(range(3))) == [0, 1, 2]
        """
    )

    assert ran_well(result), result["why"]
    assert {"nowhere_to_be_found", "wandb", "tensorboardX"} <= set(result["stubs"])


def test_compilers_and_many_processes_are_left_out(run):
    result = run(
        MODEL + "import torch.distributed as dist\nimport torch.multiprocessing as mp\n"
        "model = torch.compile(model)\n"
        "def work(rank, value):\n"
        "    dist.init_process_group('nccl', rank=rank, world_size=2)\n"
        "    nn.parallel.DistributedDataParallel(model)(torch.zeros(value, 4))\n"
        "mp.spawn(work, args=(2,), nprocs=2)\n"
        "from multiprocessing import Pool\n"
        "with Pool(2) as pool:\n    assert pool.map(abs, [-1]) == [1]\n"
    )

    assert ran_well(result), result["why"]
    assert len([event for event in result["events"] if event["kind"] == "forward"]) == 1


def test_the_seed_of_a_task_makes_another_run_of_a_script_that_sets_its_own(run):
    losses = [
        [
            event["loss"]
            for event in run("import torch\ntorch.manual_seed(1)\n" + MODEL + TRAIN, seed=seed)["events"]
            if event["kind"] == "loss"
        ]
        for seed in (0, 0, 1)
    ]

    assert losses[0] == losses[1] != losses[2]


def test_a_folder_of_images_has_as_many_classes_as_the_model(run):
    result = run(
        FOLDER + "body = [nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()]\n"
        "model = nn.Sequential(*body, nn.Linear(4, 3))\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n" + TRAIN
    )

    assert result["steps"] == 20, result["why"]
    assert result["losses"][0]["target_high"] == 2


def test_and_the_size_that_it_takes(run):
    result = run(
        FOLDER
        + "model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Flatten(), nn.Linear(4 * 32 * 32, 10))\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n" + TRAIN
    )

    assert result["steps"] == 20, result["why"]
    assert result["measured"]["inputs"][0]["shape"] == [16, 3, 32, 32]


def test_datasets_hold_what_torchvisions_hold(run):
    result = run(
        """
        import torch
        from torchvision import datasets, transforms
        mnist = datasets.MNIST(root="data", train=False)
        assert len(mnist) == 10000 and mnist.data.shape == (10000, 28, 28) and mnist.targets.shape == (10000,)
        cifar = datasets.CIFAR100("data", transform=transforms.Compose([
            transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
            transforms.Normalize((0.5,) * 3, (0.5,) * 3), transforms.Grayscale(), transforms.Resize(16),
            transforms.CenterCrop((12, 10)),
        ]))
        assert len(cifar) == 50000 and cifar.data.shape == (50000, 32, 32, 3) and len(cifar.classes) == 100
        image, label = cifar[49999]
        assert image.shape == (1, 12, 10) and isinstance(label, int)
        part, rest = torch.utils.data.random_split(cifar, [40000, 10000])
        class Own(datasets.CIFAR10):
            def __getitem__(self, index):
                return super().__getitem__(index)[1]
        assert Own("data", train=False)[3] in range(10)
        cifar.data = cifar.data[:100]
        assert len(cifar) == 100
        """
    )

    assert ran_well(result), result["why"]


def test_images_that_are_not_there_are_glyphs(run):
    pytest.importorskip("PIL")
    result = run(
        """
        import glob, os
        from PIL import Image
        names = os.listdir("photos")
        sizes = {Image.open(os.path.join("photos", name)).size for name in names}
        assert len(names) > 10 and sizes == {(256, 256)}
        assert len(glob.glob("photos/*/*.jpg")) > 10
        """
    )

    assert ran_well(result), result["why"]


def test_no_handler_of_the_script_holds_up_the_end(run):
    result = run(
        MODEL
        + "while True:\n    try:\n"
        + TRAIN.replace("\n", "\n        ")
        + "\n    except Exception:\n        pass\n"
    )

    assert (result["ended"], result["steps"]) == ("steps", 20)


def test_a_script_for_a_torch_before_numbers_had_no_parts_runs(run):
    asks = "        assert nn.functional.cross_entropy(model(x), y).data[0] > 0\n"
    result = run(MODEL + TRAIN + asks)

    assert result["steps"] == 20, result["why"]
    assert "`[0]` of one number" in {each["what"] for each in result["replaced"]}


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


def test_but_nobody_resumes_from_what_is_not_there(run):
    resumes = "if os.path.exists('last.pth'):\n    start = torch.load('last.pth')['epoch'] + 1\n"
    result = run(MODEL + "import os\n" + resumes + TRAIN)

    assert result["steps"] == 20, result["why"]


def test_a_script_that_insists_on_a_gpu_gets_one_by_name(run):
    insists = "assert torch.cuda.is_available() and torch.cuda.device_count()\nmodel.cuda()\n"
    streams = "with torch.cuda.stream(torch.cuda.Stream()):\n    pass\n"
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


def test_a_stand_in_is_taken_apart_set_and_asked_who_it_is(run):
    result = run(
        MODEL + "import nowhere.torch as hvd\nfrom nowhere import amp, count\n"
        "macs, parameters = count(model)\n_, _, _ = hvd.one\nassert list(count()) == []\n"
        "hvd.settings['width'] = 2\n"
        "model, optimizer = amp.initialize(model, optimizer, opt_level='O1')\n"
        "optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())\n"
        "assert hvd.rank() == hvd.local_rank() == 0 and hvd.world_size() == 1\n" + TRAIN
    )

    assert result["steps"] == 20, result["why"]


def test_a_folder_that_is_kept_empty_holds_images_too(run):
    pytest.importorskip("PIL")
    (run.folder / "data" / "masks").mkdir(parents=True)
    (run.folder / "data" / "masks" / ".keep").touch()
    result = run(
        """
        import io, os
        from pathlib import Path
        from PIL import Image
        names = [os.path.splitext(name)[0] for name in os.listdir("data/images")]
        masks = [list(Path("data/masks").glob(name + ".*")) for name in names]
        assert len(names) > 10 and all(len(each) == 1 for each in masks)
        with open(os.path.join("data/images", "001.png"), "rb") as file:
            assert Image.open(file).size == (256, 256)
        found = {os.path.basename(folder): files for folder, _, files in os.walk("photos/train")}
        assert len(found) == 11 and not os.path.exists("data/images/labels.csv")
        """
    )

    assert ran_well(result), result["why"]


def test_one_try_does_not_find_what_another_wrote(run):
    result = run(
        MODEL + "import os\nassert not os.path.exists('log.csv')\nopen('log.csv', 'w').close()\n"
        + TRAIN.replace("model(x)", "model(x.view(64, 4))")
    )  # fmt: skip

    assert result["steps"] == 20, result["why"]


def test_a_script_that_goes_on_for_ever_is_stopped(run):
    result = run("while True:\n    pass\n", seconds=1.0)

    assert result["ended"] == "time"


def test_backward_passes_without_a_step_end_too(run):
    result = run(MODEL + TRAIN.replace("        optimizer.step()\n", "").replace("range(10)", "range(1000)"))

    assert (result["ended"], result["steps"], result["backwards"]) == ("backwards", 0, 40)


def test_curves_are_drawn_and_the_scripts_own_evaluation_is_listened_to(run):
    evaluation = """
    model.eval()
    with torch.no_grad():
        for x, y in DataLoader(data):
            model(x)
"""
    result = run(MODEL + TRAIN + evaluation, curve=True, evaluate=True, batches=0)

    assert [point["step"] for point in result["curve"]] == list(range(20))
    assert all(0 <= point["accuracy"] <= 1 for point in result["curve"])
    assert result["evaluated"]["examples"] > 0


def test_weights_are_kept_and_taken_over(run):
    first = run(MODEL + TRAIN, curve=True, seed=1)
    other = run("import torch\ntorch.rand(7)\n" + MODEL + TRAIN, curve=True, seed=1)

    assert first["curve"][0]["loss"] != other["curve"][0]["loss"]


def test_a_probe_leaves_the_run_as_it_was(run):
    bare, probed = (run(MODEL + TRAIN, probes=probes) for probes in (False, True))

    assert [e.get("loss") for e in bare["events"]] == [e.get("loss") for e in probed["events"]]
    assert probed["measured"]["responses"]
    assert not bare["measured"]
