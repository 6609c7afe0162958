"""Allocation: freed memory stays with the process.

A training step allocates and frees the same large arrays again and again. By default the GNU C library hands such
memory back to the system as soon as it is free, and the next step has to fetch it anew, page by page, each page
filled with zeros first: a quarter of the time of a LeNet's training step. `keep_memory` asks the library to keep it.

What a process needs at most does not grow; but memory that is free again stays with the process for its next arrays
instead of being there for other processes. The setting holds for everything in the process that allocates through the
C library. Set the environment variable ``MINIGRAD_KEEP_MEMORY=0`` before the import to leave the library as it is.
"""

from __future__ import annotations

import ctypes
import os

__all__ = ["keep_memory"]

MAX_KEPT_BYTES = 1 << 30  # of what is kept: larger arrays come from the system, and go back to it
OLD_MAX_KEPT_BYTES = 1 << 25  # the largest that older versions of the library accept

# Names and numbers of mallopt's parameters, from malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_TUNED_BY = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")


def keep_memory() -> bool:
    """Ask the C library to keep freed memory for the next allocations; see above.

    Returns
    -------
    bool
        Whether it agreed. It is not asked if the environment says ``MINIGRAD_KEEP_MEMORY=0`` or tunes the library
        itself, and other C libraries than GNU's have no such setting: then nothing changes.
    """
    if os.environ.get("MINIGRAD_KEEP_MEMORY") == "0" or any(name in os.environ for name in _TUNED_BY):
        return False
    try:
        if not os.confstr("CS_GNU_LIBC_VERSION"):
            return False
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, ValueError):  # not a GNU C library
        return False
    kept = mallopt(_MMAP_THRESHOLD, MAX_KEPT_BYTES) or mallopt(_MMAP_THRESHOLD, OLD_MAX_KEPT_BYTES)
    return bool(kept and mallopt(_TRIM_THRESHOLD, MAX_KEPT_BYTES))
