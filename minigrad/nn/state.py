"""The state of a Module as a dictionary of tensors, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minigrad.nn.parameter import Parameter, Uninitialized
from minigrad.tensor import Tensor

if TYPE_CHECKING:
    from minigrad.nn.module import Module


class IncompatibleKeys(NamedTuple):
    """What `Module.load_state_dict` returns: the keys that only one side has."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Entry(NamedTuple):
    """One tensor of a module's state, and where it hangs."""

    module: Module
    name: str
    tensor: Tensor


def entries(module: Module, prefix: str = "") -> Iterator[tuple[str, Entry]]:
    """The persistent state by dotted key: parameters, buffers, then submodules. A shared tensor has several keys."""
    for registry in (module._parameters, module._buffers):
        for name, tensor in registry.items():
            if tensor is not None and name not in module._transient:
                yield prefix + name, Entry(module, name, tensor)
    for name, child in module._modules.items():
        if child is not None:
            yield from entries(child, f"{prefix}{name}.")


def load(module: Module, given: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Check everything, then copy everything; see `Module.load_state_dict`."""
    if not isinstance(given, Mapping):
        raise TypeError(f"load_state_dict: expected a dict of tensors, got {type(given).__name__}")
    own = dict(entries(module))
    missing = [key for key in own if key not in given]
    unexpected = [key for key in given if key not in own]
    problems = []
    if strict and missing:
        problems.append(f"missing: {_listed(missing)}")
    if strict and unexpected:
        problems.append(f"unexpected: {_listed(unexpected)}")
    arrays: dict[str, np.ndarray] = {}
    for key, entry in own.items():
        if key in given:
            try:
                arrays[key] = _fitting(given[key], entry.tensor)
            except (TypeError, ValueError) as error:
                problems.append(f"{key}: {error}")
    if problems:
        if strict and missing and (prefix := _prefix(missing, unexpected)):
            problems.append(f"all keys begin with {prefix!r}: {{k.removeprefix({prefix!r}): v for k, v in d.items()}}")
        hint = "\n(strict=False allows missing and unexpected keys)" if strict and (missing or unexpected) else ""
        raise RuntimeError(f"load_state_dict of {type(module).__name__}:\n  " + "\n  ".join(problems) + hint)
    for key, array in arrays.items():
        _put(own[key], given[key], array, assign)
    return IncompatibleKeys(missing, unexpected)


def _prefix(missing: list[str], unexpected: list[str]) -> str:
    """What stands before each missing key in the unexpected ones, as wrappers such as DataParallel put it there."""
    start = unexpected[0].removesuffix(missing[0]) if unexpected else ""
    return start if [start + key for key in missing] == unexpected else ""


def _listed(keys: list[str]) -> str:
    return ", ".join(repr(key) for key in keys)


def _fitting(value: Any, tensor: Tensor) -> np.ndarray:
    """`value` as an array of the tensor's dtype; raises where it is none, or of another shape."""
    if isinstance(value, Uninitialized):
        raise TypeError("the value given is not initialized; call the module it is from on an example input first")
    if isinstance(value, (str, bytes)) or value is None:
        raise TypeError(f"expected a Tensor or an array, got {type(value).__name__}")
    array = value._data if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"expected a Tensor or an array of numbers, got {type(value).__name__} of {array.dtype}")
    if not isinstance(tensor, Uninitialized) and array.shape != tensor._data.shape:
        raise ValueError(f"size mismatch: {array.shape} is given, the model has {tensor._data.shape}")
    return array.astype(tensor.dtype, copy=False)


def _put(entry: Entry, value: Any, array: np.ndarray, assign: bool) -> None:
    tensor = entry.tensor
    if assign and not isinstance(value, tensor.__class__):
        value = value if isinstance(value, Tensor) else Tensor._wrap(np.asarray(value))
        value = Parameter(value, tensor.requires_grad) if isinstance(tensor, Parameter) else value
    if assign:
        setattr(entry.module, entry.name, value)
        return
    if isinstance(tensor, Uninitialized):
        tensor.materialize(array.shape)
    tensor._write(array)
