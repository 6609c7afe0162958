"""Points that fill a cube evenly: the sequence of Sobol, drawn by SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad.core.array_attributes import as_int
from minigrad.core.dtypes import as_dtype, get_default_dtype
from minigrad.core.generator import get_generator
from minigrad.core.tensor import Tensor
from minigrad.ops.declare.out import into

__all__ = ["SobolEngine"]


def _scipy() -> Any:
    try:
        from scipy.stats import qmc
    except ImportError as error:
        raise ImportError("SobolEngine: needs SciPy, which draws the points; pip install scipy") from error
    return qmc


class SobolEngine:
    """A sequence of points in the unit cube whose every stretch fills it more evenly than random points.

    The numbers of directions are those of Joe and Kuo, "Constructing Sobol sequences with better two-dimensional
    projections", 2008. Needs SciPy.

    Parameters
    ----------
    dimension : int, from 1 to 21201
    scramble : bool, default False
        Shuffle the digits of the points at random, which keeps them as even.
    seed : int, optional
        Of the shuffling. PyTorch shuffles otherwise.

    Raises
    ------
    ValueError
        If there are too few dimensions or too many.
    ImportError
        If SciPy is not installed.

    Examples
    --------
    >>> engine = mg.quasirandom.SobolEngine(2)  # doctest: +SKIP
    >>> engine.draw(3)  # doctest: +SKIP
    tensor([[0.0000, 0.0000],
            [0.5000, 0.5000],
            [0.7500, 0.2500]])
    """

    MAXBIT = 30
    MAXDIM = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        self.dimension = as_int("SobolEngine", "dimension", dimension)
        if not 1 <= self.dimension <= self.MAXDIM:
            raise ValueError(f"SobolEngine: expected from 1 to {self.MAXDIM} dimensions, got {dimension}")
        self.scramble, self.seed = bool(scramble), seed
        if seed is None and self.scramble:
            seed = int(get_generator(None).rng.integers(2**31))
        self._points = _scipy().Sobol(self.dimension, scramble=self.scramble, bits=self.MAXBIT, rng=seed)

    @property
    def num_generated(self) -> int:
        """How many points were drawn or passed by."""
        return int(self._points.num_generated)

    def draw(self, n: int = 1, out: Tensor | None = None, dtype: Any = None) -> Tensor:
        """Return the next points, of shape (n, dimension), from 0 to 1.

        Raises
        ------
        ValueError
            If the sequence has no so many points left: it has ``2 ** MAXBIT``.
        """
        wanted = get_default_dtype().dtype if dtype is None else as_dtype(dtype)
        count = as_int("SobolEngine.draw", "n", n)
        self._check("draw", count)

        def drawn() -> Tensor:
            return Tensor._wrap(self._draw(count).astype(wanted))

        result: Tensor = into(out, "SobolEngine.draw", drawn, (), {})
        return result

    def _check(self, name: str, count: int) -> None:
        left = 2**self.MAXBIT - self.num_generated
        if not 0 <= count <= left:
            raise ValueError(f"SobolEngine.{name}: expected from 0 to {left} points, got {count}")

    def _draw(self, count: int) -> np.ndarray:
        import warnings

        with warnings.catch_warnings():  # of a first stretch that is no power of 2: PyTorch does not tell
            warnings.simplefilter("ignore", UserWarning)
            return np.asarray(self._points.random(count)) if count else np.empty((0, self.dimension))

    def draw_base2(self, m: int, out: Tensor | None = None, dtype: Any = None) -> Tensor:
        """Return the next ``2 ** m`` points, which fill the cube best after ``2 ** k`` others.

        Raises
        ------
        ValueError
            If the number of all points would not be a power of 2.
        """
        n = 2 ** as_int("SobolEngine.draw_base2", "m", m)
        total = self.num_generated + n
        if total & (total - 1):
            raise ValueError(
                f"SobolEngine.draw_base2: expected a power of 2 of points in all, got {self.num_generated} + {n}; "
                "call draw(), or reset() before"
            )
        return self.draw(n, out=out, dtype=dtype)

    def fast_forward(self, n: int) -> SobolEngine:
        """Pass by the next `n` points, and return the engine."""
        count = as_int("SobolEngine.fast_forward", "n", n)
        self._check("fast_forward", count)
        if count:
            self._points.fast_forward(count)
        return self

    def reset(self) -> SobolEngine:
        """Begin again with the first point, and return the engine."""
        self._points.reset()
        return self

    def __repr__(self) -> str:
        options = [f"dimension={self.dimension}"]
        if self.scramble:
            options.append("scramble=True")
        if self.seed is not None:
            options.append(f"seed={self.seed}")
        return f"SobolEngine({', '.join(options)})"
