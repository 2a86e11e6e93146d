"""The nouns a check may ask about. The interpreter fills them in; `knowledge` subclasses some.

Every field holds a concrete value, a `Dim` or an `Unknown`; asking an Unknown raises Undecided and
the engine keeps that check silent. `site` is where the thing was made, `name` what its author calls it.
"""

from __future__ import annotations

from cnnlint.facts.base import (
    ACTIVATIONS,
    DROPPING,
    MOVING,
    NORMALIZING,
    NOWHERE,
    RESHAPING,
    WEIGHTED,
    Fact,
)
from cnnlint.facts.data import Dataset, Loader, Picture, Transform
from cnnlint.facts.events import (
    Accumulate,
    Backward,
    Branch,
    Discard,
    Event,
    Forward,
    Initialization,
    Loop,
    LossCall,
    ModeChange,
    OpaqueCall,
    SchedulerStep,
    StateDict,
    StateUse,
    Step,
    ZeroGrad,
    events_of,
    loops_of,
)
from cnnlint.facts.graph import Graph, Node, graph_of
from cnnlint.facts.modules import (
    EVERYTHING,
    Hidden,
    Idle,
    Layer,
    Loss,
    Model,
    Module,
    Slip,
    Stray,
    Unready,
    Window,
)
from cnnlint.facts.optimisation import Optimizer, Parameters, Scheduler
from cnnlint.facts.program import Program, Training
from cnnlint.facts.shapes import ShapeError
from cnnlint.facts.tensors import Number, Op, Operands, Shape, Tensor, is_ranked

__all__ = [
    "ACTIVATIONS",
    "DROPPING",
    "EVERYTHING",
    "MOVING",
    "NORMALIZING",
    "NOWHERE",
    "RESHAPING",
    "WEIGHTED",
    "Accumulate",
    "Backward",
    "Branch",
    "Dataset",
    "Discard",
    "Event",
    "Fact",
    "Forward",
    "Graph",
    "Hidden",
    "Idle",
    "Initialization",
    "Layer",
    "Loader",
    "Loop",
    "Loss",
    "LossCall",
    "ModeChange",
    "Model",
    "Module",
    "Node",
    "Number",
    "Op",
    "OpaqueCall",
    "Operands",
    "Optimizer",
    "Parameters",
    "Picture",
    "Program",
    "Scheduler",
    "SchedulerStep",
    "Shape",
    "ShapeError",
    "Slip",
    "StateDict",
    "StateUse",
    "Step",
    "Stray",
    "Tensor",
    "Training",
    "Transform",
    "Unready",
    "Window",
    "ZeroGrad",
    "events_of",
    "graph_of",
    "is_ranked",
    "loops_of",
]
