"""What a script finds in the replaced world: small scripts, run in the workshop, each for one part of it."""

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


def test_those_of_a_batch_sampler_are_small_too(run):
    sampled = "DataLoader(data, batch_sampler=BatchSampler(RandomSampler(data), 64, False))"
    script = MODEL.replace("DataLoader(data, batch_size=64)", sampled) + TRAIN
    result = run("from torch.utils.data import BatchSampler, RandomSampler\n" + script)

    assert result["steps"] == 20
    assert [(each["batch"], each["ran"]) for each in result["loaders"]] == [(64, 16)]


def test_nothing_of_the_project_is_changed_and_what_is_written_can_be_read(run, folder):
    result = run(
        MODEL + "import os\nfrom pathlib import Path\n"
        "os.makedirs('runs', exist_ok=True)\nPath('more').mkdir()\n"
        "with open('runs/log.txt', 'w') as file:\n    file.write('hello')\n"
        "assert open('runs/log.txt').read() == 'hello' and os.path.exists('runs/log.txt')\n"
        "torch.save(model.state_dict(), 'runs/model.pt')\n"
        "model.load_state_dict(torch.load('runs/model.pt'))\n"
    )

    assert ran_well(result), result["why"]
    assert [each.name for each in folder.iterdir()] == ["script.py"]


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
        "assert (args.net, args.classes, args.kind) == ('resnet18', 2, 'small'), args\n"
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
    left = run("import sys\nsys.exit(3)\n")

    assert left["ended"] == "exited"
    assert left["why"].startswith("the script called exit(3) on line 2 of ")


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
    assert "of script.py" in result["why"]


def test_what_would_change_files_is_told(run, folder):
    result = run(
        "import os, torch\nos.makedirs('runs')\ntorch.save(1, 'one.pt')\nopen('log', 'w').write('x')\n"
    )

    told = [each["what"] for each in result["replaced"]]
    assert told == ["`makedirs` of files", "files it writes"]
    assert not list(folder.glob("runs"))


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
        assert Image.open("style").size == (256, 256)
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


def test_a_script_that_goes_on_for_ever_is_stopped(run):
    result = run("while True:\n    pass\n", seconds=1.0)

    assert result["ended"] == "time"


def test_the_first_steps_of_a_model_are_waited_for(run):
    late = run(MODEL + TRAIN, seconds=0.0, patience=60.0)
    without = run("import itertools\nfor _ in itertools.count():\n    pass\n", seconds=0.0, patience=60.0)

    assert (late["ended"], late["steps"]) == ("time", 3)
    assert (without["ended"], without["steps"]) == ("time", 0)


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
