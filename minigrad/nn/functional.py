"""The operations of neural networks as functions: torch.nn.functional's names.

A layer of `minigrad.nn` is its parameters and one of these functions. Those that few scripts call are imported when
they are asked for.
"""

from minigrad.lazy_names import lazy_names
from minigrad.ops.activation import *
from minigrad.ops.adaptive_pooling import *
from minigrad.ops.attention import *
from minigrad.ops.channel_shuffling import *
from minigrad.ops.convolution import *
from minigrad.ops.cross_entropy import *
from minigrad.ops.declare import naming
from minigrad.ops.distances import *
from minigrad.ops.dropout import *
from minigrad.ops.embedding import *
from minigrad.ops.exponential import sigmoid as sigmoid
from minigrad.ops.interpolation import *
from minigrad.ops.linear import *
from minigrad.ops.loss import *
from minigrad.ops.margin_loss import *
from minigrad.ops.multi_head import *
from minigrad.ops.normalization import *
from minigrad.ops.padding import *
from minigrad.ops.pooling import *
from minigrad.ops.smooth_activation import *
from minigrad.ops.softmax import *
from minigrad.ops.trigonometry import tanh as tanh
from minigrad.ops.unfolding import *

naming.publish(globals())

_OPERATIONS = {
    "class_margin_loss": (
        "multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss triplet_margin_with_distance_loss"
    ),
    "ctc": "ctc_loss",
    "embedding_bag": "embedding_bag",
    "fractional_pooling": "fractional_max_pool2d fractional_max_pool3d",
    "grid_sampling": "affine_grid grid_sample",
    "linear_cross_entropy": "linear_cross_entropy",
    "lp_pooling": "local_response_norm lp_pool1d lp_pool2d lp_pool3d",
    "pair_distances": "pdist",
    "pooling_with_indices": (
        "adaptive_max_pool2d_with_indices adaptive_max_pool3d_with_indices fractional_max_pool2d_with_indices "
        "fractional_max_pool3d_with_indices max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices"
    ),
    "random_choice": "gumbel_softmax",
    "unpooling": "max_unpool1d max_unpool2d max_unpool3d",
}
_lazy = lazy_names("minigrad.ops", globals(), _OPERATIONS, published=naming.published)
__getattr__ = _lazy.getattr
__dir__ = _lazy.dir
del lazy_names, naming
