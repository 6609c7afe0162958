"""Changes of images by policies that others have learned, and mixtures of several changes: AutoAugment, AugMix."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.vision.transforms.arguments import INTEGER, NUMBER, Fill, InterpolationMode
from minigrad.vision.transforms.policies import FOURTEEN, MIXED, NARROW, Policy
from minigrad.vision.transforms.transform import on_images

__all__ = ["AugMix", "AutoAugment", "AutoAugmentPolicy"]


class AutoAugmentPolicy(enum.Enum):
    """The data set that a policy of :class:`AutoAugment` was learned on."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


# Two changes in turn, each with its probability and its magnitude from 0 to 9; from the appendix of the article.
_POLICIES = {
    "imagenet": """
        Posterize .4 8 Rotate .6 9, Solarize .6 5 AutoContrast .6 0, Equalize .8 0 Equalize .6 0, Posterize .6 7
        Posterize .6 6, Equalize .4 0 Solarize .2 4, Equalize .4 0 Rotate .8 8, Solarize .6 3 Equalize .6 0, Posterize
        .8 5 Equalize 1 0, Rotate .2 3 Solarize .6 8, Equalize .6 0 Posterize .4 6, Rotate .8 8 Color .4 0, Rotate .4
        9 Equalize .6 0, Equalize 0 0 Equalize .8 0, Invert .6 0 Equalize 1 0, Color .6 4 Contrast 1 8, Rotate .8 8
        Color 1 2, Color .8 8 Solarize .8 7, Sharpness .4 7 Invert .6 0, ShearX .6 5 Equalize 1 0, Color .4 0 Equalize
        .6 0, Equalize .4 0 Solarize .2 4, Solarize .6 5 AutoContrast .6 0, Invert .6 0 Equalize 1 0, Color .6 4
        Contrast 1 8, Equalize .8 0 Equalize .6 0
    """,
    "cifar10": """
        Invert .1 0 Contrast .2 6, Rotate .7 2 TranslateX .3 9, Sharpness .8 1 Sharpness .9 3, ShearY .5 8 TranslateY
        .7 9, AutoContrast .5 0 Equalize .9 0, ShearY .2 7 Posterize .3 7, Color .4 3 Brightness .6 7, Sharpness .3 9
        Brightness .7 9, Equalize .6 0 Equalize .5 0, Contrast .6 7 Sharpness .6 5, Color .7 7 TranslateX .5 8,
        Equalize .3 0 AutoContrast .4 0, TranslateY .4 3 Sharpness .2 6, Brightness .9 6 Color .2 8, Solarize .5 2
        Invert 0 0, Equalize .2 0 AutoContrast .6 0, Equalize .2 0 Equalize .6 0, Color .9 9 Equalize .6 0,
        AutoContrast .8 0 Solarize .2 8, Brightness .1 3 Color .7 0, Solarize .4 5 AutoContrast .9 0, TranslateY .9 9
        TranslateY .7 9, AutoContrast .9 0 Solarize .8 3, Equalize .8 0 Invert .1 0, TranslateY .7 9 AutoContrast .9 0
    """,
    "svhn": """
        ShearX .9 4 Invert .2 0, ShearY .9 8 Invert .7 0, Equalize .6 0 Solarize .6 6, Invert .9 0 Equalize .6 0,
        Equalize .6 0 Rotate .9 3, ShearX .9 4 AutoContrast .8 0, ShearY .9 8 Invert .4 0, ShearY .9 5 Solarize .2 6,
        Invert .9 0 AutoContrast .8 0, Equalize .6 0 Rotate .9 3, ShearX .9 4 Solarize .3 3, ShearY .8 8 Invert .7 0,
        Equalize .9 0 TranslateY .6 6, Invert .9 0 Equalize .6 0, Contrast .3 3 Rotate .8 4, Invert .8 0 TranslateY 0
        2, ShearY .7 6 Solarize .4 8, Invert .6 0 Rotate .8 4, ShearY .3 7 TranslateX .9 3, ShearX .1 6 Invert .6 0,
        Solarize .7 2 TranslateY .6 7, ShearY .8 4 Invert .8 0, ShearX .7 9 TranslateY .8 3, ShearY .8 5 AutoContrast
        .7 0, ShearX .7 2 Invert .1 0
    """,
}
_GREATEST = 9


class AutoAugment(Policy):
    """Change uint8 images by one of the 25 pairs of changes that were found best for a data set.

    Parameters
    ----------
    policy : AutoAugmentPolicy or its value, default AutoAugmentPolicy.IMAGENET
    interpolation : "nearest" (default), "bilinear" or InterpolationMode
    fill : float or sequence of one per channel, optional
        What comes in from outside of the image; 0 where omitted.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If there is no such policy.

    Notes
    -----
    E. D. Cubuk et al., AutoAugment: Learning Augmentation Policies from Data, 2018.

    Examples
    --------
    >>> from minigrad.vision.transforms import AutoAugment, AutoAugmentPolicy
    >>> AutoAugment(AutoAugmentPolicy.CIFAR10)(np.zeros((32, 32, 3), np.uint8)).shape
    (32, 32, 3)
    """

    def __init__(
        self,
        policy: AutoAugmentPolicy | str = AutoAugmentPolicy.IMAGENET,
        interpolation: str | InterpolationMode = InterpolationMode.NEAREST,
        fill: Fill | None = None,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(interpolation, fill, generator)
        try:
            self.policy = AutoAugmentPolicy(policy)
        except ValueError:
            expected = ", ".join(str(known) for known in AutoAugmentPolicy)
            raise ValueError(f"AutoAugment: expected policy as one of {expected}, got {policy!r:.80}") from None

    def __call__(self, images: Any) -> Any:
        rng = get_generator(self.generator).rng
        pairs = _POLICIES[self.policy.value].split(",")
        words = pairs[rng.integers(len(pairs))].split()
        for change, chance, magnitude in zip(words[::3], words[1::3], words[2::3], strict=True):
            if rng.random() < float(chance):
                images = self._changed(images, change, int(magnitude) / _GREATEST, NARROW, rng)
        return images


class AugMix(Policy):
    """Mix uint8 images with the results of several chains of changes.

    Parameters
    ----------
    severity : int, 1 to 10, default 3
        The greatest magnitude.
    mixture_width : int, default 3
        How many chains there are.
    chain_depth : int, default -1
        How many changes a chain has; from 1 to 3 at random where it is not positive.
    alpha : float, default 1.0
        Of the Beta and Dirichlet distributions of the shares.
    all_ops : bool, default True
        Whether brightness, colour, contrast and sharpness are changed, too.
    interpolation : "bilinear" (default), "nearest" or InterpolationMode
    fill : float or sequence of one per channel, optional
        What comes in from outside of the image; 0 where omitted.
    generator : Generator, optional

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    D. Hendrycks et al., AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty, 2019.

    Examples
    --------
    >>> from minigrad.vision.transforms import AugMix
    >>> AugMix()(np.zeros((32, 32, 3), np.uint8)).shape
    (32, 32, 3)
    """

    def __init__(
        self,
        severity: int = 3,
        mixture_width: int = 3,
        chain_depth: int = -1,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str | InterpolationMode = InterpolationMode.BILINEAR,
        fill: Fill | None = None,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(interpolation, fill, generator, severity=severity, mixture_width=mixture_width)
        if not 1 <= severity <= _GREATEST + 1:
            raise ValueError(f"AugMix: expected severity from 1 to {_GREATEST + 1}, got {severity}")
        if mixture_width < 1:
            raise ValueError(f"AugMix: expected mixture_width of at least 1, got {mixture_width}")
        if not isinstance(chain_depth, INTEGER) or isinstance(chain_depth, bool):
            raise TypeError(f"AugMix: expected an int as chain_depth, got {chain_depth!r:.80}")
        if not isinstance(alpha, NUMBER) or not alpha > 0:
            raise ValueError(f"AugMix: expected alpha as a number above 0, got {alpha!r:.80}")
        self.severity, self.mixture_width, self.chain_depth = severity, mixture_width, chain_depth
        self.alpha, self.all_ops = alpha, all_ops

    def __call__(self, images: Any) -> Any:
        rng = get_generator(self.generator).rng
        return on_images("AugMix", lambda x: self._mixed(x, rng), images)

    def _mixed(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        coloured = {"Brightness", "Color", "Contrast", "Sharpness"}
        changes = [name for name in FOURTEEN if name != "Identity" and (self.all_ops or name not in coloured)]
        share = rng.beta(self.alpha, self.alpha)
        y = (1 - share) * x
        for weight in share * rng.dirichlet([self.alpha] * self.mixture_width):
            changed = x
            for change in rng.choice(changes, self.chain_depth if self.chain_depth > 0 else rng.integers(1, 4)):
                changed = self._changed(changed, change, rng.integers(self.severity) / _GREATEST, MIXED, rng)
            y += weight * changed
        return y.astype(x.dtype)
