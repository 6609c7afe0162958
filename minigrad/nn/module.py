"""Module: the base of every layer and model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import MethodType
from typing import Any, NamedTuple, ParamSpec, Protocol, Self, TypeVar

from minigrad.core.tensor import Tensor
from minigrad.graph.hooks import RemovableHandle
from minigrad.nn.conversion import Convertible
from minigrad.nn.hooks import EVERYWHERE, Hooks, call_with_hooks, of_all, refuse_both_kinds, register
from minigrad.nn.model_mistakes import Tree, name_layer, warn_of_hidden_layers
from minigrad.nn.parameter import Buffer, Parameter


class Kind(NamedTuple):
    """A kind of things that a module registers when they are assigned to an attribute."""

    name: str
    table: str  # the module's attribute that lists what it has of this kind
    registers: type  # an assigned value of this type is registered without having been declared
    accepts: type  # what may be registered by hand, or replace what is registered


PARAMETER = Kind("parameter", "_parameters", Parameter, Parameter)
BUFFER = Kind("buffer", "_buffers", Buffer, Tensor)

P = ParamSpec("P")
Output = TypeVar("Output", covariant=True)


class HasForward(Tree, Protocol[P, Output]):
    """A module to those who call it: a call takes what its `forward` takes, and gives what that gives."""

    _hooks: Hooks | None

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> Output:
        """Compute the output."""


def _hooks_of(kind: str) -> Any:
    return property(lambda module: getattr(module._own_hooks(), kind))


class Module(Convertible):
    """A function with parameters: a layer, or a model made of layers.

    Subclasses call ``super().__init__()``, assign parameters and other modules to attributes, and define `forward`.

    Attributes
    ----------
    training : bool
        Whether the module is in training mode; see `train` and `eval`.
    call_super_init : bool
        Of the class: whether ``__init__`` goes on to that of the next base class, and hands it its arguments.

    Examples
    --------
    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.fc = nn.Linear(2, 3)
    ...     def forward(self, input):
    ...         return self.fc(input).relu()
    >>> net = Net()
    >>> net
    Net(
      (fc): Linear(in_features=2, out_features=3, bias=True)
    )
    >>> [name for name, _ in net.named_parameters()]
    ['fc.weight', 'fc.bias']
    """

    # These three dictionaries alone say what is registered, and in which order.
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    training: bool
    call_super_init: bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (args or kwargs) and not self.call_super_init:
            got = f"an unexpected keyword argument {next(iter(kwargs))!r}" if kwargs else f"{len(args)} too many"
            raise TypeError(f"{type(self).__name__}.__init__: Module takes no arguments, got {got}")
        self.__dict__.update(_parameters={}, _buffers={}, _modules={}, _transient=set(), training=True)
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    # ---- calling ---------------------------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; every subclass defines it. Users call the module itself, which also runs hooks."""
        raise NotImplementedError(
            f"{type(self).__name__}: no forward; define forward(self, ...) in the class (check its spelling)"
        )

    def __call__(self: HasForward[P, Output], *args: P.args, **kwargs: P.kwargs) -> Output:
        try:
            if self._hooks is None and not EVERYWHERE:
                return self.forward(*args, **kwargs)
            return call_with_hooks(self, args, kwargs)
        except Exception as error:
            name_layer(error, self)
            raise

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Run ``hook(module, args)`` before `forward`; if it returns something, that replaces the arguments.

        Parameters
        ----------
        prepend : run it before the hooks that are there
        with_kwargs : call ``hook(module, args, kwargs)``, which may return ``(args, kwargs)``

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away, also in the other kinds of hooks.
        """
        hooks = self._own_hooks()
        return register(hooks.forward_pre, hook, prepend, *[hooks.with_kwargs] * with_kwargs)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Run ``hook(module, args, output)`` after `forward`; if it returns something, that replaces the output.

        Parameters
        ----------
        prepend : run it before the hooks that are there
        with_kwargs : call ``hook(module, args, kwargs, output)``
        always_call : run it also after an error, on the output so far or None

        Examples
        --------
        >>> layer = nn.Linear(2, 3)
        >>> handle = layer.register_forward_hook(lambda module, args, output: print(output.shape))
        >>> _ = layer(mg.ones(5, 2))
        Size([5, 3])
        >>> handle.remove()
        """
        hooks = self._own_hooks()
        return register(hooks.forward, hook, prepend, *[hooks.with_kwargs] * with_kwargs, *[hooks.always] * always_call)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(module, grad_output)`` when the gradients of the outputs are known; it may return other ones."""
        return register(self._own_hooks().backward_pre, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(module, grad_input, grad_output)`` when the gradients of the inputs are known.

        Both are tuples, with None where there is no gradient. If it returns something, that replaces `grad_input`.
        """
        hooks = self._own_hooks()
        refuse_both_kinds(f"{type(self).__name__}.register_full_backward_hook", bool(hooks.old))
        return register(hooks.backward, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Register a full backward hook: the older kind, which saw the gradients of one operation only, is no more.

        Raises
        ------
        RuntimeError
            If there is one by the newer name.
        """
        hooks = self._own_hooks()
        refuse_both_kinds(f"{type(self).__name__}.register_backward_hook", hooks.backward.keys() > hooks.old)
        return register(hooks.backward, hook, False, hooks.old)

    # as scripts look at them, or take all of them away
    _forward_pre_hooks = _hooks_of("forward_pre")
    _forward_hooks = _hooks_of("forward")
    _forward_hooks_with_kwargs = _forward_pre_hooks_with_kwargs = _hooks_of("with_kwargs")
    _forward_hooks_always_called = _hooks_of("always")
    _backward_pre_hooks = _hooks_of("backward_pre")
    _backward_hooks = _hooks_of("backward")
    _state_dict_hooks = _hooks_of("state_dict")
    _state_dict_pre_hooks = _hooks_of("state_dict_pre")
    _load_state_dict_pre_hooks = _hooks_of("load_state_dict_pre")
    _load_state_dict_post_hooks = _hooks_of("load_state_dict")

    # ---- attributes ------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        """Return a parameter, buffer or submodule. Python asks here for what is no ordinary attribute."""
        attributes = self.__dict__
        if "_modules" in attributes:  # no loop: every forward reads its parameters here
            if name in attributes["_parameters"]:
                return attributes["_parameters"][name]
            if name in attributes["_modules"]:
                return attributes["_modules"][name]
            if name in attributes["_buffers"]:
                return attributes["_buffers"][name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __dir__(self) -> list[str]:
        registered = [name for kind in KINDS for name in self.__dict__.get(kind.table, ())]
        return sorted({*super().__dir__(), *filter(str.isidentifier, registered)})

    def __setattr__(self, name: str, value: Any) -> None:
        for kind in KINDS:
            if isinstance(value, kind.registers):
                break
            if name in self.__dict__.get(kind.table, ()):
                if value is None or isinstance(value, kind.accepts):
                    break
                raise TypeError(
                    f"{type(self).__name__}: attribute {name!r} is registered in {kind.table} and takes "
                    f"a {kind.accepts.__name__} or None, got {type(value).__name__}; `del` the attribute first to "
                    "change its kind"
                )
        else:
            return super().__setattr__(name, value)
        new = name not in self.__dict__.get(kind.table, ())
        if new and isinstance(value, Tensor) and hasattr(type(self), name):
            raise KeyError(
                f"{type(self).__name__}: the class has an attribute {name!r}, which would be read instead of this "
                f"{type(value).__name__}; choose another name"
            )
        if isinstance(value, Buffer):
            self._set_transient(name, not value.persistent)
        self._register(kind, name, value)

    def __delattr__(self, name: str) -> None:
        kind = next((kind for kind in KINDS if name in self.__dict__.get(kind.table, ())), None)
        if kind is None:
            return super().__delattr__(name)
        del self.__dict__[kind.table][name]
        self._transient.discard(name)

    def __getstate__(self) -> dict[str, Any]:
        # copy.copy shares the parameters, but registering more in the copy leaves the original alone
        return {k: v.copy() if k in OWN_TABLES else v for k, v in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def _register(self, kind: Kind, name: str, value: Any) -> None:
        self._check_name(kind, name)
        for hook in of_all(kind.name) if EVERYWHERE else ():
            replaced = hook(self, name, value)
            value = value if replaced is None else replaced
        self.__dict__.pop(name, None)
        for other in KINDS:
            if other is not kind:
                self.__dict__[other.table].pop(name, None)
        if kind is not BUFFER:
            self._transient.discard(name)
        self.__dict__[kind.table][name] = value

    def _check_name(self, kind: Kind, name: str) -> None:
        if kind.table not in self.__dict__:
            raise AttributeError(
                f"{type(self).__name__}: cannot assign {name!r} yet; call super().__init__() first in __init__"
            )
        if not isinstance(name, str):
            raise TypeError(f"{type(self).__name__}: expected a str as name, got {type(name).__name__}")
        if "." in name or not name:
            raise KeyError(f"{type(self).__name__}: a name must not be empty or contain '.', got {name!r}")

    def _check_kind(self, kind: Kind, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, kind.accepts):
            raise TypeError(
                f"{type(self).__name__}: expected a {kind.accepts.__name__} or None for {name!r}, "
                f"got {type(value).__name__}"
            )

    def _register_new(self, kind: Kind, name: str, value: Any) -> None:
        """Register a new name for the methods register_..., which don't replace an attribute of another kind."""
        self._check_name(kind, name)
        if hasattr(self, name) and name not in self.__dict__[kind.table]:
            raise KeyError(f"{type(self).__name__}: there is an attribute {name!r} already; choose another name")
        self._check_kind(kind, name, value)
        if kind is PARAMETER and value is not None and not value.is_leaf:
            raise ValueError(f"{type(self).__name__}: parameter {name!r} must be a leaf, without a grad_fn")
        self._register(kind, name, value)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, as assigning it does. None keeps the place for one that this module does without."""
        self._register_new(PARAMETER, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is part of the state but not a parameter; with `persistent` it is in the `state_dict`."""
        self._register_new(BUFFER, name, tensor)
        self._set_transient(name, not persistent)

    def _set_transient(self, name: str, transient: bool) -> None:
        if "_transient" in self.__dict__:  # else _register is about to complain
            (self._transient.add if transient else self._transient.discard)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a submodule, as assigning it does."""
        self._check_kind(MODULE, name, module)
        self._register_new(MODULE, name, module)

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
                memo.add(self)
            yield prefix, self
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
            warn_of_hidden_layers(list(self.modules()), (Module, Parameter))
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
        module: Module = self
        for name in () if target == "" else target.split("."):
            child = getattr(module, name, None)
            if not isinstance(child, Module):
                raise AttributeError(
                    f"{type(module).__name__}: no submodule {name!r} (looked for {target!r}); "
                    f"there are {', '.join(module._modules) or 'none'}"
                )
            module = child
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put `module` in the place with this dotted name; with `strict` only where there is a module already.

        Raises
        ------
        ValueError
            If the name is empty, or `module` is not a Module.
        AttributeError
            If there is no module to put it into, or with `strict` none to replace.

        Examples
        --------
        >>> net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        >>> net.set_submodule("1", nn.Tanh())
        >>> net[1]
        Tanh()
        """
        name = type(self).__name__
        if target == "":
            raise ValueError(f"{name}.set_submodule: expected the name of a submodule, got an empty one")
        if not isinstance(module, Module):
            raise ValueError(f"{name}.set_submodule: expected a Module, got {type(module).__name__}")
        path, _, last = target.rpartition(".")
        parent = self.get_submodule(path)
        present = getattr(parent, last, None)
        if (strict and present is None) or not (present is None or isinstance(present, Module)):
            raise AttributeError(f"{name}.set_submodule: there is no submodule {target!r} to replace")
        setattr(parent, last, module)

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter with this dotted name; raises AttributeError if there is none."""
        return self._get_member(PARAMETER, target)

    def get_buffer(self, target: str) -> Tensor:
        """Return the buffer with this dotted name; raises AttributeError if there is none."""
        return self._get_member(BUFFER, target)

    def _get_member(self, kind: Kind, target: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        member, members = getattr(module, name, None), getattr(module, kind.table)
        if member is None or not (name in members or isinstance(member, kind.registers)):
            raise AttributeError(
                f"{type(module).__name__}: no {kind.name} {name!r} (looked for {target!r}); "
                f"there are {', '.join(members) or 'none'}"
            )
        return member

    # ---- changing all of it ----------------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Set training mode (dropout drops, batch norm uses the batch) here and in all modules within."""
        if not isinstance(mode, bool):
            raise ValueError(f"train: expected a bool as mode, got {type(mode).__name__}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Set evaluation mode; the same as ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether the parameters require grad: False freezes them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of the parameters to None, or to zeros."""
        for parameter in self.parameters():
            if set_to_none or parameter._grad is None:
                parameter._grad = None
            else:
                grad = parameter._grad
                parameter._grad = (grad.detach() if grad._requires_grad else grad).zero_()

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call ``fn(module)`` for every module within and then for this one: the usual way to initialise a model.

        Examples
        --------
        >>> def zero(module):
        ...     if isinstance(module, nn.Linear):
        ...         nn.init.zeros_(module.weight)
        >>> net = nn.Sequential(nn.Linear(1, 2)).apply(zero)
        >>> net[0].weight.tolist()
        [[0.0], [0.0]]
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _replicate_for_data_parallel(self) -> Self:
        """Return a shallow copy, which shares parameters, buffers and submodules until others replace them."""
        copy = self.__new__(type(self))
        copy.__dict__.update(self.__getstate__())
        for name, value in self.__dict__.items():
            if isinstance(value, MethodType) and value.__self__ is self:  # a method set on the instance
                copy.__dict__[name] = MethodType(value.__func__, copy)
        return copy

    # ---- printing --------------------------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """Return what to print between the parentheses; layers print their arguments."""
        return ""

    def _repr_lines(self) -> list[str]:
        """Return what to print for the submodules."""
        return [f"({name}): {module!r}" for name, module in self._modules.items()]

    def __repr__(self) -> str:
        name, extra, children = type(self).__name__, self.extra_repr(), self._repr_lines()
        if not children and "\n" not in extra:
            return f"{name}({extra})"
        body = "\n".join([extra] * bool(extra) + children).replace("\n", "\n  ")
        return f"{name}(\n  {body}\n)"


MODULE = Kind("module", "_modules", Module, Module)
KINDS = (PARAMETER, MODULE, BUFFER)
OWN_TABLES = {"_transient", *(kind.table for kind in KINDS)}  # that a copy doesn't share


class Registered:
    """A descriptor that a layer declares beside ``weight: Parameter``: it is read before ordinary attributes.

    Everything else, and every `__getattr__` of a user's, goes on to `__getattr__`, as if this were not there.
    """

    def __init__(self, kind: Kind) -> None:
        self.table = kind.table

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, module: Any, owner: Any) -> Any:
        if module is not None and type(module).__getattr__ is ORDINARY_GETATTR:
            try:
                return getattr(module, self.table)[self.name]
            except KeyError:
                pass
        raise AttributeError(self.name)


ORDINARY_GETATTR = Module.__getattr__


def registered(kind: Kind = PARAMETER) -> Any:
    """Return the value to declare a parameter or buffer with; see `Registered`."""
    return Registered(kind)


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
