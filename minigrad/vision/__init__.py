"""Image data sets, image files, and kernels to filter images with."""

from minigrad.vision import datasets, io, kernels

__all__ = ["datasets", "io", "kernels"]
