"""Helpers of scripts for ``torchrun``: see `data`."""
