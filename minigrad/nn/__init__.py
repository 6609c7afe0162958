"""Layers, losses, and the functions they are made of."""

from minigrad.nn import functional
