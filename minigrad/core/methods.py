"""The methods of Tensor that are operations: each declaration puts its own here, and `methods.pyi` lists them all."""

from __future__ import annotations


class Methods:
    """The methods that Tensor inherits from the operations."""

    __slots__ = ()
