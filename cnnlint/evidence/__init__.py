"""What `--confirm` asks of its child process and what comes back: plain data, as JSON carries it.

Paths are absolute; lines count from 1 in the text that was compiled, in a notebook that of all its code
cells joined.
"""

from __future__ import annotations

from cnnlint.evidence.measured import (
    Activation,
    Alone,
    AxisCall,
    Decay,
    Dropping,
    Graphs,
    InputRange,
    KeptState,
    LabelOrder,
    Measured,
    Mixing,
    ModeGap,
    Normalization,
    Responses,
    Signal,
    Units,
    Wavering,
)
from cnnlint.evidence.run import (
    CurvePoint,
    Evaluated,
    Event,
    LossCall,
    Parameter,
    Replaced,
    RunLoader,
    RunModel,
    RunOptimizer,
    RunResult,
    RunScheduler,
    Submodule,
    Unread,
)
from cnnlint.evidence.shapes import GUESSED, Layer, ModelRecipe, ModelTrace, ShapesResult
from cnnlint.evidence.tasks import Answer, Broken, Place, Task, Trial, line_of
from cnnlint.evidence.train import Comparison, Pair, Training

__all__ = [
    "GUESSED",
    "Activation", "Alone", "Answer", "AxisCall", "Broken", "Comparison", "CurvePoint", "Decay", "Dropping",
    "Evaluated", "Event", "Graphs", "InputRange", "KeptState", "LabelOrder", "Layer", "LossCall",
    "Measured", "Mixing", "ModeGap", "ModelRecipe", "ModelTrace", "Normalization", "Pair", "Parameter",
    "Place", "Replaced", "Responses", "RunLoader", "RunModel", "RunOptimizer", "RunResult", "RunScheduler",
    "ShapesResult", "Signal", "Submodule", "Task", "Training", "Trial", "Units", "Unread", "Wavering",
    "line_of",
]  # fmt: skip
