"""Programs in which code we cannot see may clear the gradients, on the lines marked `# unseen`."""

from __future__ import annotations

#: Where gradients may be cleared. Without the marked lines they surely never are.
CLEARING = {
    "by a function of an unknown module": """
        for x, y in loader:
            elsewhere.clear(optimizer)  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a name imported from an unknown module": """
        for x, y in loader:
            follow(optimizer)  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by the model in an unknown function": """
        for x, y in loader:
            follow(model)  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by what an unknown function made of it": """
        optimizer = prepare(optimizer)  # unseen
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by what colossalai made of all": """
        from colossalai.booster import Booster
        booster = Booster()
        model, optimizer, loader = booster.boost(model, optimizer, dataloader=loader)  # unseen
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by what apex made of it": """
        from apex import amp
        model, optimizer = amp.initialize(model, optimizer)  # unseen
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an unknown object it is stored in": """
        keeper = Keeper()
        keeper.optimizer = optimizer  # unseen
        for x, y in loader:
            keeper.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an unknown object it is an item of": """
        keeper = Keeper()
        keeper["optimizer"] = optimizer  # unseen
        for x, y in loader:
            keeper.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an unknown function given a list of it": """
        for x, y in loader:
            follow([optimizer])  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an unknown function given a list it is added to": """
        kept = []
        kept.append(optimizer)  # unseen
        for x, y in loader:
            follow(kept)
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a list given away before it is added": """
        kept = []
        follow(kept)
        kept.append(optimizer)  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a dict given away before it is added": """
        kept = {}
        follow(kept)
        kept["optimizer"] = optimizer  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an unknown function given a dict of it": """
        for x, y in loader:
            follow({"optimizer": optimizer})  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an unknown function given a dict of lists": """
        for x, y in loader:
            follow(state={"all": [(optimizer, 1)]})  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by star-arguments of an unknown function": """
        parts = (model, optimizer)
        for x, y in loader:
            follow(*parts)  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by keywords of an unknown function": """
        parts = dict(optimizer=optimizer)
        for x, y in loader:
            follow(**parts)  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by merged dicts of an unknown function": """
        parts = {"model": model, **{"optimizer": optimizer}}
        for x, y in loader:
            follow({**parts})  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a lambda handed on": """
        def main():
            optimizer = optim.SGD(model.parameters(), lr=0.01)
            hold(lambda: optimizer.zero_grad())  # unseen
            for x, y in loader:
                elsewhere.begin()
                criterion(model(x), y).backward()
                optimizer.step()
        main()
        """,
    "by a lambda of a script handed on": """
        hold(lambda: optimizer.zero_grad())  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a closure handed on": """
        def main(optimizer):
            def clear():
                optimizer.zero_grad()
            hold(clear)  # unseen
            for x, y in loader:
                elsewhere.begin()
                criterion(model(x), y).backward()
                optimizer.step()
        main(optimizer)
        """,
    "by a function that uses a global": """
        def clear():
            optimizer.zero_grad()
        hold(clear)  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a function that calls a function that uses a global": """
        def clear():
            optimizer.zero_grad()
        def begin():
            clear()
        hold(begin)  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a default argument handed on": """
        def clear(which=optimizer):
            which.zero_grad()
        hold(clear)  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a bound method handed on": """
        hold(optimizer.zero_grad)  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a method of a user's object handed on": """
        class Owner:
            def __init__(self, optimizer):
                self.optimizer = optimizer
            def clear(self):
                self.optimizer.zero_grad()
        owner = Owner(optimizer)
        hold(owner.clear)  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a partial handed on": """
        hold(functools.partial(elsewhere.clear, optimizer))  # unseen
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a partial that is called": """
        clear = functools.partial(elsewhere.clear, optimizer)
        for x, y in loader:
            clear()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a partial of a function of ours": """
        def clear(which):
            which.zero_grad()
        begin = functools.partial(clear, optimizer)
        for x, y in loader:
            begin()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an unknown base class": """
        class Trainer(Base):
            def __init__(self):
                self.optimizer = optimizer
        trainer = Trainer()
        for x, y in loader:
            trainer.begin()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by an instance of an unknown base class it is set on": """
        class Trainer(Base):
            pass
        trainer = Trainer()
        trainer.optimizer = optimizer  # unseen
        for x, y in loader:
            trainer.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a class attribute of a class of unknown base": """
        class Trainer(Base):
            optimizer = optimizer  # unseen
        trainer = Trainer()
        for x, y in loader:
            trainer.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a class handed on": """
        class Trainer:
            best = optimizer  # unseen
            def run(self): pass
        hold(Trainer)
        for x, y in loader:
            elsewhere.begin()
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a consumer of a generator": """
        def parts():
            yield optimizer
        for x, y in loader:
            follow(parts())  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a consumer of a comprehension": """
        for x, y in loader:
            follow([each for each in (model, optimizer)])  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by a decorator that wraps": """
        @wrap
        def learn(x, y):
            criterion(model(x), y).backward()
            optimizer.step()
        for x, y in loader:
            learn(x, y)
        """,
    "by a decorator of ours that wraps": """
        def clearing(function):
            @functools.wraps(function)
            def inner(*args, **kwargs):
                optimizer.zero_grad()
                return function(*args, **kwargs)
            return inner
        @clearing  # unseen
        def learn(x, y):
            criterion(model(x), y).backward()
            optimizer.step()
        for x, y in loader:
            learn(x, y)
        """,
    "under a name made by text": """
        for x, y in loader:
            getattr(optimizer, "zero_" + "grad")()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "under a name that is not known": """
        for x, y in loader:
            getattr(optimizer, elsewhere.name)()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "in code that is executed from text": """
        for x, y in loader:
            exec("optimizer.zero_grad()")  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "by whoever reads the globals": """
        for x, y in loader:
            follow(globals())  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "through map": """
        for x, y in loader:
            list(map(lambda each: each.zero_grad(), [optimizer]))  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "in a loop over optimizers": """
        for x, y in loader:
            for each in [optimizer]:
                each.zero_grad()  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "in a comprehension over optimizers": """
        for x, y in loader:
            [each.zero_grad() for each in (optimizer,)]  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "of each parameter": """
        for x, y in loader:
            for parameter in model.parameters():
                parameter.grad = None  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "of each parameter of each group": """
        for x, y in loader:
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    parameter.grad = None  # unseen
            criterion(model(x), y).backward()
            optimizer.step()
        """,
}
