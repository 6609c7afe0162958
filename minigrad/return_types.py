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


aminmax = _result("aminmax", "min", "max")
max = _result("max", "values", "indices")
min = _result("min", "values", "indices")
median = _result("median", "values", "indices")
nanmedian = _result("nanmedian", "values", "indices")
mode = _result("mode", "values", "indices")
kthvalue = _result("kthvalue", "values", "indices")
sort = _result("sort", "values", "indices")
topk = _result("topk", "values", "indices")
frexp = _result("frexp", "mantissa", "exponent")
svd = _result("svd", "U", "S", "V")
cummax = _result("cummax", "values", "indices")
cummin = _result("cummin", "values", "indices")
