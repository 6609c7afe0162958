"""Module: the base of every layer and model."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any, NoReturn, TypeVar

import numpy as np

from minigrad.core import dtypes
from minigrad.core.tensor import Tensor
from minigrad.graph.hooks import RemovableHandle
from minigrad.nn.hooks import register
from minigrad.nn.model_mistakes import name_layer
from minigrad.nn.parameter import Uninitialized
from minigrad.nn.registry import Registry
from minigrad.nn.state import Stateful

Self = TypeVar("Self", bound="Module")


class Module(Stateful):
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

    training: bool
    call_super_init: bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (args or kwargs) and not self.call_super_init:
            got = f"an unexpected keyword argument {next(iter(kwargs))!r}" if kwargs else f"{len(args)} too many"
            raise TypeError(f"{type(self).__name__}.__init__: Module takes no arguments, got {got}")
        super().__init__()
        self.__dict__["training"] = True
        if self.call_super_init:
            super(Registry, self).__init__(*args, **kwargs)

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

    # ---- changing all of it ----------------------------------------------------------------------------------------

    def train(self: Self, mode: bool = True) -> Self:
        """Set training mode (dropout drops, batch norm uses the batch) here and in all modules within."""
        if not isinstance(mode, bool):
            raise ValueError(f"train: expected a bool as mode, got {type(mode).__name__}")
        self.training = mode
        for module in self.children():
            module.train(mode)
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
        for parameter in self.parameters():
            if set_to_none or parameter._grad is None:
                parameter._grad = None
            else:
                grad = parameter._grad
                parameter._grad = (grad.detach() if grad._requires_grad else grad).zero_()

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
        return self._apply(lambda t: t.to(*args, **kwargs) if t.dtype.kind == "f" else t)

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
        return self._apply(lambda t: t.to(dst_type))

    def cpu(self: Self) -> Self:
        """Return this module: there is no other device."""
        return self._apply(lambda t: t)

    def cuda(self, device: Any = None) -> NoReturn:
        """Raise RuntimeError: there is no GPU."""
        raise RuntimeError("cuda: minigrad computes on the CPU only; leave .cuda() out or use .to('cpu')")

    def _apply(self: Self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the values of every parameter and buffer; the objects stay, so optimizers keep what they have."""
        for module in self.children() if recurse else ():
            module._apply(fn)
        for tensor in (*self._parameters.values(), *self._buffers.values()):
            if isinstance(tensor, Uninitialized):
                tensor._dtype = fn(Tensor._wrap(np.empty(0, tensor._dtype))).dtype
            elif tensor is not None:
                grad = tensor._grad
                tensor._data = fn(tensor.detach())._data
                if grad is not None:
                    tensor._grad = fn(grad.detach())
        return self

    def _replicate_for_data_parallel(self: Self) -> Self:
        """Return a shallow copy, which shares parameters, buffers and submodules until others replace them."""
        copy = self.__new__(type(self))
        copy.__dict__.update(self.__getstate__())
        for name, value in self.__dict__.items():
            if isinstance(value, MethodType) and value.__self__ is self:  # a method that was put on the instance
                copy.__dict__[name] = MethodType(value.__func__, copy)
        return copy

    # ---- printing --------------------------------------------------------------------------------------------------

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
