"""Parts of the loader by the modules in which PyTorch has them: ``_utils.collate``, ``_utils.worker``."""

import sys

from minigrad.utils.data import collate
from minigrad.utils.data import workers as worker

sys.modules |= {f"{__name__}.collate": collate, f"{__name__}.worker": worker}
