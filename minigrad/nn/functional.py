"""The operations of neural networks as functions: torch.nn.functional's names.

A layer of `minigrad.nn` is its parameters and one of these functions.
"""

from minigrad.ops.activation import *
from minigrad.ops.adaptive_pooling import *
from minigrad.ops.attention import *
from minigrad.ops.convolution import *
from minigrad.ops.cross_entropy import *
from minigrad.ops.declare.naming import publish
from minigrad.ops.distances import *
from minigrad.ops.dropout import *
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

publish(globals())
del publish
