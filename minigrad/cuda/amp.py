"""Mixed precision by its older names: `minigrad.amp` for CUDA, which does nothing here and says so."""

from __future__ import annotations

from typing import Any

from minigrad import amp
from minigrad.amp import custom_bwd, custom_fwd
from minigrad.core import dtypes

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]


class autocast(amp.autocast):
    """`minigrad.autocast` for the device ``"cuda"``: nothing happens, and a warning says so."""

    def __init__(self, enabled: bool = True, dtype: Any = dtypes.float16, cache_enabled: bool = True) -> None:
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`minigrad.amp.GradScaler` for the device ``"cuda"``: it scales by 1, and a warning says so."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
