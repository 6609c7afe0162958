"""Names for the one device there is, so that scripts that choose one run unchanged."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class device:
    """The CPU.

    Parameters
    ----------
    type : str or device
        ``"cpu"``.

    Raises
    ------
    RuntimeError
        For any other device.

    Examples
    --------
    >>> mg.device("cuda" if mg.cuda.is_available() else "cpu")
    device(type='cpu')
    """

    index = None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        name = getattr(type, "type", type)
        if str(name).partition(":")[0] != "cpu":
            raise RuntimeError(f"device: minigrad computes on the CPU only, got {type!r}; use 'cpu'")
        self.type = "cpu"

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")


cuda = SimpleNamespace(is_available=lambda: False, device_count=lambda: 0, manual_seed_all=lambda seed: None)
