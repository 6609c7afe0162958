"""Reverse-mode automatic differentiation: the graph, the walk over it, and what starts it."""

from minigrad.autograd import node_hooks  # noqa: F401 (it gives nodes their hooks)
from minigrad.autograd.anomaly_mode import (
    detect_anomaly,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_anomaly_enabled,
    set_detect_anomaly,
)
from minigrad.autograd.differentiation import backward, grad
from minigrad.autograd.function import Function, once_differentiable
from minigrad.autograd.saved_tensor import SavedTensor
from minigrad.autograd.variable import Variable
from minigrad.graph.engine import Node
from minigrad.graph.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minigrad.lazy_names import lazy_names

__all__ = [
    "Function",
    "Node",
    "SavedTensor",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "grad",
    "inference_mode",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "once_differentiable",
    "set_anomaly_enabled",
    "set_detect_anomaly",
    "set_grad_enabled",
]

_HOMES = {
    "gradcheck": "GradcheckError gradcheck gradgradcheck",
    "threads": "is_multithreading_enabled set_multithreading_enabled",
}
_MODULES = "forward_ad functional grad_mode graph"
_lazy = lazy_names(__name__, globals(), _HOMES, f"{_MODULES} profiler")  # the profiler is above; its older name is here
__all__ += _lazy.names
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
