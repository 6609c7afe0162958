"""Registry: what a Module consists of, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from minigrad.core.tensor import Tensor
from minigrad.nn.model_mistakes import warn_of_hidden_layers
from minigrad.nn.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from minigrad.nn.module import Module


class Registry:
    """The registry of the parameters, buffers and modules that are assigned to attributes."""

    # What is registered, and in which order, stands in these three and nowhere else.
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _transient: set[str]  # names of the buffers that are not in the state_dict

    def __init__(self) -> None:
        self.__dict__.update(_parameters={}, _buffers={}, _modules={}, _transient=set())

    # ---- attributes ------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        """Return a parameter, buffer or submodule. Python asks here for what is no ordinary attribute."""
        attributes = self.__dict__
        if "_modules" in attributes:  # written out, as forwards read their parameters here
            if name in attributes["_parameters"]:
                return attributes["_parameters"][name]
            if name in attributes["_modules"]:
                return attributes["_modules"][name]
            if name in attributes["_buffers"]:
                return attributes["_buffers"][name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __dir__(self) -> list[str]:
        registered = [name for registry in _KINDS for name in self.__dict__.get(registry, ())]
        return sorted({*super().__dir__(), *filter(str.isidentifier, registered)})

    def __setattr__(self, name: str, value: Any) -> None:
        for registry, kind in _KINDS.items():
            if isinstance(value, kind):
                break
            if name in self.__dict__.get(registry, ()):
                if value is None or (registry == "_buffers" and isinstance(value, Tensor)):
                    break
                raise TypeError(
                    f"{type(self).__name__}: attribute {name!r} is registered in {registry} and takes "
                    f"{_WANTED[registry]}, got {type(value).__name__}; `del` the attribute first to change its kind"
                )
        else:
            return super().__setattr__(name, value)
        new = name not in self.__dict__.get(registry, ())
        if new and isinstance(value, Tensor) and hasattr(type(self), name):
            raise KeyError(
                f"{type(self).__name__}: the class has an attribute {name!r}, which would be read instead of this "
                f"{type(value).__name__}; choose another name"
            )
        if isinstance(value, Buffer):
            self._set_transient(name, not value.persistent)
        self._register(registry, name, value)

    def __delattr__(self, name: str) -> None:
        registry = next((r for r in _KINDS if name in self.__dict__.get(r, ())), None)
        if registry is None:
            return super().__delattr__(name)
        del self.__dict__[registry][name]
        self._transient.discard(name)

    def __getstate__(self) -> dict[str, Any]:
        # copy.copy shares the parameters, but registering more in the copy leaves the original alone
        return {k: v.copy() if k in _OWN else v for k, v in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def _register(self, registry: str, name: str, value: Any) -> None:
        self._check_name(registry, name)
        attributes = self.__dict__
        attributes.pop(name, None)
        for other in _KINDS:
            if other != registry:
                attributes[other].pop(name, None)
        if registry != "_buffers":
            self._transient.discard(name)
        attributes[registry][name] = value

    def _check_name(self, registry: str, name: str) -> None:
        if registry not in self.__dict__:
            raise AttributeError(
                f"{type(self).__name__}: cannot assign {name!r} yet; call super().__init__() first in __init__"
            )
        if not isinstance(name, str):
            raise TypeError(f"{type(self).__name__}: expected a str as name, got {type(name).__name__}")
        if "." in name or not name:
            raise KeyError(f"{type(self).__name__}: a name must not be empty or contain '.', got {name!r}")

    def _check_kind(self, registry: str, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, Tensor if registry == "_buffers" else _KINDS[registry]):
            raise TypeError(
                f"{type(self).__name__}: expected {_WANTED[registry]} for {name!r}, got {type(value).__name__}"
            )

    def _register_new(self, registry: str, name: str, value: Any) -> None:
        """Register a new name for the methods register_..., which don't replace an attribute of another kind."""
        self._check_name(registry, name)
        if hasattr(self, name) and name not in self.__dict__[registry]:
            raise KeyError(f"{type(self).__name__}: there is an attribute {name!r} already; choose another name")
        self._check_kind(registry, name, value)
        if registry == "_parameters" and value is not None and not value.is_leaf:
            raise ValueError(f"{type(self).__name__}: parameter {name!r} must be a leaf, without a grad_fn")
        self._register(registry, name, value)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, as assigning it does. None keeps the place for one that this module does without."""
        self._register_new("_parameters", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is part of the state but not a parameter; with `persistent` it is in the `state_dict`."""
        self._register_new("_buffers", name, tensor)
        self._set_transient(name, not persistent)

    def _set_transient(self, name: str, transient: bool) -> None:
        if "_transient" in self.__dict__:  # else _register is about to complain
            (self._transient.add if transient else self._transient.discard)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a submodule, as assigning it does."""
        self._check_kind("_modules", name, module)
        self._register_new("_modules", name, module)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a module, as `add_module` does."""
        self.add_module(name, module)

    # ---- what is in it ---------------------------------------------------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Yield this module and all within it with dotted names, each once unless `remove_duplicate` is False.

        Examples
        --------
        >>> [name for name, _ in nn.Sequential(nn.Linear(2, 2), nn.ReLU()).named_modules()]
        ['', '0', '1']
        """
        memo = set() if memo is None else memo
        if self not in memo:
            if remove_duplicate:
                memo.add(self)  # type: ignore[arg-type]  # the only subclass is Module
            yield prefix, self  # type: ignore[misc]
            for name, module in self._modules.items():
                if module is not None:
                    yield from module.named_modules(memo, _join(prefix, name), remove_duplicate)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules directly within this one, each once, with their names."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def _named_members(
        self,
        get_members_fn: Callable[[Any], Iterable[tuple[str, Any]]],
        prefix: str = "",
        recurse: bool = True,
        remove_duplicate: bool = True,
    ) -> Iterator[tuple[str, Any]]:
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        seen: set[int] = set()
        for path, module in modules:
            for name, value in get_members_fn(module):
                if value is not None and id(value) not in seen:
                    if remove_duplicate:
                        seen.add(id(value))
                    yield _join(path, name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield the parameters with their dotted names; a shared one once unless `remove_duplicate` is False.

        Warns of layers in a plain Python list, which are no part of the model.
        """
        if recurse:
            warn_of_hidden_layers(list(self.modules()), (Registry, Parameter))
        return self._named_members(lambda module: module._parameters.items(), prefix, recurse, remove_duplicate)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield the buffers with their dotted names, each once unless `remove_duplicate` is False."""
        return self._named_members(lambda module: module._buffers.items(), prefix, recurse, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """Yield this module and all within it, each once unless `remove_duplicate` is False."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def children(self) -> Iterator[Module]:
        """Yield the modules directly within this one, each once."""
        return (module for _, module in self.named_children())

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield the parameters of this module and, with `recurse`, of all within it, for an optimizer."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield the buffers of this module and, with `recurse`, of all within it."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """Return the module with this dotted name; the empty name is this module's own.

        Raises
        ------
        AttributeError
            If there is none.
        """
        module: Module = self  # type: ignore[assignment]
        for name in () if target == "" else target.split("."):
            child = getattr(module, name, None)
            if not isinstance(child, Registry):
                raise AttributeError(
                    f"{type(module).__name__}: no submodule {name!r} (looked for {target!r}); "
                    f"there are {', '.join(module._modules) or 'none'}"
                )
            module = child  # type: ignore[assignment]  # the only subclass is Module
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter with this dotted name; raise AttributeError if there is none."""
        return self._get_member("_parameters", target)

    def get_buffer(self, target: str) -> Tensor:
        """Return the buffer with this dotted name; raise AttributeError if there is none."""
        return self._get_member("_buffers", target)

    def _get_member(self, registry: str, target: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        member, members = getattr(module, name, None), getattr(module, registry)
        if member is None or not (name in members or isinstance(member, _KINDS[registry])):
            raise AttributeError(
                f"{type(module).__name__}: no {registry[1:-1]} {name!r} (looked for {target!r}); "
                f"there are {', '.join(members) or 'none'}"
            )
        return member


class Registered:
    """A descriptor that a layer declares beside ``weight: Parameter``: it is read before ordinary attributes.

    Everything else, and every `__getattr__` of a user's, goes on to `__getattr__`, as if this were not there.
    """

    def __init__(self, registry: str) -> None:
        self.registry = registry

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, module: Any, owner: Any) -> Any:
        if module is not None and type(module).__getattr__ is _getattr:
            try:
                return getattr(module, self.registry)[self.name]
            except KeyError:
                pass
        raise AttributeError(self.name)


def registered(registry: str = "_parameters") -> Any:
    """Return the value to declare a parameter or buffer with; see `Registered`."""
    return Registered(registry)


_getattr = Registry.__getattr__
_KINDS: dict[str, type] = {"_parameters": Parameter, "_modules": Registry, "_buffers": Buffer}
_OWN = {*_KINDS, "_transient"}
_WANTED = {"_parameters": "a Parameter or None", "_modules": "a Module or None", "_buffers": "a Tensor or None"}


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
