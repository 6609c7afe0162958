"""The record of a call: a node of the graph that keeps what the rules need, and applies them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph import versions
from minigrad.graph.engine import Node, edge_to, node_numbers
from minigrad.graph.versions import arrays_in, latest, version_of
from minigrad.ops.declare.declaration import Operation
from minigrad.ops.declare.plan import OUTPUT, Plan


class OperationNode(Node):
    """The record of one call of an operation; each operation has a subclass with its name, see `named`."""

    __slots__ = ("plan", "saved")
    raw_saved: ClassVar[Callable[[OperationNode, int], Any]]  # saved_tensor.py puts it here

    def __init__(self, plan: Plan, parents: Sequence[Any], saved: Sequence[Any] | None) -> None:
        self.parents = parents  # instead of super().__init__(parents), which takes as long as the rest
        self.number = next(node_numbers)
        self.hooks = None
        self.plan = plan
        self.saved = saved

    def name(self) -> str:
        return _node_class(self.plan.operation, self._variant()).__name__

    def named(self) -> Node:  # not from the beginning: Python is quicker with objects that are all of one class
        self.__class__ = _node_class(self.plan.operation, self._variant())
        return self

    def _variant(self) -> int:
        """Return 1 for sums and means over some of the dims, which are PyTorch's second kind, and 0 for the others."""
        if self.plan.operation.name not in ("mean", "sum") or self.saved is None:
            return 0
        dim, keepdim, shape = self.saved
        return int(keepdim or len(dim) < len(shape))

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        operation, edges = self.plan.operation, map(edge_to, self.parents)
        if operation.sequence:  # which inputs require grad is known until the values are freed
            known = [True] * len(self.parents) if self.saved is None else self.saved[-1]
            return tuple(next(edges) if required else (None, 0) for required in known)
        mask = next(mask for mask, plan in operation.plans.items() if plan is self.plan)
        return tuple(next(edges, (None, 0)) if mask & bit else (None, 0) for _, bit in operation.tensors if bit)

    def __getattr__(self, name: str) -> Any:
        """Return what is kept for the rules, by PyTorch's names: ``_saved_self``, ``_saved_result``."""
        if name.startswith("_raw_saved_") and (place := self._named_places().get(name[4:])) is not None:
            return self.raw_saved(place)
        place = self._named_places().get(name) if name.startswith("_saved_") else None
        if place is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if self.saved is None:
            raise RuntimeError(self._freed())
        value = self._recordable(self.values())[place]
        return Tensor._wrap(value) if isinstance(value, np.ndarray) else value

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._named_places()]

    def _named_places(self) -> dict[str, int]:
        """Return the attributes by which values are kept, with their places among them."""
        operation = self.plan.operation
        names = (*operation.parameters, *operation.outputs)
        former = {operation.parameters[0]: "self", "y": "result"}
        return {f"_saved_{former.get(names[p], names[p])}": i for i, p in enumerate(self.plan.kept)}

    def values(self) -> Any:
        """Return what is kept, unpacked if hooks have packed it."""
        return self.saved

    def _freed(self) -> str:
        return (
            f"backward: the values kept by {self.name()} were freed by an earlier backward; "
            "pass retain_graph=True to that one, or compute the loss again"
        )

    def release(self) -> None:
        if self.plan.releases:
            self.saved = None

    def vjp(self, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        saved, plan = self.saved, self.plan
        if saved is None:
            raise RuntimeError(self._freed())
        if latest.version > self.number:
            self._check_unchanged(saved)
        if create_graph:
            saved = self._recordable(saved)
        gradients: list[Any] = []
        for rule, pick, keep in plan.steps:
            if keep is None:
                if needed is None or needed[len(gradients)]:
                    gradients.append(rule(g, *pick(saved)))
                else:
                    gradients.append(None)
            else:
                results = rule(g, *pick(saved))
                gradients += [results[i] for i in keep] if keep else results
        if plan.operation.sequence and len(gradients) != len(self.parents):
            gradients = [gradients[i] for i, p in enumerate(saved[-1]) if p]
        return gradients

    def _arrays(self, saved: Sequence[Any]) -> list[tuple[int, np.ndarray]]:
        return [(place, a) for i, place in enumerate(self.plan.kept) for a in arrays_in(saved[i])]

    def _check_unchanged(self, saved: Sequence[Any]) -> None:
        operation = self.plan.operation
        names = (*operation.parameters, *operation.outputs)
        for place, array in self._arrays(saved):
            if version_of(array) > self.number:
                what = f"its input {names[place]!r}" if place < len(operation.parameters) else "its output"
                what = "its index, mask, target or weight" if names[place] in operation.holds else what
                raise RuntimeError(
                    f"backward: {self.name()} needs {what} of shape {array.shape}, which was changed in place "
                    f"after {operation.name} had used it; use an operation that is not in place there, or a clone()"
                    f"{versions.story(array, self)}"
                )

    def _recordable(self, saved: Sequence[Any]) -> list[Any]:
        """Return the kept values with Tensors, as parts of the graph, in place of arrays."""
        result = list(saved)
        for i, source in enumerate(self.plan.sources):
            if source is not None and isinstance(saved[i], np.ndarray):
                result[i] = restored(saved[i], self if source == OUTPUT else self.parents[source])
            elif source is not None and self.plan.operation.sequence:
                targets = iter(self.parents)
                result[i] = [
                    restored(array, next(targets)) if p else array for array, p in zip(saved[i], saved[-1], strict=True)
                ]
        return result


@functools.cache
def _node_class(operation: Operation, variant: int) -> type[OperationNode]:
    """Return the class of an operation's nodes, by which messages and prints name them, such as ``MulBackward0``."""
    name = _TORCH_NAMES.get(operation.name, operation.name)
    if name.islower():
        name = f"{name.title().replace('_', '')}Backward{variant}"
    return type(name, (OperationNode,), {"__slots__": ()})


# where PyTorch's nodes are named after another operation, or have a name of their own
_TORCH_NAMES = {
    "cast": "to_copy",
    "cholesky": "linalg_cholesky_ex",
    "clamp": "ClampBackward1",
    "contiguous": "clone",
    "convolution_transpose": "convolution",
    "cross_entropy": "nll_loss",
    "det": "linalg_det",
    "eigvalsh": "linalg_eigh",
    "entr": "special_entr",
    "erfcx": "special_erfcx",
    "inv": "linalg_inv_ex",
    "linear": "addmm",
    "log_ndtr": "special_log_ndtr",
    "log_sigmoid": "LogSigmoidBackward0",
    "logsigmoid": "LogSigmoidBackward0",
    "matmul": "mm",
    "matrix_exp": "linalg_matrix_exp",
    "ndtri": "special_ndtri",
    "nll": "nll_loss",
    "norm": "linalg_vector_norm",
    "on_diagonal": "diag_embed",
    "overwrite": "CopyBackwards",
    "pad": "constant_pad_nd",
    "pinv": "linalg_pinv",
    "prelu": "prelu_kernel",
    "put": "index_put",
    "replace_part": "CopySlices",
    "sign_of_det": "linalg_slogdet",
    "solve": "linalg_solve_ex",
    "square": "pow",
    "svdvals": "linalg_svd",
    "windows": "unfold",
    "xlog1py": "special_xlog1py",
    "zeta": "special_zeta",
}


def restored(array: np.ndarray, target: Any) -> Tensor:
    """Return a kept value as a part of the graph: a leaf is itself."""
    return target if isinstance(target, Tensor) and target._data is array else attached(array, target)


def attached(array: np.ndarray, target: Any) -> Tensor:
    """Return a Tensor with these values whose gradient flows to `target`."""
    t = Tensor._wrap(array)
    t._requires_grad = True
    t._node = target
    return t
