"""Mixed precision, which a CPU does not gain from: it is accepted, does nothing, and says so."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable
from typing import Any

from minigrad.core import dtypes
from minigrad.core.device import device as as_device

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


def is_autocast_available(device_type: str) -> bool:
    """Return whether `autocast` changes dtypes on a device: False for all.

    Examples
    --------
    >>> mg.amp.is_autocast_available("cpu")
    False
    """
    return False


class autocast(contextlib.ContextDecorator):
    """Accept the request for mixed precision, as a context or a decorator: every operation keeps its dtype.

    Float16 would be slower on a CPU and less exact. Where it is enabled, a warning says that nothing happens.

    Parameters
    ----------
    device_type : str
        Such as ``"cpu"`` or ``"cuda"``.
    dtype : dtype, optional
    enabled : bool, default True
    cache_enabled : bool, optional

    Examples
    --------
    >>> with mg.autocast("cpu", enabled=False):
    ...     (mg.ones(2) * 2).dtype
    minigrad.float32
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"autocast: expected a str such as 'cpu' as device_type, got {type(device_type).__name__}")
        self.device = as_device(device_type).type
        if dtype is not None and not isinstance(dtype, dtypes.dtype):
            raise TypeError(f"autocast: expected a dtype such as minigrad.float16, got {dtype!r}")
        if enabled:
            warnings.warn("autocast: does nothing on a CPU; operations keep their dtypes", UserWarning, stacklevel=2)
        self.fast_dtype, self._enabled = dtype, False

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *exception: Any) -> None:
        pass


class GradScaler:
    """Accept the scaling of losses, which float16 needs and nothing here does: the scale is 1.

    Parameters
    ----------
    device : str, default "cuda"
    init_scale, growth_factor, backoff_factor, growth_interval : numbers
        Accepted.
    enabled : bool, default True
        Where it is True, a warning says that nothing is scaled.

    Examples
    --------
    >>> model = nn.Linear(1, 1)
    >>> optimizer, scaler = optim.SGD(model.parameters(), lr=0.1), mg.amp.GradScaler(enabled=False)
    >>> scaler.scale(model(mg.ones(1, 1)).sum()).backward()
    >>> scaler.step(optimizer)
    >>> scaler.update()
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled:
            warnings.warn("GradScaler: does nothing on a CPU; losses are not scaled", UserWarning, stacklevel=2)
        self._growth_factor, self._backoff_factor = growth_factor, backoff_factor
        self._growth_interval = growth_interval

    def scale(self, outputs: Any) -> Any:
        """Return `outputs`, tensors or nested lists of them, as they are."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Leave the gradients as they are."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Return ``optimizer.step(*args, **kwargs)``."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Leave the scale as it is."""

    def is_enabled(self) -> bool:
        """Return False."""
        return False

    def get_scale(self) -> float:
        """Return 1.0."""
        return 1.0

    def get_growth_factor(self) -> float:
        """Return what it was made with."""
        return self._growth_factor

    def get_backoff_factor(self) -> float:
        """Return what it was made with."""
        return self._backoff_factor

    def get_growth_interval(self) -> int:
        """Return what it was made with."""
        return self._growth_interval

    def state_dict(self) -> dict[str, Any]:
        """Return an empty dict, as PyTorch's does where it is not enabled."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Accept a state, and leave it."""


def _decorator(function: Callable[..., Any] | None, options: dict[str, Any], name: str) -> Any:
    if function is None:
        return functools.partial(_decorator, options=options, name=name)
    if not callable(function):
        raise TypeError(f"{name}: expected a function, got {type(function).__name__}")
    return function


def custom_fwd(fwd: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Return the ``forward`` of a Function as it is, as a decorator with or without options.

    Examples
    --------
    >>> mg.amp.custom_fwd(len) is len
    True
    """
    return _decorator(fwd, options, "custom_fwd")


def custom_bwd(bwd: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Return the ``backward`` of a Function as it is, as a decorator with or without options.

    Examples
    --------
    >>> mg.amp.custom_bwd(len) is len
    True
    """
    return _decorator(bwd, options, "custom_bwd")
