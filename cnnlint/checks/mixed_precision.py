"""Checks on mixed precision: the calls of a gradient scaler that belong together."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Event, Scaler
from cnnlint.fixes import insert_after, insert_before, replace, together
from cnnlint.scaling import (
    clipped_while_scaled,
    never_updated,
    of_unscaled_loss,
    stepped_past,
    unscaled_too_often,
)


def gradscaler_misuse(scaler: Scaler, *, measuring: float) -> Flags:
    """The loss is scaled, the gradients unscaled and clipped, the step made and the scale updated: one of
    these is missing, or is not made through the scaler."""
    if scaler.disabled or scaler.escaped:
        return
    yield from _never_updated(scaler)
    yield from _clipped_while_scaled(scaler, measuring)
    yield from _stepped_past(scaler)
    yield from _of_unscaled_loss(scaler)
    yield from _unscaled_too_often(scaler)


def _never_updated(scaler: Scaler) -> Flags:
    for step in never_updated(scaler):
        name = step.package or scaler.name
        yield flag(
            step,
            fix=insert_after(step, f"{name}.update()", safe=False) if step.package else None,
            fault=f"`{name}.update()` never follows `{name}.step()`",
            effect="the second batch raises RuntimeError",
            mend="call it after the step",
        )


def _clipped_while_scaled(scaler: Scaler, measuring: float) -> Flags:
    for clip, backward, step in clipped_while_scaled(scaler):
        if clip.used and clip.limit >= measuring:  # it only measures the norm
            continue
        name, reachable = _name(scaler, clip), step.functions == clip.functions
        unscale = f"{name or scaler.name}.unscale_({step.owner})"
        yield flag(
            clip,
            also=[(backward, "of the scaled loss")],
            fix=insert_before(clip, unscale, safe=False) if name and reachable and step.owner else None,
            fault="gradients are clipped while they are multiplied by the scale",
            effect="all are cut to almost nothing",
            mend=f"call `{unscale}` first",
        )


def _stepped_past(scaler: Scaler) -> Flags:
    for step, backward, unscaled in stepped_past(scaler):
        name = _name(scaler, step)
        through = f"{name or scaler.name}.step({step.owner})"
        updated = any(update.loop == step.loop for update in scaler.updates)
        mend = [replace(step, through, safe=False)]
        mend += [] if updated else [insert_after(step, f"{name}.update()", safe=False)]
        yield flag(
            step,
            also=[(backward, "of the scaled loss")],
            fix=together(*mend, title=f"step through `{name}`") if name and step.owner else None,
            fault=f"`{step.text}()` takes gradients past `{scaler.name}`, "
            f"{'which looks for overflows' if unscaled else 'multiplied by its scale'}",
            effect="the first inf ends in the weights" if unscaled else "they are far too large",
            mend=f"call `{through}`",
        )


def _of_unscaled_loss(scaler: Scaler) -> Flags:
    for step, backward in of_unscaled_loss(scaler):
        name, loss = _name(scaler, backward), backward.loss
        plain = name and loss and not backward.retain_graph
        yield flag(
            backward,
            also=[(step, "expects a scaled loss")],
            fix=replace(backward, f"{name}.scale({loss}).backward()", safe=False) if plain else None,
            fault=f"`{scaler.name}` never scales the loss whose gradients it steps with",
            effect="its first step raises AssertionError",
            mend=f"call `{name or scaler.name}.scale({loss or 'loss'}).backward()`",
        )


def _unscaled_too_often(scaler: Scaler) -> Flags:
    for unscale, update in unscaled_too_often(scaler):
        name = unscale.package or scaler.name
        yield flag(
            unscale,
            also=[(update, "only once in several batches")],
            fault=f"`{name}.unscale_()` runs with every batch, `{name}.update()` only after several",
            effect="the second raises RuntimeError",
            mend="unscale right before the step",
        )


def _name(scaler: Scaler, where: Event) -> str:
    """The scaler as the function of an event writes it; '' if it may not be known there."""
    calls = [*scaler.steps, *scaler.updates, *scaler.unscales]
    written = [call.package for call in calls if call.functions == where.functions and call.package]
    return written[0] if written else scaler.name if scaler.functions == where.functions else ""
