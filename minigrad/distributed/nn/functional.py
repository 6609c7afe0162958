"""Calls of all ranks that have gradients: each is a linear map of the tensors of all ranks, and has its adjoint.

The gradient of one is the adjoint of the gradients of all ranks, so all of them must call backward, too. The adjoint is
such a call itself, and has a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.autograd.function import Function
from minigrad.core.tensor import Tensor
from minigrad.distributed import collectives
from minigrad.distributed.buffers import ReduceOp
from minigrad.distributed.groups import ProcessGroup, the_group

Map = Callable[[Sequence[Tensor]], list[Tensor]]


class _Linear(Function):
    """A linear map of the tensors of all ranks, with the one that its gradients go through."""

    @staticmethod
    def forward(ctx: Any, there: Map, back: Map, *tensors: Tensor) -> Any:
        ctx.maps = there, back
        return tuple(there([t.detach() for t in tensors]))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        there, back = ctx.maps
        return None, None, *_Linear.apply(back, there, *gradients)


def _new(shape: Sequence[int], like: Tensor) -> Tensor:
    return Tensor._wrap(np.zeros(shape, like._data.dtype))


def _member(call: str, group: Any) -> ProcessGroup:
    member = the_group(call, group)
    if member is None:
        raise ValueError(f"{call}: this process is not in the group")
    return member


def _summing(call: str, op: ReduceOp, tensors: Sequence[Tensor], group: ProcessGroup) -> Callable[[Tensor], Tensor]:
    """Return what makes `op` of a sum: only sums and means are linear."""
    if op is ReduceOp.AVG:
        return lambda total: total / group.size()
    if op is not ReduceOp.SUM and any(t.requires_grad for t in tensors):
        raise RuntimeError(f"{call}: ReduceOp.{getattr(op, 'name', op)} has no gradient; detach() the tensor first")
    return lambda total: total


# ---- the maps, each a function of a list of tensors ------------------------------------------------------------------


def _all_reduced(group: ProcessGroup, op: ReduceOp = ReduceOp.SUM) -> Map:
    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        total = tensors[0].clone()
        collectives.all_reduce(total, op, group)
        return [total]

    return apply


def _sent_from(source: int, group: ProcessGroup) -> Map:
    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        t = tensors[0].clone()
        collectives.broadcast(t, source, group)
        return [t]

    return apply


def _reduced_to(to: int, group: ProcessGroup, op: ReduceOp = ReduceOp.SUM) -> Map:
    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        t = tensors[0].clone()
        collectives.reduce(t, to, op, group)
        return [t if group.world_rank == to else _new(t.shape, t)]

    return apply


def _gathered_at(to: int, group: ProcessGroup) -> Map:
    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        every = [_new(tensors[0].shape, tensors[0]) for _ in group.ranks]
        collectives.gather(tensors[0], every if group.world_rank == to else None, to, group)
        return every

    return apply


def _scattered_from(source: int, group: ProcessGroup) -> Map:
    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        part = _new(tensors[0].shape, tensors[0])
        collectives.scatter(part, list(tensors) if group.world_rank == source else None, source, group)
        return [part]

    return apply


def _exchanged(group: ProcessGroup, shapes: Sequence[Sequence[int]]) -> Map:
    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        received = [_new(shape, tensors[0]) for shape in shapes]
        collectives.all_to_all(received, list(tensors), group)
        return received

    return apply


def _copied(group: ProcessGroup) -> Map:
    """Return the map of one tensor into those of all ranks."""

    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        every = [_new(tensors[0].shape, tensors[0]) for _ in group.ranks]
        collectives.all_gather(every, tensors[0], group)
        return every

    return apply


def _shared_out(group: ProcessGroup, op: ReduceOp = ReduceOp.SUM) -> Map:
    def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
        part = _new(tensors[group.rank()].shape, tensors[0])
        collectives.reduce_scatter(part, list(tensors), op, group)
        return [part]

    return apply


# ---- the calls -------------------------------------------------------------------------------------------------------


def all_reduce(tensor: Tensor, op: ReduceOp = ReduceOp.SUM, group: Any = None) -> Tensor:
    """Return the sum, or with ``ReduceOp.AVG`` the mean, of the tensors of all ranks.

    Raises
    ------
    RuntimeError
        If another `op` should have a gradient.

    Examples
    --------
    >>> mg.distributed.nn.functional.all_reduce(mg.ones(2, requires_grad=True))  # doctest: +SKIP
    """
    member = _member("all_reduce", group)
    finish = _summing("all_reduce", op, [tensor], member)
    there = _all_reduced(member, ReduceOp.SUM if op is ReduceOp.AVG else op)
    return finish(_Linear.apply(there, there, tensor)[0])


def broadcast(tensor: Tensor, src: int, group: Any = None) -> Tensor:
    """Return the tensor of rank `src`, of the same shape, on all ranks; its gradient is the sum of theirs.

    Examples
    --------
    >>> mg.distributed.nn.functional.broadcast(mg.ones(2, requires_grad=True), src=0)  # doctest: +SKIP
    """
    member = _member("broadcast", group)
    return _Linear.apply(_sent_from(src, member), _reduced_to(src, member), tensor)[0]


def reduce(tensor: Tensor, dst: int, op: ReduceOp = ReduceOp.SUM, group: Any = None) -> Tensor:
    """Return the sum, or the mean, of the tensors of all ranks on rank `dst`, and zeros on the others.

    Examples
    --------
    >>> mg.distributed.nn.functional.reduce(mg.ones(2, requires_grad=True), dst=0)  # doctest: +SKIP
    """
    member = _member("reduce", group)
    finish = _summing("reduce", op, [tensor], member)
    there = _reduced_to(dst, member, ReduceOp.SUM if op is ReduceOp.AVG else op)
    return finish(_Linear.apply(there, _sent_from(dst, member), tensor)[0])


def gather(tensor: Tensor, dst: int = 0, group: Any = None) -> tuple[Tensor, ...]:
    """Return the tensors of all ranks, of one shape, on rank `dst`, and zeros on the others.

    Examples
    --------
    >>> mg.distributed.nn.functional.gather(mg.ones(2, requires_grad=True))  # doctest: +SKIP
    """
    member = _member("gather", group)
    return tuple(_Linear.apply(_gathered_at(dst, member), _scattered_from(dst, member), tensor))


def scatter(tensors: Sequence[Tensor], src: int = 0, group: Any = None) -> Tensor:
    """Return on rank i ``tensors[i]`` of rank `src`; all ranks give as many tensors of one shape.

    Examples
    --------
    >>> mg.distributed.nn.functional.scatter([mg.ones(2, requires_grad=True)])  # doctest: +SKIP
    """
    member = _member("scatter", group)
    if len(tensors) != member.size():
        raise ValueError(f"scatter: expected {member.size()} tensors, one for each rank, got {len(tensors)}")
    return _Linear.apply(_scattered_from(src, member), _gathered_at(src, member), *tensors)[0]


def all_gather(tensor: Tensor, group: Any = None) -> tuple[Tensor, ...]:
    """Return the tensors of all ranks, of one shape.

    Examples
    --------
    >>> mg.distributed.nn.functional.all_gather(mg.ones(2, requires_grad=True))  # doctest: +SKIP
    """
    member = _member("all_gather", group)
    return tuple(_Linear.apply(_copied(member), _shared_out(member), tensor))


def reduce_scatter(
    output: Tensor, input_list: Sequence[Tensor], op: ReduceOp = ReduceOp.SUM, group: Any = None
) -> Tensor:
    """Return on rank i the sum, or the mean, of all ranks' ``input_list[i]``, of one shape; `output` takes it, too.

    Examples
    --------
    >>> mg.distributed.nn.functional.reduce_scatter(mg.empty(2), [mg.ones(2, requires_grad=True)])  # doctest: +SKIP
    """
    member = _member("reduce_scatter", group)
    finish = _summing("reduce_scatter", op, input_list, member)
    there = _shared_out(member, ReduceOp.SUM if op is ReduceOp.AVG else op)
    result = finish(_Linear.apply(there, _copied(member), *input_list)[0])
    output.detach().copy_(result.detach())
    return result


def all_to_all(
    output_tensor_list: Sequence[Tensor], input_tensor_list: Sequence[Tensor], group: Any = None
) -> tuple[Tensor, ...]:
    """Return on rank j rank i's ``input_tensor_list[j]`` at place i, of the shapes of `output_tensor_list`.

    Examples
    --------
    >>> from minigrad.distributed.nn import functional
    >>> functional.all_to_all([mg.empty(2)], [mg.ones(2, requires_grad=True)])  # doctest: +SKIP
    """
    member = _member("all_to_all", group)
    there = _exchanged(member, [tuple(t.shape) for t in output_tensor_list])
    back = _exchanged(member, [tuple(t.shape) for t in input_tensor_list])
    results = tuple(_Linear.apply(there, back, *input_tensor_list))
    for output, result in zip(output_tensor_list, results, strict=True):
        output.detach().copy_(result.detach())
    return results


def all_to_all_single(
    output: Tensor,
    input: Tensor,
    output_split_sizes: Sequence[int] | None = None,
    input_split_sizes: Sequence[int] | None = None,
    group: Any = None,
) -> Tensor:
    """Return the pieces of all ranks' `input` that are for this one, joined in the shape of `output`.

    Examples
    --------
    >>> mg.distributed.nn.functional.all_to_all_single(mg.empty(2), mg.ones(2, requires_grad=True))  # doctest: +SKIP
    """
    member = _member("all_to_all_single", group)

    def moved(like: Tensor, sizes: Any, sizes_given: Any) -> Map:
        shape = tuple(like.shape)

        def apply(tensors: Sequence[Tensor]) -> list[Tensor]:
            received = _new(shape, tensors[0])
            collectives.all_to_all_single(received, tensors[0], sizes, sizes_given, member)
            return [received]

        return apply

    there = moved(output, output_split_sizes, input_split_sizes)
    result: Tensor = _Linear.apply(there, moved(input, input_split_sizes, output_split_sizes), input)[0]
    output.detach().copy_(result.detach())
    return result
