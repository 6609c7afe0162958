"""minigrad: reverse-mode automatic differentiation on NumPy, used like PyTorch."""

from math import e, inf, nan, pi

from minigrad import autograd
from minigrad.autograd import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from minigrad.autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from minigrad.core.array_attributes import Size
from minigrad.core.device import backends, cuda, device, use_deterministic_algorithms
from minigrad.core.dtypes import *
from minigrad.core.dtypes import dtype
from minigrad.core.printing import set_printoptions
from minigrad.core.tensor import Tensor
from minigrad.creation import *
from minigrad.kernels.parallel import get_num_threads, set_num_threads
from minigrad.lazy_names import lazy_names
from minigrad.legacy import *
from minigrad.ops.activation import celu, celu_, hardshrink, prelu, relu, relu_, rrelu, rrelu_, selu, selu_
from minigrad.ops.adaptive_pooling import adaptive_avg_pool1d
from minigrad.ops.adaptive_pooling import adaptive_max_pool1d_with_indices as adaptive_max_pool1d
from minigrad.ops.arithmetic import *
from minigrad.ops.assignment import *
from minigrad.ops.broadcasting import *
from minigrad.ops.casting import *
from minigrad.ops.comparison import *
from minigrad.ops.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from minigrad.ops.declare import naming
from minigrad.ops.decompositions import pinv as pinverse
from minigrad.ops.diagonals import *
from minigrad.ops.distances import cdist, cosine_similarity, pairwise_distance
from minigrad.ops.dropout import alpha_dropout, dropout, feature_alpha_dropout
from minigrad.ops.einsum import *
from minigrad.ops.exponential import *
from minigrad.ops.extrema import *
from minigrad.ops.gamma import *
from minigrad.ops.gathering import *
from minigrad.ops.indexing import *
from minigrad.ops.interpolation import pixel_shuffle, pixel_unshuffle
from minigrad.ops.joining import *
from minigrad.ops.linalg import *
from minigrad.ops.linear import bilinear
from minigrad.ops.normalization import group_norm, layer_norm, rms_norm
from minigrad.ops.norms import norm
from minigrad.ops.pooling import avg_pool1d, max_pool1d, max_pool2d, max_pool3d
from minigrad.ops.reduction import *
from minigrad.ops.reordering import *
from minigrad.ops.scan import *
from minigrad.ops.searching import *
from minigrad.ops.selection import *
from minigrad.ops.shape import *
from minigrad.ops.softmax import log_softmax, softmax
from minigrad.ops.solving import cholesky_solve, det, logdet, matrix_power, slogdet
from minigrad.ops.solving import inv as inverse
from minigrad.ops.sorting import *
from minigrad.ops.special import *
from minigrad.ops.trigonometry import *
from minigrad.ops.ufuncs import *
from minigrad.random import *
from minigrad.saving.checkpoint import load_checkpoint, save_checkpoint
from minigrad.saving.npz import load, save

from minigrad import func, linalg, nn, optim, return_types  # isort: skip  (needs the operations above)

naming.publish(globals())

newaxis = None

__version__ = "0.1.0"

_ROOMS = {"core", "creation", "graph", "kernels", "lazy_names", "legacy", "naming", "ops", "overriding", "saving"}
_lazy = lazy_names(__name__, globals(), {}, "profiler special testing utils vision viz")
__getattr__ = _lazy.getattr


def __dir__() -> list[str]:
    return sorted({*_lazy.dir()} - _ROOMS)  # those rooms are not for users
