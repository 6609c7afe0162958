"""Optimizers, by PyTorch's names; `lr_scheduler` changes their learning rates over time."""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "adagrad": "Adadelta Adagrad",
    "adam": "Adam Adamax AdamW NAdam",
    "optimizer": "Optimizer",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
}
_MODULES = "lr_scheduler"
_lazy = lazy_names(__name__, globals(), _HOMES, _MODULES)
__all__ = _lazy.names
__getattr__ = _lazy.getattr
__dir__ = _lazy.dir
