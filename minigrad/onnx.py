"""``torch.onnx`` for scripts that import it: no model is written in that format here."""

from __future__ import annotations

from typing import Any, NoReturn


def export(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise NotImplementedError: there is no record of a model that could be written as ONNX.

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> mg.onnx.export(nn.Linear(1, 1), (mg.ones(1),), "model.onnx")
    Traceback (most recent call last):
    NotImplementedError: onnx.export: models are not written as ONNX; save() keeps a model and its weights in a file
    """
    raise NotImplementedError(
        "onnx.export: models are not written as ONNX; save() keeps a model and its weights in a file"
    )


def is_in_onnx_export() -> bool:
    """Return False: nothing is exported."""
    return False
