"""Downloads: weights that would be fetched are left as the model was built; anything else is not there."""

from __future__ import annotations

import urllib.request
from typing import Any
from urllib.error import URLError

import torch.hub
from torch import nn

from cnnlint.confirm.child.surroundings import NoWeights
from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]


def replace(world: World) -> None:
    """Fetch nothing."""

    def weights(original: Any, url: str, *values: Any, **named: Any) -> NoWeights:
        world.instead(f"weights from {url}", "weights as drawn at random")
        return NoWeights()

    def take(original: Any, module: nn.Module, values: Any, *others: Any, **named: Any) -> Any:
        if isinstance(values, NoWeights):
            return module.load_state_dict(module.state_dict())
        return original(module, values, *others, **named)

    def refuse(original: Any, url: Any, *values: Any, **named: Any) -> Any:
        address = getattr(url, "full_url", url)
        world.missing(str(address))
        raise URLError(f"{address} is not fetched: the script runs without network")

    def leave(original: Any, url: Any, filename: Any = None, *values: Any, **named: Any) -> Any:
        world.missing(str(url))
        return filename, None

    def models(module: Any) -> None:
        around(module, "load_state_dict_from_url", weights)

    around(torch.hub, "load_state_dict_from_url", weights)
    around(torch.hub, "download_url_to_file", refuse)
    around(nn.Module, "load_state_dict", take)
    around(urllib.request, "urlopen", refuse)
    around(urllib.request, "urlretrieve", leave)
    world.when_imported("torchvision.models._api", models)
    world.when_imported("torchvision._internally_replaced_utils", models)
