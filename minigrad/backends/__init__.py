"""Libraries behind PyTorch that scripts ask for or tune. There are none here but NumPy's own.

>>> mg.backends.cudnn.is_available(), mg.backends.mps.is_available(), mg.backends.mkl.is_available()
(False, False, False)
>>> mg.backends.cudnn.benchmark = True  # accepted, without an effect
>>> mg.backends.cudnn.benchmark = False
"""

from minigrad.backends import cpu, cuda, cudnn, mkl, mkldnn, mps, openmp

__all__ = ["cpu", "cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]
