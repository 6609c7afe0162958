"""Image data sets, models, transforms of images, image files, and kernels to filter images with."""

from minigrad.lazy_names import lazy_names
from minigrad.vision import datasets, io, kernels, transforms, utils

__all__ = ["datasets", "io", "kernels", "models", "transforms", "utils"]

_MODULES = "models"
_lazy = lazy_names(__name__, globals(), {}, _MODULES)
__getattr__ = _lazy.getattr
__dir__ = _lazy.dir
