"""Generator: where random numbers come from, and the default one.

Whoever draws asks :func:`get_generator`, which is the `generator` that was given, else the default one. The workers
of a :class:`~minigrad.utils.data.DataLoader` put another one in the default's place in their own thread
(:func:`use_generator`), so streams are never shared.
"""

from __future__ import annotations

import contextlib
import math
import os
import struct
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrad.core.device import on_cpu
from minigrad.core.dtypes import DType
from minigrad.core.tensor import Tensor
from minigrad.kernels.forking import hold, lock
from minigrad.kernels.normals import normals

__all__ = [
    "Generator", "default_generator", "fork_rng", "get_generator", "get_rng_state", "initial_seed", "manual_seed",
    "seed", "set_rng_state", "use_generator",
]  # fmt: skip

MANY_NORMALS = 1 << 12  # numbers: fewer are drawn faster one by one
_SEED_OF_NEW_GENERATORS = 67280421310721  # PyTorch's, so initial_seed() agrees
_LAYOUT = struct.Struct("<16s16sQIB")  # state and increment of PCG64, initial seed, half-used 64-bit draw
_this_thread = threading.local()
_generators: weakref.WeakSet[Generator] = weakref.WeakSet()


class Generator:
    """A source of pseudo-random numbers (PCG64; O'Neill, 2014).

    Parameters
    ----------
    device : accepted for the CPU only

    Attributes
    ----------
    rng : numpy.random.Generator
        Where the numbers come from.

    Examples
    --------
    >>> generator = mg.Generator().manual_seed(0)
    >>> state = generator.get_state()
    >>> first = mg.rand(3, generator=generator).tolist()
    >>> mg.rand(3, generator=generator.set_state(state)).tolist() == first
    True
    """

    _rng: np.random.Generator | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Generator:
        self = super().__new__(cls)
        with lock:
            _generators.add(self)
        return self

    def __init__(self, device: Any = "cpu"):
        self.device = on_cpu("Generator", device)
        self.manual_seed(_SEED_OF_NEW_GENERATORS)

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`, an integer in [-2**63, 2**64); returns the generator."""
        if isinstance(seed, float) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed: expected an integer, got {type(seed).__name__}")
        if not -(2**63) <= int(seed) < 2**64:
            raise ValueError(f"manual_seed: expected an integer in [-2**63, 2**64), got {seed}")
        self._seed, self._rng = int(seed) % 2**64, None
        return self

    @property
    def rng(self) -> np.random.Generator:
        # made for the first number: every batch has a stream of its own, and few draw from it; and to import
        # numpy.random takes half as long as all of minigrad
        rng = self._rng
        if rng is None:
            with lock:  # two threads that draw their first numbers draw from one stream
                if (rng := self._rng) is None:
                    rng = self._rng = np.random.Generator(np.random.PCG64(self._seed))
        return rng

    @rng.setter
    def rng(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def seed(self) -> int:
        """Start again from a seed that the operating system chooses; returns it."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def initial_seed(self) -> int:
        """Return the seed that this generator started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """Return all that determines the numbers to come, as a one-dimensional uint8 Tensor."""
        state: Any = self.rng.bit_generator.state
        inner = (state["state"][name].to_bytes(16, "little") for name in ("state", "inc"))
        packed = _LAYOUT.pack(*inner, self._seed, state["uinteger"], state["has_uint32"])
        return Tensor._wrap(np.frombuffer(packed, np.uint8).copy())

    def set_state(self, state: Tensor) -> Generator:
        """Go on from a state that :meth:`get_state` returned; returns the generator.

        Raises
        ------
        TypeError
            If `state` is not a uint8 Tensor.
        RuntimeError
            If it is not of this kind of generator.
        """
        if not isinstance(state, Tensor) or state.dtype != np.uint8:
            got = f"a {state.dtype} Tensor" if isinstance(state, Tensor) else type(state).__name__
            raise TypeError(f"set_state: expected a uint8 Tensor from get_state(), got {got}")
        if tuple(state.shape) != (_LAYOUT.size,):
            raise RuntimeError(f"set_state: expected a state of {_LAYOUT.size} bytes, got {tuple(state.shape)}")
        inner, increment, seed, uinteger, has_uint32 = _LAYOUT.unpack(state._data.tobytes())
        numbers = {"state": int.from_bytes(inner, "little"), "inc": int.from_bytes(increment, "little")}
        whole: Any = {"bit_generator": "PCG64", "state": numbers, "has_uint32": has_uint32, "uinteger": uinteger}
        bits = np.random.PCG64(0)
        bits.state = whole
        self._seed, self._rng = seed, np.random.Generator(bits)
        return self

    def clone_state(self) -> Generator:
        """Return a new generator that goes on from the state of this one."""
        return Generator().set_state(self.get_state())

    def uniform(self, shape: tuple[int, ...], dtype: DType) -> np.ndarray:
        """Return an array of numbers from [0, 1), drawn as `dtype` from the start."""
        if dtype == np.float16:  # which NumPy does not draw, and a float32 might be rounded up to 1
            return (self.rng.integers(2**11, size=shape) / 2**11).astype(dtype)
        return np.asarray(self.rng.random(shape, dtype=dtype.type))

    def gaussian(self, shape: tuple[int, ...], dtype: DType) -> np.ndarray:
        """Return an array of normally distributed numbers of mean 0 and variance 1."""
        if dtype != np.float64 and (count := math.prod(shape)) >= MANY_NORMALS:
            return normals(self.rng, count).reshape(shape).astype(dtype, copy=False)
        drawn = self.rng.standard_normal(shape, dtype=np.float32 if dtype == np.float16 else dtype.type)
        return np.asarray(drawn, dtype)

    def integers(self, name: str, low: int, high: int, shape: tuple[int, ...], dtype: DType) -> np.ndarray:
        """Return an array of integers from `low` to ``high - 1``; `name` is the caller's, for errors."""
        if low >= high:
            raise RuntimeError(f"{name}: expected low < high, got low={low} and high={high}")
        if dtype.kind == "f":
            return self.rng.integers(low, high, size=shape).astype(dtype)
        least, most = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        if low < least or high - 1 > most:
            raise RuntimeError(f"{name}: {low} to {high - 1} does not fit into {dtype}, which holds {least} to {most}")
        return np.asarray(self.rng.integers(low, high, size=shape, dtype=dtype.type))

    def __repr__(self) -> str:
        return f"Generator(initial_seed={self._seed})"


_drawing: list[Any] = []  # the locks of NumPy's generators, while a thread forks


def _await_draws() -> None:
    """Wait before a fork until other threads have drawn, because NumPy locks a generator that draws."""
    hold()
    rngs = [g._rng for g in _generators if g._rng is not None]
    used = {rng.bit_generator.lock for rng in rngs if hasattr(rng, "bit_generator")}
    _drawing.extend(drawing for drawing in used if drawing.acquire(timeout=10))


def _let_draw() -> None:
    while _drawing:
        _drawing.pop().release()
    lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_await_draws, after_in_parent=_let_draw, after_in_child=_let_draw)


default_generator = Generator()
default_generator.seed()


def get_generator(generator: Generator | None = None) -> Generator:
    """Return `generator`, or the one that this thread uses if it is None."""
    if generator is None:
        return getattr(_this_thread, "generator", default_generator)
    if not isinstance(generator, Generator):
        raise TypeError(f"generator: expected a minigrad.Generator, got {type(generator).__name__}")
    return generator


@contextlib.contextmanager
def use_generator(generator: Generator) -> Iterator[Generator]:
    """Make `generator` the default one within the block, in this thread only.

    Examples
    --------
    >>> with mg.random.use_generator(mg.Generator().manual_seed(7)):
    ...     mg.initial_seed()
    7
    """
    before = _this_thread.__dict__.get("generator")
    _this_thread.generator = generator
    try:
        yield generator
    finally:
        if before is None:
            del _this_thread.generator
        else:
            _this_thread.generator = before


def manual_seed(seed: int) -> Generator:
    """Start the default generator again from `seed`; returns it."""
    return get_generator().manual_seed(int(seed))


def seed() -> int:
    """Start the default generator again from a seed that the operating system chooses; returns it.

    Examples
    --------
    >>> mg.seed() == mg.initial_seed()
    True
    """
    return get_generator().seed()


def initial_seed() -> int:
    """Return the seed that the default generator started from."""
    return get_generator().initial_seed()


def get_rng_state() -> Tensor:
    """Return the default generator's state, a one-dimensional uint8 Tensor.

    Examples
    --------
    >>> state = mg.get_rng_state()
    >>> first = mg.rand(3).tolist()
    >>> mg.set_rng_state(state)
    >>> mg.rand(3).tolist() == first
    True
    """
    return get_generator().get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Restore the default generator to a state that :func:`get_rng_state` returned."""
    get_generator().set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, *, device_type: str | None = None) -> Iterator[None]:
    """Restore the default generator after the block, unless `enabled` is False.

    Parameters
    ----------
    devices : None or nothing, as in ``[]``
        Of which GPUs to restore the generators, too; there are none.
    enabled : bool
    device_type : accepted for any kind of GPU

    Raises
    ------
    RuntimeError
        If a GPU is named.

    Examples
    --------
    >>> with mg.fork_rng():
    ...     first = mg.rand(3).tolist()
    >>> mg.rand(3).tolist() == first
    True
    """
    if enabled and devices is not None and list(devices):
        raise RuntimeError(f"fork_rng: minigrad computes on the CPU only, got devices={devices!r}; leave them out")
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)
