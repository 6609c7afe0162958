"""Module: the base of every layer and model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import numpy as np

from minigrad import dtypes
from minigrad.autograd.handle import RemovableHandle
from minigrad.nn import state
from minigrad.nn.diagnosis import name_layer
from minigrad.nn.hooks import Hooks, register
from minigrad.nn.parameter import Uninitialized
from minigrad.nn.registry import Registry
from minigrad.tensor import Tensor

Self = TypeVar("Self", bound="Module")


class Module(Registry):
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

    _hooks: Hooks | None = None
    training: bool

    def __init__(self) -> None:
        super().__init__()
        self.__dict__["training"] = True

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
        return self.to(dtypes.float32)

    def double(self: Self) -> Self:
        """Convert the floating parameters and buffers to float64."""
        return self.to(dtypes.float64)

    def half(self: Self) -> Self:
        """Convert the floating parameters and buffers to float16."""
        return self.to(dtypes.float16)

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
