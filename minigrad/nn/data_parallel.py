"""DataParallel: a batch in shares, each in a thread of its own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from minigrad.autograd.parallel_graph import record_sections
from minigrad.core.generator import Generator, get_generator, use_generator
from minigrad.core.tensor import Tensor
from minigrad.kernels.parallel import get_num_threads
from minigrad.nn.lazy import LazyModuleMixin
from minigrad.nn.module import Module
from minigrad.ops.joining import cat, stack
from minigrad.ops.splitting import chunk


class DataParallel(Module):
    """A module that works on several shares of its batch at once, each thread on one, forward and backward.

    Every share has its own graph. The gradients of the shares are added up in their order, so the result does not
    depend on which thread is quicker. Handing work to a thread takes about 0.1 ms: batches that the module needs
    milliseconds for gain.

    Parameters
    ----------
    module : Module
        Its parameters stay what they are; the `state_dict` has their names with ``module.`` in front, as PyTorch's.
    device_ids : sequence, optional
        One entry a share, whatever it is; by default there are as many shares as `get_num_threads` says at the time.
    output_device : accepted, as PyTorch does
    dim : int, default 0
        The dimension of the batch, of inputs and outputs.

    Notes
    -----
    As in PyTorch, the shares do not know of each other: batch normalization takes the statistics of a share, and what
    `forward` changes in the module is kept from the first share only. Dropout draws from a random stream for each
    share, which the default generator seeds. Tensors in nested tuples, lists and dicts are cut along `dim`; everything
    else is given to every share as it is. Outputs are joined along `dim`, scalars become a vector.

    Examples
    --------
    >>> net = nn.DataParallel(nn.Linear(3, 2), device_ids=[0, 1])
    >>> net(mg.ones(5, 3)).shape
    Size([5, 2])
    >>> list(net.state_dict())
    ['module.weight', 'module.bias']
    """

    module: Module

    def __init__(
        self, module: Module, device_ids: Sequence[Any] | None = None, output_device: Any = None, dim: int = 0
    ) -> None:
        super().__init__()
        if not isinstance(module, Module):
            raise TypeError(f"DataParallel: expected a Module, got {type(module).__name__}")
        if device_ids is not None and not len(device_ids):
            raise ValueError("DataParallel: device_ids is empty; leave it out for a share per thread")
        self.module, self.dim = module, dim
        self.device_ids = None if device_ids is None else list(device_ids)

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """Compute what the module returns for the whole batch."""
        count = get_num_threads() if self.device_ids is None else len(self.device_ids)
        shares = _scatter((inputs, kwargs), count, self.dim)
        if len(shares) == 1:
            return self.module(*inputs, **kwargs)
        modules = [self.module, *[_replica(self.module, {}) for _ in shares[1:]]]  # before the first changes anything
        random = get_generator().integers("DataParallel", 0, 1 << 62, (len(shares),), np.dtype(np.int64))
        structures: list[Any] = [None] * len(shares)

        def compute(number: int) -> list[Tensor]:
            args, options = shares[number]
            with use_generator(Generator().manual_seed(int(random[number]))):
                structures[number] = output = modules[number](*args, **options)
            return list(_tensors(output))

        recorded = record_sections([partial(compute, number) for number in range(len(shares))])
        return _gather([_filled(s, iter(own)) for s, own in zip(structures, recorded, strict=True)], self.dim)

    def extra_repr(self) -> str:
        return "" if self.device_ids is None else f"shares={len(self.device_ids)}"


def _map(function: Callable[..., Any], *structures: Any) -> Any:
    """Apply `function` to the Tensors at one place in all structures; return a structure like the first."""
    first = structures[0]
    if isinstance(first, Tensor):
        return function(*structures)
    if isinstance(first, Mapping):
        return type(first)({key: _map(function, *[s[key] for s in structures]) for key in first})  # type: ignore[call-arg]
    if isinstance(first, (tuple, list)):
        members = [_map(function, *column) for column in zip(*structures, strict=True)]
        return type(first)(*members) if hasattr(first, "_fields") else type(first)(members)
    return first


def _tensors(structure: Any) -> Iterator[Tensor]:
    """Return the Tensors in a structure, in the order in which `_map` meets them."""
    found: list[Tensor] = []
    _map(found.append, structure)
    return iter(found)


def _filled(structure: Any, tensors: Iterator[Tensor]) -> Any:
    """Return the structure with other Tensors in it, in the order of `_tensors`."""
    return _map(lambda _: next(tensors), structure)


def _scatter(arguments: Any, count: int, dim: int) -> list[Any]:
    """Return `count` shares of the arguments, or fewer if the batch is too small."""
    cut = [t for t in _tensors(arguments) if t.ndim]
    if short := [tuple(t.shape) for t in cut if not -t.ndim <= dim < t.ndim]:
        raise IndexError(f"DataParallel: expected tensors with a dimension {dim}, the batch, got shape {short[0]}")
    lengths = {t.shape[dim] for t in cut}
    if len(lengths) > 1:
        raise RuntimeError(
            f"DataParallel: expected tensors of one length along dimension {dim}, the batch, got {sorted(lengths)}; "
            "let the module hold what does not belong to a batch, or pass an array"
        )
    pieces = {id(t): [_own(part) for part in chunk(t, count, dim)] for t in cut}
    shares = min(map(len, pieces.values()), default=1)
    return [_map(lambda t: pieces[id(t)][i] if t.ndim else t, arguments) for i in range(shares)]  # noqa: B023


def _own(part: Tensor) -> Tensor:
    """Give a part of a batch its own history: a share that changes a view in place would change the batch's."""
    return part.clone() if part.requires_grad else part.detach()


def _replica(module: Module, made: dict[Module, Module]) -> Module:
    """Return a copy of the module with the same parameters but its own buffers, submodules and other attributes."""
    if module not in made:
        if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
            raise RuntimeError(
                f"DataParallel: {type(module).__name__} has parameters without a shape; call the module itself once, "
                "with a small batch, to give them one"
            )
        made[module] = copy = module._replicate_for_data_parallel()
        for name, child in module._modules.items():
            if child is not None:
                copy._modules[name] = _replica(child, made)
        for name, buffer in module._buffers.items():
            if buffer is not None:
                copy._buffers[name] = Tensor._wrap(buffer._data.copy())
    return made[module]


def _gather(outputs: Sequence[Any], dim: int) -> Any:
    """Return the outputs of the shares as one."""

    def join(*tensors: Tensor) -> Tensor:
        if tensors[0].ndim:
            return cat(list(tensors), dim)
        warnings.warn("DataParallel: the outputs are scalars; they are joined to a vector", UserWarning, stacklevel=2)
        return stack(list(tensors))

    return _map(join, *outputs)
