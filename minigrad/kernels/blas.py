"""BLAS in one thread.

How BLAS divides a product among threads of its own changes the order of its sums, and so the result; and they would be
in the way of the threads of `parallel`. The number of threads belongs to the process in most libraries, so there is one
account of who needs it to be one.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import os
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from minigrad.kernels.forking import lock

__all__ = ["hold_blas", "hold_blas_with", "has_small_kernels"]

WITHOUT_SMALL_KERNELS = {"Haswell", "Zen"}  # those of OpenBLAS's for which this was measured


class _Library(NamedTuple):
    """A BLAS and its number of threads: for the whole process if `shared`, else for the calling thread."""

    get: Callable[[], int]
    set: Callable[[int], None]
    shared: bool


class _Hold:
    """A caller that needs BLAS to use one thread: its thread, and what was changed for that thread alone."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.changed: list[tuple[_Library, int]] = []


_libraries: list[_Library] | None = None
_holds: set[_Hold] = set()
_changed: list[tuple[_Library, int]] = []  # with the numbers that they used before


def hold_blas(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call ``function(*args, **kwargs)`` while NumPy's BLAS uses one thread.

    Several threads may be in here, and each may come again. The last one out gives BLAS its threads back, whatever
    happens: an interrupt may arrive anywhere, in the ``__exit__`` of a context manager too, so that is tried again.
    """
    hold = _Hold()
    errors: list[BaseException] = []
    try:
        _take(hold)
        return function(*args, **kwargs)
    finally:
        while (hold in _holds or _changed and not _holds) and len(errors) < 100:
            try:
                _let_go(hold)
            except BaseException as error:
                errors.append(error)
        if errors:
            del errors[:-1]
            raise errors.pop()


def hold_blas_with(function: Callable[[], None]) -> None:
    """Call ``function()`` for another thread that holds BLAS: it is held here, too, unless that holds for all."""
    if all([library.shared for library in _libraries or ()]):
        function()
    else:
        hold_blas(function)


def _take(hold: _Hold) -> None:
    global _libraries
    with lock:
        if _libraries is None:
            _libraries = _blas_libraries()
        _holds.add(hold)
        for library in _libraries:
            count = library.get()
            if count != 1:
                (_changed if library.shared else hold.changed).append((library, count))
                library.set(1)


def _let_go(hold: _Hold) -> None:
    with lock:
        _restore(hold.changed)
        _holds.discard(hold)
        if not _holds:
            _restore(_changed)


def _restore(changed: list[tuple[_Library, int]]) -> None:
    while changed:
        library, count = changed[-1]  # it stays there until that is done
        if library.get() == 1:  # else another thread has set it meanwhile
            library.set(count)
        del changed[-1:]


def _blas_libraries() -> list[_Library]:
    from threadpoolctl import ThreadpoolController  # late, because it looks at every loaded library

    return [_library(found) for found in ThreadpoolController().select(user_api="blas").lib_controllers]


@functools.cache
def has_small_kernels() -> bool:
    """Return whether BLAS multiplies small matrices where they lie, as OpenBLAS does with AVX-512.

    Without such kernels it copies the operands of any product into another order first.
    """
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController().select(user_api="blas").info()
    return not any(library.get("architecture") in WITHOUT_SMALL_KERNELS for library in found)


def _library(found: Any) -> _Library:
    """Ask OpenBLAS itself: from version 3.8 threadpoolctl lets only one thread of a process set its threads.

    Where OpenBLAS runs on OpenMP, the number is OpenMP's, and each thread has one of its own.
    """
    if found.internal_api == "openblas":
        dynlib = ctypes.PyDLL(found.filepath)  # its functions are quick: other threads need not run meanwhile
        if found.threading_layer == "openmp":
            return _Library(dynlib.omp_get_max_threads, dynlib.omp_set_num_threads, False)
        for prefix, suffix in itertools.product(("", "scipy_"), ("", "64_", "_64")):
            if hasattr(dynlib, f"{prefix}openblas_set_num_threads{suffix}"):
                get, set = (f"{prefix}openblas_{verb}_num_threads{suffix}" for verb in ("get", "set"))
                return _Library(dynlib[get], dynlib[set], True)
    return _Library(found.get_num_threads, found.set_num_threads, True)


def _lose_threads() -> None:
    """Forget the other threads after a fork: only the parent has them."""
    _holds.intersection_update([hold for hold in _holds if hold.thread == threading.get_ident()])
    if not _holds:
        _restore(_changed)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_lose_threads)
