"""max_pool, avg_pool and the adaptive ones."""

from __future__ import annotations

from typing import Any

from tests.ops.case import Case, case, distinct, normal


def pool(name: str, x: tuple[int, ...], *args: Any, **options: Any) -> Case:
    """One call of the function that `name` starts with."""
    function = name.split()[0]
    make = distinct if "max" in name else normal
    return case(name, lambda m, x: getattr(m.nn.functional, function)(x, *args, **options), make(*x))


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
]
