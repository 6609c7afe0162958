"""Forward mode, which is not there: each name explains what to do instead."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]


def _refused(name: str) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        """Raise NotImplementedError."""
        raise NotImplementedError(
            f"{name}: gradients are computed backwards only; minigrad.func.jvp gives the product of a Jacobian with a "
            "vector by two backwards"
        )

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


dual_level, enter_dual_level, exit_dual_level, make_dual, unpack_dual = map(_refused, __all__)
