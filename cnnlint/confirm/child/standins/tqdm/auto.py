"""The bars of tqdm, as `tqdm.auto` offers them."""

from tqdm import tqdm, trange

__all__ = ["tqdm", "trange"]
