"""Training works inside all layers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnnlint.confirm.workshop import Workshop
from tests.confirm.conftest import script

pytest.importorskip("torch")

TRAINING = """
    import torch
    from torch import nn
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.LazyLinear(10))
    images, labels = torch.randn(16, 3, 16, 16), torch.arange(16) % 10
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images, labels), batch_size=8)
    model(images)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for epoch in range(5):
        for x, y in loader:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad(); loss.backward(); optimizer.step()
            losses.append(loss.item())
    torch.save(model.state_dict(), keep)
    torch.load(keep, weights_only=True)
    result = losses, threads
    """


def test_training_in_the_sandbox_is_the_same_to_the_last_bit(workshop: Callable[..., Workshop]) -> None:
    found = {}
    for sandbox in ("off", "auto"):
        with workshop(preload=("torch", "plain_script"), jobs=2, sandbox=sandbox) as shop:
            tasks = [script(TRAINING, threads=n, keep=str(shop.shared / f"{n}.pt")) for n in (1, 1, 2)]
            answers = [answer for _, answer in sorted(shop.answers(tasks, 60))]
            assert "torch" in shop.versions
            assert shop.devices[0] == "cpu"
        assert {answer["ended"] for answer in answers} == {"answered"}, answers
        assert {tuple(answer["wanted"]) for answer in answers} == {()}
        found[sandbox] = [answer["result"] for answer in answers]
    assert found["off"][:2] == found["auto"][:2]
    losses, _ = found["auto"][0]
    assert losses[-1] < losses[0]
    assert found["auto"][0] == found["auto"][1]
