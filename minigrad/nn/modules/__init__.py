"""Layers by the modules in which PyTorch has them: ``from minigrad.nn.modules.conv import _ConvNd``.

Scripts import from there what they subclass or test for. These modules have no files: they find their names in the
packages that define them, when they are asked for. A base with an underscore in front has none where it is defined.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from minigrad.kernels.forking import import_module
from minigrad.lazy_names import unknown
from minigrad.nn.modules import utils as utils

_NAMES = {
    "activation": (
        "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish "
        "MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink "
        "Softsign Tanh Tanhshrink Threshold"
    ),
    "adaptive": "AdaptiveLogSoftmaxWithLoss",
    "batchnorm": (
        "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d SyncBatchNorm "
        "_BatchNorm _LazyNormBase _NormBase"
    ),
    "channelshuffle": "ChannelShuffle",
    "container": "ModuleDict ModuleList ParameterDict ParameterList Sequential",
    "conv": (
        "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d "
        "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d _ConvNd _ConvTransposeNd"
    ),
    "distance": "CosineSimilarity PairwiseDistance",
    "dropout": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout _DropoutNd",
    "flatten": "Flatten Unflatten",
    "fold": "Fold Unfold",
    "instancenorm": (
        "InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d "
        "_InstanceNorm"
    ),
    "lazy": "LazyModuleMixin",
    "linear": "Bilinear Identity LazyLinear Linear NonDynamicallyQuantizableLinear",
    "loss": (
        "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss "
        "HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss MarginRankingLoss MultiLabelMarginLoss "
        "MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss "
        "TripletMarginLoss TripletMarginWithDistanceLoss _Loss _WeightedLoss"
    ),
    "module": (
        "Module _IncompatibleKeys "
        "register_module_backward_hook register_module_buffer_registration_hook register_module_forward_hook "
        "register_module_forward_pre_hook register_module_full_backward_hook register_module_full_backward_pre_hook "
        "register_module_module_registration_hook register_module_parameter_registration_hook"
    ),
    "normalization": "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    "padding": (
        "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d "
        "ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d "
        "ZeroPad3d _CircularPadNd _ConstantPadNd _ReflectionPadNd _ReplicationPadNd"
    ),
    "pixelshuffle": "PixelShuffle PixelUnshuffle",
    "pooling": (
        "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d "
        "AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d "
        "MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d _AdaptiveAvgPoolNd _AdaptiveMaxPoolNd _AvgPoolNd "
        "_LPPoolNd _MaxPoolNd _MaxUnpoolNd"
    ),
    "rnn": "GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase",
    "sparse": "Embedding EmbeddingBag",
    "transformer": (
        "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer"
    ),
    "upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
}
# what is not offered by `minigrad.nn`, by the module of ours in which it is
_HOMES = {
    "conv": "_ConvNd _ConvTransposeNd",
    "dropout": "_DropoutNd",
    "hooks": (
        "register_module_backward_hook register_module_buffer_registration_hook register_module_forward_hook "
        "register_module_forward_pre_hook register_module_full_backward_hook register_module_full_backward_pre_hook "
        "register_module_module_registration_hook register_module_parameter_registration_hook"
    ),
    "lazy": "LazyModuleMixin _LazyNormBase",
    "loss": "_Loss _WeightedLoss",
    "multi_head": "NonDynamicallyQuantizableLinear",
    "normalization": "_BatchNorm _InstanceNorm _NormBase",
    "padding": "_CircularPadNd _ConstantPadNd _ReflectionPadNd _ReplicationPadNd",
    "pooling": "_AdaptiveAvgPoolNd _AdaptiveMaxPoolNd _AvgPoolNd _MaxPoolNd",
    "state": "_IncompatibleKeys",
    "unpooling": "_LPPoolNd _MaxUnpoolNd",
}
_WHERE = {name: home for home, names in _HOMES.items() for name in names.split()}


def _found(name: str) -> Any:
    home = f"minigrad.nn.{_WHERE[name]}" if name in _WHERE else "minigrad.nn"
    return getattr(import_module(home), name.removeprefix("_"))


def _finder(module: str, names: list[str]) -> Callable[[str], Any]:
    def find(name: str) -> Any:
        if name not in names:
            raise unknown(module, name, names)
        return _found(name)

    return find


def _made(name: str, names: list[str]) -> ModuleType:
    module = ModuleType(f"{__name__}.{name}", f"The layers of PyTorch's module {name}.")
    public = [n for n in names if n[0] != "_"]
    vars(module).update(__getattr__=_finder(module.__name__, names), __all__=public, __dir__=lambda: names)
    return module


for _name, _names in _NAMES.items():
    globals()[_name] = sys.modules[f"{__name__}.{_name}"] = _made(_name, _names.split())

_all = sorted({name for names in _NAMES.values() for name in names.split() if name[0].isupper()})
__getattr__ = _finder(__name__, _all)


def __dir__() -> list[str]:
    return sorted({*_all, *_NAMES, "utils"})
