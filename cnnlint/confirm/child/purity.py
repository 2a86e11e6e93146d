"""Whether code may run for the sake of what it computes: it writes nothing, starts nothing, asks nobody.

A list of what is known to do more, followed through the functions and classes of the file. It only keeps
accidents small; the sandbox is what holds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["Purity", "aliases", "dotted"]

#: Modules of which any call is taken for an effect, or costs more than it is worth here.
MODULES = frozenset(
    "subprocess shutil socket urllib requests wandb http ftplib smtplib webbrowser multiprocessing "
    "threading concurrent pickle sqlite3 tensorflow keras tensorboard tensorboardX visdom matplotlib "
    "seaborn mlflow neptune kaggle gdown torch.utils.tensorboard torch.distributed torch.multiprocessing "
    "torch.hub torch.utils.model_zoo torchvision.datasets torchtext torchaudio.datasets sklearn.datasets "
    "sklearn.model_selection datasets IPython google cv2 pandas gym gymnasium lmdb h5py tqdm absl fire "
    "hydra".split()
)
#: Of these modules only what is listed is harmless.
ALLOWED = {
    "os": frozenset(
        "os.environ.get os.getenv os.getcwd os.cpu_count os.listdir os.fspath os.path.join os.path.dirname "
        "os.path.abspath os.path.basename os.path.exists os.path.isfile os.path.isdir os.path.realpath "
        "os.path.splitext os.path.expanduser os.path.split os.path.normpath os.sep.join".split()
    ),
    "sys": frozenset("sys.path.append sys.path.insert sys.getrecursionlimit sys.intern".split()),
    "json": frozenset("json.load json.loads json.dumps".split()),
    "yaml": frozenset("yaml.load yaml.safe_load yaml.full_load".split()),
    "logging": frozenset({"logging.getLogger"}),
}
#: What a function or method of any owner goes by that does more than compute.
NAMES = frozenset(
    "load load_state_dict save system popen run Popen call check_call check_output makedirs mkdir rmdir "
    "unlink rename touch rmtree urlopen urlretrieve download download_url imread imwrite backward step "
    "fit train input exit quit _exit init_process_group spawn fork SummaryWriter basicConfig "
    "set_start_method write writelines write_text write_bytes savetxt to_csv dump imshow show savefig "
    "eval exec __import__ load_url load_state_dict_from_url start Process Pool Thread connect listen "
    "sleep extractall loadtxt genfromtxt read_csv DataLoader ImageFolder tqdm".split()
)
#: Modes of `open` that change a file.
WRITING = frozenset("wax+")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Aliases = dict[str, str]


def aliases(tree: ast.AST) -> Aliases:
    """What the names that a file imports stand for: `nn` for `torch.nn`."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                found[name.asname or name.name.split(".")[0]] = (
                    name.name if name.asname else name.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                found[name.asname or name.name] = f"{node.module or ''}.{name.name}"
    return found


def dotted(node: ast.AST, known: Aliases | None = None) -> str:
    """`torch.nn.Linear` for what is written `nn.Linear`; of what is no name the attributes alone: `.step`."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    first = (known or {}).get(node.id, node.id) if isinstance(node, ast.Name) else ""
    return ".".join([first, *reversed(attributes)])


class Purity:
    """Asked of one file, as its functions may call each other."""

    def __init__(self, tree: ast.Module) -> None:
        self.aliases = aliases(tree)
        self.functions = {node.name: node for node in tree.body if isinstance(node, Function)}
        self.classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        self._known: dict[str, str] = {}

    def trouble(self, *nodes: ast.AST) -> str:
        """What the code does beside computing, in words; '' if nothing is known against it."""
        for node in nodes:
            for each in _run(node):
                if isinstance(each, ast.Yield | ast.YieldFrom | ast.Await | ast.While):
                    return "it may not end"
                if isinstance(each, ast.Call) and (trouble := self._call(each)):
                    return trouble
        return ""

    def _call(self, call: ast.Call) -> str:
        name = dotted(call.func, self.aliases)
        parts = name.split(".")
        if name == "open" or name.endswith(".open"):
            return f"it calls `{name}`" if _writes(call) else ""
        if parts[0] in ALLOWED:
            return "" if name in ALLOWED[parts[0]] else f"it calls `{name}`"
        if name in self.functions or name in self.classes:
            return f"it calls `{name}`: {inner}" if (inner := self._definition(name)) else ""
        owners = {".".join(parts[:end]) for end in range(1, len(parts))}
        if owners & MODULES or parts[-1] in NAMES:
            return f"it calls `{name.lstrip('.')}`"
        return ""

    def _definition(self, name: str) -> str:
        """What a function of the file, or making an instance of a class, does beside computing."""
        if name not in self._known:
            self._known[name] = ""  # one that calls itself is judged by the rest of it
            if name in self.functions:
                body: list[ast.stmt] = self.functions[name].body
            else:
                body = [part for method in _made(self.classes[name]) for part in method.body]
            self._known[name] = self.trouble(*body)
        return self._known[name]


def _made(defined: ast.ClassDef) -> Iterator[Function]:
    """The methods that run when an instance is made: the constructor, and what it calls of its own."""
    methods = {node.name: node for node in defined.body if isinstance(node, Function)}
    waiting = [name for name in methods if name in ("__new__", "__init__", "__post_init__", "setup")]
    seen = set(waiting)
    while waiting:
        method = methods[waiting.pop()]
        yield method
        called = {dotted(node.func) for node in ast.walk(method) if isinstance(node, ast.Call)}
        further = {name for name in methods if f"self.{name}" in called} - seen
        seen |= further
        waiting += sorted(further)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when this one does: not the insides of functions that it defines."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, Function):
            waiting += [
                *each.decorator_list,
                *each.args.defaults,
                *(one for one in each.args.kw_defaults if one),
            ]
        elif not isinstance(each, ast.Lambda):
            waiting += ast.iter_child_nodes(each)


def _writes(call: ast.Call) -> bool:
    """Whether an `open` is not clearly for reading."""
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    if isinstance(call.func, ast.Attribute):  # Path.open(mode)
        given = [*call.args[:1], *given]
    modes = [mode.value for mode in given if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return len(modes) < len(given) or any(WRITING & set(mode) for mode in modes)
