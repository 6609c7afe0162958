"""Plain NumPy on arrays: what makes convolution and pooling fast. Nothing here knows of autograd."""
