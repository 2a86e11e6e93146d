"""Transforms of colour, and the ready-made mixtures that change colour and place."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Shape, Transform
from cnnlint.knowledge.transforms.base import OfBytes, RandomKeepsShape, describes_transform, image_axes
from cnnlint.records import record


@describes_transform("Grayscale")
@record
class Grayscale(Transform):
    """To gray, in one channel or three alike.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Grayscale.html
    """

    num_output_channels: Any = 1

    def output(self, image: Shape) -> Shape:
        return (self.num_output_channels, *image_axes(image)[1:])


@describes_transform("RGB")
@record
class RGB(Transform):
    """To three channels.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RGB.html
    """

    def output(self, image: Shape) -> Shape:
        return (3, *image_axes(image)[1:])


@describes_transform("RandomGrayscale")
@record
class RandomGrayscale(RandomKeepsShape):
    """To gray with probability `p`, in as many channels as before.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomGrayscale.html
    """

    p: Any = 0.1


@describes_transform("ColorJitter")
@record
class ColorJitter(OfBytes):
    """Brightness, contrast, saturation and hue changed.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ColorJitter.html
    """

    tolerant = True
    brightness: Any = 0
    contrast: Any = 0
    saturation: Any = 0
    hue: Any = 0


@describes_transform("RandomPhotometricDistort")
@record
class RandomPhotometricDistort(RandomKeepsShape):
    """Colours distorted and channels exchanged.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomPhotometricDistort.html
    """

    brightness: Any = (0.875, 1.125)
    contrast: Any = (0.5, 1.5)
    saturation: Any = (0.5, 1.5)
    hue: Any = (-0.05, 0.05)
    p: Any = 0.5


@describes_transform("RandomChannelPermutation")
@record
class RandomChannelPermutation(RandomKeepsShape):
    """Channels exchanged.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomChannelPermutation.html
    """


@describes_transform("RandomInvert")
@record
class RandomInvert(RandomKeepsShape):
    """Colours inverted.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomInvert.html
    """

    p: Any = 0.5


@describes_transform("RandomPosterize")
@record
class RandomPosterize(OfBytes):
    """Fewer bits for each channel.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomPosterize.html
    """

    bits: Any
    p: Any = 0.5


@describes_transform("RandomSolarize")
@record
class RandomSolarize(RandomKeepsShape):
    """Values above a threshold inverted.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomSolarize.html
    """

    threshold: Any
    p: Any = 0.5


@describes_transform("RandomAdjustSharpness")
@record
class RandomAdjustSharpness(OfBytes):
    """Sharper or softer.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomAdjustSharpness.html
    """

    tolerant = True
    sharpness_factor: Any
    p: Any = 0.5


@describes_transform("RandomAutocontrast")
@record
class RandomAutocontrast(OfBytes):
    """Contrast stretched to the full range.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomAutocontrast.html
    """

    tolerant = True
    p: Any = 0.5


@describes_transform("RandomEqualize")
@record
class RandomEqualize(OfBytes):
    """Histogram made flat.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomEqualize.html
    """

    p: Any = 0.5


@describes_transform("GaussianBlur")
@record
class GaussianBlur(RandomKeepsShape):
    """Blurred, with a width drawn from `sigma`.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.GaussianBlur.html
    """

    kernel_size: Any
    sigma: Any = (0.1, 2.0)


@describes_transform("GaussianNoise")
@record
class GaussianNoise(RandomKeepsShape):
    """Noise added.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.GaussianNoise.html
    """

    mean: Any = 0.0
    sigma: Any = 0.1
    clip: Any = True


@describes_transform("AutoAugment")
@record
class AutoAugment(OfBytes):
    """The augmentation policies learnt on ImageNet, CIFAR-10 or SVHN.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.AutoAugment.html
    """

    displaces = True
    policy: Any = "imagenet"
    interpolation: Any = "nearest"
    fill: Any = None


@describes_transform("RandAugment")
@record
class RandAugment(OfBytes):
    """`num_ops` random changes of one magnitude.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandAugment.html
    """

    displaces = True
    num_ops: Any = 2
    magnitude: Any = 9
    num_magnitude_bins: Any = 31
    interpolation: Any = "nearest"
    fill: Any = None


@describes_transform("TrivialAugmentWide")
@record
class TrivialAugmentWide(OfBytes):
    """One random change of a random magnitude.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.TrivialAugmentWide.html
    """

    displaces = True
    num_magnitude_bins: Any = 31
    interpolation: Any = "nearest"
    fill: Any = None


@describes_transform("AugMix")
@record
class AugMix(OfBytes):
    """A mixture of several chains of random changes.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.AugMix.html
    """

    displaces = True
    severity: Any = 3
    mixture_width: Any = 3
    chain_depth: Any = -1
    alpha: Any = 1.0
    all_ops: Any = True
    interpolation: Any = "bilinear"
    fill: Any = None
