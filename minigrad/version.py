"""The version, and those of libraries for GPUs, which are None.

>>> mg.version.cuda is None
True
"""

__version__ = "0.1.0"
cuda = hip = xpu = git_version = None
debug = False
