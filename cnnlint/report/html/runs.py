"""A script that was run for a few steps: what it did in order, how its loss went, what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnlint.evidence import LossCall, RunLoader, RunModel, RunOptimizer, RunResult, RunScheduler, Submodule
from cnnlint.report.html import words
from cnnlint.report.html.charts import Curve, chart
from cnnlint.report.html.comparisons import points
from cnnlint.report.html.inside import activations, parameters
from cnnlint.report.html.markup import Child, Markup, el
from cnnlint.report.html.measured import measurements
from cnnlint.report.html.sources import Sources
from cnnlint.report.html.steps import strip
from cnnlint.report.html.tables import YOURS, data_table, terms

__all__ = ["article"]


def article(result: RunResult, path: str, sources: Sources, name: str) -> Markup:
    """One run."""
    title = f"{name}-title"
    return el(
        "article",
        el("h3", el("span", path, class_="path"), id=title),
        facts(result),
        broken(result, sources),
        strip(result, sources),
        loss_curve(result),
        losses(result, sources),
        activations(result, sources),
        [parameters(model, result) for model in result["models"]],
        [never_called(model, sources) for model in result["models"]],
        module_table("Called, though part of no", "model", result["loose"], sources),
        measurements(result, sources),
        optimizers(result, sources),
        class_="run",
        id=name,
        aria_labelledby=title,
    )


def facts(result: RunResult) -> Markup:
    sizes = (f"{model['name']} ({model['parameters']:,} parameters)" for model in result["models"])
    return terms(
        {
            "steps": f"{result['steps']:,}",
            "backward passes": f"{result['backwards']:,}",
            "seconds": f"{result['seconds']:.1f}",
            "device": result["device"],
            "models": ", ".join(sizes),
            "evaluation": evaluation(result),
            "ended": words.sentence(result["why"] or result["ended"]),
        }
    )


def evaluation(result: RunResult) -> str:
    found = result["evaluated"]
    if not found:
        return ""
    right, examples = words.percent(found["accuracy"]), words.count(found["examples"], "example")
    return f"{right} of {examples} right, in {found['mode']} mode"


def broken(result: RunResult, sources: Sources) -> Markup | None:
    found = result["broken"]
    if not found:
        return None
    inside = f" in {found['module']}" if found["module"] else ""
    return el(
        "div",
        el(
            "p",
            el("span", "✕", class_="sign", aria_hidden="true"),
            el("b", f"It breaks{inside}. "),
            f"{found['kind']}: {found['message']}",
        ),
        el("p", sources.marked(found["place"])),
        class_="callout bad",
    )


def loss_curve(result: RunResult) -> Markup:
    """The losses that went backward, and the accuracy where it was taken down."""
    backward = [
        event["loss"] for event in result["events"] if event["kind"] == "backward" and "loss" in event
    ]
    losses = points(result["curve"], "loss") or [
        (float(number), loss) for number, loss in enumerate(backward)
    ]
    accuracies = points(result["curve"], "accuracy")
    axis = "optimizer steps" if result["curve"] else "backward passes"
    return el(
        "div",
        chart("Training loss", [Curve("training loss", "a", losses)], axis=axis),
        chart("Accuracy on the batches it learns from", [Curve("accuracy", "a", accuracies)], share=True),
        class_="charts",
    )


def losses(result: RunResult, sources: Sources) -> Iterator[Markup]:
    """Each loss: what it was given, and what is odd about that."""
    if not result["losses"]:
        return
    yield el("h4", "Losses and what they were given")
    heads = ("loss", "calls", "prediction", "target", "first → last", "what was seen", YOURS)
    rows: list[list[Child]] = [
        [
            loss["name"],
            f"{loss['calls']:,}",
            span(loss["prediction"], loss["low"], loss["high"]),
            span(loss["target"], loss["target_low"], loss["target_high"]),
            f"{words.decimal(loss['first'])} → {words.decimal(loss['last'])}",
            list(seen_of(loss)),
            sources.marked(loss["place"]),
        ]
        for loss in result["losses"]
    ]
    yield data_table("Losses", heads, rows)


def span(shape: Sequence[int], low: float, high: float) -> str:
    return f"{words.shape(shape)}, {words.decimal(low)} to {words.decimal(high)}"


def seen_of(loss: LossCall) -> Iterator[Markup]:
    """What the predictions were, in how many of the calls."""
    calls = loss["calls"]
    told = {
        f"comes from {' after '.join(loss['after'])}": bool(loss["after"]),
        f"rows sum to one in {loss['probabilities']} of {calls}": loss["probabilities"] > 0,
        f"log-probabilities in {loss['log_probabilities']} of {calls}": loss["log_probabilities"] > 0,
        f"between 0 and 1 in {loss['unit']} of {calls}": loss["unit"] > 0 and not loss["probabilities"],
        f"shapes differ in {loss['broadcast']} of {calls}": loss["broadcast"] > 0,
    }
    return (el("span", text, class_="seen") for text, is_so in told.items() if is_so)


def never_called(model: RunModel, sources: Sources) -> Iterator[Markup]:
    """Modules that the run never came by."""
    uncalled = [module for module in model["modules"] if not module["called"]]
    return module_table("Never called in", model["name"], uncalled, sources)


def module_table(title: str, of: str, modules: Sequence[Submodule], sources: Sources) -> Iterator[Markup]:
    """Modules by name, class, size and the line that built them; nothing where there are none."""
    rows: list[list[Child]] = [
        [
            (el("span", module["name"], class_="name"), el("span", f" {module['kind']}", class_="kind")),
            f"{module['parameters']:,}",
            sources.marked(module["built"]),
        ]
        for module in modules
    ]
    if rows:
        yield el("h4", f"{title} ", el("code", of))
        yield data_table(f"{title} {of}", ("module", "parameters", YOURS), rows)


def optimizers(result: RunResult, sources: Sources) -> Iterator[Markup]:
    """Optimizers, schedulers and loaders, each with its line."""
    rows = [
        *(optimizer_row(each, sources) for each in result["optimizers"]),
        *(scheduler_row(each, sources, result) for each in result["schedulers"]),
        *(loader_row(each, sources) for each in result["loaders"]),
    ]
    if rows:
        yield el("h4", "Optimizers, schedulers, loaders")
        heads = ("what", "how often", "how", "holds", YOURS)
        yield data_table("Optimizers, schedulers, loaders", heads, rows)


def optimizer_row(optimizer: RunOptimizer, sources: Sources) -> Sequence[Child]:
    strangers = f", {optimizer['strangers']} of no model that was called" if optimizer["strangers"] else ""
    return (
        optimizer["name"],
        words.count(optimizer["steps"], "step"),
        [el("span", words.plain(group), class_="seen") for group in optimizer["groups"]],
        words.count(optimizer["tensors"], "tensor") + strangers,
        sources.marked(optimizer["built"]),
    )


def scheduler_row(scheduler: RunScheduler, sources: Sources, result: RunResult) -> Sequence[Child]:
    known = 0 <= scheduler["optimizer"] < len(result["optimizers"])
    of = f"the rate of {result['optimizers'][scheduler['optimizer']]['name']}" if known else None
    return (
        scheduler["name"],
        words.count(scheduler["steps"], "step"),
        of,
        None,
        sources.marked(scheduler["built"]),
    )


def loader_row(loader: RunLoader, sources: Sources) -> Sequence[Child]:
    as_written = f" ({loader['batch']} as written)" if loader["batch"] not in (None, loader["ran"]) else ""
    order = "shuffled" if loader["shuffles"] else "in order"
    return (
        f"loader of {loader['data']}",
        words.count(loader["passes"], "pass"),
        f"batches of {words.plain(loader['ran'])}{as_written}, {order}",
        "what is trained on" if loader["trains"] else "what is not trained on",
        sources.marked(loader["built"]),
    )
