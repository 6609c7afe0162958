"""Schedulers: change the learning rates of an optimizer over time."""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "composite": "ChainedScheduler SequentialLR",
    "cyclic": "CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR OneCycleLR",
    "factor": "ConstantLR ExponentialLR LambdaLR LinearLR MultiplicativeLR MultiStepLR PolynomialLR StepLR",
    "plateau": "ReduceLROnPlateau",
    "scheduler": "LRScheduler _LRScheduler",
}
_lazy = lazy_names(__name__, globals(), _HOMES, by_name=True)
__all__ = _lazy.names
__getattr__ = _lazy.getattr
__dir__ = _lazy.dir
