"""Answers to what scripts ask of CUDA: there is no device, its memory is empty, and using one is an error.

>>> mg.cuda.is_available(), mg.cuda.device_count(), mg.cuda.memory_allocated()
(False, 0, 0)
"""

from __future__ import annotations

from typing import Any, NoReturn

from minigrad.core.device import NoDevice
from minigrad.lazy_names import lazy_names

_ADVICE = "minigrad computes on the CPU only; ask cuda.is_available() first"


def is_available() -> bool:
    """Return False: there is no CUDA device."""
    return False


is_initialized = is_available


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Return False: there is no CUDA device."""
    return False


def device_count() -> int:
    """Return 0: there is no CUDA device."""
    return 0


def get_arch_list() -> list[str]:
    """Return an empty list: there is no CUDA device."""
    return []


def _nothing(name: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> None:
        pass

    call.__name__ = call.__qualname__ = name
    call.__doc__ = "Do nothing: there is no CUDA device."
    return call


def _empty(name: str) -> Any:
    def call(device: Any = None) -> int:
        return 0

    call.__name__ = call.__qualname__ = name
    call.__doc__ = "Return 0: there is no CUDA device, and so none of its memory is in use."
    return call


def _refused(name: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> NoReturn:
        raise NoDevice(f"cuda.{name}: {_ADVICE}")

    call.__name__ = call.__qualname__ = name
    call.__doc__ = "Raise RuntimeError: there is no CUDA device."
    return call


class _NoDevice:
    """The base of types whose objects live on a CUDA device: making one raises RuntimeError."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NoDevice(f"cuda.{type(self).__name__}: {_ADVICE}")


_SILENT = (
    "empty_cache ipc_collect manual_seed manual_seed_all reset_accumulated_memory_stats reset_max_memory_allocated "
    "reset_max_memory_cached reset_peak_memory_stats seed seed_all synchronize"
)
_EMPTY = "max_memory_allocated max_memory_cached max_memory_reserved memory_allocated memory_cached memory_reserved"
_REFUSED = (
    "current_device current_stream get_device_capability get_device_name get_device_properties get_rng_state init "
    "mem_get_info set_device set_rng_state set_stream utilization"
)
_TYPES = "BFloat16 Bool Byte Char Double Float Half Int Long Short"

for _make, _names in ((_nothing, _SILENT), (_empty, _EMPTY), (_refused, _REFUSED)):
    globals().update({name: _make(name) for name in _names.split()})
for _name in ("Event", "Stream", "CUDAGraph", *(f"{kind}Tensor" for kind in _TYPES.split())):
    globals()[_name] = type(_name, (_NoDevice,), {"__module__": __name__, "__doc__": _NoDevice.__doc__})


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """Return a line that says that there is nothing to report."""
    return "no CUDA device: no memory is in use"


def get_rng_state_all() -> list[Any]:
    """Return an empty list: no device has a generator."""
    return []


def set_rng_state_all(new_states: Any) -> None:
    """Do nothing with the states of no generators."""


class device:
    """Do nothing for the time of a ``with`` block, unless a device is asked for.

    Parameters
    ----------
    device : -1 or None
        Any other raises RuntimeError.
    """

    def __init__(self, device: Any) -> None:
        if device is not None and device != -1:
            raise NoDevice(f"cuda.device: {_ADVICE}, got {device!r}")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        pass


_MODULES = "amp"
_lazy = lazy_names(__name__, globals(), {}, _MODULES)
__getattr__ = _lazy.getattr
