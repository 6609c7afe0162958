"""Helpers for training: clipping gradients, parameters as one vector or as functions of others, padded sequences."""

from minigrad.lazy_names import lazy_names

_HOMES = {
    "clip_grad": "clip_grad_norm clip_grad_norm_ clip_grad_value_ clip_grads_with_norm_ get_total_norm",
    "convert_parameters": "parameters_to_vector vector_to_parameters",
    "fusion": "fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights",
    "init": "skip_init",
    "memory_format": "convert_conv2d_weight_memory_format convert_conv3d_weight_memory_format",
    "spectral_norm": "remove_spectral_norm spectral_norm",
    "weight_norm": "remove_weight_norm weight_norm",
}
_MODULES = "parametrizations parametrize prune rnn stateless"
_lazy = lazy_names(__name__, globals(), _HOMES, _MODULES)
__all__ = _lazy.names
__getattr__ = _lazy.getattr
__dir__ = _lazy.dir
