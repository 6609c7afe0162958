"""Tools for training scripts beside the engine: :mod:`minigrad.utils.data`."""

from minigrad.utils import data

__all__ = ["data"]
