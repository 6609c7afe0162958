"""Image data sets, transforms of images, image files, and kernels to filter images with."""

from minigrad.vision import datasets, io, kernels, transforms, utils

__all__ = ["datasets", "io", "kernels", "transforms", "utils"]
