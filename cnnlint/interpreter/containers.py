"""Lists, dicts and strings: their methods, and setting their items."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Accumulate, Fact, Module, Number, StateDict, Tensor
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    DictValue,
    Library,
    ListValue,
    ParameterGroup,
    Parser,
    Stream,
    UserModel,
    Value,
    items_in,
    make_list,
    plain,
)
from cnnlint.interpreter.state import PRIMITIVES
from cnnlint.interpreter.written import source_text
from cnnlint.syntax import tree
from cnnlint.values import Unknown

_PURE_STRING = frozenset(
    "lower upper strip lstrip rstrip split rsplit join replace startswith endswith format title capitalize "
    "isdigit isalpha zfill removeprefix removesuffix partition rpartition find count index splitlines".split()
)


class Containers(Core):
    """What Python's own containers do."""

    def container_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        if isinstance(receiver, ListValue):
            return self.list_method(receiver, name, arguments, node)
        if isinstance(receiver, DictValue):
            return self.dict_method(receiver, name, arguments, node)
        if isinstance(receiver, str | bytes):
            return self.string_method(receiver, name, arguments, node)
        if isinstance(receiver, Parser):
            return self.parser_method(receiver, name, arguments, node)
        if isinstance(receiver, Stream):
            if name == "__iter__":
                return receiver
            self.escape(tuple(arguments.every()))
            return self.unknown(f"what {name}() returns", node)
        if isinstance(receiver, Number):
            return Number(source=receiver.source)
        if isinstance(receiver, PRIMITIVES + (tuple,)):
            return self.pure(receiver, name, arguments, node)
        self.opaque_call(arguments, node, name)
        return self.unknown(f"what {name}() returns", node)

    # --- lists ---------------------------------------------------------------------------------
    def list_method(self, target: ListValue, name: str, arguments: Arguments, node: Any) -> Value:
        given = [plain(value) for value in arguments.positional]
        if name in ("append", "add", "appendleft") and len(given) == 1:
            self.append(target, arguments.positional[0], node)
            return None
        if name in ("extend", "update") and len(given) == 1:
            self.extend_list(target, given[0])
            return None
        if name == "copy":
            return ListValue(dict(target.store), target.kind, target.site)
        items = self.known_items(target)
        if name == "insert" and items is not None and len(given) == 2 and isinstance(given[0], int):
            items.insert(given[0], arguments.positional[1])
            self.seen_with(target, given[1])
            self.heap.set(target.store, "items", tuple(items))
            return None
        if name == "pop" and items:
            index = given[0] if given else -1
            if isinstance(index, int) and -len(items) <= index < len(items):
                popped = items.pop(index)
                self.heap.set(target.store, "items", tuple(items))
                return popped
        if name == "clear":
            self.heap.set(target.store, "items", ())
            return None
        if name in ("index", "count", "__len__"):
            return self.unknown(f"what {name}() returns", node)
        if name in ("reverse", "sort", "remove", "insert", "pop", "popleft", "discard"):
            self.escape(arguments.positional and tuple(arguments.positional))
            self.lose(target, f"changed by {name}()", node)
            return self.unknown("an item of a list", node)
        self.escape(tuple(arguments.every()))
        return self.unknown(f"what {name}() returns", node)

    def append(self, target: ListValue, value: Value, node: Any) -> None:
        items = target.store["items"]
        bare = plain(value)
        if isinstance(bare, Tensor) and self.loop is not None:
            self.note_append(target, bare, node)
        self.seen_with(target, value)
        self.gather(target, value)
        if isinstance(items, Unknown) or len(items) >= limits.ITEMS:
            self.lose(target, "a long list", node)
            self.escape(value)
            return
        self.heap.set(target.store, "items", (*items, value))

    def seen_with(self, target: ListValue | DictValue, value: Value) -> None:
        """What is put into a container is seen by whoever sees that."""
        if "escaped" in target.store:
            self.escape(value)
        elif "exposed" in target.store:
            self.expose(value)

    def note_append(self, target: ListValue, value: Tensor, node: Any) -> None:
        written = (
            source_text(node.function.value)
            if isinstance(getattr(node, "function", None), tree.Attribute)
            else ""
        )
        if written and target.loop is not self.loop:
            event = Accumulate(subject=written, value=value, how="append", result=target)
            event.text = written
            self.say_added(event, node.arguments[0].value)
            self.record(event, node)

    def extend_list(self, target: ListValue, value: Value) -> None:
        items, more = target.store["items"], self.known_items(value)
        self.seen_with(target, value)
        self.gather(target, value)
        if isinstance(items, Unknown):
            self.lose(target, "extended", None)
            self.escape(value)
        elif more is None:
            self.escape(value)
            self.lose(target, "extended by an unknown number of items", None)
        else:
            self.heap.set(target.store, "items", (*items, *more))

    def lose(self, target: ListValue | DictValue, why: str, node: Any) -> None:
        items = target.store["items"]
        for known in ("length", "indices", "each", "read_from"):
            if known in target.store:
                self.heap.set(target.store, known, None)
        if not isinstance(items, Unknown):
            self.escape(items)
        self.heap.set(target.store, "items", self.unknown(why, node))
        if isinstance(target.store.get("owner"), UserModel):
            target.store["owner"].unfollowed = self.unknown(why, node)

    # --- dicts ---------------------------------------------------------------------------------
    def dict_method(self, target: DictValue, name: str, arguments: Arguments, node: Any) -> Value:
        entries = self.known_entries(target)
        if entries is None:
            for value in arguments.every():
                self.escape(value)
            return self.unknown("what a dict holds", node)
        given = [plain(value) for value in arguments.positional]
        if name in ("setdefault", "update"):
            self.seen_with(target, tuple(arguments.every()))
        if name in ("get", "pop", "setdefault") and given and self.hashable(given[0]):
            entries = self.entries_for(target, given[0]) or {}
            default = arguments.positional[1] if len(given) > 1 else None
            if name == "pop" and given[0] in entries:
                popped = entries.pop(given[0])
                self.heap.set(target.store, "items", entries)
                return popped
            if name == "setdefault" and given[0] not in entries:
                self.heap.set(target.store, "items", {**entries, given[0]: default})
            return entries.get(given[0], default)
        if name == "keys":
            return make_list(entries)
        if name == "values":
            return make_list(entries.values())
        if name == "items":
            return make_list((key, value) for key, value in entries.items())
        if name == "update":
            more = self.known_entries(given[0]) if given else {}
            if more is None:
                self.escape(tuple(arguments.every()))
                self.lose(target, "updated with unknown entries", node)
            else:
                for key, each in {**more, **arguments.keywords}.items():
                    self.set_attribute_too(target, key, each, node)
                self.heap.set(target.store, "items", {**entries, **more, **arguments.keywords})
            return None
        if name == "copy":
            return DictValue(dict(target.store), target.site)
        if name in ("setdefault", "pop", "popitem", "clear"):
            self.lose(target, f"changed by {name}()", node)
        self.escape(tuple(arguments.every()))
        return self.unknown(f"what {name}() returns", node)

    def set_item(self, value: Value, index: Value, new: Value, node: Any) -> None:
        value, index = plain(value), plain(index)
        if isinstance(value, DictValue | ListValue):
            self.seen_with(value, new)
        if isinstance(value, DictValue):
            entries = self.known_entries(value)
            if entries is not None and self.hashable(index):
                self.set_attribute_too(value, index, new, node)
                self.heap.set(value.store, "items", {**entries, index: new})
                return
            self.lose(value, "an entry of unknown key is set", node)
        elif isinstance(value, ListValue):
            items = self.known_items(value)
            if items is not None and isinstance(index, int) and -len(items) <= index < len(items):
                items[index] = new
                self.heap.set(value.store, "items", tuple(items))
                return
            self.lose(value, "an item of unknown index is set", node)
        elif isinstance(value, ParameterGroup):
            value.optimizer.adjusted = True
            return
        elif isinstance(value, Tensor):
            self.put_weight(value, None, node)
        elif items_in(value) is not None:
            self.set_container_item(items_in(value), index, new, node)
            return
        elif isinstance(value, INSTANCES):
            method = self.get_attribute(value, "__setitem__", node)
            if not isinstance(method, Unknown):
                self.call(method, Arguments([index, new], {}), node)
                return
        if isinstance(value, Tensor):
            value.overwritten = True
            return
        if isinstance(value, StateDict):
            value.altered = True
        self.escape(new)

    def set_attribute_too(self, target: DictValue, key: Value, value: Value, node: Any) -> None:
        """What is set in `vars(object)` is an attribute of the object."""
        if "owner" in target.store and isinstance(key, str):
            self.set_attribute(target.store["owner"], key, value, node)

    def delete_item(self, value: Value, index: Value, node: Any) -> None:
        if isinstance(value, DictValue):
            entries = self.known_entries(value)
            if entries is not None and self.hashable(index):
                entries.pop(index, None)
                self.heap.set(value.store, "items", entries)
            else:
                self.lose(value, "an entry of unknown key is deleted", node)
        elif isinstance(value, ListValue):
            items = [] if index == slice(None) else self.known_items(value)
            if items is not None and isinstance(index, int | slice):
                try:
                    del items[index]
                except (IndexError, TypeError):
                    return
                self.heap.set(value.store, "items", tuple(items))
            else:
                self.lose(value, "an item of unknown index is deleted", node)
        elif isinstance(value, Module) and isinstance(getattr(value, "items", None), dict):
            self.delete_module(value, index, node)
        else:
            self.escape(index)

    def delete_module(self, module: Any, index: Value, node: Any) -> None:
        """`del features[-1]`: what comes after moves up."""
        names = list(module.items)
        if isinstance(index, str) and index in names:
            self.heap.delete(module.items, index)
        elif isinstance(index, int | slice) and module.kind != "ModuleDict":
            left = list(module.items.values())
            try:
                del left[index]
            except (IndexError, TypeError):
                return
            self.heap.set(module.__dict__, "items", {str(at): each for at, each in enumerate(left)})
        else:
            self.heap.set(module.items, "?", self.unknown("which module is deleted is not known", node))

    def set_container_item(self, items: Any, index: Value, new: Value, node: Any) -> None:
        names = list(items)
        if isinstance(index, int) and -len(names) <= index < len(names):
            index = names[index]
        if isinstance(index, str):
            if isinstance(new, Fact) and not new.name:
                new.name = index
            self.heap.set(items, index, new)
        else:
            self.heap.set(items, "?", self.unknown("which module is replaced is not known", node))

    # --- strings, numbers, argparse --------------------------------------------------------------
    def string_method(self, receiver: str | bytes, name: str, arguments: Arguments, node: Any) -> Value:
        if name == "join" and arguments.positional:
            items = self.known_items(arguments.positional[0])
            texts = None if items is None else [plain(item) for item in items]
            if (
                isinstance(receiver, str)
                and texts is not None
                and all(isinstance(text, str) for text in texts)
            ):
                return receiver.join(texts)
            return self.unknown("a string", node)
        return (
            self.pure(receiver, name, arguments, node)
            if name in _PURE_STRING
            else self.unknown("a string", node)
        )

    def pure(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        given = [plain(value) for value in arguments.positional]
        if all(isinstance(value, PRIMITIVES + (tuple,)) for value in given) and not arguments.keywords:
            try:
                result = getattr(receiver, name)(*given)
            except Exception:  # the user's own error
                return self.unknown(f"what {name}() returns", node)
            if isinstance(result, list):
                return make_list(result)
            if isinstance(result, PRIMITIVES + (tuple,)):
                return result
        return self.unknown(f"what {name}() returns", node)

    def parser_method(self, parser: Parser, name: str, arguments: Arguments, node: Any) -> Value:
        if name == "add_argument":
            self.add_argument(parser, arguments)
            return None
        if name in ("add_argument_group", "add_mutually_exclusive_group"):
            return parser
        if name == "set_defaults":
            parser.options.update(arguments.keywords)
            return None
        if name == "parse_known_args":
            return (self.namespace(parser), self.unknown("further arguments", node))
        if name in ("parse_args", "parse_intermixed_args"):
            return self.namespace(parser)
        return self.unknown(f"what {name}() returns", node)

    def add_argument(self, parser: Parser, arguments: Arguments) -> None:
        names = [plain(value) for value in arguments.positional if isinstance(plain(value), str)]
        long_names = [name for name in names if name.startswith("--")] or names
        if not long_names:
            return
        keywords = {key: plain(value) for key, value in arguments.keywords.items()}
        destination = keywords.get("dest") or long_names[0].lstrip("-").replace("-", "_")
        action = keywords.get("action")
        if action in ("help", "version") or not isinstance(destination, str):
            return
        missing = {"store_true": False, "store_false": True}.get(action if isinstance(action, str) else "")
        default = keywords.get("default", missing)
        if names[0].startswith("-") and not keywords.get("required"):
            parser.options[destination] = self.typed(default, keywords.get("type"))
        else:
            parser.options[destination] = Unknown(f"`{destination}` comes from the command line")

    def typed(self, default: Value, kind: Value) -> Value:
        """argparse converts a default that is a string."""
        convert = {"builtins.int": int, "builtins.float": float}.get(
            kind.name if isinstance(kind, Library) else ""
        )
        if isinstance(default, str) and convert:
            try:
                return convert(default)
            except ValueError:
                return Unknown("a default that does not convert")
        return default

    def namespace(self, parser: Parser) -> Value:
        return self.options_object(
            {
                name: Assumed(value) if isinstance(value, PRIMITIVES + (tuple,)) else value
                for name, value in parser.options.items()
            }
        )
