"""Devices by PyTorch's names, of which this library computes on one: the CPU."""

from __future__ import annotations

from typing import Any

_TYPES = ("cpu", "cuda", "mps", "xpu", "mtia", "hpu", "meta")


class device:
    """A device. Only the CPU can hold tensors; the others can be named, as scripts do before they choose.

    Parameters
    ----------
    type : str or device
        ``"cpu"``, or a name such as ``"cuda"`` or ``"cuda:0"``.
    index : int, optional
        Which of the devices of that type.

    Raises
    ------
    RuntimeError
        For an unknown type. A function that is asked to make a tensor on another device than the CPU raises, too.

    Examples
    --------
    >>> mg.device("cuda" if mg.cuda.is_available() else "cpu")
    device(type='cpu')
    >>> mg.device("cuda:1").index
    1
    """

    __slots__ = ("type", "index")
    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            self.type, self.index = type.type, type.index
            return
        if isinstance(type, int) and not isinstance(type, bool):
            type, index = "cuda", type  # PyTorch counts its accelerators
        if not isinstance(type, str):
            raise TypeError(f"device: expected a str such as 'cpu', got {_kind(type)}")
        name, colon, number = type.partition(":")
        wrong = colon and (index is not None or not number.isdecimal())
        if name not in _TYPES or wrong or (index is not None and (not isinstance(index, int) or index < 0)):
            raise RuntimeError(f"device: expected 'cpu', or another device and its number, got {type!r}; use 'cpu'")
        self.type, self.index = name, int(number) if colon else index

    def __repr__(self) -> str:
        return f"device(type={self.type!r}{'' if self.index is None else f', index={self.index}'})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> Any:
        return device, (str(self),)

    def __enter__(self) -> device:
        return on_cpu("device", self)  # on which all tensors are made in any case

    def __exit__(self, *exception: Any) -> None:
        pass

    def __call__(self, function: Any) -> Any:
        """Decorate `function`: it makes its tensors on this device."""
        on_cpu("device", self)
        return function


def _kind(value: Any) -> str:
    return str(value.__class__.__name__)


class NoDevice(RuntimeError, AssertionError):
    """Another device than the CPU is asked for. PyTorch has one of the two types for some uses, and one for others."""


def on_cpu(operation: str, wanted: Any) -> device:
    """Return the device that a user named; raise unless it is the CPU."""
    found = device("cpu") if wanted is None else device(wanted)
    if found.type != "cpu":
        raise NoDevice(f"{operation}: minigrad computes on the CPU only, got {str(found)!r}; use device='cpu'")
    return found


def get_default_device() -> device:
    """Return the device on which tensors are made: the CPU.

    Examples
    --------
    >>> mg.get_default_device()
    device(type='cpu')
    """
    return device("cpu")


def set_default_device(device: Any) -> None:
    """Accept the CPU as the device on which tensors are made; raise RuntimeError for any other.

    Examples
    --------
    >>> mg.set_default_device("cpu")
    """
    on_cpu("set_default_device", device)
