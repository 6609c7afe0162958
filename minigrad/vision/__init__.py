"""Image data sets, transforms of images, and image files."""

from minigrad.vision import datasets, io, transforms

__all__ = ["datasets", "io", "transforms"]
