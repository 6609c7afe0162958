"""Written by scripts/stubs.py out of the declarations; do not edit."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from builtins import str as _str
from collections.abc import Callable
from collections.abc import Sequence
from minigrad.core.dtypes import DTypeLike
from minigrad.core.tensor import Tensor
from minigrad.core.tensor import TensorLike
from typing import Any
from typing import Literal
from typing import overload

def adaptive_avg_pool1d(input: TensorLike, output_size: Any) -> Tensor:
    """Return the mean of `output_size` bins of (N, C, L) or (C, L); see `adaptive_avg_pool2d`."""
def adaptive_avg_pool2d(input: TensorLike, output_size: Any) -> Tensor:
    """Return the mean of as many bins as are wanted, whatever the size of the input."""
def adaptive_avg_pool3d(input: TensorLike, output_size: Any) -> Tensor:
    """Return the mean of bins of (N, C, D, H, W) or (C, D, H, W); see `adaptive_avg_pool2d`."""
@overload
def adaptive_max_pool1d(input: TensorLike, output_size: Any, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of `output_size` bins of (N, C, L) or (C, L); see `adaptive_max_pool2d`."""
@overload
def adaptive_max_pool1d(input: TensorLike, output_size: Any, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool1d(input: TensorLike, output_size: Any, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool2d(input: TensorLike, output_size: Any, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of the bins of `adaptive_avg_pool2d`; the first one wins, NaN is greater than all."""
@overload
def adaptive_max_pool2d(input: TensorLike, output_size: Any, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool2d(input: TensorLike, output_size: Any, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def adaptive_max_pool2d_with_indices(input: TensorLike, output_size: Any, return_indices: _bool = False) -> Tensor | tuple[Tensor, Tensor]:
    """Return the result of `adaptive_max_pool2d` and its indices."""
@overload
def adaptive_max_pool3d(input: TensorLike, output_size: Any, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of bins of (N, C, D, H, W) or (C, D, H, W); see `adaptive_max_pool2d`."""
@overload
def adaptive_max_pool3d(input: TensorLike, output_size: Any, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def adaptive_max_pool3d(input: TensorLike, output_size: Any, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def adaptive_max_pool3d_with_indices(input: TensorLike, output_size: Any, return_indices: _bool = False) -> Tensor | tuple[Tensor, Tensor]:
    """Return the result of `adaptive_max_pool3d` and its indices."""
def affine_grid(theta: TensorLike, size: Sequence[_int], align_corners: _bool | None = None) -> Tensor:
    """Return the grid of points to which affine transforms take the pixels of an image; see `grid_sample`."""
def alpha_dropout(input: TensorLike, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """Drop out elements, but keep mean and variance of what `selu` gives (Klambauer et al., 2017)."""
def avg_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True) -> Tensor:
    """Return the mean of windows of (N, C, L) or (C, L); see `avg_pool2d`."""
def avg_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """Return the mean of each window of the planes."""
def avg_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """Return the mean of windows of (N, C, D, H, W) or (C, D, H, W); see `avg_pool2d`."""
def batch_norm(input: TensorLike, running_mean: TensorLike | None, running_var: TensorLike | None, weight: TensorLike | None = None, bias: TensorLike | None = None, training: _bool = False, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias`` for each channel (Ioffe, Szegedy, 2015)."""
def bilinear(input1: TensorLike, input2: TensorLike, weight: TensorLike, bias: TensorLike | None = None) -> Tensor:
    """``sum over i, j of input1[..., i] * weight[o, i, j] * input2[..., j] + bias[o]``."""
def binary_cross_entropy(input: TensorLike, target: TensorLike, weight: TensorLike | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """``-target * log(input) - (1 - target) * log(1 - input)``; logarithms are at least -100."""
def binary_cross_entropy_with_logits(input: TensorLike, target: TensorLike, weight: TensorLike | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean', pos_weight: TensorLike | None = None) -> Tensor:
    """`binary_cross_entropy` of ``sigmoid(input)``, finite for every input."""
def cdist(x1: TensorLike, x2: TensorLike, p: _float = 2.0, compute_mode: _str = 'use_mm_for_euclid_dist_if_necessary') -> Tensor:
    """Return the p-norms of the differences of each row of `x1` and each row of `x2`."""
def celu(input: TensorLike, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """Return `input` where positive, else ``alpha * (exp(input / alpha) - 1)`` (Barron, 2017)."""
def celu_(input: TensorLike, alpha: _float = 1.0) -> Tensor:
    """In-place version of `celu`: writes the result into this tensor and returns it."""
def channel_shuffle(input: TensorLike, groups: _int) -> Tensor:
    """Return the channels of (N, C, ...) in another order: the first of each group, the second of each, and so on."""
def conv1d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Convolve (cross-correlate) along one dimension; see `conv2d`."""
def conv2d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Convolve (cross-correlate) images with kernels."""
def conv3d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | _str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Convolve (cross-correlate) volumes; see `conv2d`."""
def conv_transpose1d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """Return the adjoint of `conv1d`; see `conv_transpose2d`."""
def conv_transpose2d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """Return the adjoint of `conv2d`: each element of the input adds its multiple of the kernel to the output."""
def conv_transpose3d(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """Return the adjoint of `conv3d`; see `conv_transpose2d`."""
def cosine_embedding_loss(input1: TensorLike, input2: TensorLike, target: TensorLike, margin: _float = 0.0, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """``1 - cos`` where the target is 1, and ``max(0, cos - margin)`` where it is -1."""
def cosine_similarity(x1: TensorLike, x2: TensorLike, dim: _int = 1, eps: _float = 1e-08, *, axis: _int = 1) -> Tensor:
    """Return the cosine of the angle between vectors along `dim`; lengths count as at least `eps`."""
def cross_entropy(input: TensorLike, target: TensorLike, weight: TensorLike | None = None, size_average: _bool | None = None, ignore_index: _int = -100, reduce: _bool | None = None, reduction: _str = 'mean', label_smoothing: _float = 0.0) -> Tensor:
    """Return the cross entropy of classes, given logits: minus ``log_softmax(input)`` of the target's class."""
def ctc_loss(log_probs: TensorLike, targets: TensorLike, input_lengths: TensorLike | Sequence[_int], target_lengths: TensorLike | Sequence[_int], blank: _int = 0, reduction: _str = 'mean', zero_infinity: _bool = False) -> Tensor:
    """Return minus the log of the probability of all paths through `log_probs` that spell `targets`."""
def dropout(input: TensorLike, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Set each element to 0 with probability `p` while `training`, and multiply the others by ``1 / (1 - p)``."""
def dropout1d(input: TensorLike, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, L) or (C, L)."""
def dropout2d(input: TensorLike, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, H, W)."""
def dropout3d(input: TensorLike, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """`dropout` of whole channels, of an input of shape (N, C, D, H, W) or (C, D, H, W)."""
def elu(input: TensorLike, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """Return `input` where positive, else ``alpha * (exp(input) - 1)`` (Clevert, Unterthiner, Hochreiter, 2015)."""
def elu_(input: TensorLike, alpha: _float = 1.0) -> Tensor:
    """In-place version of `elu`: writes the result into this tensor and returns it."""
def embedding(input: TensorLike, weight: TensorLike, padding_idx: _int | None = None, max_norm: _float | None = None, norm_type: _float = 2.0, scale_grad_by_freq: _bool = False, sparse: _bool = False) -> Tensor:
    """``weight[input]``: a row for each index."""
def embedding_bag(input: TensorLike, weight: TensorLike, offsets: TensorLike | None = None, max_norm: _float | None = None, norm_type: _float = 2, scale_grad_by_freq: _bool = False, mode: _str = 'mean', sparse: _bool = False, per_sample_weights: TensorLike | None = None, include_last_offset: _bool = False, padding_idx: _int | None = None) -> Tensor:
    """Return the mean, sum or maximum of the rows of `weight` in each bag of indices."""
def feature_alpha_dropout(input: TensorLike, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`alpha_dropout` of whole channels, of an input of shape (N, C, ...)."""
def fold(input: TensorLike, output_size: _int | Sequence[_int], kernel_size: _int | Sequence[_int], dilation: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, stride: _int | Sequence[_int] = 1) -> Tensor:
    """Put windows as columns back into an image, adding them where they overlap: the adjoint of `unfold`."""
@overload
def fractional_max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: Literal[False] = False, _random_samples: TensorLike | None = None) -> Tensor:
    """Return the maxima of as many windows as there are to be, at places that are random for each plane."""
@overload
def fractional_max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, _random_samples: TensorLike | None = None, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def fractional_max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, _random_samples: TensorLike | None = None, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def fractional_max_pool2d_with_indices(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: _bool = False, _random_samples: TensorLike | None = None) -> Tensor | tuple[Tensor, Tensor]:
    """Return the result of `fractional_max_pool2d` and its indices."""
@overload
def fractional_max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: Literal[False] = False, _random_samples: TensorLike | None = None) -> Tensor:
    """Return the maxima of windows of (N, C, D, H, W) or (C, D, H, W); see `fractional_max_pool2d`."""
@overload
def fractional_max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, _random_samples: TensorLike | None = None, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def fractional_max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, _random_samples: TensorLike | None = None, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def fractional_max_pool3d_with_indices(input: TensorLike, kernel_size: _int | Sequence[_int], output_size: _int | Sequence[_int] | None = None, output_ratio: _float | Sequence[_float] | None = None, return_indices: _bool = False, _random_samples: TensorLike | None = None) -> Tensor | tuple[Tensor, Tensor]:
    """Return the result of `fractional_max_pool3d` and its indices."""
def gaussian_nll_loss(input: TensorLike, target: TensorLike, var: TensorLike | _float, full: _bool = False, eps: _float = 1e-06, reduction: _str = 'mean') -> Tensor:
    """``(log(var) + (input - target) ** 2 / var) / 2``: the negative log-likelihood of a normal distribution."""
def gelu(input: TensorLike, approximate: _str = 'none') -> Tensor:
    """``input * Phi(input)``, Phi being the normal distribution function (Hendrycks, Gimpel, 2016)."""
def glu(input: TensorLike, dim: _int = -1, *, axis: _int = -1) -> Tensor:
    """Return ``a * sigmoid(b)`` of the halves a and b of `input` along `dim` (Dauphin et al., 2017)."""
def grid_sample(input: TensorLike, grid: TensorLike, mode: _str = 'bilinear', padding_mode: _str = 'zeros', align_corners: _bool | None = None) -> Tensor:
    """Return the values of images at the points of a grid."""
def group_norm(input: TensorLike, num_groups: _int, weight: TensorLike | None = None, bias: TensorLike | None = None, eps: _float = 1e-05) -> Tensor:
    """`layer_norm` of each of `num_groups` groups of channels, with a weight and bias per channel (Wu, He, 2018)."""
def gumbel_softmax(logits: TensorLike, tau: _float = 1, hard: _bool = False, eps: _float = 1e-10, dim: _int = -1, *, axis: _int = -1) -> Tensor:
    """Return a random distribution close to one class, which is chosen with the probability ``softmax(logits)``."""
def hardshrink(input: TensorLike, lambd: _float = 0.5) -> Tensor:
    """Return `input`, but 0 within [-lambd, lambd]."""
def hardsigmoid(input: TensorLike, inplace: _bool = False) -> Tensor:
    """``min(max(input + 3, 0), 6) / 6``, elementwise (Howard et al., 2019)."""
def hardswish(input: TensorLike, inplace: _bool = False) -> Tensor:
    """``input * hardsigmoid(input)``, elementwise (Howard et al., 2019)."""
def hardtanh(input: TensorLike, min_val: _float = -1.0, max_val: _float = 1.0, inplace: _bool = False) -> Tensor:
    """Return `input` limited to [`min_val`, `max_val`]. Unlike that of `clamp`, its slope at the limits is 0."""
def hardtanh_(input: TensorLike, min_val: _float = -1.0, max_val: _float = 1.0) -> Tensor:
    """In-place version of `hardtanh`: writes the result into this tensor and returns it."""
def hinge_embedding_loss(input: TensorLike, target: TensorLike, margin: _float = 1.0, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """Return `input` where the target is 1, and ``max(0, margin - input)`` where it is -1."""
def huber_loss(input: TensorLike, target: TensorLike, reduction: _str = 'mean', delta: _float = 1.0, weight: TensorLike | None = None) -> Tensor:
    """``d * d / 2`` if ``d < delta``, else ``delta * (d - delta / 2)``, d being ``|input - target|``."""
def instance_norm(input: TensorLike, running_mean: TensorLike | None = None, running_var: TensorLike | None = None, weight: TensorLike | None = None, bias: TensorLike | None = None, use_input_stats: _bool = True, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """Normalize as `batch_norm`, with a mean and variance per sample and channel (Ulyanov, Vedaldi, Lempitsky, 2016)."""
def interpolate(input: TensorLike, size: _int | Sequence[_int] | None = None, scale_factor: _float | Sequence[_float] | None = None, mode: _str = 'nearest', align_corners: _bool | None = None, recompute_scale_factor: _bool | None = None, antialias: _bool = False) -> Tensor:
    """Return the images (or sequences, or volumes) in another size."""
def kl_div(input: TensorLike, target: TensorLike, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean', log_target: _bool = False) -> Tensor:
    """Return the Kullback-Leibler divergence ``target * (log(target) - input)``, given log-probabilities."""
def l1_loss(input: TensorLike, target: TensorLike, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean', weight: TensorLike | None = None) -> Tensor:
    """``|input - target|``: the mean absolute error. Parameters and errors as for `mse_loss`."""
def layer_norm(input: TensorLike, normalized_shape: Sequence[_int], weight: TensorLike | None = None, bias: TensorLike | None = None, eps: _float = 1e-05) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias`` over the last dimensions (Ba, Kiros, Hinton, 2016)."""
def leaky_relu(input: TensorLike, negative_slope: _float = 0.01, inplace: _bool = False) -> Tensor:
    """Return `input` where positive, else ``negative_slope * input``; `negative_slope` is its slope at 0, too."""
def leaky_relu_(input: TensorLike, negative_slope: _float = 0.01) -> Tensor:
    """In-place version of `leaky_relu`: writes the result into this tensor and returns it."""
def linear(input: TensorLike, weight: TensorLike, bias: TensorLike | None = None) -> Tensor:
    """``input @ weight.T + bias``."""
def linear_cross_entropy(input: TensorLike, linear_weight: TensorLike, target: TensorLike, *, linear_bias: TensorLike | None = None, weight: TensorLike | None = None, reduction: _str = 'mean', ignore_index: _int | None = None, label_smoothing: _float = 0.0, options: Any = None) -> Tensor:
    """Return the `cross_entropy` of ``linear(input, linear_weight, linear_bias)``."""
def local_response_norm(input: TensorLike, size: _int, alpha: _float = 0.0001, beta: _float = 0.75, k: _float = 1.0) -> Tensor:
    """``input / (k + alpha * mean of input ** 2) ** beta``, the mean being over `size` neighbouring channels."""
def log_softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
    """``log(softmax(input, dim))``, finite where that would be log(0). Parameters as for `softmax`."""
def logsigmoid(input: TensorLike) -> Tensor:
    """``log(sigmoid(input))``, elementwise, without overflow."""
def lp_pool1d(input: TensorLike, norm_type: _float, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """``sum(x ** p) ** (1 / p)`` of windows of (N, C, L) or (C, L); see `lp_pool2d`."""
def lp_pool2d(input: TensorLike, norm_type: _float, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """``sum(x ** p) ** (1 / p)`` of the elements x of each window, p being `norm_type`."""
def lp_pool3d(input: TensorLike, norm_type: _float, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """``sum(x ** p) ** (1 / p)`` of windows of (N, C, D, H, W) or (C, D, H, W); see `lp_pool2d`."""
def margin_ranking_loss(input1: TensorLike, input2: TensorLike, target: TensorLike, margin: _float = 0.0, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """``max(0, margin - target * (input1 - input2))``: a target of 1 wants `input1` to be larger, -1 `input2`."""
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of windows of (N, C, L) or (C, L); see `max_pool2d`."""
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool1d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def max_pool1d_with_indices(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor | tuple[Tensor, Tensor]:
    """Return the result of `max_pool1d` and its indices."""
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of each window of the planes; NaN where there is one in the window."""
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool2d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def max_pool2d_with_indices(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor | tuple[Tensor, Tensor]:
    """Return the result of `max_pool2d` and its indices."""
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: Literal[False] = False) -> Tensor:
    """Return the maximum of windows of (N, C, D, H, W) or (C, D, H, W); see `max_pool2d`."""
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: Literal[True]) -> tuple[Tensor, Tensor]: ...
@overload
def max_pool3d(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, return_indices: _bool) -> Tensor | tuple[Tensor, Tensor]: ...
def max_pool3d_with_indices(input: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor | tuple[Tensor, Tensor]:
    """Return the result of `max_pool3d` and its indices."""
def max_unpool1d(input: TensorLike, indices: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: Sequence[_int] | None = None) -> Tensor:
    """Return zeros with the maxima of `max_pool1d` where they were; see `max_unpool2d`."""
def max_unpool2d(input: TensorLike, indices: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: Sequence[_int] | None = None) -> Tensor:
    """Return zeros with the maxima of `max_pool2d` where they were."""
def max_unpool3d(input: TensorLike, indices: TensorLike, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: Sequence[_int] | None = None) -> Tensor:
    """Return zeros with the maxima of `max_pool3d` where they were; see `max_unpool2d`."""
def mish(input: TensorLike, inplace: _bool = False) -> Tensor:
    """``input * tanh(softplus(input))``, elementwise (Misra, 2019)."""
def mse_loss(input: TensorLike, target: TensorLike, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean', weight: TensorLike | None = None) -> Tensor:
    """``(input - target) ** 2``: the mean squared error."""
def multi_head_attention_forward(query: TensorLike, key: TensorLike, value: TensorLike, embed_dim_to_check: _int, num_heads: _int, in_proj_weight: TensorLike | None, in_proj_bias: TensorLike | None, bias_k: TensorLike | None, bias_v: TensorLike | None, add_zero_attn: _bool, dropout_p: _float, out_proj_weight: TensorLike, out_proj_bias: TensorLike | None, training: _bool = True, key_padding_mask: TensorLike | None = None, need_weights: _bool = True, attn_mask: TensorLike | None = None, use_separate_proj_weight: _bool = False, q_proj_weight: TensorLike | None = None, k_proj_weight: TensorLike | None = None, v_proj_weight: TensorLike | None = None, static_k: TensorLike | None = None, static_v: TensorLike | None = None, average_attn_weights: _bool = True, is_causal: _bool = False) -> tuple[Tensor, Tensor | None]:
    """Return the attended values of shape (L, N, E), and the weights of shape (N, L, S) or None."""
def multi_margin_loss(input: TensorLike, target: TensorLike, p: _int = 1, margin: _float = 1.0, weight: TensorLike | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """Return the mean over the wrong classes i of ``max(0, margin - input[target] + input[i]) ** p``."""
def multilabel_margin_loss(input: TensorLike, target: TensorLike, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """Return the sum over right classes j and wrong ones i of ``max(0, 1 - input[j] + input[i])``, divided by C."""
def multilabel_soft_margin_loss(input: TensorLike, target: TensorLike, weight: TensorLike | None = None, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """Return the mean over classes of `binary_cross_entropy_with_logits`."""
def native_channel_shuffle(input: TensorLike, groups: _int) -> Tensor:
    """Return the same as `channel_shuffle`, by PyTorch's other name for it."""
def nll_loss(input: TensorLike, target: TensorLike, weight: TensorLike | None = None, size_average: _bool | None = None, ignore_index: _int = -100, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """Return the negative log-likelihood of classes, given log-probabilities: minus ``input[n, target[n]]``."""
def normalize(input: TensorLike, p: _float = 2.0, dim: _int | Sequence[_int] | None = 1, eps: _float = 1e-12, *, axis: _int | Sequence[_int] | None = 1) -> Tensor:
    """``input / max(norm(input, p, dim), eps)``: vectors of length 1 along `dim`, which may be several dimensions."""
def one_hot(tensor: TensorLike, num_classes: _int = -1) -> Tensor:
    """Return an int64 tensor with a new last dimension that is 1 at the index that `tensor` holds, and 0 elsewhere."""
def pad(input: TensorLike, pad: Sequence[_int], mode: _str = 'constant', value: _float | None = None) -> Tensor:
    """Return a border around `input`."""
def pairwise_distance(x1: TensorLike, x2: TensorLike, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False) -> Tensor:
    """Return the p-norm of ``x1 - x2 + eps`` over the last dimension."""
def pdist(input: TensorLike, p: _float = 2.0) -> Tensor:
    """Return the p-norms of the differences of all pairs of rows: (0, 1), (0, 2), ..., (1, 2), ..."""
def pixel_shuffle(input: TensorLike, upscale_factor: _int) -> Tensor:
    """Return images r times as high and wide, of r * r times fewer channels (Shi et al., 2016)."""
def pixel_unshuffle(input: TensorLike, downscale_factor: _int) -> Tensor:
    """Return the inverse of `pixel_shuffle`: (\\*, C, H * r, W * r) to (\\*, C * r * r, H, W)."""
def poisson_nll_loss(input: TensorLike, target: TensorLike, log_input: _bool = True, full: _bool = False, size_average: _bool | None = None, eps: _float = 1e-08, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """``exp(input) - target * input``: the negative log-likelihood of counts, `input` being the log of their mean."""
def prelu(input: TensorLike, weight: TensorLike) -> Tensor:
    """`leaky_relu` with learned slopes: one, or one per channel (dimension 1) (He et al., 2015)."""
def relu(input: TensorLike, inplace: _bool = False) -> Tensor:
    """``max(input, 0)``, elementwise; its slope at 0 is 0."""
def relu6(input: TensorLike, inplace: _bool = False) -> Tensor:
    """``min(max(input, 0), 6)``, elementwise; its slope at 0 and 6 is 0."""
def relu_(input: TensorLike) -> Tensor:
    """In-place version of `relu`: writes the result into this tensor and returns it."""
def rms_norm(input: TensorLike, normalized_shape: Sequence[_int], weight: TensorLike | None = None, eps: _float | None = None) -> Tensor:
    """``input / sqrt(mean(input ** 2) + eps) * weight`` over the last dimensions (Zhang, Sennrich, 2019)."""
def rrelu(input: TensorLike, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`leaky_relu` whose slopes are drawn uniformly from [`lower`, `upper`); without `training`, their mean."""
def rrelu_(input: TensorLike, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False) -> Tensor:
    """In-place version of `rrelu`: writes the result into this tensor and returns it."""
def scaled_dot_product_attention(query: TensorLike, key: TensorLike, value: TensorLike, attn_mask: TensorLike | None = None, dropout_p: _float = 0.0, is_causal: _bool = False, *, scale: _float | None = None, enable_gqa: _bool = False) -> Tensor:
    """``softmax(query @ key.mT * scale + mask) @ value`` (Vaswani et al., 2017)."""
def selu(input: TensorLike, inplace: _bool = False) -> Tensor:
    """`elu` scaled so that activations keep mean 0 and variance 1 (Klambauer et al., 2017)."""
def selu_(input: TensorLike) -> Tensor:
    """In-place version of `selu`: writes the result into this tensor and returns it."""
def sigmoid(input: TensorLike) -> Tensor:
    """``1 / (1 + exp(-input))``, elementwise, without overflow and exact to the last bits in both tails."""
def silu(input: TensorLike, inplace: _bool = False) -> Tensor:
    """``input * sigmoid(input)``, elementwise; also called swish (Ramachandran, Zoph, Le, 2017)."""
def smooth_l1_loss(input: TensorLike, target: TensorLike, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean', beta: _float = 1.0) -> Tensor:
    """`l1_loss` with a parabola below `beta`: ``d * d / (2 * beta)`` if ``d < beta``, else ``d - beta / 2``."""
def soft_margin_loss(input: TensorLike, target: TensorLike, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """``log(1 + exp(-target * input))``, with targets 1 and -1."""
def softmax(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
    """``exp(input) / exp(input).sum(dim)``: positive numbers that add up to 1 along `dim`."""
def softmin(input: TensorLike, dim: _int | None = None, dtype: DTypeLike | None = None, *, axis: _int | None = None) -> Tensor:
    """`softmax` of ``-input``."""
def softplus(input: TensorLike, beta: _float = 1.0, threshold: _float = 20.0) -> Tensor:
    """``log(1 + exp(beta * input)) / beta``, elementwise, without overflow."""
def softshrink(input: TensorLike, lambd: _float = 0.5) -> Tensor:
    """Return `input` moved towards 0 by `lambd`, and 0 within [-lambd, lambd]."""
def softsign(input: TensorLike) -> Tensor:
    """``input / (1 + |input|)``, elementwise."""
def tanh(input: TensorLike) -> Tensor:
    """Return the hyperbolic tangent of each element."""
def tanhshrink(input: TensorLike) -> Tensor:
    """``input - tanh(input)``, elementwise."""
def threshold(input: TensorLike, threshold: _float, value: _float, inplace: _bool = False) -> Tensor:
    """Return `input` where it is larger than `threshold`, else `value`."""
def threshold_(input: TensorLike, threshold: _float, value: _float) -> Tensor:
    """In-place version of `threshold`: writes the result into this tensor and returns it."""
def triplet_margin_loss(anchor: TensorLike, positive: TensorLike, negative: TensorLike, margin: _float = 1.0, p: _float = 2, eps: _float = 1e-06, swap: _bool = False, size_average: _bool | None = None, reduce: _bool | None = None, reduction: _str = 'mean') -> Tensor:
    """``max(0, margin + |anchor - positive| - |anchor - negative|)`` (Balntas et al., 2016)."""
def triplet_margin_with_distance_loss(anchor: TensorLike, positive: TensorLike, negative: TensorLike, *, distance_function: Callable[[Any, Any], Any] | None = None, margin: _float = 1.0, swap: _bool = False, reduction: _str = 'mean') -> Tensor:
    """``max(0, margin + d(anchor, positive) - d(anchor, negative))``, with any function d of two Tensors."""
def unfold(input: TensorLike, kernel_size: _int | Sequence[_int], dilation: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, stride: _int | Sequence[_int] = 1) -> Tensor:
    """Return all windows of an image as columns."""
def upsample(input: TensorLike, size: _int | Sequence[_int] | None = None, scale_factor: _float | Sequence[_float] | None = None, mode: _str = 'nearest', align_corners: _bool | None = None) -> Tensor:
    """Return the images in another size: the old name of `interpolate`."""
def upsample_bilinear(input: TensorLike, size: _int | Sequence[_int] | None = None, scale_factor: _float | Sequence[_float] | None = None) -> Tensor:
    """Return the images in another size, their corners aligned: an old name of `interpolate`."""
def upsample_nearest(input: TensorLike, size: _int | Sequence[_int] | None = None, scale_factor: _float | Sequence[_float] | None = None) -> Tensor:
    """Return the images in another size by the nearest elements: an old name of `interpolate`."""
