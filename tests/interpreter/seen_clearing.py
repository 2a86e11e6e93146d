"""Every way to write code that clears gradients, which it does on the line marked `# unseen`."""

from __future__ import annotations

#: How code that clears gradients may be written; the marked line is the one that does.
WRITTEN = {
    "try": """
        for x, y in loader:
            try:
                optimizer.zero_grad()  # unseen
                criterion(model(x), y).backward()
            except RuntimeError:
                continue
            optimizer.step()
        """,
    "except": """
        for x, y in loader:
            try:
                elsewhere.check()
            except RuntimeError:
                optimizer.zero_grad()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "finally": """
        for x, y in loader:
            try:
                criterion(model(x), y).backward()
                optimizer.step()
            finally:
                optimizer.zero_grad()  # unseen
        """,
    "while True": """
        batches = iter(loader)
        while True:
            try:
                x, y = next(batches)
            except StopIteration:
                break
            optimizer.zero_grad()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "while True with a count": """
        step = 0
        while True:
            for x, y in loader:
                optimizer.zero_grad()  # unseen
                criterion(model(x), y).backward()
                optimizer.step()
                step += 1
                if step == 1000:
                    break
            if step == 1000:
                break
        """,
    "match": """
        for x, y in loader:
            match elsewhere.kind:
                case "fresh":
                    optimizer.zero_grad()  # unseen
                case _:
                    pass
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "match on a class": """
        for x, y in loader:
            match elsewhere.kind:
                case Keeper(name=name) if name:
                    optimizer.zero_grad()  # unseen
                case [first, *rest]:
                    pass
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "async": """
        async def clear():
            optimizer.zero_grad()  # unseen
        async def main():
            for x, y in loader:
                await clear()
                criterion(model(x), y).backward()
                optimizer.step()
        import asyncio
        asyncio.run(main())
        """,
    "async for": """
        async def main():
            async for x, y in elsewhere.stream(loader):
                optimizer.zero_grad()  # unseen
                criterion(model(x), y).backward()
                optimizer.step()
        """,
    "nonlocal": """
        def main():
            current = None
            def choose():
                nonlocal current
                current = optim.SGD(model.parameters(), lr=0.01)
            choose()
            for x, y in loader:
                current.zero_grad()  # unseen
                criterion(model(x), y).backward()
                current.step()
        main()
        """,
    "global": """
        current = None
        def choose():
            global current
            current = optim.SGD(model.parameters(), lr=0.01)
        choose()
        for x, y in loader:
            current.zero_grad()  # unseen
            criterion(model(x), y).backward()
            current.step()
        """,
    "class attribute": """
        class Settings:
            optimizer = optim.SGD(model.parameters(), lr=0.01)
        for x, y in loader:
            Settings.optimizer.zero_grad()  # unseen
            criterion(model(x), y).backward()
            Settings.optimizer.step()
        """,
    "walrus": """
        for x, y in loader:
            (current := optimizer).zero_grad()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "context manager of ours": """
        class Clearing:
            def __enter__(self):
                optimizer.zero_grad()  # unseen
            def __exit__(self, *error):
                pass
        for x, y in loader:
            with Clearing():
                criterion(model(x), y).backward()
            optimizer.step()
        """,
    "leaving a context manager of ours": """
        class Stepping:
            def __enter__(self):
                return self
            def __exit__(self, *error):
                optimizer.zero_grad()  # unseen
        for x, y in loader:
            with Stepping():
                criterion(model(x), y).backward()
                optimizer.step()
        """,
    "contextmanager": """
        import contextlib
        @contextlib.contextmanager
        def clearing():
            optimizer.zero_grad()  # unseen
            yield
        for x, y in loader:
            with clearing():
                criterion(model(x), y).backward()
            optimizer.step()
        """,
    "generator": """
        def batches():
            for x, y in loader:
                optimizer.zero_grad()  # unseen
                yield x, y
        for x, y in batches():
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "property": """
        class Owner:
            @property
            def fresh(self):
                optimizer.zero_grad()  # unseen
                return optimizer
        owner = Owner()
        for x, y in loader:
            criterion(model(x), y)
            owner.fresh
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "callable object": """
        class Clear:
            def __call__(self):
                optimizer.zero_grad()  # unseen
        clear = Clear()
        for x, y in loader:
            clear()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "conditional expression": """
        for x, y in loader:
            optimizer.zero_grad() if elsewhere.fresh else None  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "short circuit": """
        for x, y in loader:
            elsewhere.fresh and optimizer.zero_grad()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "operator of ours": """
        class Clear:
            def __add__(self, other):
                optimizer.zero_grad()  # unseen
                return self
        clear = Clear()
        for x, y in loader:
            clear + 1
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "subscript of ours": """
        class Clear:
            def __getitem__(self, index):
                optimizer.zero_grad()  # unseen
        clear = Clear()
        for x, y in loader:
            clear[0]
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "iterator of ours": """
        class Batches:
            def __iter__(self):
                self.inner = iter(loader)
                return self
            def __next__(self):
                optimizer.zero_grad()  # unseen
                return next(self.inner)
        for x, y in Batches():
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "hook": """
        model.register_forward_pre_hook(lambda module, inputs: optimizer.zero_grad())  # unseen
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "step hook": """
        optimizer.register_step_post_hook(lambda optimizer, *rest: optimizer.zero_grad())  # unseen
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "forward of ours": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(784, 10)
            def forward(self, x):
                self.zero_grad()  # unseen
                return self.fc(x.flatten(1))
        net = Net()
        optimizer = optim.SGD(net.parameters(), lr=0.01)
        for x, y in loader:
            criterion(net(x), y).backward()
            optimizer.step()
        """,
    "patched step": """
        original = optimizer.step
        def step():
            original()
            optimizer.zero_grad()
        optimizer.step = step  # unseen
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "table of actions": """
        actions = {"clear": optimizer.zero_grad, "step": optimizer.step}
        for x, y in loader:
            actions["clear"]()  # unseen
            criterion(model(x), y).backward()
            actions["step"]()
        """,
    "alias of the method": """
        clear, step = optimizer.zero_grad, optimizer.step
        for x, y in loader:
            clear()  # unseen
            criterion(model(x), y).backward()
            step()
        """,
    "subclass of an optimizer": """
        class Fresh(optim.SGD):
            def step(self, closure=None):
                super().step(closure)
                self.zero_grad()  # unseen
        optimizer = Fresh(model.parameters(), lr=0.01)
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
}
