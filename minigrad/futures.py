"""Results that will be there later, as in ``torch.futures``: what a hook of communication gives back."""

from __future__ import annotations

import concurrent.futures
import itertools
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

__all__ = ["Future", "collect_all", "wait_all"]

T = TypeVar("T")
S = TypeVar("S")


class Future(Generic[T]):
    """A result that is there once `set_result` was called.

    Parameters
    ----------
    devices : ignored, there is one device

    Examples
    --------
    >>> from minigrad.futures import Future
    >>> future = Future()
    >>> half = future.then(lambda done: done.value() / 2)
    >>> future.set_result(mg.tensor(3.0))
    >>> half.wait()
    tensor(1.5000)
    """

    def __init__(self, *, devices: object = None) -> None:
        self._future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._source: Future[Any] | None = None  # what this one follows from

    def done(self) -> bool:
        """Return whether there is a result, or an error in its place."""
        if self._source is not None:
            self._source.done()  # only if asked do some see that they are
        return self._future.done()

    def wait(self) -> T:
        """Wait for the result, and return it.

        Raises
        ------
        Exception
            What was given to `set_exception`, or what a function given to `then` has raised.
        """
        if not self._future.done():
            self._complete()
        return self._future.result()

    def value(self) -> T:
        """Return the result.

        Raises
        ------
        RuntimeError
            If it is not there yet.
        """
        if not self.done():
            raise RuntimeError("Future.value: there is no result yet; call wait")
        return self._future.result()

    def then(self, callback: Callable[[Future[T]], S]) -> Future[S]:
        """Return the future of what `callback` returns, which is called once, with this one when it is done."""
        following: Future[S] = Future()
        following._source = self
        self.add_done_callback(lambda done: following._settle(lambda: callback(done)))
        return following

    def add_done_callback(self, callback: Callable[[Future[T]], Any]) -> None:
        """Call a function with this future when it is done, or now if it is; what it raises is logged only."""
        self._future.add_done_callback(lambda _: callback(self))

    def set_result(self, result: T) -> None:
        """Give it its result.

        Raises
        ------
        RuntimeError
            If it is done already.
        """
        self._settle(lambda: result)

    def set_exception(self, result: BaseException) -> None:
        """Give it an error in place of a result, which `wait` and `value` raise.

        Raises
        ------
        TypeError
            If that is no exception.
        RuntimeError
            If it is done already.
        """
        if not isinstance(result, BaseException):
            raise TypeError(f"Future.set_exception: expected an exception, got {type(result).__name__}")
        self._check_open()
        self._future.set_exception(result)

    def _settle(self, compute: Callable[[], T]) -> None:
        self._check_open()
        try:
            result = compute()
        except Exception as error:
            self._future.set_exception(error)
        else:
            self._future.set_result(result)

    def _check_open(self) -> None:
        if self._future.done():
            raise RuntimeError("Future: it is done already, and can be given one result only")

    def _complete(self) -> None:
        """Wait until it is done, and do what that takes."""
        if self._source is not None:
            self._source._complete()
        concurrent.futures.wait([self._future])


class _All(Future[list[Future[Any]]]):
    """The future of the moment when all of some are done."""

    def __init__(self, futures: Sequence[Future[Any]]) -> None:
        super().__init__()
        self._all = list(futures)
        others = itertools.count(len(self._all) - 1, -1)
        for future in self._all:
            future.add_done_callback(lambda _: self.set_result(self._all) if next(others) == 0 else None)
        if not self._all:
            self.set_result([])

    def done(self) -> bool:
        for future in self._all:
            future.done()
        return self._future.done()

    def _complete(self) -> None:
        for future in self._all:
            future._complete()


def collect_all(futures: Sequence[Future[Any]]) -> Future[list[Future[Any]]]:
    """Return a future that is done when all of these are; its result is the list of them.

    Examples
    --------
    >>> from minigrad.futures import Future, collect_all
    >>> one, two = Future(), Future()
    >>> both = collect_all([one, two])
    >>> one.set_result(1)
    >>> two.set_result(2)
    >>> [future.value() for future in both.wait()]
    [1, 2]
    """
    return _All(futures)


def wait_all(futures: Sequence[Future[Any]]) -> list[Any]:
    """Wait for all, and return their results.

    Raises
    ------
    Exception
        The error of the first that has one.

    Examples
    --------
    >>> from minigrad.futures import Future, wait_all
    >>> future = Future()
    >>> future.set_result(3)
    >>> wait_all([future])
    [3]
    """
    return [future.value() for future in collect_all(futures).wait()]
