"""max_pool, avg_pool and the adaptive ones."""

from __future__ import annotations

from typing import Any

from tests.ops.case import Case, case, distinct, normal


def pool(name: str, x: tuple[int, ...], *args: Any, **options: Any) -> Case:
    """One call of the function that `name` starts with."""
    function = name.split()[0]
    make = distinct if "max" in name else normal
    return case(name, lambda m, x: getattr(m.nn.functional, function)(x, *args, **options), make(*x))


def squared(name: str, x: tuple[int, ...], *args: Any, **options: Any) -> Case:
    """The same, squared: its gradient depends on the input, so that the gradient's rule is tried as well."""
    plain = pool(name, x, *args, **options)
    return case(f"{name} squared", lambda m, x: plain.function(m, x) ** 2, *plain.inputs)


def slope(name: str, x: tuple[int, ...], *args: Any, **options: Any) -> Case:
    """The gradient of that, squared, so that the rule of the gradient's rule is, too."""

    def function(m: Any, x: Any) -> Any:
        return m.autograd.grad(row.function(m, x).sum(), x, create_graph=True)[0] ** 2

    row = squared(name, x, *args, **options)
    return case(f"{name} slope", function, *row.inputs)


CASES = [
    pool("max_pool2d", (2, 3, 4, 6), 2),
    pool("max_pool2d overlap", (2, 2, 7, 5), (3, 2), stride=(2, 1)),
    pool("max_pool2d padding", (2, 2, 5, 4), 3, stride=2, padding=1),
    pool("max_pool2d dilation", (1, 2, 7, 7), 2, stride=1, padding=1, dilation=(2, 3)),
    pool("max_pool2d ceil_mode", (2, 2, 6, 5), (3, 2), stride=(2, 3), padding=(1, 0), ceil_mode=True),
    pool("max_pool2d return_indices", (2, 2, 5, 5), 3, stride=2, padding=1, return_indices=True),
    pool("max_pool2d unbatched", (2, 4, 4), 2),
    pool("max_pool1d", (2, 2, 7), 3, stride=2),
    pool("max_pool3d", (1, 2, 3, 4, 4), (2, 2, 3), stride=(1, 2, 2), padding=(0, 1, 1)),
    pool("avg_pool2d", (2, 3, 4, 6), 2),
    pool("avg_pool2d overlap", (2, 2, 7, 5), (3, 2), stride=(2, 1)),
    pool("avg_pool2d padding", (2, 2, 5, 4), 3, stride=2, padding=1),
    pool("avg_pool2d count_include_pad", (2, 2, 5, 4), 3, stride=2, padding=1, count_include_pad=False),
    pool("avg_pool2d ceil_mode", (2, 2, 6, 5), 3, stride=2, padding=1, ceil_mode=True),
    pool("avg_pool2d divisor_override", (2, 2, 5, 4), 2, padding=1, divisor_override=3),
    pool("avg_pool2d unbatched", (2, 4, 4), 2),
    pool("avg_pool1d", (2, 2, 7), 3, stride=2, padding=1, count_include_pad=False),
    pool("avg_pool3d", (1, 2, 3, 4, 4), (2, 2, 3), stride=(1, 2, 2), padding=(0, 1, 1)),
    pool("adaptive_avg_pool2d", (2, 2, 7, 5), (3, 2)),
    pool("adaptive_avg_pool2d global", (2, 2, 4, 5), 1),
    pool("adaptive_avg_pool2d larger", (1, 2, 3, 4), (None, 6)),
    pool("adaptive_avg_pool1d", (2, 7), 3),
    pool("adaptive_avg_pool3d", (1, 2, 3, 4, 5), (2, 3, 2)),
    pool("adaptive_max_pool2d", (2, 2, 7, 5), (3, 2)),
    pool("adaptive_max_pool2d return_indices", (2, 3, 4), (2, None), return_indices=True),
    pool("adaptive_max_pool1d", (2, 2, 7), 3),
    pool("adaptive_max_pool3d", (1, 2, 3, 4, 5), (2, 3, 2)),
    squared("avg_pool2d", (2, 2, 5, 4), 3, stride=2, padding=1),
    squared("adaptive_avg_pool2d", (2, 2, 5, 4), (2, 3)),
    squared("adaptive_max_pool2d", (2, 2, 5, 4), (2, 3)),
    squared("max_pool2d", (2, 2, 5, 4), 3, stride=2, padding=1),
    slope("max_pool2d", (2, 2, 5, 4), 3, stride=2, padding=1),
]
