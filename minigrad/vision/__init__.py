"""Image data sets, transforms of images, image files, networks, and kernels to filter images with."""

from minigrad.vision import datasets, io, kernels, models, transforms, utils

__all__ = ["datasets", "io", "kernels", "models", "transforms", "utils"]
