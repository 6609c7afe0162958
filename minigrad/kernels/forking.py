"""The lock of all state that threads share, which no fork leaves locked.

Of all threads only the one that forks is in the child: a lock that another one held at that moment would be held there
for ever. So what is locked for a moment is locked with `lock`, and the thread that forks holds it meanwhile. There is
only one, so no two threads can each wait for what the other has; and it is reentrant, as signal handlers and finalizers
may compute in the middle of anything. Nobody may wait for another thread while holding it.
"""

from __future__ import annotations

import os
import threading

__all__ = ["lock"]

lock = threading.RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
