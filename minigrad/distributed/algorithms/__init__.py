"""Ways of working together: uneven inputs (`join`) and what happens to gradients on their way (`ddp_comm_hooks`)."""

from __future__ import annotations

from minigrad.lazy_names import lazy_names

_HOMES = {"join": "Join JoinHook Joinable"}
_lazy = lazy_names(__name__, globals(), _HOMES, "ddp_comm_hooks join")
__getattr__, __dir__ = _lazy.getattr, _lazy.dir
__all__ = ["Join", "JoinHook", "Joinable"]
