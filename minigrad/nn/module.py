"""Module: the base of every layer and model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np

from minigrad.nn import state
from minigrad.nn.diagnosis import name_layer, warn_of_hidden_layers
from minigrad.nn.hooks import Hooks, register
from minigrad.nn.parameter import Buffer, Parameter, Uninitialized
from minigrad.tensor import RemovableHandle, Tensor

Self = TypeVar("Self", bound="Module")


class Module:
    """A function with parameters: a layer, or a model made of layers.

    Subclasses call ``super().__init__()``, assign parameters and other modules to attributes, and define `forward`.

    Attributes
    ----------
    training : bool
        Whether the module is in training mode; see `train` and `eval`.

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

    # What is registered, and in which order, stands in these three. The same objects are ordinary attributes of the
    # instance too, so that reading `self.weight` costs a dictionary lookup and nothing more.
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _transient: set[str]  # names of the buffers that are not in the state_dict
    _hooks: Hooks | None = None
    training: bool

    if TYPE_CHECKING:  # parameters, buffers and submodules by their names

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self) -> None:
        self.__dict__.update(training=True, _parameters={}, _buffers={}, _modules={}, _transient=set())

    # ---- calling ---------------------------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; every subclass defines it. Users call the module itself, which also runs hooks."""
        raise NotImplementedError(
            f"{type(self).__name__}: no forward; define forward(self, ...) in the class (check its spelling)"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if self._hooks is None:
                return self.forward(*args, **kwargs)
            return self._hooks.call(self, args, kwargs)
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
        return register(self._own_hooks().forward_pre, (hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Run ``hook(module, args, output)`` after `forward`; if it returns something, that replaces the output.

        Parameters
        ----------
        prepend : run it before the hooks that are there
        with_kwargs : call ``hook(module, args, kwargs, output)``

        Examples
        --------
        >>> layer = nn.Linear(2, 3)
        >>> handle = layer.register_forward_hook(lambda module, args, output: print(output.shape))
        >>> _ = layer(mg.ones(5, 2))
        Size([5, 3])
        >>> handle.remove()
        """
        return register(self._own_hooks().forward, (hook, with_kwargs), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(module, grad_output)`` when the gradients of the outputs are known; it may return other ones."""
        return register(self._own_hooks().backward_pre, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run ``hook(module, grad_input, grad_output)`` when the gradients of the inputs are known.

        Both are tuples, with None where there is no gradient. If it returns something, that replaces `grad_input`.
        """
        return register(self._own_hooks().backward, hook, prepend)

    def _own_hooks(self) -> Hooks:
        if self._hooks is None:
            self._hooks = Hooks()
        return self._hooks

    # ---- attributes ------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        registry = next((r for r, kind in _KINDS.items() if isinstance(value, kind)), None)
        if registry is None:
            registry = next((r for r in _KINDS if name in self.__dict__.get(r, ())), None)
            if registry is None:
                return super().__setattr__(name, value)
            if value is not None and not (registry == "_buffers" and isinstance(value, Tensor)):
                raise TypeError(
                    f"{type(self).__name__}: attribute {name!r} is registered in {registry} and takes "
                    f"{_WANTED[registry]}, got {type(value).__name__}; `del` the attribute first to change its kind"
                )
        if isinstance(value, Buffer):
            self._set_transient(name, not value.persistent)
        self._register(registry, name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        for registry in _KINDS:
            self.__dict__[registry].pop(name, None)
        self._transient.discard(name)

    def __getstate__(self) -> dict[str, Any]:
        # copy.copy shares the parameters, but registering more in the copy leaves the original alone
        return {k: v.copy() if k in _OWN else v for k, v in self.__dict__.items()}

    def _register(self, registry: str, name: str, value: Any) -> None:
        attributes = self.__dict__
        if registry not in attributes:
            raise AttributeError(
                f"{type(self).__name__}: cannot assign {name!r} yet; call super().__init__() first in __init__"
            )
        if not isinstance(name, str):
            raise TypeError(f"{type(self).__name__}: expected a str as name, got {type(name).__name__}")
        if "." in name or not name:
            raise KeyError(f"{type(self).__name__}: a name must not be empty or contain '.', got {name!r}")
        for other in _KINDS:
            if other != registry:
                attributes[other].pop(name, None)
        attributes[registry][name] = attributes[name] = value

    def _register_new(self, registry: str, name: str, value: Any) -> None:
        """The same for the methods called register_..., which don't replace an attribute of another kind."""
        if value is not None and not isinstance(value, Tensor if registry == "_buffers" else _KINDS[registry]):
            raise TypeError(
                f"{type(self).__name__}: expected {_WANTED[registry]} for {name!r}, got {type(value).__name__}"
            )
        if isinstance(name, str) and hasattr(self, name) and name not in self.__dict__.get(registry, ()):
            raise KeyError(f"{type(self).__name__}: there is an attribute {name!r} already; choose another name")
        self._register(registry, name, value)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, as assigning it does. None keeps the place for one that this module does without."""
        if param is not None and isinstance(param, Tensor) and not param.is_leaf:
            raise ValueError(f"{type(self).__name__}: parameter {name!r} must be a leaf, without a grad_fn")
        self._register_new("_parameters", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is part of the state but not a parameter; with `persistent` it is in the `state_dict`."""
        self._register_new("_buffers", name, tensor)
        self._set_transient(name, not persistent)

    def _set_transient(self, name: str, transient: bool) -> None:
        if "_transient" in self.__dict__:  # else _register is about to complain
            (self._transient.add if transient else self._transient.discard)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a submodule, as assigning it does."""
        self._register_new("_modules", name, module)

    add_module = register_module

    # ---- what is in it ---------------------------------------------------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all within it with their dotted names, each module once unless `remove_duplicate` is False.

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
        """The modules directly within this one, each once, with their names."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def _named_members(
        self, registry: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else iter([(prefix, self)])
        seen: set[int] = set()
        for path, module in modules:
            for name, value in module.__dict__[registry].items():
                if value is not None and id(value) not in seen:
                    if remove_duplicate:
                        seen.add(id(value))
                    yield _join(path, name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted names; one that is shared comes once unless `remove_duplicate` is False.

        Warns of layers in a plain Python list, which are no part of the model.
        """
        if recurse:
            warn_of_hidden_layers(list(self.modules()), (Module, Parameter))
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted names, each once unless `remove_duplicate` is False."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all within it, each once."""
        return (module for _, module in self.named_modules())

    def children(self) -> Iterator[Module]:
        """The modules directly within this one, each once."""
        return (module for _, module in self.named_children())

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters of this module and, with `recurse`, of all within it: what an optimizer is given."""
        return (parameter for _, parameter in self.named_parameters("", recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and, with `recurse`, of all within it."""
        return (buffer for _, buffer in self.named_buffers("", recurse))

    def get_submodule(self, target: str) -> Module:
        """The module with this dotted name; the empty name is this module's own.

        Raises
        ------
        AttributeError
            If there is none.
        """
        module: Module = self
        for name in target.split(".") if target else ():
            child = module._modules.get(name)
            if child is None:
                raise AttributeError(
                    f"{type(module).__name__}: no submodule {name!r} (looked for {target!r}); "
                    f"there are {', '.join(module._modules) or 'none'}"
                )
            module = child
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with this dotted name; raises AttributeError if there is none."""
        return self._get_member("_parameters", target)

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with this dotted name; raises AttributeError if there is none."""
        return self._get_member("_buffers", target)

    def _get_member(self, registry: str, target: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        members: dict[str, Any] = module.__dict__[registry]
        if members.get(name) is None:
            raise AttributeError(
                f"{type(module).__name__}: no {registry[1:-1]} {name!r} (looked for {target!r}); "
                f"there are {', '.join(members) or 'none'}"
            )
        return members[name]

    # ---- changing all of it ----------------------------------------------------------------------------------------

    def train(self: Self, mode: bool = True) -> Self:
        """Set training mode (dropout drops, batch norm uses the batch) here and in all modules within."""
        if not isinstance(mode, bool):
            raise ValueError(f"train: expected a bool as mode, got {type(mode).__name__}")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        """Set evaluation mode; the same as ``train(False)``."""
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        """Set whether the parameters require grad: False freezes them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of the parameters to None, or to zeros."""
        for _, parameter in self._named_members("_parameters", "", True, True):
            if set_to_none or parameter._grad is None:
                parameter._grad = None
            else:
                parameter._grad = Tensor._wrap(np.zeros_like(parameter._grad._data))

    def apply(self: Self, fn: Callable[[Module], Any]) -> Self:
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

    def to(self: Self, *args: Any, **kwargs: Any) -> Self:
        """Convert the floating parameters and buffers, in place: ``to(dtype)``, ``to(tensor)``, ``to("cpu")``."""
        wanted = Tensor._wrap(np.empty(0, np.float32)).to(*args, **kwargs).dtype
        if wanted.kind != "f":
            raise TypeError(f"{type(self).__name__}.to: expected a floating dtype, got {wanted}")
        return self._convert(lambda t: t.to(*args, **kwargs) if t.dtype.kind == "f" else t)

    def float(self: Self) -> Self:
        """Convert the floating parameters and buffers to float32."""
        return self.to(np.dtype("float32"))

    def double(self: Self) -> Self:
        """Convert the floating parameters and buffers to float64."""
        return self.to(np.dtype("float64"))

    def half(self: Self) -> Self:
        """Convert the floating parameters and buffers to float16."""
        return self.to(np.dtype("float16"))

    def type(self: Self, dst_type: Any) -> Self:
        """Convert all parameters and buffers, integer ones too."""
        return self._convert(lambda t: t.to(dst_type))

    def cpu(self: Self) -> Self:
        """This module: there is no other device."""
        return self

    def cuda(self, device: Any = None) -> NoReturn:
        """There is no GPU here: raises RuntimeError."""
        raise RuntimeError("cuda: minigrad computes on the CPU only; leave .cuda() out or use .to('cpu')")

    def _convert(self: Self, function: Callable[[Tensor], Tensor]) -> Self:
        """Replace the values of every parameter and buffer; the objects stay, so optimizers keep what they have."""
        for tensor in [*self.parameters(), *self.buffers()]:
            if isinstance(tensor, Uninitialized):
                tensor._dtype = function(Tensor._wrap(np.empty(0, tensor._dtype))).dtype
                continue
            grad = tensor._grad
            tensor._data = function(tensor.detach())._data
            if grad is not None:
                tensor._grad = function(grad.detach())
        return self

    # ---- state -----------------------------------------------------------------------------------------------------

    def state_dict(
        self, *, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Tensor]:
        """The parameters and persistent buffers by dotted name: detached tensors that share the module's memory.

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
        destination = {} if destination is None else destination
        for key, entry in state.entries(self, prefix):
            destination[key] = entry.tensor if keep_vars else entry.tensor.detach()
        return destination

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> state.IncompatibleKeys:
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
            Listing all problems: missing and unexpected names, other shapes (also with ``strict=False``). Nothing has
            been changed then.

        Examples
        --------
        >>> nn.Linear(1, 2).load_state_dict({"weight": np.zeros((2, 1)), "bias": np.ones(2)})
        <All keys matched successfully>
        """
        return state.load(self, state_dict, strict, assign)

    # ---- printing --------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What to print between the parentheses; layers print their arguments."""
        return ""

    def _repr_lines(self) -> list[str]:
        """What to print for the submodules."""
        return [f"({name}): {module!r}" for name, module in self._modules.items()]

    def __repr__(self) -> str:
        name, extra, children = type(self).__name__, self.extra_repr(), self._repr_lines()
        if not children and "\n" not in extra:
            return f"{name}({extra})"
        body = "\n".join([extra] * bool(extra) + children).replace("\n", "\n  ")
        return f"{name}(\n  {body}\n)"


_KINDS: dict[str, type] = {"_parameters": Parameter, "_modules": Module, "_buffers": Buffer}
_OWN = {*_KINDS, "_transient"}
_WANTED = {"_parameters": "a Parameter or None", "_modules": "a Module or None", "_buffers": "a Tensor or None"}


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
