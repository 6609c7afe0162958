"""cuDNN, which is not used here."""

from contextlib import AbstractContextManager, nullcontext


def is_available() -> bool:
    """Return False."""
    return False


enabled = benchmark = allow_tf32 = False
deterministic = True
benchmark_limit = 0


def version() -> None:
    """Return None: there is no cuDNN."""


def flags(*args: object, **kwargs: object) -> AbstractContextManager[None]:
    """Return a context in which nothing is different."""
    return nullcontext()
