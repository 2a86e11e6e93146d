"""The nouns a check may ask about. The interpreter fills them in; `knowledge` subclasses some.

Every field holds a concrete value, a `Dim` or an `Unknown`; asking an Unknown raises Undecided and
the engine keeps that check silent. `site` is where the thing was made, `name` what its author calls it.
"""

from __future__ import annotations

from cnnlint.facts.base import ACTIVATIONS, NOWHERE, RESHAPING, Fact
from cnnlint.facts.data import Dataset, Loader, Picture, Transform
from cnnlint.facts.events import (
    Accumulate,
    Backward,
    Branch,
    Event,
    Forward,
    Loop,
    LossCall,
    ModeChange,
    OpaqueCall,
    SchedulerStep,
    Step,
    ZeroGrad,
    events_of,
    loops_of,
)
from cnnlint.facts.modules import Hidden, Layer, Loss, Model, Module, Slip, Unready
from cnnlint.facts.optimisation import Optimizer, Parameters, Scheduler
from cnnlint.facts.program import Program, Training
from cnnlint.facts.tensors import Number, Op, Shape, ShapeError, Tensor, is_ranked

__all__ = [
    "ACTIVATIONS",
    "NOWHERE",
    "RESHAPING",
    "Accumulate",
    "Backward",
    "Branch",
    "Dataset",
    "Event",
    "Fact",
    "Forward",
    "Hidden",
    "Layer",
    "Loader",
    "Loop",
    "Loss",
    "LossCall",
    "ModeChange",
    "Model",
    "Module",
    "Number",
    "Op",
    "OpaqueCall",
    "Optimizer",
    "Parameters",
    "Picture",
    "Program",
    "Scheduler",
    "SchedulerStep",
    "Shape",
    "ShapeError",
    "Slip",
    "Step",
    "Tensor",
    "Training",
    "Transform",
    "Unready",
    "ZeroGrad",
    "events_of",
    "is_ranked",
    "loops_of",
]
