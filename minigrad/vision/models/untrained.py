"""Trained weights, which functions that make a network are asked for: there are none here."""

from __future__ import annotations

from typing import Any


def check_untrained(function: str, weights: Any, pretrained: Any) -> None:
    """Raise ValueError where trained weights are asked for.

    Parameters
    ----------
    function : str
        Its name.
    weights, pretrained : what the user gave
    """
    if weights is not None or pretrained:
        raise ValueError(
            f"{function}: no trained weights come with minigrad; leave weights out, "
            f"and load a file of them by model.load_state_dict(load('{function}.pth'))"
        )
