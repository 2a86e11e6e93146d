_MODELS = {}


def register_model(function):
    _MODELS[function.__name__] = function
    return function


def create_model(name, pretrained=False, **kwargs):
    if name not in _MODELS:
        raise KeyError(f"unknown model {name}")
    return _MODELS[name](**kwargs)
