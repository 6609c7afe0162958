"""Image data sets, and image files."""

from minigrad.vision import datasets, io

__all__ = ["datasets", "io"]
