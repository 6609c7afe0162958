"""cuDNN, which is not used here."""

from collections.abc import Iterator
from contextlib import contextmanager


def is_available() -> bool:
    """Return False."""
    return False


enabled = benchmark = allow_tf32 = False
deterministic = True
benchmark_limit = 0


def version() -> None:
    """Return None: there is no cuDNN."""


@contextmanager
def flags(*args: object, **kwargs: object) -> Iterator[None]:
    """Return a context, and a decorator, in which nothing is different."""
    yield
