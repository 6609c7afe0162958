"""Modules that hold modules or parameters: a chain, lists and dictionaries."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Self, TypeVar, overload

from minigrad.core.tensor import Tensor
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter

Member = TypeVar("Member")


def _position(container: Any, index: Any) -> int:
    """Return `index` counted from the front."""
    i, length = operator.index(index), len(container)
    if not -length <= i < length:
        raise IndexError(f"{type(container).__name__}: index {i} is out of range for {length} elements")
    return i % length


class _ModuleSequence(Module):
    """The behaviour of a list, shared by Sequential and ModuleList."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        modules: dict[str, Any] = self._modules
        return iter(modules.values())

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, list(self._modules)[_position(self, index)], _checked(self, module))

    def __delitem__(self, index: int | slice) -> None:
        modules = list(self._modules.values())
        del modules[index if isinstance(index, slice) else _position(self, index)]
        self._refill(modules)

    def append(self, module: Module) -> Self:
        """Add `module` at the end; returns the container."""
        self.add_module(str(len(self)), _checked(self, module))
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add several modules at the end; returns the container."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"{type(self).__name__}.extend: expected modules, got {type(modules).__name__}")
        for module in [_checked(self, module) for module in modules]:
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Add `module` before position `index`; returns the container."""
        modules = list(self._modules.values())
        if not isinstance(module, Module) and isinstance(self, Sequential):
            raise AssertionError(f"Sequential.insert: expected a Module, got {type(module).__name__}")
        if not -len(modules) <= index <= len(modules):
            raise IndexError(f"{type(self).__name__}.insert: index {index} is out of range for {len(modules)} elements")
        if index == len(modules):
            return self.append(module)  # keep the names of the others
        modules.insert(index, _checked(self, module))
        self._refill(modules)
        return self

    @overload
    def pop(self, key: int) -> Module: ...
    @overload
    def pop(self, key: slice) -> Self: ...
    def pop(self, key: Any) -> Any:
        """Remove the module at `key`, and return it."""
        module: Any = self[key]  # type: ignore[index]
        del self[key]
        return module

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def _refill(self, modules: Iterable[Module | None]) -> None:
        for name in list(self._modules):
            delattr(self, name)
        for i, module in enumerate(modules):
            self.add_module(str(i), module)


def _checked(container: Module, module: Any) -> Any:
    """Check `module`; None where a list or dictionary leaves a place free."""
    if not isinstance(module, Module) and (module is not None or isinstance(container, Sequential)):
        got = f"the class {module.__name__}; call it" if isinstance(module, type) else type(module).__name__
        if isinstance(module, (list, tuple, dict)) and isinstance(container, Sequential):
            got += "; an OrderedDict names the modules" if isinstance(module, dict) else "; write Sequential(*layers)"
        elif got == "function":
            got = f"the function {module.__name__}; use the layer of that kind, such as nn.ReLU()"
        raise TypeError(f"{type(container).__name__}: expected a Module, got {got}")
    return module


class Sequential(_ModuleSequence):
    """Modules in a chain: each gets the output of the one before.

    Parameters
    ----------
    *args : Modules, or one OrderedDict of names and Modules

    Examples
    --------
    >>> net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    >>> net(mg.ones(5, 2)).shape
    Size([5, 1])
    >>> net[1:]
    Sequential(
      (1): ReLU()
      (2): Linear(in_features=8, out_features=1, bias=True)
    )
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        for name, module in args[0].items() if named else [(str(i), module) for i, module in enumerate(args)]:
            self.add_module(name, _checked(self, module))

    def forward(self, input: Any) -> Tensor:
        """Return the output of the last module."""
        for module in self:
            input = module(input)
        return input

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self.__class__(OrderedDict(list(self._modules.items())[index]))
        return list(self._modules.values())[_position(self, index)]

    def __add__(self, other: Sequential) -> Sequential:
        return Sequential(*self, *_another(other))

    def __iadd__(self, other: Iterable[Module]) -> Self:
        return self.extend(_another(other))

    def __mul__(self, times: int) -> Sequential:
        return Sequential(*list(self) * _repetitions(times))

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Self:
        return self.extend(list(self) * (_repetitions(times) - 1))


def _another(other: Any) -> Sequential:
    if not isinstance(other, Sequential):
        raise ValueError(f"Sequential: expected a Sequential to add, got {type(other).__name__}; see append()")
    return other


def _repetitions(times: Any) -> int:
    if not isinstance(times, int):
        raise TypeError(f"Sequential: expected an int to repeat it, got {type(times).__name__}")
    if times <= 0:
        raise ValueError(f"Sequential: expected at least 1 repetition, got {times}")
    return times


class ModuleList(_ModuleSequence):
    """A list of modules, all of which are part of the model that holds the list. It has no forward of its own.

    Examples
    --------
    >>> layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
    >>> layers
    ModuleList(
      (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)
    )
    >>> len(list(layers.parameters()))
    6
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(() if modules is None else modules)

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add several modules at the end; returns the list."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"{type(self).__name__}.extend: expected modules, got {type(modules).__name__}")
        # count once: a subclass may count in another way
        for i, module in enumerate([_checked(self, module) for module in modules], len(self)):
            self.add_module(str(i), module)
        return self

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: Any) -> Any:
        modules: list[Any] = list(self._modules.values())
        return self.__class__(modules[index]) if isinstance(index, slice) else modules[_position(self, index)]

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def _repr_lines(self) -> list[str]:
        """Return a line for each run of equal neighbours."""
        runs: list[tuple[int, int, str]] = []  # first, last, text
        for i, module in enumerate(self):
            text = repr(module)
            if runs and runs[-1][2] == text:
                runs[-1] = (runs[-1][0], i, text)
            else:
                runs.append((i, i, text))
        return [f"({a}): {text}" if a == b else f"({a}-{b}): {b - a + 1} x {text}" for a, b, text in runs]


class _Dictionary(Module, Generic[Member]):
    """The behaviour of a dictionary of attributes, shared by ModuleDict and ParameterDict."""

    def _names(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def __setitem__(self, key: str, value: Member) -> None:
        raise NotImplementedError

    def __getitem__(self, key: str) -> Member:
        if key not in self._names():
            raise KeyError(key)
        return getattr(self, key)

    def __delitem__(self, key: str) -> None:
        if key not in self._names():
            raise KeyError(key)
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._names())

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __contains__(self, key: object) -> bool:
        return key in self._names()

    def clear(self) -> None:
        """Remove all."""
        for key in list(self):
            del self[key]

    def pop(self, key: str) -> Member:
        """Remove what is called `key`, and return it."""
        value = self[key]
        del self[key]
        return value

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._names().keys()

    def values(self) -> Iterable[Member]:
        """Return the values."""
        return [self[key] for key in self]

    def items(self) -> Iterable[tuple[str, Member]]:
        """Pairs of name and value."""
        return [(key, self[key]) for key in self]

    def _put_all(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        if not isinstance(values, Iterable):
            raise TypeError(f"{type(self).__name__}.update: expected names and values, got {type(values).__name__}")
        for key, value in OrderedDict(values.items() if hasattr(values, "items") else values).items():
            self[key] = value


class ModuleDict(_Dictionary[Module]):
    """A dictionary of modules, all of which are part of the model that holds it. It has no forward of its own.

    Examples
    --------
    >>> heads = nn.ModuleDict({"digit": nn.Linear(4, 10), "parity": nn.Linear(4, 2)})
    >>> heads["parity"](mg.ones(4)).shape
    Size([2])
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(() if modules is None else modules)

    def _names(self) -> Mapping[str, Any]:
        return self._modules

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, _checked(self, module))

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add or replace several."""
        self._put_all(modules)


def _as_member(value: Any) -> Any:
    """Turn Tensors into parameters; anything else may be kept in the list as it is."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _member_lines(members: Iterable[tuple[Any, Any]], kind: Callable[[Tensor], Any]) -> str:
    """Return a line per member, with the kind of its elements."""

    def line(value: Any) -> str:
        if not isinstance(value, Tensor):
            return f"Object of type: {type(value).__name__}"
        return f"Parameter containing: [{kind(value)} of size {'x'.join(map(str, value.shape))}]"

    return "\n".join(f"  ({key}): {line(value)}" for key, value in members)


def _not_called(container: Module) -> RuntimeError:
    name = type(container).__name__
    return RuntimeError(f"{name}: it holds parameters and computes nothing; write what to compute in a forward")


class ParameterList(Module):
    """A list of parameters, all of which are part of the model that holds it. Tensors become parameters.

    Examples
    --------
    >>> weights = nn.ParameterList([mg.zeros(2), mg.ones(3)])
    >>> [w.shape for w in weights.parameters()]
    [Size([2]), Size([3])]
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        self.extend(() if values is None else values)

    @overload
    def __getitem__(self, index: int) -> Parameter: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self.__class__(list(self)[index])
        return getattr(self, str(_position(self, index)))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, str(_position(self, index)), _as_member(value))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Parameter]:
        return (getattr(self, str(i)) for i in range(self._size))

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)

    def append(self, value: Any) -> Self:
        """Add a value at the end; returns the list."""
        setattr(self, str(self._size), _as_member(value))
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add several values at the end; returns the list."""
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList.extend: expected several parameters, got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        return _member_lines(enumerate(self), lambda t: t.dtype)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Raise RuntimeError."""
        raise _not_called(self)


class ParameterDict(_Dictionary[Parameter]):
    """A dictionary of parameters, all of which are part of the model that holds it. Tensors become parameters.

    Examples
    --------
    >>> weights = nn.ParameterDict({"scale": mg.ones(2), "shift": mg.zeros(2)})
    >>> list(weights.state_dict())
    ['scale', 'shift']

    As in PyTorch, what comes from a plain dict is added in the order of its sorted keys; all else keeps its order.
    """

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        self.update(() if parameters is None else parameters)

    def _names(self) -> Mapping[str, Any]:
        return self._keys

    def __getitem__(self, key: str) -> Parameter:
        if not isinstance(key, str):
            raise TypeError(f"ParameterDict: expected a str as key, got {type(key).__name__}")
        return getattr(self, key)  # AttributeError, as in PyTorch

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in self._keys and hasattr(self, key):
            raise KeyError(f"ParameterDict: there is an attribute {key!r} already; choose another key")
        setattr(self, key, _as_member(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        del self._keys[key]

    def __or__(self, other: Mapping[str, Any]) -> ParameterDict:
        both = self.copy()
        both.update(other)
        return both

    def __ror__(self, other: Any) -> Any:
        both = other.copy()  # of the other's kind
        both.update(self.items())
        return both

    def __ior__(self, other: Mapping[str, Any]) -> Self:
        self.update(other)
        return self

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def update(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Add or replace several: those of a plain dict sorted, others in their order."""
        if isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict):
            parameters = [(key, parameters[key]) for key in sorted(parameters)]
        self._put_all(parameters)

    def copy(self) -> ParameterDict:
        """Return another dictionary of the same parameters."""
        return ParameterDict(OrderedDict(self.items()))

    @classmethod
    def fromkeys(cls, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """Return a dictionary with `default` under each of the keys."""
        return cls((key, default) for key in keys)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the parameter called `key`, or `default`."""
        return self[key] if key in self else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the parameter called `key`, which is `default` if there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def popitem(self) -> tuple[str, Parameter]:
        """Remove the last one, and return its name and value; raises KeyError if there is none."""
        if not self._keys:
            raise KeyError("ParameterDict.popitem: there is none")
        key = next(reversed(self))
        return key, self.pop(key)

    def extra_repr(self) -> str:
        return _member_lines(self.items(), lambda t: t.type())

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Raise RuntimeError."""
        raise _not_called(self)
