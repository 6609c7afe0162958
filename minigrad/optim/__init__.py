"""Optimizers, by PyTorch's names; `lr_scheduler` changes their learning rates over time."""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "adadelta": "Adadelta",
    "adafactor": "Adafactor",
    "adagrad": "Adagrad",
    "adam": "Adam",
    "adamax": "Adamax",
    "adamw": "AdamW",
    "asgd": "ASGD",
    "lbfgs": "LBFGS",
    "muon": "Muon",
    "nadam": "NAdam",
    "optimizer": "Optimizer",
    "radam": "RAdam",
    "rmsprop": "RMSprop",
    "rprop": "Rprop",
    "sgd": "SGD",
    "sparse_adam": "SparseAdam",
}
_MODULES = "lr_scheduler swa_utils"
_lazy = lazy_names(__name__, globals(), _HOMES, _MODULES, by_name=True)
__all__ = _lazy.names
__getattr__ = _lazy.getattr
__dir__ = _lazy.dir
