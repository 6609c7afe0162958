"""The conversion of all tensors of a Module, to another dtype or layout: in place, so that optimizers keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Self

import numpy as np

from minigrad.core import dtypes, layout
from minigrad.core.device import NoDevice
from minigrad.core.tensor import Tensor
from minigrad.nn.parameter import Uninitialized
from minigrad.nn.state import Stateful


class Convertible(Stateful):
    """Base of what converts its tensors and those within: of `Module`."""

    children: Callable[[], Iterator[Any]]
    parameters: Callable[[], Iterator[Any]]

    def to(self, *args: Any, memory_format: layout.memory_format | None = None, **kwargs: Any) -> Self:
        """Convert the floating parameters and buffers, in place: ``to(dtype)``, ``to(tensor)``, ``to("cpu")``.

        A `memory_format` such as ``channels_last`` is for those of 4 or 5 dimensions, integer ones too.
        """
        if not isinstance(memory_format, layout.memory_format | None):
            raise TypeError(f"{type(self).__name__}.to: expected a memory_format, got {memory_format!r}")
        if kwargs.get("copy"):
            raise RuntimeError(
                f"{type(self).__name__}.to: a module is converted in place; copy.deepcopy(module) copies"
            )
        wanted = Tensor._wrap(np.empty(0, np.float32)).to(*args, **kwargs).dtype
        if wanted.kind != "f":
            raise TypeError(f"{type(self).__name__}.to: expected a floating dtype, got {wanted}")

        def convert(t: Tensor) -> Tensor:
            converted = t.to(*args, **kwargs) if t.dtype.kind == "f" else t
            return converted.to(memory_format=memory_format) if memory_format and t.ndim in (4, 5) else converted

        return self._apply(convert)

    def float(self) -> Self:
        """Convert the floating parameters and buffers to float32."""
        return self.to(dtypes.float32)

    def double(self) -> Self:
        """Convert the floating parameters and buffers to float64."""
        return self.to(dtypes.float64)

    def half(self) -> Self:
        """Convert the floating parameters and buffers to float16."""
        return self.to(dtypes.float16)

    def bfloat16(self) -> NoReturn:
        """Raise RuntimeError: NumPy has no bfloat16."""
        raise RuntimeError(f"{type(self).__name__}.bfloat16: NumPy has no bfloat16; use .half() or .float()")

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no compiler, and the module is called as before."""

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers, integer ones too.

        Raises
        ------
        TypeError
            If `dst_type` is None.
        RuntimeError
            If a parameter that requires grad would get integers.
        """
        if dst_type is None:
            raise TypeError(f"{type(self).__name__}.type: expected a dtype or the name of a type, got None")
        wanted = Tensor._wrap(np.empty(0)).type(dst_type).dtype
        if wanted.kind != "f" and any(p.requires_grad for p in self.parameters()):
            raise RuntimeError(f"{type(self).__name__}.type: parameters that require grad cannot be of {wanted}")
        return self._apply(lambda t: t.to(wanted))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give all parameters and buffers new memory, which holds anything."""
        return self._apply(lambda t: Tensor._wrap(np.empty_like(t._data)).to(device, t.dtype), recurse)

    def share_memory(self) -> Self:
        """Return this module: threads share its memory, and other processes do not."""
        return self

    def cpu(self) -> Self:
        """Return this module: there is no other device."""
        return self._apply(lambda t: t)

    def cuda(self, device: Any = None) -> NoReturn:
        """Raise an error: there is no GPU."""
        raise NoDevice("cuda: minigrad computes on the CPU only; leave .cuda() out or use .to('cpu')")

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
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
