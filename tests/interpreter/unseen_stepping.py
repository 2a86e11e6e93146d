"""Statements by which a scheduler gets out of sight, and ways in which a function gives it away."""

from __future__ import annotations

#: Where a scheduler may be stepped.
STEPPING = {
    "by an unknown function": "hold(scheduler)  # unseen",
    "by what an unknown function made of it": "scheduler = prepare(scheduler)  # unseen",
    "by an unknown function given the optimizer": "hold(optimizer)  # unseen",
    "by an unknown object": "Keeper().scheduler = scheduler  # unseen",
    "by a list handed on": "hold([scheduler])  # unseen",
    "by a list it is added to": "kept = []\nkept.append(scheduler)  # unseen\nhold(kept)",
    "by a dict it is an item of": "kept = {}\nkept['s'] = scheduler  # unseen\nhold(kept)",
    "by a lambda": "hold(lambda: scheduler.step())  # unseen",
    "by a function": "def go():\n    scheduler.step()\nhold(go)  # unseen",
    "by a bound method": "hold(scheduler.step)  # unseen",
    "by a partial": "hold(functools.partial(elsewhere.go, scheduler))  # unseen",
    "by an attribute of an unknown base": "class T(Base): pass\nT().scheduler = scheduler  # unseen",
    "by a class of unknown base given it": "class T(Base): pass\nT(scheduler)  # unseen",
    "by merged dicts": "hold({**{'s': scheduler}})  # unseen",
    "by star-arguments": "parts = [scheduler]\nhold(*parts)  # unseen",
    "by a starred name": "first, *rest = model, scheduler\nhold(rest)  # unseen",
    "by a walrus": "hold((mine := scheduler))  # unseen",
    "by a keyword": "hold(on=scheduler)  # unseen",
    "by text": "hold(f'{scheduler}', scheduler)  # unseen",
    "by an f-string's call": "f'{hold(scheduler)}'  # unseen",
    "by a decorator": "@hold(scheduler)  # unseen\ndef nothing(): pass",
    "by a default": "def go(which=scheduler): which.step()\nhold(go)  # unseen",
    "by a base class's argument": "class T(Base, by=scheduler): pass  # unseen",
    "by an unknown operator": "Keeper() | scheduler  # unseen",
    "by an unknown comparison": "Keeper() << scheduler  # unseen",
    "by an unknown subscript": "Keeper()[scheduler]  # unseen",
    "by adding to something unknown": "kept = Keeper()\nkept += [scheduler]  # unseen",
    "by a raised exception": "try:\n    raise Keeper(scheduler)  # unseen\nexcept Exception: pass",
    "by an assertion": "assert hold(scheduler)  # unseen",
    "by a deletion": "del Keeper()[scheduler]  # unseen",
    "by an annotation of none": "mine: object = hold(scheduler)  # unseen",
    "by a context": "with hold(scheduler): pass  # unseen",
    "by a generator expression": "hold(each for each in [scheduler])  # unseen",
    "by a set": "hold({scheduler})  # unseen",
    "by zip": "hold(zip([1], [scheduler]))  # unseen",
    "by a conditional": "hold(scheduler if elsewhere.on else None)  # unseen",
    "by a joined value": "mine = None\nif elsewhere.on:\n    mine = scheduler  # unseen\nhold(mine)",
    "by joined numbers": "mine = 3\nif elsewhere.on:\n    mine = scheduler  # unseen\nhold(mine)",
    "by setattr": "setattr(Keeper(), 'scheduler', scheduler)  # unseen",
    "by setattr under an unknown name": "setattr(model, elsewhere.name, scheduler)  # unseen\nhold(model)",
    "by the model it hangs on": "model.scheduler = scheduler  # unseen\nhold(model)",
    "by a function given away before": ("def go():\n    mine.step()\nhold(go)\nmine = scheduler  # unseen"),
    "by an instance given away before": (
        "class T:\n    pass\nt = T()\nhold(t)\nt.scheduler = scheduler  # unseen"
    ),
    "by vars": "class T: pass\nt = T()\nvars(t)['s'] = scheduler  # unseen\nhold(t)",
    "by dict.update": "kept = {}\nkept.update(s=scheduler)  # unseen\nhold(kept)",
    "by dict.setdefault": "kept = {}\nkept.setdefault('s', scheduler)  # unseen\nhold(kept)",
    "by list.extend": "kept = []\nkept.extend([scheduler])  # unseen\nhold(kept)",
    "by list.insert": "kept = []\nkept.insert(0, scheduler)  # unseen\nhold(kept)",
    "by a slice": "kept = [1, 2]\nkept[0:1] = [scheduler]  # unseen\nhold(kept)",
    "by a sum of lists": "hold([1] + [scheduler])  # unseen",
    "by copies": "import copy\nhold(copy.copy([scheduler]))  # unseen",
    "by a namedtuple": (
        "from collections import namedtuple\nParts = namedtuple('Parts', 's')\nhold(Parts(scheduler))  # unseen"
    ),
    "by a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass Parts:\n    s: object\nhold(Parts(scheduler))  # unseen"
    ),
    "by a nested object": (
        "class T:\n    def __init__(self, s): self.s = s\nhold([{'deep': T(T(scheduler))}])  # unseen"
    ),
    "by a thread": "import threading\nthreading.Thread(target=scheduler.step).start()  # unseen",
    "by atexit": "import atexit\natexit.register(scheduler.step)  # unseen",
    "by signal": "import signal\nsignal.signal(2, lambda *a: scheduler.step())  # unseen",
    "by collections": (
        "import collections\nkept = collections.deque()\nkept.append(scheduler)  # unseen\nhold(kept)"
    ),
    "by a chained attribute": "elsewhere.kept.scheduler = scheduler  # unseen",
    "by unpacking into attributes": "keeper = Keeper()\nkeeper.a, keeper.b = scheduler, 1  # unseen",
    "by a loop variable": "for each in [scheduler]:\n    hold(each)  # unseen",
    "by a loop's attribute": "keeper = Keeper()\nfor keeper.each in [scheduler]: pass  # unseen",
    "by a context's attribute": (
        "keeper = Keeper()\nimport contextlib\nwith contextlib.nullcontext(scheduler) as keeper.each: pass  # unseen"
    ),
    "by a module": "import mine\nmine.scheduler = scheduler  # unseen",
    "by globals": "globals()['other'] = scheduler  # unseen\nhold(other)",
    "by an import hook": "import sys\nsys.modules['s'] = scheduler  # unseen",
    "by a subclass of a library's class": (
        "import threading\nclass T(threading.Thread):\n    def __init__(self, s):\n"
        "        super().__init__()\n        self.s = s\n    def run(self):\n        self.s.step()\n"
        "T(scheduler).start()  # unseen"
    ),
}

#: A function or method that nobody in the file calls hands its objects to whoever does.
RETURNED = {
    "returned": "    return model, optimizer, scheduler",
    "returned in a dict": "    return {'model': model, 'all': [optimizer, scheduler]}",
    "yielded": "    yield scheduler",
    "yielded from": "    yield from [scheduler]",
    "returned by a closure": "    return lambda: scheduler.step()",
    "returned as a method": "    return scheduler.step",
    "set on an argument": "    owner.scheduler = scheduler",
    "put into an argument": "    owner['scheduler'] = scheduler",
    "appended to an argument": "    owner.append(scheduler)",
    "returned in a partial": "    return functools.partial(print, scheduler)",
    "returned in an instance": "    return Holder(scheduler)",
    "returned through a conditional": "    return scheduler if owner else None",
    "returned early": "    if owner:\n        return scheduler\n    return None",
    "returned from try": "    try:\n        return scheduler\n    finally:\n        pass",
}
