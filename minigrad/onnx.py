"""ONNX files, by `torch.onnx`'s names: none are written yet."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["export", "is_in_onnx_export"]


def export(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise NotImplementedError: save the weights instead, and export them with PyTorch.

    Examples
    --------
    >>> mg.onnx.export(nn.Linear(2, 1), mg.ones(1, 2), "net.onnx")
    Traceback (most recent call last):
        ...
    NotImplementedError: onnx.export: minigrad writes no ONNX files; save the state_dict() as .safetensors, load it into
    the same network in PyTorch, and export that
    """
    raise NotImplementedError(
        "onnx.export: minigrad writes no ONNX files; save the state_dict() as .safetensors, load it into the same "
        "network in PyTorch, and export that"
    )


def is_in_onnx_export() -> bool:
    """Return False: nothing is exported."""
    return False
