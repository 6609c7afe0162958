"""Signals, by `torch.signal`'s names: windows."""

from minigrad.signal import windows as windows
