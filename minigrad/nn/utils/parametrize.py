"""Parametrizations: a parameter of a module becomes a function of others, which are what is trained."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Sequence
from typing import Any

from minigrad.autograd import no_grad
from minigrad.core.tensor import Tensor
from minigrad.nn.container import ModuleDict, ModuleList
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter

__all__ = [
    "ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations",
    "transfer_parametrizations_and_params", "type_before_parametrizations",
]  # fmt: skip

_depth = 0  # of `cached`
_cache: dict[tuple[int, str], Tensor] = {}


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrized tensor once within this context, however often it is read.

    Examples
    --------
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    >>> with nn.utils.parametrize.cached():
    ...     print(layer.weight is layer.weight)
    True
    """
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if not _depth:
            _cache.clear()


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, applied one after the other, and the tensors that the first one takes.

    Parameters
    ----------
    modules : list of Module
        Each is called with the result of the one before. The first is called with ``original``, or, if a right
        inverse gave a sequence, with ``original0``, ``original1``, ...
    original : Tensor
        The tensor that is parametrized.
    unsafe : bool, default False
        Don't check that shape and dtype stay the same.
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList: expected at least one module, got none")
        super().__init__(modules)
        self.unsafe = unsafe
        new: Any = original
        with no_grad():
            for module in reversed(list(self)):
                new = _inverse(module, new)
        self.is_tensor = isinstance(new, Tensor)
        if not self.is_tensor and not isinstance(new, Sequence):
            raise ValueError(f"right_inverse: expected a Tensor or a sequence of them, got {type(new).__name__}")
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            _check_dtype("right_inverse", new, original)
            with no_grad():
                if new is not original:
                    original.data = new.detach()
            _add(self, "original", original)
        else:
            for i, part in enumerate(new):
                if not isinstance(part, Tensor):
                    raise ValueError(f"right_inverse: expected Tensors in the sequence, got {type(part).__name__}")
                part = part.detach()
                is_parameter = isinstance(original, Parameter)
                _add(self, f"original{i}", Parameter(part, original.requires_grad) if is_parameter else part)
        if not unsafe:
            _check("forward", self(), original)

    def _originals(self) -> list[Tensor]:
        return [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def forward(self) -> Tensor:
        """Return the tensor that the parametrizations make of the original ones."""
        first, *others = self
        result = first(*self._originals())
        for module in others:
            result = module(result)
        return result

    def right_inverse(self, value: Tensor) -> None:
        """Set the original tensors to what the parametrizations make `value` of.

        Raises
        ------
        RuntimeError
            If a parametrization has no ``right_inverse``.
        ValueError
            If what that gives does not fit the original tensors.
        """
        with no_grad():
            new: Any = value
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(
                        f"parametrization {type(module).__name__}: it has no right_inverse, so the tensor can't be set"
                    )
                new = module.right_inverse(new)
            if self.is_tensor:
                new = [new]
            if not isinstance(new, Sequence) or len(new) != self.ntensors:
                raise ValueError(f"right_inverse: expected {self.ntensors} Tensors, got {type(new).__name__}")
            originals = self._originals()
            for part, original in zip(new, originals, strict=True):
                if not isinstance(part, Tensor):
                    raise ValueError(f"right_inverse: expected a Tensor, got {type(part).__name__}")
                _check_dtype("right_inverse", part, original)
            for part, original in zip(new, originals, strict=True):
                if part is not original:
                    original.data = part.detach()


def _inverse(module: Module, value: Any) -> Any:
    if hasattr(module, "right_inverse"):
        with contextlib.suppress(NotImplementedError):  # then it has none, or none for this option
            return module.right_inverse(value)
    return value


def _add(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _check_dtype(what: str, new: Any, original: Tensor) -> None:
    if not isinstance(new, Tensor):
        raise ValueError(f"parametrization: expected {what} to return a Tensor, got {type(new).__name__}")
    if new.dtype != original.dtype:
        raise ValueError(f"parametrization: expected {what} to keep the dtype {original.dtype}, got {new.dtype}")


def _check(what: str, new: Any, original: Tensor) -> None:
    _check_dtype(what, new, original)
    if new.shape != original.shape:
        raise ValueError(
            f"parametrization: expected {what} to keep the shape {tuple(original.shape)}, got {tuple(new.shape)}; "
            "unsafe=True leaves out the check"
        )


# ---- the module ------------------------------------------------------------------------------------------------------


def _value(name: str) -> property:
    """Return the attribute that stands for a parametrized tensor."""

    def get(module: Any) -> Tensor:
        if not _depth:
            return module.parametrizations[name]()
        key = id(module), name
        if key not in _cache:
            _cache[key] = module.parametrizations[name]()
        return _cache[key]

    def put(module: Any, value: Tensor) -> None:
        module.parametrizations[name].right_inverse(value)

    return property(get, put)


def _set_class(module: Module) -> None:
    """Give `module` a class of its own, in which its parametrized tensors are properties."""
    kind = type_before_parametrizations(module)
    names = list(module.parametrizations) if "parametrizations" in module._modules else []
    if not names:
        module.__class__ = kind
        return
    contents: dict[str, Any] = {name: _value(name) for name in names}
    contents |= {"__module__": kind.__module__, "_parametrized": kind, "__reduce_ex__": _refuse_pickle}
    if not hasattr(kind, "__deepcopy__"):
        contents["__deepcopy__"] = _deepcopy
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), contents)


def _refuse_pickle(module: Module, protocol: Any) -> Any:
    raise RuntimeError(
        f"pickle: the class of a parametrized {type_before_parametrizations(module).__name__} is its own; save its "
        "state_dict() instead"
    )


def _deepcopy(module: Module, memo: dict[int, Any]) -> Module:
    twin = memo[id(module)] = type(module).__new__(type(module))
    twin.__setstate__(copy.deepcopy(module.__getstate__(), memo))
    return twin


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Make a parameter or buffer of `module` the result of `parametrization`, a module called with the original one.

    The original tensor is then ``module.parametrizations.<tensor_name>.original``, and each further parametrization
    is applied to the result of the one before.

    Parameters
    ----------
    module : Module
    tensor_name : str
    parametrization : Module
        Its ``right_inverse(tensor)``, if it has one, says which originals give `tensor`: they are the first ones, and
        those that are set when the tensor is assigned to. It may return several Tensors, which `forward` takes.
    unsafe : bool, default False
        Don't check that shape and dtype stay the same.

    Returns
    -------
    Module
        `module`, which has another class now.

    Raises
    ------
    ValueError
        If there is no such tensor, or the parametrization changes its shape or dtype.

    Examples
    --------
    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = nn.Linear(3, 3)
    >>> _ = nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all())
    True
    >>> list(layer.state_dict())
    ['bias', 'parametrizations.weight.original']
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            with no_grad():
                value = getattr(module, tensor_name)
                result = parametrization(value)
                _check("forward", result, value)
                _check("right_inverse", _inverse(parametrization, result), value)
        module.parametrizations[tensor_name].append(parametrization)
        module.parametrizations[tensor_name].unsafe |= unsafe
    elif tensor_name in module._parameters or tensor_name in module._buffers:
        made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            module.parametrizations = ModuleDict()
        module.parametrizations[tensor_name] = made
        _set_class(module)
    else:
        raise ValueError(
            f"register_parametrization: {type(module).__name__} has no parameter, buffer or parametrization "
            f"{tensor_name!r}"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Return whether `module` has a parametrized tensor, or one of this name.

    Examples
    --------
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    >>> nn.utils.parametrize.is_parametrized(layer, "weight"), nn.utils.parametrize.is_parametrized(layer, "bias")
    (True, False)
    """
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make a parametrized tensor an ordinary one again.

    Parameters
    ----------
    module : Module
    tensor_name : str
    leave_parametrized : bool, default True
        Whether it keeps its value; otherwise it gets back the original one.

    Raises
    ------
    ValueError
        If the tensor is not parametrized, or has several originals, none of which could be left.

    Examples
    --------
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    >>> nn.utils.parametrize.remove_parametrizations(layer, "weight")
    Linear(in_features=2, out_features=2, bias=True)
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"remove_parametrizations: {tensor_name!r} of {type(module).__name__} is not parametrized")
    made = module.parametrizations[tensor_name]
    original = made._originals()[0]
    if not leave_parametrized and not made.is_tensor:
        raise ValueError(
            f"remove_parametrizations: {tensor_name!r} is made of {made.ntensors} Tensors, none of which can be left; "
            "use leave_parametrized=True"
        )
    if leave_parametrized:
        value = getattr(module, tensor_name).detach()
        if made.is_tensor:
            original.data = value
        else:
            is_parameter = isinstance(original, Parameter)
            original = Parameter(value, original.requires_grad) if is_parameter else value
    del module.parametrizations[tensor_name]
    _set_class(module)
    if not is_parametrized(module):
        del module.parametrizations
    _add(module, tensor_name, original)
    return module


def type_before_parametrizations(module: Module) -> type:
    """Return the class that `module` had before it was parametrized."""
    return getattr(type(module), "_parametrized", type(module))


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Parametrize the tensors of `to_module` as those of `from_module` are, with the same parametrizations and values.

    Raises
    ------
    ValueError
        If `tensor_name`, or without it anything, is not parametrized.
    """
    if not is_parametrized(from_module, tensor_name):
        raise ValueError(
            f"transfer_parametrizations_and_params: {tensor_name or type(from_module).__name__} is not parametrized"
        )
    for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
        source = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            value = getattr(from_module, name).detach().clone()
            _add(to_module, name, Parameter(value) if isinstance(source._originals()[0], Parameter) else value)
        for parametrization in source:
            register_parametrization(to_module, name, parametrization, unsafe=True)
        for mine, theirs in zip(to_module.parametrizations[name]._originals(), source._originals(), strict=True):
            mine.data = theirs.detach().clone()
    return to_module
