"""Image data sets, transforms of images, image files, kernels to filter images with, known nets, boxes."""

from minigrad.lazy_names import lazy_names
from minigrad.vision import datasets, io, kernels, transforms, utils

_lazy = lazy_names(__name__, globals(), {}, "models ops")
__all__ = ["datasets", "io", "kernels", "models", "ops", "transforms", "utils"]


def __getattr__(name: str) -> object:
    return _lazy.getattr(name)
