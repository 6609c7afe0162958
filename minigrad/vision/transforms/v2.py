"""torchvision.transforms.v2, as far as it means the same here: images in, images out.

The transforms are those of :mod:`minigrad.vision.transforms`, and some that only v2 has. An image is a plain Tensor;
boxes, masks and labels beside it are not changed with it, but for those of :class:`MixUp` and :class:`CutMix`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad.core import dtypes
from minigrad.core.generator import Generator, get_generator
from minigrad.core.tensor import Tensor
from minigrad.vision import transforms
from minigrad.vision.transforms import *  # noqa: F403
from minigrad.vision.transforms import functional as functional
from minigrad.vision.transforms.arguments import NUMBER
from minigrad.vision.transforms.conversion import ConvertImageDtype, PILToTensor
from minigrad.vision.transforms.transform import ImageModule, Transform, check_generator

__all__ = [
    *transforms.__all__, "CutMix", "GaussianNoise", "Identity", "MixUp", "RGB", "ToDtype", "ToImage", "ToPureTensor",
]  # fmt: skip


class ToImage(PILToTensor):
    """Images of Pillow, or arrays, channels last, as Tensors of the same numbers; Tensors stay as they are.

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> v2.Compose([v2.ToImage(), v2.ToDtype(mg.float32, scale=True)])(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0.0000, 0.2000, 1.0000]]])
    """

    def __call__(self, images: Any) -> Tensor:
        return images if isinstance(images, Tensor) else super().__call__(images)

    def __repr__(self) -> str:
        return "ToImage()"


class Identity(ImageModule):
    """A transform that returns what it is given.

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> v2.Identity()(mg.ones(1, 1, 1))
    tensor([[[1.]]])
    """

    batched = True

    def __call__(self, images: Any) -> Any:
        return images

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToPureTensor(Identity):
    """A transform that returns what it is given: all Tensors are plain ones here.

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> v2.ToPureTensor()(mg.ones(1, 1, 1))
    tensor([[[1.]]])
    """


class ToDtype(ConvertImageDtype):
    """Tensors of another dtype.

    Parameters
    ----------
    dtype : dtype
    scale : bool, default False
        Bring the values to the range of the dtype: uint8 to float32 divides by 255.

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> v2.ToDtype(mg.float32)(mg.tensor([0, 51, 255], dtype=mg.uint8))
    tensor([  0.,  51., 255.])
    """

    def __init__(self, dtype: Any, scale: bool = False) -> None:
        if dtype is None or isinstance(dtype, dict):
            raise TypeError(f"ToDtype: expected one dtype such as minigrad.float32, got {dtype!r:.80}")
        super().__init__(dtype)
        self.scale = scale

    def __call__(self, image: Tensor) -> Tensor:
        if not isinstance(image, Tensor):
            raise TypeError(f"ToDtype: expected a Tensor, got {type(image).__name__}; put ToImage before it")
        return super().__call__(image) if self.scale else image.to(self.dtype)

    def __repr__(self) -> str:
        return f"ToDtype(dtype={self.dtype}, scale={self.scale})"


class RGB(Transform):
    """Images of three channels: a single one is repeated.

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> v2.RGB()(mg.ones(1, 2, 2)).shape
    Size([3, 2, 2])
    """

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if images.shape[3] not in (1, 3):
            raise ValueError(f"RGB: expected images of 1 or 3 channels, got {images.shape[3]}")
        return np.repeat(images, 3, 3) if images.shape[3] == 1 else images


class GaussianNoise(Transform):
    """Add normal noise to images of floats.

    Parameters
    ----------
    mean, sigma : float, default 0.0 and 0.1
    clip : bool, default True
        Keep the result from 0 to 1.
    generator : Generator, optional

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> v2.GaussianNoise(0.5, 0.0)(mg.zeros(1, 1, 2))
    tensor([[[0.5000, 0.5000]]])
    """

    def __init__(
        self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True, generator: Generator | None = None
    ) -> None:
        super().__init__(generator)
        for name, value in (("mean", mean), ("sigma", sigma)):
            if not isinstance(value, NUMBER):
                raise TypeError(f"GaussianNoise: expected a number as {name}, got {value!r:.80}")
        if sigma < 0:
            raise ValueError(f"GaussianNoise: expected sigma not below 0, got {sigma}")
        self.mean, self.sigma, self.clip = mean, sigma, clip

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if images.dtype == np.uint8:
            raise ValueError(
                "GaussianNoise: expected floats, got uint8; put ToDtype(minigrad.float32, scale=True) before"
            )
        y = (images + rng.normal(self.mean, self.sigma, images.shape)).astype(images.dtype)
        return np.clip(y, 0, 1) if self.clip else y


class _Mixing(ImageModule):
    """The base of both: each image of a batch is mixed with the one before it, and so are their classes."""

    def __init__(
        self, *, alpha: float = 1.0, num_classes: int | None = None, generator: Generator | None = None
    ) -> None:
        super().__init__()
        name = type(self).__name__
        check_generator(name, generator)
        if not isinstance(alpha, NUMBER) or not alpha > 0:
            raise ValueError(f"{name}: expected alpha as a number above 0, got {alpha!r:.80}")
        self.alpha, self.num_classes, self.generator = float(alpha), num_classes, generator

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the images (N, C, H, W), and probabilities of classes (N, num_classes).

        Parameters
        ----------
        images : Tensor, shape (N, C, H, W)
        labels : Tensor, shape (N,) of integers, or (N, num_classes) of probabilities
        """
        if images.ndim != 4 or labels.shape[:1] != images.shape[:1]:
            raise ValueError(
                f"{type(self).__name__}: expected images (N, C, H, W) and a label of each, got shapes "
                f"{tuple(images.shape)} and {tuple(labels.shape)}"
            )
        share, mixed = self._mixed(images._data, get_generator(self.generator).rng)
        classes = self._probabilities(labels._data)
        return Tensor._wrap(mixed), Tensor._wrap(_blended(classes, share))

    def _mixed(self, x: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        raise NotImplementedError

    def _probabilities(self, labels: np.ndarray) -> np.ndarray:
        if labels.ndim == 2:
            return labels
        if self.num_classes is None:
            raise ValueError(f"{type(self).__name__}: expected num_classes, as labels are numbers of classes")
        return np.eye(self.num_classes, dtype=dtypes.get_default_dtype())[labels]


def _blended(x: np.ndarray, share: float) -> np.ndarray:
    return (share * x + (1 - share) * np.roll(x, 1, 0)).astype(x.dtype)


class MixUp(_Mixing):
    """Blend each image of a batch with the one before it, and their classes alike.

    Parameters
    ----------
    alpha : float, default 1.0
        The share is drawn from Beta(alpha, alpha).
    num_classes : int, optional
        Where labels are numbers of classes.
    generator : Generator, optional

    Notes
    -----
    H. Zhang et al., mixup: Beyond Empirical Risk Minimization, 2017.

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> images, classes = v2.MixUp(num_classes=3)(mg.rand(2, 1, 4, 4), mg.tensor([0, 2]))
    >>> images.shape, classes.sum(1)
    (Size([2, 1, 4, 4]), tensor([1., 1.]))
    """

    def _mixed(self, x: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        share = rng.beta(self.alpha, self.alpha)
        return share, _blended(x, share)


class CutMix(_Mixing):
    """Paste a rectangle of the image before into each image of a batch, and mix their classes by its area.

    Parameters
    ----------
    alpha : float, default 1.0
        The share of the rest is drawn from Beta(alpha, alpha).
    num_classes : int, optional
        Where labels are numbers of classes.
    generator : Generator, optional

    Notes
    -----
    S. Yun et al., CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features, 2019.

    Examples
    --------
    >>> from minigrad.vision.transforms import v2
    >>> images, classes = v2.CutMix(num_classes=3)(mg.rand(2, 1, 4, 4), mg.tensor([0, 2]))
    >>> images.shape, classes.sum(1)
    (Size([2, 1, 4, 4]), tensor([1., 1.]))
    """

    def _mixed(self, x: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        part = 0.5 * math.sqrt(1 - rng.beta(self.alpha, self.alpha))
        pasted: tuple[Any, ...] = (...,)
        area = 1.0
        for length in x.shape[2:]:
            middle, half = int(rng.integers(length)), int(part * length)
            low, high = max(middle - half, 0), min(middle + half, length)
            pasted += (slice(low, high),)
            area *= (high - low) / length
        y = x.copy()
        y[pasted] = np.roll(x, 1, 0)[pasted]
        return 1 - area, y
