"""Results of functions that return several: named tuples that bear the function's name, as in PyTorch.

>>> mg.max(mg.tensor([1, 5, 3]), dim=0)
minigrad.return_types.max(
values=tensor(5),
indices=tensor(1))
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any, TypeAlias

Result: TypeAlias = Any  # one of these types, which are made of their names


def _result(name: str, *fields: str) -> Any:
    class Result(namedtuple(name, fields)):  # type: ignore[misc]
        __slots__ = ()

        def __repr__(self) -> str:
            values = ",\n".join(f"{field}={getattr(self, field)!r}" for field in fields)
            return f"minigrad.return_types.{name}(\n{values})"

    Result.__name__ = Result.__qualname__ = name
    Result.__module__ = __name__
    return Result


_FIELDS = {
    "aminmax": "min max", "frexp": "mantissa exponent", "svd": "U S V",
    **dict.fromkeys("cummax cummin kthvalue max median min mode nanmedian sort topk".split(), "values indices"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Make the type when it is asked for: all of them would take 2% of the import."""
    if name not in _FIELDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = _result(name, *_FIELDS[name].split())
    return value


def __dir__() -> list[str]:
    return sorted(_FIELDS)
