"""The noun of nouns, and names of operations that several facts share."""

from __future__ import annotations

from typing import Any

from cnnlint.source import Site

NOWHERE = Site("", -1)


#: Operations that move values about without changing what they mean.
RESHAPING = frozenset({
    "view", "reshape", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "contiguous", "to", "cuda",
    "cpu", "float", "double", "half", "type", "clone", "identity", "expand", "expand_as", "view_as",
    "reshape_as", "movedim", "unflatten",
})  # fmt: skip


#: Operations that give the same numbers, perhaps of another dtype or elsewhere.
MOVING = frozenset({
    "to", "cuda", "cpu", "contiguous", "clone", "identity", "type", "float", "double", "half", "bfloat16",
    "long", "int", "short",
})  # fmt: skip


#: Operations that multiply by learnt weights: what they give may be any number.
WEIGHTED = frozenset({
    "linear", "bilinear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d",
})  # fmt: skip


#: Operations that normalise by mean and variance.
NORMALIZING = frozenset({"batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"})


#: Operations that set values to zero at random.
DROPPING = frozenset({
    "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout",
})  # fmt: skip


#: Non-linearities of hidden layers, by torch's functional names.
ACTIVATIONS = frozenset({
    "relu", "relu6", "leaky_relu", "prelu", "rrelu", "elu", "selu", "celu", "gelu", "silu", "mish",
    "softplus", "softsign", "sigmoid", "tanh", "hardtanh", "hardswish", "hardsigmoid", "logsigmoid", "glu",
    "threshold", "tanhshrink", "softshrink", "hardshrink",
})  # fmt: skip


class Fact:
    """Something the program builds or does."""

    site: Site = NOWHERE
    name: str = ""
    assumed: bool = False  # rests on an argparse or parameter default
    watched: bool = False  # code we cannot follow runs when it is used: hooks, methods put in its place
    escaped: bool = False  # handed to code we cannot see, which may do anything to it
    functions: tuple[str, ...] = ()  # user functions entered to get where it was made, outermost first
    exposed: bool = False  # visible to code outside what was analysed (a parameter, a returned value)
    made_in: Any = None  # the innermost Loop it was made in ...
    branched: bool = False  # ... perhaps not in each of its rounds
    callee: Site = NOWHERE  # of a fact made by a call: the expression called, `nn.Conv2d` ...
    written: str = ""  # ... and how its author wrote it
    twins: tuple[Fact, ...] = ()  # all that the same call made, where it made several (relations.link)

    @property
    def package(self) -> str:
        """The module whose class or function it calls, as written: `nn` of `nn.Conv2d`; '' for no name."""
        owner = self.written.rpartition(".")[0]
        return owner if owner.replace(".", "").isidentifier() else ""

    @property
    def kind(self) -> str:
        return type(self).__name__
