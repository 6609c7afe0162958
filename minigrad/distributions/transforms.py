"""All transforms, by the name of PyTorch's module."""

from minigrad.distributions.elementwise_transforms import *
from minigrad.distributions.joined_transforms import *
from minigrad.distributions.matrix_transforms import *
from minigrad.distributions.transform import *
