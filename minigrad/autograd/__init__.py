"""Reverse-mode automatic differentiation: the graph, the walk over it, and what starts it."""

from minigrad.autograd import functional
from minigrad.autograd.anomaly_mode import (
    detect_anomaly,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_anomaly_enabled,
    set_detect_anomaly,
)
from minigrad.autograd.differentiation import backward, grad
from minigrad.autograd.function import Function, once_differentiable
from minigrad.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from minigrad.autograd.variable import Variable
from minigrad.graph.engine import Node
from minigrad.graph.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from minigrad.lazy_names import lazy_names

__all__ = [
    "Function",
    "GradcheckError",
    "Node",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "is_grad_enabled",
    "no_grad",
    "once_differentiable",
    "set_anomaly_enabled",
    "set_detect_anomaly",
    "set_grad_enabled",
]

_lazy = lazy_names(__name__, globals(), {}, "profiler")  # the profiler is above; this is its older name
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
