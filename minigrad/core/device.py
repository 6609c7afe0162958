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


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Do nothing: a script asks this of a GPU, and there is none."""


def _never() -> bool:
    return False


cuda = SimpleNamespace(
    is_available=_never, device_count=lambda: 0, manual_seed=_nothing, manual_seed_all=_nothing, empty_cache=_nothing,
    synchronize=_nothing, reset_peak_memory_stats=_nothing, memory_allocated=lambda *args: 0,
    max_memory_allocated=lambda *args: 0,
)  # fmt: skip
backends = SimpleNamespace(
    cudnn=SimpleNamespace(is_available=_never, enabled=False, benchmark=False, deterministic=True),
    mps=SimpleNamespace(is_available=_never, is_built=_never),
)


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accept the request and do nothing: the same operations give the same bits here in any case.

    Examples
    --------
    >>> mg.use_deterministic_algorithms(True)
    """
