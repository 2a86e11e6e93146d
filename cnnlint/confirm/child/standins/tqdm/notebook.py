"""The bars of tqdm, as `tqdm.notebook` offers them."""

from tqdm import tqdm, trange

__all__ = ["tqdm", "trange"]
