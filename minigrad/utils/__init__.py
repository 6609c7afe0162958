"""Tools for training scripts beside the engine: data, summaries, what is computed again, logs for TensorBoard."""

from minigrad.lazy_names import lazy_names

_MODULES = "_pytree benchmark checkpoint data einops hooks tensorboard"
_HOMES = {"model_summary": "Summary summary", "swapping": "swap_tensors"}
_lazy = lazy_names(__name__, globals(), _HOMES, _MODULES)
__all__ = _lazy.names
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
