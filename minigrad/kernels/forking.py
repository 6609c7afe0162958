"""The lock of all state that threads share, which no fork leaves locked.

Of all threads only the one that forks is in the child: a lock that another one held at that moment would be held there
for ever. So what is locked for a moment is locked with `lock`, and the thread that forks holds it meanwhile. There is
only one, so no two threads can each wait for what the other has; and it is reentrant, as signal handlers and finalizers
may compute in the middle of anything. Nobody may wait for another thread while holding it.
"""

from __future__ import annotations

import importlib
import os
import threading
import time
from types import ModuleType

__all__ = ["lock", "hold", "import_module"]

lock = threading.RLock()
PATIENCE = 10  # seconds
_importing: list[int] = []  # threads that import a module


def import_module(name: str) -> ModuleType:
    """Import a module, in the middle of which no other thread forks.

    Python locks a module while a thread imports it. What is imported when it is asked for, perhaps in a thread, would
    be locked for ever in a child that asks for it, too.
    """
    thread = threading.get_ident()
    with lock:
        _importing.append(thread)
    try:
        return importlib.import_module(name)
    finally:
        with lock:
            _importing.remove(thread)


def hold() -> None:
    """Take the lock for a fork, at a moment when no other thread imports: such a one may itself need the lock."""
    deadline = time.monotonic() + PATIENCE
    lock.acquire()
    while any(thread != threading.get_ident() for thread in _importing) and time.monotonic() < deadline:
        lock.release()
        time.sleep(0.001)
        lock.acquire()


def _lose_threads() -> None:
    """Forget the other threads: after a fork only the parent has them."""
    _importing[:] = [thread for thread in _importing if thread == threading.get_ident()]
    lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=hold, after_in_parent=lock.release, after_in_child=_lose_threads)
