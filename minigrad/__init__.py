"""minigrad: reverse-mode automatic differentiation on NumPy, used like PyTorch."""

from math import e, inf, nan, pi

from minigrad import autograd
from minigrad.autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minigrad.autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from minigrad.core import absent
from minigrad.core.array_attributes import Size
from minigrad.core.device import device, get_default_device, set_default_device
from minigrad.core.dtypes import *
from minigrad.core.dtypes import dtype
from minigrad.core.layout import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from minigrad.core.methods import Methods
from minigrad.core.printing import set_printoptions
from minigrad.core.tensor import Tensor
from minigrad.creation import *
from minigrad.kernels.parallel import get_num_threads, set_num_threads
from minigrad.lazy_names import lazy_names
from minigrad.legacy import *
from minigrad.ops import memory
from minigrad.ops.activation import (
    celu,
    celu_,
    hardshrink,
    prelu,
    relu,
    relu_,
    rrelu,
    rrelu_,
    selu,
    selu_,
    threshold,
    threshold_,
)
from minigrad.ops.adaptive_pooling import adaptive_avg_pool1d
from minigrad.ops.adaptive_pooling import adaptive_max_pool1d_with_indices as adaptive_max_pool1d
from minigrad.ops.arithmetic import *
from minigrad.ops.assignment import *
from minigrad.ops.broadcasting import *
from minigrad.ops.casting import *
from minigrad.ops.channel_shuffling import *
from minigrad.ops.combining import *
from minigrad.ops.comparison import *
from minigrad.ops.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from minigrad.ops.declare import naming
from minigrad.ops.decompositions import old_cholesky as cholesky
from minigrad.ops.decompositions import old_qr as qr
from minigrad.ops.decompositions import old_svd as svd
from minigrad.ops.decompositions import pinv as pinverse
from minigrad.ops.diagonals import *
from minigrad.ops.distances import cdist, cosine_similarity, pairwise_distance
from minigrad.ops.dropout import (
    alpha_dropout,
    alpha_dropout_,
    dropout,
    dropout_,
    feature_alpha_dropout,
    feature_alpha_dropout_,
    feature_dropout,
    feature_dropout_,
)
from minigrad.ops.einsum import *
from minigrad.ops.exponential import *
from minigrad.ops.extrema import *
from minigrad.ops.factorizations import geqrf, lu_unpack, ormqr
from minigrad.ops.factorizations import householder_product as orgqr
from minigrad.ops.factorizations import old_lu as lu
from minigrad.ops.factorizations import old_lu_solve as lu_solve
from minigrad.ops.floating_point import *
from minigrad.ops.gamma import *
from minigrad.ops.gathering import *
from minigrad.ops.histograms import *
from minigrad.ops.indexing import *
from minigrad.ops.joining import *
from minigrad.ops.linalg import *
from minigrad.ops.linalg import mm as spmm
from minigrad.ops.linear import bilinear
from minigrad.ops.matrix_functions import cholesky_inverse, matrix_exp, triangular_solve
from minigrad.ops.matrix_functions import old_vander as vander
from minigrad.ops.normalization import group_norm, layer_norm, rms_norm
from minigrad.ops.norms import dist, norm, renorm
from minigrad.ops.pooling import avg_pool1d, max_pool1d, max_pool2d, max_pool3d
from minigrad.ops.quantiles import *
from minigrad.ops.reduction import *
from minigrad.ops.reordering import *
from minigrad.ops.sampled_functions import *
from minigrad.ops.scan import *
from minigrad.ops.scattering import *
from minigrad.ops.searching import *
from minigrad.ops.selection import *
from minigrad.ops.shape import *
from minigrad.ops.softmax import log_softmax, softmax
from minigrad.ops.solving import cholesky_solve, det, logdet, matrix_power, slogdet
from minigrad.ops.solving import inv as inverse
from minigrad.ops.sorting import *
from minigrad.ops.special import *
from minigrad.ops.splitting import *
from minigrad.ops.statistics import *
from minigrad.ops.strided import *
from minigrad.ops.trigonometry import *
from minigrad.ops.ufuncs import *
from minigrad.predicates import *
from minigrad.random import *
from minigrad.saving.checkpoint import load_checkpoint, save_checkpoint
from minigrad.saving.files import load, save
from minigrad.version import __version__

from minigrad import linalg, nn, optim, return_types  # isort: skip  (needs the operations above)

naming.publish(globals())

newaxis = None

_ROOMS = {
    "Methods", "absent", "assertions", "core", "creation", "exchange", "factory", "graph", "kernels", "lazy_names",
    "legacy", "naming", "ops", "overriding", "predicates", "rare_makers", "saving", "scripts", "settings",
    "view_copies", "windows",
}  # fmt: skip
_HOMES = {
    "amp": "GradScaler autocast",
    "assertions": (
        "_assert _check _check_index _check_is_size _check_not_implemented _check_tensor_all _check_type _check_value "
        "_check_with"
    ),
    "ops.pair_distances": "pdist",
    "func": "vmap",
    "exchange": "asarray from_dlpack from_file frombuffer",
    "ops.grid_sampling": "affine_grid_generator grid_sampler grid_sampler_2d grid_sampler_3d",
    "ops.low_rank": "pca_lowrank svd_lowrank",
    "ops.assignment": "zero_",
    "ops.memory": "detach detach_ resize_as_",
    "ops.padding": "constant_pad_nd",
    "ops.segments": "segment_reduce",
    "rare_makers": "empty_permuted empty_strided range scalar_tensor",
    "settings": (
        "are_deterministic_algorithms_enabled compile get_autocast_cpu_dtype get_autocast_dtype "
        "get_autocast_gpu_dtype get_deterministic_debug_mode get_float32_matmul_precision "
        "get_num_interop_threads is_autocast_cpu_enabled is_autocast_enabled "
        "is_deterministic_algorithms_warn_only_enabled is_warn_always_enabled "
        "set_default_tensor_type set_deterministic_debug_mode set_float32_matmul_precision set_flush_denormal "
        "set_num_interop_threads set_warn_always use_deterministic_algorithms"
    ),
    "view_copies": (
        "alias_copy as_strided_copy detach_copy diagonal_copy expand_copy narrow_copy permute_copy "
        "select_copy slice_copy split_copy split_with_sizes_copy squeeze_copy t_copy transpose_copy "
        "unbind_copy unfold_copy unsqueeze_copy view_copy"
    ),
    "windows": "bartlett_window blackman_window hamming_window hann_window kaiser_window",
}
_MODULES = (
    "__config__ accelerator amp backends compiler cuda distributed distributions func functional futures hub jit "
    "models mps multiprocessing onnx profiler quasirandom serialization signal special testing training types utils "
    "version vision viz xpu"
)
_lazy = lazy_names(__name__, globals(), _HOMES, _MODULES, naming.published)
globals().update({n: f for n, f in vars(Methods).items() if n.endswith("_") and n[0] != "_" and n[:-1] in globals()})


def __getattr__(name: str) -> object:
    if name in absent.FUNCTIONS:
        raise absent.explained("minigrad", name, absent.FUNCTIONS[name])
    if name.startswith("_foreach_"):
        from minigrad.ops.foreach import foreach

        return foreach(name)
    return _lazy.getattr(name)


def __dir__() -> list[str]:
    return sorted({*_lazy.dir()} - _ROOMS)  # those rooms are not for users
