"""Written by scripts/stubs.py out of the declarations; do not edit."""



from minigrad.autograd.function import Function as Function
from minigrad.autograd.gradcheck import GradcheckError as GradcheckError
from minigrad.graph.engine import Node as Node
from minigrad.autograd.saved_tensor import SavedTensor as SavedTensor
from minigrad.autograd.variable import Variable as Variable
from minigrad.autograd.differentiation import backward as backward
from minigrad.autograd.anomaly_mode import detect_anomaly as detect_anomaly
from minigrad.graph.grad_mode import enable_grad as enable_grad
from minigrad.autograd import forward_ad as forward_ad
from minigrad.autograd import functional as functional
from minigrad.autograd.differentiation import grad as grad
from minigrad.autograd import grad_mode as grad_mode
from minigrad.autograd.gradcheck import gradcheck as gradcheck
from minigrad.autograd.gradcheck import gradgradcheck as gradgradcheck
from minigrad.autograd import graph as graph
from minigrad.graph.grad_mode import inference_mode as inference_mode
from minigrad.autograd.anomaly_mode import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from minigrad.autograd.anomaly_mode import is_anomaly_enabled as is_anomaly_enabled
from minigrad.graph.grad_mode import is_grad_enabled as is_grad_enabled
from minigrad.graph.grad_mode import is_inference_mode_enabled as is_inference_mode_enabled
from minigrad.autograd.threads import is_multithreading_enabled as is_multithreading_enabled
from minigrad.graph.grad_mode import no_grad as no_grad
from minigrad.autograd.function import once_differentiable as once_differentiable
from minigrad.autograd import profiler as profiler
from minigrad.autograd.anomaly_mode import set_anomaly_enabled as set_anomaly_enabled
from minigrad.autograd.anomaly_mode import set_detect_anomaly as set_detect_anomaly
from minigrad.graph.grad_mode import set_grad_enabled as set_grad_enabled
from minigrad.autograd.threads import set_multithreading_enabled as set_multithreading_enabled
