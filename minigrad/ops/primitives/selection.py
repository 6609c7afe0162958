"""`where`: one of two, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.kernels import relu as masks
from minigrad.ops.declare.operation import Operand
from minigrad.ops.primitives.elementwise import elementwise


@elementwise(
    None,
    lambda g, condition: choose(condition, g, 0.0),
    lambda g, condition: choose(condition, 0.0, g),
    name="where",
    constants=["condition"],
)
def choose(condition: Operand, input: Operand, other: Operand) -> Operand:
    chosen: Any = masks.chosen(condition, input, other)
    kept = [a.dtype for a in (input, other) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    return chosen.astype(kept[0], copy=False) if kept else chosen
