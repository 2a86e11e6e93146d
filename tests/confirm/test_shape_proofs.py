"""What traces prove of findings: true ones are confirmed, false ones refuted, and a guess does neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from cnnlint.config import Config
from cnnlint.confirm.files import Files
from cnnlint.confirm.proofs import Claim, Judgement, proof
from cnnlint.confirm.tasks import shapes_task
from cnnlint.evidence import GUESSED, Layer, ModelTrace, Place, ShapesResult
from cnnlint.findings import Finding, Outcome, Severity
from cnnlint.linting import new_session
from cnnlint.source import Span
from tests.blocks import Case, cases
from tests.confirm.shapes import HEAD, NET, model, performed

PATH = "/project/train.py"


def place(line: int) -> Place:
    return {"path": PATH, "line": line}


def claim(line: int, *others: int, message: str = "") -> Claim:
    finding = Finding(PATH, Span(line, 1, line, 2), "CNN000", "some-rule", message, Severity.ERROR)
    return Claim(finding, place(line), tuple(map(place, others)))


def layer(name: str, line: int, built: int = 0, **other: Any) -> Layer:
    row: Any = {
        "name": name, "kind": "Linear", "place": place(line), "built": place(built) if built else None,
        "origin": "module", "inputs": [[2, 8]], "output": [2, 10], "parameters": 90,
    }  # fmt: skip
    return cast("Layer", row | other)


def trace(*layers: Layer, **other: Any) -> ModelTrace:
    row: Any = {
        "name": "Net", "place": place(4), "how": "call site", "why": "", "device": "meta",
        "inputs": [[2, 3, 32, 32]], "searched": False, "tried": 1, "layers": list(layers), "unused": [],
        "parameters": 100, "edges": [], "outputs": [len(layers) - 1], "graph": "recorder", "remarks": [],
        "broken": None, "seconds": 0.1,
    }  # fmt: skip
    return cast("ModelTrace", row | other)


def broken(
    line: int, module: str = "", kind: str = "RuntimeError", message: str = "sizes do not fit"
) -> dict:
    return {"broken": {"kind": kind, "message": message, "place": place(line), "module": module}}


def judged(name: str, told: Claim, *traces: ModelTrace, stubs: tuple[str, ...] = ()) -> Judgement:
    result: ShapesResult = {
        "models": list(traces),
        "dropped": [],
        "stubs": list(stubs),
        "device": "",
        "versions": {},
        "seconds": 0,
    }
    return proof(name).judge(told, result)


FAILING = layer("fc", 12, built=8, output=None)


@pytest.mark.parametrize(
    ("line", "found", "outcome"),
    [
        (12, trace(FAILING, **broken(12, "fc")), Outcome.CONFIRMED),  # the call
        (8, trace(FAILING, **broken(12, "fc")), Outcome.CONFIRMED),  # where the layer is built
        (12, trace(layer("", 3, output=None), **broken(12)), Outcome.CONFIRMED),  # a function
        (9, trace(FAILING, **broken(12, "fc")), Outcome.INCONCLUSIVE),  # it breaks before
        (12, trace(layer("fc", 12)), Outcome.REFUTED),
        (12, trace(layer("fc", 12), searched=True), Outcome.INCONCLUSIVE),
        (12, trace(layer("fc", 12), how=GUESSED), Outcome.INCONCLUSIVE),
        (12, trace(layer("fc", 11)), Outcome.INCONCLUSIVE),  # not passed
        (12, trace(layer("fc", 12), layer("last", 20, output=None), **broken(20)), Outcome.INCONCLUSIVE),
        (12, trace(FAILING, searched=True, **broken(12, "fc")), Outcome.INCONCLUSIVE),
        (12, trace(FAILING, searched=True, tried=9, **broken(12, "fc")), Outcome.CONFIRMED),
        (12, trace(FAILING, searched=True, tried=9, how=GUESSED, **broken(12)), Outcome.INCONCLUSIVE),
        (12, trace(FAILING, **broken(12, kind="NameError")), Outcome.INCONCLUSIVE),
        (12, trace(FAILING, **broken(12, message="CUDA out of memory")), Outcome.INCONCLUSIVE),
        (12, trace(why="TypeError: no", how="", device="", **broken(12)), Outcome.INCONCLUSIVE),
    ],
)  # fmt: skip
def test_an_error_counts_at_the_line_of_the_finding(line: int, found: ModelTrace, outcome: Outcome) -> None:
    judgement = judged("shape-error", claim(line), found)
    assert judgement.outcome is outcome, judgement.text


def test_an_error_of_the_same_numbers_counts_whatever_was_guessed() -> None:
    guessed = trace(FAILING, searched=True, how=GUESSED, **broken(12, message="(2x256 and 128x10)"))
    told = claim(12, message="`fc2` takes 128 features but `relu` gives it 256")
    assert judged("shape-error", told, guessed).outcome is Outcome.CONFIRMED
    other = claim(12, message="`fc2` takes 128 features but `relu` gives it 512")
    assert judged("shape-error", other, guessed).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (claim(9, 8), FAILING),  # a layer that a note names breaks before
        (claim(8), layer("fc", 12, built=8, inputs=[[512, 49]], output=None)),  # `x.view(512, -1)`
        (claim(12), layer("", 12, origin="function", kind="view", output=None)),
    ],
)
def test_where_the_size_is_guessed_a_batch_that_is_fixed_and_another_layer_prove_nothing(
    told: Claim, found: Layer
) -> None:
    message = "shape '[512, 784]' is invalid" if found["kind"] == "view" else "sizes do not fit"
    made = trace(found, searched=True, tried=9, **broken(12, found["name"], message=message))

    assert judged("shape-error", told, made).outcome is Outcome.INCONCLUSIVE


def test_a_model_that_shares_a_line_with_the_one_that_is_meant_refutes_nothing() -> None:
    """`conv_block` builds layers of both, and the notes are lines of the second one's forward."""
    first, second = trace(layer("fc", 12, built=2)), trace(name="Second", place=place(20), why="TypeError")

    assert judged("shape-error", claim(2, 25), first, second).outcome is Outcome.INCONCLUSIVE
    assert judged("shape-error", claim(2, 12), first, second).outcome is Outcome.REFUTED


def test_a_model_is_tried_with_each_size_that_the_code_gives_it(tmp_path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        """import torch
from torch import nn
from torchsummary import summary

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 17)

    def forward(self, x):
        return self.conv(x)

net = Net()
net(torch.rand(1, 3, 20, 20))
net(torch.rand(4, 3, 20, 20))
summary(net, (3, 16, 16))
""",
        encoding="utf-8",
    )
    files = Files([str(path)], new_session(Config(cache=False, jobs=1)))

    given = [recipe["inputs"] for recipe in files.recipes(str(path))]
    assert given == [[[1, 3, 20, 20]], [[None, 3, 16, 16]]]


def test_one_model_that_breaks_is_enough_and_all_must_pass() -> None:
    whole, half = trace(layer("fc", 12)), trace(FAILING, **broken(12, "fc"))
    assert judged("shape-error", claim(12), whole, half).outcome is Outcome.CONFIRMED
    assert judged("shape-error", claim(12), whole, trace(layer("fc", 12), searched=True)).outcome is (
        Outcome.INCONCLUSIVE
    )


def test_a_clean_pass_says_nothing_of_an_axis_that_another_input_lacks() -> None:
    assert judged("missing-axis", claim(12), trace(layer("fc", 12))).outcome is Outcome.INCONCLUSIVE
    assert judged("missing-axis", claim(30, 12), trace(FAILING, **broken(12))).outcome is Outcome.CONFIRMED


def test_a_layer_that_takes_what_it_is_not_made_for_is_confirmed_without_an_error() -> None:
    rows = trace(layer("fc", 12, inputs=[[2, 8, 7, 7]]))
    assert judged("layer-rank", claim(12), rows).outcome is Outcome.CONFIRMED
    assert judged("layer-rank", claim(12), trace(layer("fc", 12))).outcome is Outcome.REFUTED
    assert judged("layer-rank", claim(12), trace(layer("drop", 12, kind="Dropout2d"))).numbers == {
        "shape": [2, 8], "axes": 4,
    }  # fmt: skip


def test_axes_in_another_order_after_a_view_are_confirmed() -> None:
    def viewed(after: list[int], **other: Any) -> Judgement:
        row = layer("view_1", 12, kind="view", inputs=[[2, 3, 32, 32]], output=after)
        return judged("axes-viewed", claim(12), trace(row, **other))

    assert viewed([2, 32, 32, 3]).outcome is Outcome.CONFIRMED
    assert viewed([2, 32, 32, 3], searched=True).outcome is Outcome.INCONCLUSIVE
    assert viewed([2, 3072]).outcome is Outcome.INCONCLUSIVE
    assert judged("axes-viewed", claim(12), trace(layer("fc", 12))).outcome is Outcome.INCONCLUSIVE


def test_windows_on_one_place_are_confirmed_and_on_more_refuted() -> None:
    small = layer("conv", 12, kind="Conv2d", inputs=[[2, 8, 1, 1]], output=[2, 8, 1, 1])
    large = layer("conv", 12, kind="Conv2d", inputs=[[2, 8, 2, 2]], output=[2, 8, 2, 2])
    assert judged("idle-windows", claim(12), trace(small)).outcome is Outcome.CONFIRMED
    assert judged("idle-windows", claim(12), trace(large)).outcome is Outcome.REFUTED
    assert judged("idle-windows", claim(12), trace(small, searched=True)).outcome is Outcome.INCONCLUSIVE
    left = claim(12, message="`conv` leaves 2 x 2 of 28 x 28 places when one convolution has seen them")
    assert judged("idle-windows", left, trace(large)).outcome is Outcome.CONFIRMED
    assert judged("idle-windows", left, trace(small)).outcome is Outcome.REFUTED


def test_hidden_layers_are_confirmed_and_registered_ones_refuted() -> None:
    hidden = layer("layers[0]", 12, built=8, origin="hidden")
    idle = layer("layers[1]", 12, built=8, origin="hidden", place=None)
    found = judged("hidden-modules", claim(8), trace(hidden, unused=[idle]))
    assert (found.outcome, found.numbers["parameters"]) == (Outcome.CONFIRMED, 180)
    assert judged("hidden-modules", claim(9, 8), trace(hidden)).outcome is Outcome.CONFIRMED
    assert judged("hidden-modules", claim(8), trace(layer("fc", 12, 8))).outcome is Outcome.REFUTED
    assert judged("hidden-modules", claim(9), trace(hidden)).outcome is Outcome.INCONCLUSIVE


def test_unused_layers_are_confirmed_and_used_ones_refuted() -> None:
    idle = layer("spare", 0, built=8, place=None)
    root, used, dropped = layer("", 3), layer("fc", 12, 8), layer("bn", 12, 9)
    assert judged("unused-module", claim(8), trace(root, unused=[idle])).outcome is Outcome.CONFIRMED
    assert judged("unused-module", claim(8), trace(root, used, unused=[idle])).outcome is Outcome.REFUTED
    assert judged("unused-module", claim(9), trace(root, used, dropped, outputs=[1])).outcome is (
        Outcome.CONFIRMED
    )
    assert judged("unused-module", claim(9), trace(root, dropped, used, edges=[(1, 2)])).outcome is (
        Outcome.REFUTED
    )
    stopped = trace(root, dropped, FAILING, outputs=[], **broken(12, "fc"))
    assert judged("unused-module", claim(9), stopped).outcome is Outcome.INCONCLUSIVE
    inner = [layer("block", 12, 9), layer("block.conv", 20), used]
    assert judged("unused-module", claim(9), trace(root, *inner, edges=[(2, 3)])).outcome is Outcome.REFUTED


def test_a_batch_norm_is_shared_by_different_layers_only() -> None:
    first, second = layer("conv1", 10, 5), layer("conv2", 12, 6)
    norms = [layer("bn", line, 7, kind="BatchNorm2d") for line in (11, 13)]
    pool = layer("max_pool2d_1", 12, kind="max_pool2d", parameters=0)
    edges = [(0, 1), (1, 2), (2, 3), (3, 4)]
    found = judged("norm-sources", claim(13, 7), trace(first, norms[0], pool, second, norms[1], edges=edges))
    assert (found.outcome, found.numbers) == (Outcome.CONFIRMED, {"calls": 2})
    assert found.text.endswith("calls `bn` 2 times, behind `conv1` and `conv2`")
    again = trace(first, norms[0], layer("conv1", 12, 5), norms[1], edges=[(0, 1), (1, 2), (2, 3)])
    assert judged("norm-sources", claim(13, 7), again).outcome is Outcome.REFUTED
    assert judged("norm-sources", claim(99), again).outcome is Outcome.INCONCLUSIVE


def test_layers_made_in_the_call_are_confirmed_and_kept_ones_refuted() -> None:
    made = layer("", 12, built=12, origin="made")
    assert judged("made-in-forward", claim(12), trace(layer("", 3), made)).numbers == {"parameters": 90}
    assert judged("made-in-forward", claim(8), trace(layer("fc", 12, 8))).outcome is Outcome.REFUTED


def test_numbers_that_are_wrong_are_refuted_and_right_ones_only_told() -> None:
    few = claim(8, message="`fc` gives 10 outputs for the 12 classes of `Data`")
    assert judged("outputs-counted", few, trace(layer("fc", 12, 8))).outcome is Outcome.INCONCLUSIVE
    more = claim(8, message="`fc` gives 11 outputs for the 12 classes of `Data`")
    assert judged("outputs-counted", more, trace(layer("fc", 12, 8))).outcome is Outcome.REFUTED
    large = claim(4, message="`Net` has 11.2 M parameters for 500 examples")
    told = judged("parameters-counted", large, trace(layer("", 3), parameters=11_173_962))
    assert (told.outcome, told.numbers["parameters"]) == (Outcome.INCONCLUSIVE, 11_173_962)
    assert judged("parameters-counted", large, trace(layer("", 3))).outcome is Outcome.REFUTED


# From a file to a verdict.

#: Findings of the pages that a trace cannot show: no model, other inputs, arguments nobody knows.
UNSHOWN = frozenset(
    "CNN302:bad:6 CNN303:bad:3 CNN303:bad:4 CNN304:bad:3 CNN304:bad:4 CNN306:bad:5 CNN308:bad:3 "
    "CNN310:bad:4 CNN310:bad:5 CNN310:bad:6".split()
)
PROOFS = ("shape-error", "missing-axis", "layer-rank", "idle-windows", "hidden-modules", "unused-module",
          "made-in-forward", "norm-sources")  # fmt: skip
shown = [case for case in cases("bad") if set(case.page.confirm) & set(PROOFS)]


@pytest.mark.parametrize("case", shown, ids=str)
def test_what_a_page_marks_is_confirmed_and_never_refuted(case: Case, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    if "einops" in case.block.parts[0].text:
        pytest.importorskip("einops")
    from cnnlint.confirm.child import perform

    paths = []
    for part in case.block.parts:
        path = tmp_path / (part.path or "train.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(part.text, encoding="utf-8")
        paths.append(str(path))
    files = Files(paths, new_session(Config(extend_select=(case.page.code,), cache=False, jobs=1)))
    found = [each for path in paths for each in files.results[path].findings if each.code == case.page.code]
    assert found
    for finding in found:
        result = perform(shapes_task(finding.path, files))
        judgement = proof(case.page.confirm[0]).judge(files.claim(finding), result)
        expected = Outcome.INCONCLUSIVE if str(case) in UNSHOWN else Outcome.CONFIRMED
        assert judgement.outcome is expected, judgement.text


def test_a_finding_that_is_not_so_is_refuted_for_the_size_that_the_code_says(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    path = tmp_path / "train.py"
    text = HEAD + NET + "net = Net()\nnet(torch.randn(4, 3, 16, 16))\n"
    path.write_text(text)
    files = Files([str(path)], new_session(Config(cache=False, jobs=1)))
    options = shapes_task(str(path), files)["options"]
    result = performed(tmp_path, text, **options)
    assert model(result)["inputs"] == [[4, 3, 16, 16]]
    here: Place = {"path": str(path), "line": 9}
    judgement = proof("shape-error").judge(claim(9)._replace(place=here), result)
    assert judgement.outcome is Outcome.REFUTED
    assert judgement.text == "`Net` takes an input of 4x3x16x16, as the code gives it, without an error"


def test_of_several_models_that_say_nothing_the_one_is_named_whose_class_holds_the_line() -> None:
    other = trace(name="Other", place=place(40), why="TypeError: no")
    own = trace(layer("fc", 12, output=None), **broken(12, "fc"))
    below = claim(14)

    assert judged("shape-error", below, other, own).text.startswith("`Net` breaks before it gets here")
    found = judged("shape-error", claim(44), own, other, stubs=("kornia",))
    assert "`Other` could not be built: TypeError: no, with stand-ins for `kornia`; " in found.text
