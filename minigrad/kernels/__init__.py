"""Kernels: plain NumPy on arrays, which makes convolution and pooling fast. Nothing here knows of autograd."""

from minigrad.kernels.allocation import keep_memory

keep_memory()  # before the first large array
