"""Processes that ``torchrun`` watches: see `errors`."""
