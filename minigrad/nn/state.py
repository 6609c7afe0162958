"""The state of a Module as a dictionary of tensors, and back: each module is asked for its own part."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, ClassVar, NamedTuple

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph.hooks import RemovableHandle
from minigrad.nn.hooks import Hooks, register
from minigrad.nn.parameter import Parameter, Uninitialized

_EXTRA = "_extra_state"


class IncompatibleKeys(NamedTuple):
    """The result of `Module.load_state_dict`: the keys that only one side has."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class StateDict(OrderedDict[str, Any]):
    """The result of `Module.state_dict`: a dictionary, with the ``_version`` of every module beside it."""

    _metadata: dict[str, dict[str, Any]]


class Stateful:
    """Base of what has tensors, and others of its kind within, that are saved and loaded: of `Module`.

    Each adds its own part to the dictionary, and takes it from there, by methods that a subclass may override.
    """

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _transient: set[str]  # names of the buffers that are not in the state_dict

    _hooks: Hooks | None = None
    _version: ClassVar[int] = 1  # the version of the format that this class saves; loading gets that of the file

    # ---- saving ----------------------------------------------------------------------------------------------------

    def state_dict(
        self, *args: Any, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """Return parameters and persistent buffers by dotted name: detached tensors that share the module's memory.

        Parameters
        ----------
        destination : dict, optional
            Put them into this dictionary.
        prefix : str
            What to put before every name.
        keep_vars : bool, default False
            The parameters themselves instead of detached tensors.

        Examples
        --------
        >>> {name: tuple(t.shape) for name, t in nn.Linear(2, 3).state_dict().items()}
        {'weight': (3, 2), 'bias': (3,)}
        """
        if args:
            return self.state_dict(**_by_name(args, destination, prefix, keep_vars))
        state: dict[str, Any] = StateDict() if destination is None else destination
        if destination is None:
            state._metadata = {}  # type: ignore[attr-defined]
        about = {"version": self._version}
        if hasattr(state, "_metadata"):
            state._metadata[prefix[:-1]] = about
        for hook in _hooks(self, "state_dict_pre"):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(state, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook, may_replace in _hooks(self, "state_dict"):
            replaced = hook(self, state, prefix, about)
            if replaced is not None:
                if not may_replace:
                    raise RuntimeError(
                        f"state_dict post-hook of {type(self).__name__}: expected None, got {replaced!r}"
                    )
                state = replaced
        return state

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Add what belongs to this module itself, without those within it."""
        for name, tensor in _persistent(self):
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if _overrides(self, "get_extra_state"):
            destination[prefix + _EXTRA] = self.get_extra_state()

    def get_extra_state(self) -> Any:
        """Return what else a subclass keeps in its state, plain data for `save`; see `set_extra_state`."""
        raise RuntimeError(f"{type(self).__name__}: a module with set_extra_state needs get_extra_state(), too")

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(f"{type(self).__name__}: a module with get_extra_state needs set_extra_state(state), too")

    # ---- loading ---------------------------------------------------------------------------------------------------

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy values into the parameters and buffers, which stay the objects they are.

        Parameters
        ----------
        state_dict : mapping of dotted names to Tensors or arrays
            As from `state_dict`, or from PyTorch's.
        strict : bool, default True
            Whether missing and unexpected names are an error.
        assign : bool, default False
            Put the given tensors, with their dtype, in the place of the ones that are there.

        Returns
        -------
        named tuple ``(missing_keys, unexpected_keys)``

        Raises
        ------
        RuntimeError
            Listing all problems: missing and unexpected names, other shapes (also with ``strict=False``). All tensors
            are as before then.

        Examples
        --------
        >>> nn.Linear(1, 2).load_state_dict({"weight": np.zeros((2, 1)), "bias": np.ones(2)})
        <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"load_state_dict: expected a dict of tensors, got {type(state_dict).__name__}")
        for key in state_dict:
            if not isinstance(key, str):
                raise TypeError(f"load_state_dict: expected names as keys, got {type(key).__name__} {key!r:.40}")
        loading = _Loading(assign, getattr(state_dict, "_metadata", None) or {})
        before = [*_memory(self)]
        try:
            loading.into(self, OrderedDict(state_dict), "")
            loading.refuse(type(self).__name__, strict)
        except BaseException:
            for put_back in before:
                put_back()
            raise
        return loading.keys

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Take what belongs to this module itself, without those within it; note what is wrong in the three lists."""
        for hook, with_module in _hooks(self, "load_state_dict_pre"):
            own = (self,) if with_module else ()
            hook(*own, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        assign = local_metadata.get("assign_to_params_buffers", False)
        tensors = dict(_persistent(self))
        for name, tensor in tensors.items():
            key = prefix + name
            if key not in state_dict:
                missing_keys.append(key)
                continue
            try:
                _put(self, name, tensor, state_dict[key], assign)
            except (TypeError, ValueError, RuntimeError) as error:
                error_msgs.append(f"{key}: {error}")
        extra = prefix + _EXTRA
        takes_extra = _overrides(self, "set_extra_state")
        if takes_extra and extra in state_dict:
            self.set_extra_state(state_dict[extra])
        elif takes_extra:
            missing_keys.append(extra)
        known = {extra, *(prefix + name for name in tensors)} if takes_extra else {prefix + name for name in tensors}
        for key in state_dict:
            first, dot, _ = key[len(prefix) :].partition(".")
            if key.startswith(prefix) and key not in known and not (dot and first in self._modules):
                unexpected_keys.append(key)

    # ---- hooks -----------------------------------------------------------------------------------------------------

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run ``hook(module, prefix, keep_vars)`` before `state_dict` looks at the module."""
        return register(self._own_hooks().state_dict_pre, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run ``hook(module, state_dict, prefix, local_metadata)`` when the module's part is in the dictionary.

        It may change the dictionary in place.
        """
        return register(self._own_hooks().state_dict, (hook, False))

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Register a hook whose result, if any, replaces the dictionary."""
        return register(self._own_hooks().state_dict, (hook, True))

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)``.

        Before the module takes its part from `state_dict`, which the hook may change, to rename keys for instance.
        """
        return register(self._own_hooks().load_state_dict_pre, (hook, True))

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        """Register a hook that gets the module as first argument only if asked to."""
        return register(self._own_hooks().load_state_dict_pre, (hook, with_module))

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run ``hook(module, incompatible_keys)`` when the module and all within it have taken their parts.

        It may change the lists ``missing_keys`` and ``unexpected_keys``, by which `load_state_dict` judges.
        """
        return register(self._own_hooks().load_state_dict, hook)

    def _own_hooks(self) -> Hooks:
        if self._hooks is None:
            self._hooks = Hooks()
        return self._hooks


def _hooks(module: Stateful, kind: str) -> list[Any]:
    return [] if module._hooks is None else list(getattr(module._hooks, kind).values())


def _overrides(module: Stateful, method: str) -> bool:
    return getattr(type(module), method) is not getattr(Stateful, method) or method in module.__dict__


def _persistent(module: Stateful) -> Iterator[tuple[str, Tensor]]:
    """Yield the parameters and buffers of this very module that are part of its state."""
    for name, tensor in chain(module._parameters.items(), module._buffers.items()):
        if tensor is not None and name not in module._transient:
            yield name, tensor


# ---- loading ---------------------------------------------------------------------------------------------------------


def _by_name(args: tuple[Any, ...], *named: Any) -> dict[str, Any]:
    """Return the arguments of `state_dict` with those that were given by place, as they once could be."""
    warnings.warn("state_dict: give destination, prefix and keep_vars by name", FutureWarning, stacklevel=3)
    if len(args) > len(named):
        raise TypeError(f"state_dict: expected at most {len(named)} arguments, got {len(args)}")
    return dict(zip(("destination", "prefix", "keep_vars"), (*args, *named[len(args) :]), strict=True))


class _Loading:
    """One walk over the modules, and what it found wrong."""

    def __init__(self, assign: bool, metadata: Mapping[str, Any]) -> None:
        self.assign, self.metadata = assign, metadata
        self.keys = IncompatibleKeys([], [])
        self.problems: list[str] = []

    def into(self, module: Stateful, given: OrderedDict[str, Any], prefix: str) -> None:
        """Load their parts into `module` and then into those within it."""
        about = dict(self.metadata.get(prefix[:-1], {}))
        if self.assign:
            about["assign_to_params_buffers"] = True
        module._load_from_state_dict(given, prefix, about, True, *self.keys, self.problems)
        for name, child in module._modules.items():
            if child is not None:
                start = f"{prefix}{name}."
                self.into(child, OrderedDict((k, v) for k, v in given.items() if k.startswith(start)), start)
        for hook in _hooks(module, "load_state_dict"):
            if hook(module, self.keys) is not None:
                raise AssertionError(
                    f"load_state_dict post-hook of {type(module).__name__}: expected None to be returned"
                )

    def refuse(self, name: str, strict: bool) -> None:
        """Raise if there is a problem, listing all of them."""
        missing, unexpected = self.keys if strict else ([], [])
        problems = [f"missing: {_listed(missing)}"] * bool(missing)
        problems += [f"unexpected: {_listed(unexpected)}"] * bool(unexpected)
        problems += self.problems
        if not problems:
            return
        if missing and (prefix := _prefix(missing, unexpected)):
            problems.append(f"all keys begin with {prefix!r}: {{k.removeprefix({prefix!r}): v for k, v in d.items()}}")
        hint = "\n(strict=False allows missing and unexpected keys)" if missing or unexpected else ""
        raise RuntimeError(f"load_state_dict of {name}:\n  " + "\n  ".join(problems) + hint)


def _prefix(missing: list[str], unexpected: list[str]) -> str:
    """Return the prefix of the unexpected keys before the missing ones, as wrappers such as DataParallel add it."""
    start = unexpected[0].removesuffix(missing[0]) if unexpected else ""
    return start if [start + key for key in missing] == unexpected else ""


def _listed(keys: list[str]) -> str:
    return ", ".join(repr(key) for key in keys)


def _memory(module: Stateful) -> Iterator[Callable[[], None]]:
    """Functions that bring back the tensors and extra states of all modules within `module`, as they are now."""
    tables: tuple[dict[str, Any], ...] = (module._parameters, module._buffers)
    for table in tables:
        for name, tensor in table.items():
            if tensor is not None:
                yield _put_back(table, name, tensor)
    if _overrides(module, "get_extra_state") and _overrides(module, "set_extra_state"):
        yield partial(module.set_extra_state, module.get_extra_state())
    for child in module._modules.values():
        if child is not None:
            yield from _memory(child)


def _put_back(table: dict[str, Any], name: str, tensor: Tensor) -> Callable[[], None]:
    kind, attributes = type(tensor), dict(tensor.__dict__)
    values = None if isinstance(tensor, Uninitialized) else tensor._data.copy()

    def put_back() -> None:
        table[name] = tensor
        if values is None:
            tensor.__class__ = kind
            tensor.__dict__.update(attributes)
        elif not np.array_equal(tensor._data, values, equal_nan=values.dtype.kind == "f"):
            tensor._write(values)

    return put_back


def _put(module: Stateful, name: str, tensor: Tensor, value: Any, assign: bool) -> None:
    if isinstance(value, Uninitialized) and isinstance(tensor, Uninitialized):
        return
    array = _fitting(value, tensor)
    if assign:
        value = value if isinstance(value, Tensor) else Tensor._wrap(np.asarray(value))
        if value._data.shape != array.shape:
            value = value.detach().reshape(())  # an old file's scalar
        if isinstance(tensor, Parameter):
            value = value if isinstance(value, Parameter) else Parameter(value, False)
            value.requires_grad_(tensor.requires_grad)
        setattr(module, name, value)
        return
    if isinstance(tensor, Uninitialized):
        tensor.materialize(array.shape)
    tensor._write(array)


def _fitting(value: Any, tensor: Tensor) -> np.ndarray:
    """Return `value` as an array of the tensor's dtype; raise if it is none, or of another shape."""
    if isinstance(value, Uninitialized):
        raise TypeError("the value given is not initialized; call the module it is from on an example input first")
    if not hasattr(value, "__array__"):  # Tensors, arrays and PyTorch's tensors have it
        raise TypeError(f"expected a Tensor or an array, got {type(value).__name__}")
    array = value._data if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"expected a Tensor or an array of numbers, got {type(value).__name__} of {array.dtype}")
    if isinstance(tensor, Uninitialized):
        return array.astype(tensor.dtype, copy=False)
    if not tensor.ndim and array.shape == (1,):  # old files hold scalars like this
        array = array[0:1].reshape(())
    if array.shape != tensor._data.shape:
        raise ValueError(f"size mismatch: {array.shape} is given, the model has {tensor._data.shape}")
    return array.astype(tensor.dtype, copy=False)
