"""Which parameters learn, and which optimizer has them: freezing, and what an optimizer was built of."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Freeze, Module, Optimizer, Parameters, Step, Tensor, Vain
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.heap import Heap
from cnnlint.interpreter.objects import (
    Arguments,
    Function,
    ParameterTensor,
    Stream,
    UserModel,
    Value,
    plain,
)
from cnnlint.interpreter.written import target_text
from cnnlint.knowledge.names import one_slip
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, is_unknown

FLAG = "requires_grad"


class Owning(Core):
    """`requires_grad`, and what optimizers hold."""

    def method_requires_grad_(self, module: Any, arguments: Arguments, node: Any) -> Value:
        self.set_trainable(module, plain(self.first(arguments)) if arguments.every() else True, node)
        return module

    def freeze(self, parameter: ParameterTensor, value: Value, node: Any) -> None:
        """One parameter is frozen, or made to learn; or all, in a loop over them that leaves none out."""
        over = self.loop.iterable if self.loop is not None else None
        over = over.parameters if isinstance(over, Stream) else over
        owner = parameter.owner
        if isinstance(over, Parameters) and not parameter.parameter:
            every = over.all is True and self.loop is not None and self.arms == self.loop.arms
            owners = over.modules if isinstance(over.modules, tuple) else (owner,)
        else:
            every, owners = False, (owner,)
        learns = plain(value) if every else self.unknown("one of its parameters is set", node)
        if any(is_unknown(each) for each in owners):  # it may be one of any
            owners = tuple(fact for fact in self.program.facts if isinstance(fact, Module))
            learns = self.unknown("a parameter of some module is set", node)
        for each in owners:
            self.set_trainable(each, learns, node)

    def set_trainable(self, module: Any, value: Value, node: Any) -> None:
        learns = value if isinstance(value, bool) else Unknown("not known whether it is frozen")
        event = Freeze(subject=module, learns=learns)
        self.record(event, node)
        modules, complete = below((module,))
        for each in modules:
            each.__dict__.setdefault("trainable", True)  # so that a branch that leaves it has a value too
            self.heap.set(each.__dict__, "trainable", learns)
            each.freezes = (*each.freezes, event)
        if not complete:
            self.heap.set(module.__dict__, "trainable", Unknown("not known what it holds"))

    def own(self, optimizer: Optimizer, node: Any) -> None:
        """An optimizer is built of parameters, perhaps of those of one network that is written there."""
        hold(self.heap, optimizer, optimizer.params)
        given = node.arguments[0].value if isinstance(node, tree.Call) and node.arguments else None
        asked = given.function if isinstance(given, tree.Call) and not given.arguments else None
        if isinstance(asked, tree.Attribute) and asked.name == "parameters":
            optimizer.argument, optimizer.given = self.site(asked.value), target_text(asked.value)

    def set_in_vain(self, value: Value, name: str, new: Value, node: Any) -> None:
        """`model.requires_grad = False`, `parameter.require_grad = False`: torch reads no such attribute."""
        if isinstance(value, Module) and name == FLAG:
            if value is self.frame.receiver or isinstance(value, UserModel) and self.reads(value, name):
                return
            written = "{owner}.requires_grad_({value})"
        elif isinstance(value, Tensor) and name != FLAG and one_slip(name, FLAG):
            written = "{owner}.requires_grad = {value}"
        else:
            return
        event = Vain(subject=value, value=plain(new))
        target = node.targets[0] if isinstance(node, tree.Assign) and len(node.targets) == 1 else None
        event.text = target_text(target)
        given = node.value if isinstance(node, tree.Assign) else None
        text = str(given.value) if isinstance(given, tree.Constant) else target_text(given)
        owner = event.text.rpartition(".")[0]
        plainly = isinstance(target, tree.Attribute) and not isinstance(target.value, tree.Subscript)
        if text and owner and plainly:
            event.mend = written.format(owner=owner, value=text)
        self.record(event, node)

    def reads(self, model: UserModel, name: str) -> bool:
        """Whether the class of a model has an attribute of this name, or code of its own that mentions it."""
        found = self.class_attribute(model.cls, name)
        return isinstance(found, Function | Unknown) or name in model.attributes


def hold(heap: Heap, optimizer: Optimizer, parameters: Value) -> None:
    """An optimizer is given parameters: those that the modules have now."""
    modules, complete = below(getattr(parameters, "modules", ()))
    held = (*optimizer.held, *modules) if complete and not is_unknown(optimizer.held) else None
    lost = Unknown("not known what the optimizer was given")
    heap.set(optimizer.__dict__, "held", lost if held is None else held)


def say_what_learns(step: Step, optimizer: Optimizer) -> None:
    """Whether anything that the optimizer has can learn when it steps, and what was put into its modules
    since it was built."""
    modules, complete = below(optimizer.modules)
    step.learns = any_learns(modules) if complete else Unknown("not all that it updates is known")
    if complete and not is_unknown(optimizer.held):
        held = set(map(id, optimizer.held))
        step.missed = tuple(each for each in modules if id(each) not in held)


def below(modules: Any) -> tuple[list[Module], bool]:
    """Modules, all below them and the library layers they derive from; and whether all are known."""
    if is_unknown(modules):
        return [], False
    found: dict[int, Module] = {}
    for module in modules:
        try:
            for each in module.modules():
                derived = each.base_layer if isinstance(each, UserModel) and each.base_layer else each
                found.update({id(each): each, id(derived): derived})
        except Undecided:
            return list(found.values()), False
    return list(found.values()), True


def any_learns(modules: list[Module]) -> Any:
    """Whether any of these has a parameter of its own that is not frozen."""
    lost: Any = False
    for each in modules:
        if each.trainable is False:
            continue
        try:
            count = each.own_count()
        except Undecided as undecided:
            count = Unknown(undecided.why)
        if isinstance(count, int) and count == 0:
            continue
        if each.trainable is True and not is_unknown(count):
            return True
        lost = Unknown("not known whether it can learn")
    return lost
