"""Dropout: zeros at random places while training (Srivastava et al., 2014)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.kernels import relu as masks
from minigrad.ops.checks import require_floating
from minigrad.ops.declare.method import in_place_form, optionally_in_place
from minigrad.ops.declare.operation import Operand, operation

__all__ = ["dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"]


@operation(input=lambda g, dropped, scale: _dropout(g, dropped, scale), holds=("dropped",))
def _dropout(input: Operand, dropped: np.ndarray, scale: float) -> Operand:
    y = masks.zeroed(input, dropped)
    y *= scale
    return y


def _drawn(input: Any, p: float, dims: int | None = None) -> np.ndarray:
    """Draw bools, True with probability `p`, one per element or per index of the first `dims` dimensions.

    Drawn in the order in which the input lies in memory, so that nothing has to go through it in two orders.
    """
    shape = tuple(input.shape)
    if dims is not None:
        shape = shape[:dims] + (1,) * (len(shape) - dims)
    strides = input.stride() if hasattr(input, "stride") else input.strides
    order = sorted(range(len(shape)), key=lambda d: -strides[d])
    drawn = get_generator().rng.random([shape[d] for d in order], dtype=np.float32) < p
    return drawn.transpose(np.argsort(order)) if order else np.asarray(drawn)


def _check(name: str, input: Any, p: float, training: bool) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: expected p, the probability of a zero, in [0, 1], got {p}")
    if training:
        require_floating(name, input)


def _dropped(name: str, input: Any, p: float, training: bool, dims: int | None = None) -> Any:
    _check(name, input, p, training)
    if not training or p == 0:
        return input
    return _dropout(input, _drawn(input, p, dims), 1 / (1 - p) if p < 1 else 0.0)


@optionally_in_place
def dropout(input: Operand, p: float = 0.5, training: bool = True) -> Tensor:
    """Set each element to 0 with probability `p` while `training`, and multiply the others by ``1 / (1 - p)``.

    Parameters
    ----------
    p : float in [0, 1], default 0.5
    training : bool, default True
        If False, the result is `input`. This function does not know of a model's ``eval()``: pass ``model.training``.

    Raises
    ------
    ValueError
        If `p` is not in [0, 1].

    Examples
    --------
    >>> F.dropout(mg.ones(3), p=1.0), F.dropout(mg.ones(3), training=False)
    (tensor([0., 0., 0.]), tensor([1., 1., 1.]))
    """
    return _dropped("dropout", input, p, training)


def _of_channels(name: str, input: Any, p: float, training: bool, spatial: int) -> Any:
    """Set whole channels to 0: of (N, C, ...) with `spatial` more dimensions, or of (C, ...)."""
    _check(name, input, p, training)
    ndim = len(input.shape)
    if ndim not in (spatial + 1, spatial + 2):
        message = f"{name}: expected (N, C, ...) or (C, ...) with {spatial} more dimensions, got {tuple(input.shape)}"
        if spatial == 1 or (ndim < 2 and training):
            raise RuntimeError(message)
        warnings.warn(f"{message}; the first two are taken as N and C", UserWarning, stacklevel=4)
        return _dropped(name, input, p, training, 2)
    return _dropped(name, input, p, training, ndim - spatial)


@optionally_in_place
def dropout1d(input: Operand, p: float = 0.5, training: bool = True) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, L) or (C, L).

    Examples
    --------
    >>> F.dropout1d(mg.ones(1, 2, 3), training=False).shape
    Size([1, 2, 3])
    """
    return _of_channels("dropout1d", input, p, training, 1)


@optionally_in_place
def dropout2d(input: Operand, p: float = 0.5, training: bool = True) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, H, W).

    Three dimensions mean (N, C, L), as in PyTorch, with a warning.

    Examples
    --------
    >>> F.dropout2d(mg.ones(2, 3, 4, 4), p=1.0).sum()
    tensor(0.)
    """
    if len(input.shape) == 3:
        warnings.warn(
            "dropout2d: an input of 3 dimensions is taken as (N, C, L); use dropout1d, or unsqueeze(0) for (C, H, W)",
            UserWarning,
            stacklevel=3,
        )
        return _of_channels("dropout2d", input, p, training, 1)
    return _of_channels("dropout2d", input, p, training, 2)


@optionally_in_place
def dropout3d(input: Operand, p: float = 0.5, training: bool = True) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, D, H, W) or (C, D, H, W).

    Examples
    --------
    >>> F.dropout3d(mg.ones(1, 2, 2, 2, 2), training=False).sum()
    tensor(16.)
    """
    return _of_channels("dropout3d", input, p, training, 3)


def _alpha(name: str, input: Any, p: float, training: bool, dims: int | None) -> Any:
    _check(name, input, p, training)
    if not training or p == 0:
        return input
    if p == 1:
        return input * 0.0
    low = -1.7580993408473766  # the limit of selu towards minus infinity
    scale = (1 / (1 - p) / (1 + p * low * low)) ** 0.5
    dropped = _drawn(input, p, dims)
    fill = (scale * low * (dropped - p)).astype(input.dtype)
    return _dropout(input, dropped, scale) + fill


@optionally_in_place
def alpha_dropout(input: Operand, p: float = 0.5, training: bool = False) -> Tensor:
    """Drop out elements, but keep mean and variance of what `selu` gives (Klambauer et al., 2017).

    Examples
    --------
    >>> F.alpha_dropout(mg.ones(3))
    tensor([1., 1., 1.])
    """
    return _alpha("alpha_dropout", input, p, training, None)


@optionally_in_place
def feature_alpha_dropout(input: Operand, p: float = 0.5, training: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels, of an input of shape (N, C, ...).

    Examples
    --------
    >>> F.feature_alpha_dropout(mg.ones(1, 2, 3)).shape
    Size([1, 2, 3])
    """
    return _alpha("feature_alpha_dropout", input, p, training, 2)


@optionally_in_place
def feature_dropout(input: Operand, p: float, train: bool) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, ...), by its older name.

    Raises
    ------
    ValueError
        If `p` is not in [0, 1].
    RuntimeError
        If the input has no channels.

    Examples
    --------
    >>> mg.feature_dropout(mg.ones(1, 2, 3), 1.0, True).sum()
    tensor(0.)
    """
    if train and len(input.shape) < 2:
        raise RuntimeError(f"feature_dropout: expected at least 2 dimensions, got shape {tuple(input.shape)}")
    return _dropped("feature_dropout", input, p, train, 2)


dropout_ = in_place_form(dropout)
alpha_dropout_ = in_place_form(alpha_dropout)
feature_alpha_dropout_ = in_place_form(feature_alpha_dropout)
feature_dropout_ = in_place_form(feature_dropout)
