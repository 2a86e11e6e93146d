"""Images with structure, drawn by us: glyphs that are moved about, turned light on dark, and noisy.

A small CNN learns them in some two hundred steps. What sees no neighbourhoods (a linear net, frozen random
features) does not, and neither does a net that is trained wrongly.
"""

from __future__ import annotations

from itertools import count as count_from
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import interpolate

__all__ = ["LETTERS", "Drawing", "draw", "drawing"]

#: Strokes over points `xy` of a lattice of 5 by 7, y downwards.
LETTERS = {
    "0": ["10 30 41 45 36 16 05 01 10", "31 15"],
    "1": ["11 20 26", "16 36"],
    "2": ["01 10 30 41 42 06 46"],
    "3": ["01 10 30 41 42 33 13", "33 44 45 36 16 05"],
    "4": ["36 30 04 44"],
    "5": ["40 00 02 32 43 45 36 16 05"],
    "6": ["41 30 10 01 05 16 36 45 44 33 03"],
    "7": ["00 40 41 16"],
    "8": ["10 30 41 42 33 13 02 01 10", "33 44 45 36 16 05 04 13"],
    "9": ["05 16 36 45 41 30 10 01 02 13 43"],
    "A": ["06 02 20 42 46", "04 44"],
    "B": ["03 33 42 41 30 00 06 36 45 44 33"],
    "C": ["41 30 10 01 05 16 36 45"],
    "D": ["00 20 42 44 26 06 00"],
    "E": ["40 00 06 46", "03 33"],
    "F": ["40 00 06", "03 33"],
    "G": ["41 30 10 01 05 16 36 45 43 23"],
    "H": ["00 06", "40 46", "03 43"],
    "I": ["10 30", "20 26", "16 36"],
    "J": ["10 40", "30 35 26 16 05"],
    "K": ["00 06", "40 03 46"],
    "L": ["00 06 46"],
    "M": ["06 00 23 40 46"],
    "N": ["06 00 46 40"],
    "O": ["20 42 44 26 04 02 20"],
    "P": ["06 00 30 41 42 33 03"],
    "Q": ["10 30 41 45 36 16 05 01 10", "24 46"],
    "R": ["06 00 30 41 42 33 03", "23 46"],
    "S": ["41 30 10 01 02 13 33 44 45 36 16 05"],
    "T": ["00 40", "20 26"],
    "U": ["00 05 16 36 45 40"],
    "V": ["00 26 40"],
    "W": ["00 16 22 36 40"],
    "X": ["00 46", "40 06"],
    "Y": ["00 23 40", "23 26"],
    "Z": ["00 40 06 46"],
}
COLUMNS, ROWS = 4, 6  # of the lattice
FILLED = 0.6  # of the image's smaller side, by a glyph
SHIFT = 0.15  # of a side, at most, to either side of the middle
STROKE = 0.07  # thickness, of the image's smaller side; at least a pixel
NOISE = 0.15  # standard deviation, where black is 0 and white 1
FINE = 64  # pixels on the smaller side, at most, before an image is enlarged
AT_ONCE = 1 << 22  # values drawn in one go, which bounds the memory for numbers in between


class Drawing(NamedTuple):
    """Images [N, C, H, W] in uint8 and their classes [N]; which pixels are glyph [N, H, W]; how far the
    glyph was moved, from -1 to 1, down and to the right [N, 2]."""

    images: Tensor
    labels: Tensor
    masks: Tensor
    places: Tensor


def draw(
    count: int, channels: int, height: int, width: int, classes: int, seed: int
) -> tuple[Tensor, Tensor]:
    """Images [count, channels, height, width] in uint8 and their classes in int64, each as often as the
    others. The same seed gives the same images; what a class looks like does not depend on it."""
    return drawing(count, channels, height, width, classes, seed)[:2]


def drawing(count: int, channels: int, height: int, width: int, classes: int, seed: int) -> Drawing:
    """As `draw`, with targets for dense prediction and for regression."""
    generator = torch.Generator().manual_seed(seed)
    labels = (torch.arange(count) % classes)[torch.randperm(count, generator=generator)]
    places = torch.rand(count, 2, generator=generator) * 2 - 1
    reach = [round(height * SHIFT), round(width * SHIFT)]
    moved = (places * torch.tensor(reach)).round().long()
    present, which = labels.unique(return_inverse=True)
    pictures = torch.stack([_picture(_name(label, classes), height, width) for label in present.tolist()])
    rows = (torch.arange(height) - moved[:, :1]).clamp(0, height - 1)
    columns = (torch.arange(width) - moved[:, 1:]).clamp(0, width - 1)
    images = torch.empty(count, channels, height, width, dtype=torch.uint8)
    masks = torch.empty(count, height, width, dtype=torch.bool)
    for start in range(0, count, max(1, AT_ONCE // (channels * height * width))):
        part = slice(start, start + max(1, AT_ONCE // (channels * height * width)))
        glyphs = pictures[which[part, None, None], rows[part, :, None], columns[part, None, :]]
        masks[part] = glyphs > 0.5
        images[part] = _coloured(glyphs, channels, generator)
    return Drawing(images, labels, masks, places)


def _coloured(glyphs: Tensor, channels: int, generator: torch.Generator) -> Tensor:
    """Light on dark or dark on light, each channel by its own tint, with noise; as uint8."""
    shape = (len(glyphs), channels, 1, 1)
    light = 1 - 0.3 * torch.rand(shape, generator=generator)
    dark = 0.3 * torch.rand(shape, generator=generator)
    inverted = torch.rand(len(glyphs), 1, 1, 1, generator=generator) < 0.5
    ink, ground = torch.where(inverted, dark, light), torch.where(inverted, light, dark)
    pictures = ground + (ink - ground) * glyphs.unsqueeze(1)
    pictures += NOISE * torch.randn(pictures.shape, generator=generator)
    return (pictures.clamp_(0, 1) * 255).to(torch.uint8)


def _name(label: int, classes: int) -> str:
    """The glyphs of a class: one, or where there are more classes than glyphs a word, as a number has digits,
    in the smallest base in which all words are equally long."""
    letters = list(LETTERS)
    length = next(length for length in count_from(1) if len(letters) ** length >= classes)
    base = next(base for base in range(1, len(letters) + 1) if base**length >= classes)
    return "".join(letters[label // base**place % base] for place in reversed(range(length)))


def _picture(name: str, height: int, width: int) -> Tensor:
    """The glyphs of a word in a row, in the middle of the image, their edges smooth."""
    side = min(height, width)
    if side > FINE:
        small = _picture(name, height * FINE // side, width * FINE // side)
        return interpolate(small[None, None], (height, width), mode="bilinear")[0, 0]
    tall = FILLED * side
    wide = min(tall * COLUMNS / ROWS, FILLED * width / len(name) * 0.8)
    thick = max(1.0, STROKE * side / len(name) ** 0.5)
    step = wide + FILLED * width / len(name) * 0.2 + thick
    left = (width - 1 - wide - step * (len(name) - 1)) / 2
    top = (height - 1 - tall) / 2
    starts, ends = [], []
    for number, letter in enumerate(name):
        for stroke in LETTERS[letter]:
            corners = [
                (top + tall * int(at[1]) / ROWS, left + step * number + wide * int(at[0]) / COLUMNS)
                for at in stroke.split()
            ]
            starts += corners[:-1]
            ends += corners[1:]
    return _inked(torch.tensor(starts), torch.tensor(ends), thick, height, width)


def _inked(starts: Tensor, ends: Tensor, thick: float, height: int, width: int) -> Tensor:
    """How much of each pixel lies within half the thickness of one of the segments."""
    pixels = torch.cartesian_prod(torch.arange(float(height)), torch.arange(float(width)))
    along = ends - starts
    offset = pixels[:, None] - starts
    share = ((offset * along).sum(-1) / (along * along).sum(-1)).clamp(0, 1)
    distance = (offset - share[..., None] * along).norm(dim=-1).amin(1)
    return (thick / 2 + 0.5 - distance).clamp(0, 1).reshape(height, width)
