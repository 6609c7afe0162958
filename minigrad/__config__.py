"""How this library was built: it was not, NumPy was.

>>> "NumPy" in mg.__config__.show()
True
"""

import platform

import numpy as np

from minigrad.kernels.parallel import get_num_threads
from minigrad.version import __version__


def show() -> str:
    """Return what computes here, and in which version."""
    return f"minigrad {__version__} on NumPy {np.__version__}, Python {platform.python_version()}"


def parallel_info() -> str:
    """Return how many threads compute."""
    return f"minigrad: {get_num_threads()} threads"
