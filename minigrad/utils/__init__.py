"""Tools for training scripts beside the engine: data sets, and checkpoints of what is computed again."""

from minigrad.lazy_names import lazy_names
from minigrad.utils import data

__all__ = ["data"]

_MODULES = "checkpoint"
_lazy = lazy_names(__name__, globals(), {}, _MODULES)
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
