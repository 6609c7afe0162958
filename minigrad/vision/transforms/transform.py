"""The base of transforms, and their composition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Sized
from types import NoneType
from typing import Any

import numpy as np

from minigrad.core.generator import Generator, get_generator
from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module
from minigrad.overriding import speaks_for
from minigrad.vision.pillow import as_pillow, of_pillow, pixels_of

__all__ = ["Compose", "Lambda", "Transform"]


class ImageModule(Module):
    """A transform as a layer, so that `nn.Sequential` and other modules take it.

    A subclass says what it does in ``__call__``, or, as layers do, in ``forward``.
    """

    def __init__(self) -> None:
        super().__init__()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "forward" in vars(cls) and "__call__" not in vars(cls):
            cls.__call__ = lambda self, *args, **kwargs: self.forward(*args, **kwargs)  # type: ignore[method-assign]

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the class above the last one with a ``forward`` of its own, for which this stands."""
        kinds = type(self).__mro__[: -len(ImageModule.__mro__)]
        last = max((i for i, kind in enumerate(kinds) if "forward" in vars(kind)), default=-1)
        return kinds[last + 1].__call__(self, *args, **kwargs)

    def _shown(self) -> dict[str, Any]:
        """Return the settings by their names."""
        hidden = ("generator", "batched", "training")
        return {name: value for name, value in vars(self).items() if name not in hidden and name[0] != "_"}


class Transform(ImageModule):
    """Base class: whatever it is called with, a subclass's :meth:`transform` gets a batch with channels last.

    Parameters
    ----------
    generator : Generator, optional
        The source of randomness; where omitted the default generator of the thread.

    Attributes
    ----------
    batched : bool
        Whether it takes whole batches: True, with few exceptions. A data set with such a transform calls it once a
        batch. A subclass that overrides `__call__` is given single images, unless it says ``batched = True`` itself.

    Examples
    --------
    >>> from minigrad.vision.transforms import Transform
    >>> class Negative(Transform):
    ...     def transform(self, images, rng):
    ...         return 255 - images
    >>> Negative()(np.array([[0, 100]], np.uint8))
    array([[255, 155]], dtype=uint8)
    """

    batched = True

    def __init__(self, generator: Generator | None = None) -> None:
        super().__init__()
        check_generator(type(self).__name__, generator)
        self.generator = generator

    def transform(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return the transformed images.

        Parameters
        ----------
        images : (N, H, W, C) array of uint8 or floats
            Not to be changed. It may be a view of memory in another order.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (N, height, width, channels), of the same dtype
        """
        raise NotImplementedError(f"{type(self).__name__}: a Transform needs a method transform(images, rng)")

    def __call__(self, images: Any) -> Any:
        """Return the transformed image or images, of the kind and dtype that are given."""
        rng = get_generator(self.generator).rng
        return on_images(type(self).__name__, lambda x: self.transform(x, rng), images)

    def __repr__(self) -> str:
        shown = [f"{name}={value}" for name, value in self._shown().items()]
        return f"{type(self).__name__}({', '.join(shown)})"


def on_images(name: str, change: Callable[[np.ndarray], np.ndarray], images: Any) -> Any:
    """Return what `change` makes of images (N, H, W, C), of the kind that is given: a Tensor, an array, Pillow's."""
    if isinstance(images, Tensor):
        x = images._data
        if x.ndim not in (3, 4):
            raise ValueError(f"{name}: expected a Tensor (C, H, W) or (N, C, H, W), got shape {tuple(x.shape)}")
        y = change(_checked(name, x if x.ndim == 4 else x[None]).transpose(0, 2, 3, 1))
        y = np.ascontiguousarray(y.transpose(0, 3, 1, 2))
        return Tensor._wrap(y if x.ndim == 4 else y[0])
    if of_pillow(images):
        return as_pillow(on_images(name, change, pixels_of(name, images)))
    x = np.asarray(images)
    y = change(_checked(name, channels_last(name, x)))
    if x.ndim == 4:
        return y
    return y[0, :, :, 0] if x.ndim == 2 and y.shape[3] == 1 else y[0]


_UNUSED = np.random.default_rng(0)  # for transforms to draw from, where every range is a single number


def applied(name: str, images: Any, kind: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a transform makes of images; its errors speak of the function `name`."""
    try:
        transform = kind(*args, **kwargs)
        if isinstance(transform, Transform) and "__call__" not in vars(kind):
            return on_images(name, lambda x: transform.transform(x, _UNUSED), images)
        return transform(images)
    except (TypeError, ValueError, RuntimeError) as error:
        raise type(error)(str(error).replace(f"{kind.__name__}:", f"{name}:", 1)) from error


def get_dimensions(img: Any) -> list[int]:
    """Return the channels, height and width of images of any kind.

    Examples
    --------
    >>> from minigrad.vision.transforms import functional
    >>> functional.get_dimensions(mg.zeros(3, 4, 6)), functional.get_dimensions(np.zeros((4, 6, 3)))
    ([3, 4, 6], [3, 4, 6])
    """
    if of_pillow(img):
        return [len(img.getbands()), img.height, img.width]
    if not isinstance(img, (Tensor, np.ndarray)) or img.ndim < 2:
        raise TypeError(f"get_dimensions: expected an image, got {type(img).__name__}")
    if isinstance(img, Tensor):
        return [1 if img.ndim == 2 else img.shape[-3], img.shape[-2], img.shape[-1]]
    shape = [*img.shape, 1] if img.ndim == 2 else list(img.shape)
    return [shape[-1], shape[-3], shape[-2]]


def check_generator(name: str, generator: Any) -> None:
    """Raise TypeError if it is neither a Generator nor None."""
    if not isinstance(generator, (Generator, NoneType)):
        raise TypeError(f"{name}: expected a minigrad.Generator as generator, got {type(generator).__name__}")


def channels_last(name: str, x: np.ndarray) -> np.ndarray:
    """Return an image (H, W) or (H, W, C), or a batch of them, as (N, H, W, C)."""
    if x.ndim not in (2, 3, 4) or (x.ndim > 2 and x.shape[-1] > 4):  # most likely (N, H, W) or (N, C, H, W)
        raise ValueError(
            f"{name}: expected an array (H, W), (H, W, C) or (N, H, W, C) of at most 4 channels, got shape {x.shape}; "
            "grey images (N, H, W) are a batch as images[..., None], channels first are for Tensors"
        )
    return x if x.ndim == 4 else x[None] if x.ndim == 3 else x[None, :, :, None]


def _checked(name: str, x: np.ndarray) -> np.ndarray:
    if x.dtype != np.uint8 and x.dtype.kind != "f":
        raise TypeError(
            f"{name}: expected images of uint8 (0 to 255) or floats (0 to 1), got {x.dtype}; "
            "convert them with .astype(np.uint8) or .to(mg.uint8)"
        )
    if 0 in x.shape[1:]:
        raise ValueError(f"{name}: expected images with pixels, got shape {x.shape}")
    return x


def takes_batches(transform: Any) -> bool:
    """Return whether it is ``batched``, said of its own ``__call__`` and not of one that it overrides."""
    return speaks_for(transform, "batched", "__call__") and bool(transform.batched)


class Compose:
    """Several transforms, one after the other.

    Parameters
    ----------
    transforms : sequence of callables

    Attributes
    ----------
    batched : bool
        Whether all of them are.

    Examples
    --------
    >>> from minigrad.vision.transforms import CenterCrop, Compose, ToTensor
    >>> prepare = Compose([CenterCrop(2), ToTensor()])
    >>> prepare(np.arange(16, dtype=np.uint8).reshape(4, 4) * 17)
    tensor([[[0.3333, 0.4000],
             [0.6000, 0.6667]]])
    >>> prepare.batched
    True
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        if not isinstance(transforms, Iterable):
            raise TypeError(f"Compose: expected a list of transforms, got {type(transforms).__name__}")
        self.transforms = transforms if isinstance(transforms, Sized) else list(transforms)
        for transform in self.transforms:
            if not callable(transform):
                raise TypeError(f"Compose: expected transforms that can be called, got {transform!r:.80}")

    @property
    def batched(self) -> bool:
        return all(map(takes_batches, self.transforms))

    def __call__(self, images: Any) -> Any:
        for transform in self.transforms:
            images = transform(images)
        return images

    def __repr__(self) -> str:
        return "\n    ".join(["Compose(", *map(repr, self.transforms)]) + "\n)"


class Lambda:
    """A function as a transform.

    Parameters
    ----------
    lambd : callable
    batched : bool, default False
        Whether it takes whole batches too.

    Raises
    ------
    TypeError
        If `lambd` cannot be called.

    Examples
    --------
    >>> from minigrad.vision.transforms import Lambda
    >>> Lambda(lambda image: 1 - image)(mg.ones(1, 1, 2))
    tensor([[[0., 0.]]])
    """

    def __init__(self, lambd: Callable[[Any], Any], batched: bool = False) -> None:
        if not callable(lambd):
            raise TypeError(f"Lambda: expected a function as lambd, got {type(lambd).__name__}")
        self.lambd, self.batched = lambd, batched

    def __call__(self, images: Any) -> Any:
        return self.lambd(images)

    def __repr__(self) -> str:
        return f"Lambda({getattr(self.lambd, '__name__', self.lambd)})"
