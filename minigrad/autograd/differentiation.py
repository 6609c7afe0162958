"""backward and grad: starting the engine from Tensors."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias, overload

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.graph import completion, engine
from minigrad.graph.grad_mode import mode, set_grad_enabled
from minigrad.kernels.errstate import silent
from minigrad.ops.declare.method import method
from minigrad.ops.joining import stack

Roots: TypeAlias = list[tuple[Any, Any]]


class GradientEdge(NamedTuple):
    """Where the gradient of a tensor flows: to one of the outputs of a node. `get_gradient_edge` makes it."""

    node: engine.Node
    output_nr: int
    ownership_token: Any = None  # a Tensor of the same target, shape and dtype


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Tensor] | Tensor | None = None,
) -> None:
    """Add the gradients of the sum of `tensors` with respect to the leaves to their ``.grad``.

    Parameters
    ----------
    tensors : Tensor or sequence of Tensors
        What to differentiate.
    grad_tensors : the gradients to start from, of the same shapes; None for one element: 1
    retain_graph : bool, optional
        Keep what another backward through this graph needs. Defaults to `create_graph`.
    create_graph : bool, default False
        Record the computation of the gradients, so that they can be differentiated again.
    inputs : tensors, optional
        Add up gradients for these only; by default for all leaves.

    Raises
    ------
    RuntimeError
        For the reasons of `Tensor.backward`. No leaf's ``.grad`` is changed then.

    Examples
    --------
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> mg.autograd.backward([w[0] * 3, w[1] * 5])
    >>> w.grad
    tensor([3., 5.])
    """
    accumulate(_roots("backward", tensors, grad_tensors, create_graph), retain_graph, create_graph, inputs)


@method("backward", only=True, name_errors=False)  # they may be the user's own, out of a hook
def _backward_of(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Tensor] | Tensor | None = None,
) -> None:
    """Add the gradient of this tensor with respect to the leaves to their ``.grad``.

    Parameters
    ----------
    gradient : Tensor, optional
        The gradient with respect to this tensor, of its shape. May be left out for one element: 1.
    retain_graph : bool, optional
        Keep what another backward through this graph needs. Defaults to `create_graph`.
    create_graph : bool, default False
        Record the computation of the gradients, so that they can be differentiated again.
    inputs : tensors, optional
        Add up gradients for these only; by default for all leaves.

    Raises
    ------
    RuntimeError
        If this tensor does not require grad, `gradient` is missing or of another shape, the graph was freed by an
        earlier backward, or a value that backward needs was changed in place. No leaf's ``.grad`` is changed then.
    """
    accumulate([root("backward", self, gradient, create_graph)], retain_graph, create_graph, inputs)


@silent  # an infinite slope is a result like any other
def accumulate(
    roots: Roots, retain_graph: bool | None, create_graph: bool, inputs: Sequence[Tensor] | Tensor | None
) -> None:
    """Run `backward` from these roots."""
    if not completion.watchers:
        _accumulate(roots, retain_graph, create_graph, inputs)
        return
    outermost = mode.walk is None
    try:
        _accumulate(roots, retain_graph, create_graph, inputs)
        leaves = completion.finish() if outermost else []
    except BaseException:
        if outermost:
            completion.abandon()
        raise
    _run_hooks_after(leaves, create_graph)


def _accumulate(
    roots: Roots, retain_graph: bool | None, create_graph: bool, inputs: Sequence[Tensor] | Tensor | None
) -> None:
    """Add the gradients to those of the leaves, but of those that are watched."""
    if inputs is None:
        arrived, retained = _run(roots, None, retain_graph, create_graph)
    else:
        arrived, retained = _arrived_at(_as_list(inputs), roots, retain_graph, create_graph)
    for leaf, g in arrived.items():
        if leaf._before_grad:
            with set_grad_enabled(create_graph):
                arrived[leaf] = g = engine.run_hooks(leaf._before_grad, g)
        if (before := leaf._grad) is not None and before._data.shape != g.shape:
            raise RuntimeError(
                f"backward: a gradient of shape {tuple(g.shape)} cannot be added to a .grad of shape "
                f"{tuple(before.shape)}; after .data was given another shape, set .grad to None"
            )
    for tensor, g in retained:  # only now, when nothing can fail any more
        tensor._accumulate(g)
    g, hooked = None, []  # so that an array without other references need not be copied
    for leaf in list(arrived):
        if leaf._requires_grad:  # it may have been set to False since
            leaf._accumulate(arrived.pop(leaf))
            if leaf._after_grad:
                hooked.append(leaf)
    _run_hooks_after(hooked, create_graph)


def _run_hooks_after(leaves: Iterable[Tensor], create_graph: bool) -> None:
    """Run the hooks of leaves whose gradients were accumulated."""
    for leaf in leaves:
        for hook in list((leaf._after_grad or {}).values()):
            with set_grad_enabled(create_graph):
                returned = hook(leaf)
            if returned is not None:
                error = RuntimeError if isinstance(returned, Tensor) else TypeError
                raise error(f"post_accumulate_grad_hook: expected None, got {type(returned).__name__}")


def _arrived_at(
    targets: list[Tensor], roots: Roots, retain_graph: bool | None, create_graph: bool
) -> tuple[dict[Tensor, Any], Roots]:
    """Return the gradients of these tensors, except those that retain theirs: their hooks have added them up."""
    if not targets:
        raise RuntimeError("backward: inputs is empty; leave it out to accumulate into all leaves")
    _require_grad("backward", targets)
    tensor_of = {t._grad_target(): t for t in targets}
    arrived, retained = _run(roots, tensor_of, retain_graph, create_graph)
    tensors = {t: g for edge, g in arrived.items() if isinstance(t := tensor_of[edge], Tensor)}
    return {t: g for t, g in tensors.items() if t._retained is None}, retained


@overload
def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: Literal[False] | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]: ...
@overload
def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    *,
    allow_unused: bool | None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]: ...
def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Return the gradients of the sum of `outputs` with respect to `inputs`; no ``.grad`` is changed.

    Parameters
    ----------
    outputs, inputs : Tensor or sequence of Tensors
        `inputs` need not be leaves. A `GradientEdge` may stand for a Tensor.
    grad_outputs : the gradients of `outputs` to start from, of their shapes; None for one element: 1
    retain_graph : bool, optional
        Keep what another pass through this graph needs. Defaults to `create_graph`.
    create_graph : bool, default False
        Record the computation, so that the result can be differentiated again.
    only_inputs : accepted, as PyTorch does
    allow_unused : bool, optional
        Give None for an input that `outputs` do not depend on, instead of an error. Defaults to `materialize_grads`.
    is_grads_batched : bool, default False
        `grad_outputs` have one more dimension in front; the results are stacked along it.
    materialize_grads : bool, default False
        Give zeros instead of None.

    Returns
    -------
    tuple of Tensors, one for each input, of its shape and dtype

    Raises
    ------
    RuntimeError
        For the reasons of `Tensor.backward`, and for an unused input.

    Examples
    --------
    >>> x = mg.tensor(3.0, requires_grad=True)
    >>> (dx,) = mg.autograd.grad(x**3, x, create_graph=True)
    >>> dx.item(), mg.autograd.grad(dx, x)[0].item()
    (27.0, 18.0)
    """
    if is_grads_batched:
        return _batched(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused, materialize_grads)
    if materialize_grads and allow_unused is False:
        raise ValueError("grad: materialize_grads gives zeros for unused inputs, so allow_unused cannot be False")
    targets = _as_list(inputs)
    if not targets:
        raise RuntimeError("grad: inputs is empty, so there is nothing to differentiate with respect to")
    _require_grad("grad", targets)
    edges = [t._grad_target() for t in targets]
    roots = _roots("grad", outputs, grad_outputs, create_graph)
    arrived, retained = _silently(roots, edges, retain_graph, create_graph)
    for tensor, g in retained:
        tensor._accumulate(g)
    results: list[Tensor | None] = []
    for i, (target, edge) in enumerate(zip(targets, edges, strict=True)):
        g = arrived.get(edge)
        if g is not None:
            results.append(g if isinstance(g, Tensor) else Tensor._wrap(np.array(g, dtype=target.dtype)))
        elif materialize_grads and not isinstance(target, _Place):
            results.append(Tensor._wrap(np.zeros_like(target._data)).requires_grad_(create_graph))
        elif allow_unused and not materialize_grads:
            results.append(None)
        elif isinstance(target, _Place):
            asked = "which has no shape for zeros" if materialize_grads else "pass allow_unused=True to get None for it"
            raise RuntimeError(f"grad: inputs[{i}], a GradientEdge, was not used to compute the outputs; {asked}")
        else:
            raise RuntimeError(
                f"grad: inputs[{i}], of shape {tuple(target.shape)}, was not used to compute the outputs; "
                "pass allow_unused=True to get None for it"
            )
    return tuple(results)


DEEP = 20  # nested backwards in one thread, each of some ten frames


def _run(
    roots: Roots, targets: Iterable[Any] | None, retain_graph: bool | None, create_graph: bool
) -> tuple[dict[Any, Any], Roots]:
    """Walk, with the hooks of leaves: the gradients of leaves or targets, and those that tensors retain."""
    retain = mode.retaining or (create_graph if retain_graph is None else retain_graph)
    before, outer = mode.enabled, mode.walk
    depth = 0 if outer is None else outer[0]
    if depth == DEEP:  # Python counts the frames of each thread
        return _elsewhere(lambda: _silently(roots, targets, retain, create_graph))
    retained: Roots = []
    mode.enabled, mode.walk = create_graph, (depth + 1, retained, targets is not None)
    try:
        watch = completion.watch(roots, _hooked) if targets is None and completion.watchers else None
        arrived = engine.run(roots, targets, retain, create_graph, watch=watch)
        for edge, g in arrived.items():  # the hooks of nodes have run in the engine
            if isinstance(edge, Tensor) and edge._hooks:
                arrived[edge] = engine.run_hooks(edge._hooks, g)
    finally:
        mode.enabled, mode.walk = before, outer
    return arrived, retained


_silently = silent(_run)


def _hooked(leaf: Tensor, g: Any) -> Any:
    return engine.run_hooks(leaf._hooks, g)


def _elsewhere(function: Callable[[], Any]) -> Any:
    """Call `function` in a thread of its own; return or raise what it does."""
    context = contextvars.copy_context()
    returned: list[Any] = []
    raised: list[BaseException] = []

    def call() -> None:
        try:
            returned.append(context.run(function))
        except BaseException as error:  # any error is the caller's
            raised.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return returned[0]


def _roots(operation: str, outputs: Any, gradients: Any, create_graph: bool) -> Roots:
    outputs = _as_list(outputs)
    gradients = _as_list(gradients, len(outputs))
    if len(gradients) != len(outputs):
        raise RuntimeError(f"{operation}: got {len(outputs)} outputs and {len(gradients)} gradients for them")
    return [root(operation, output, g, create_graph) for output, g in zip(outputs, gradients, strict=True)]


def root(operation: str, output: Tensor, gradient: Any, create_graph: bool) -> tuple[Any, Any]:
    """Return where to start and the gradient there: an array, or a Tensor if backward itself is recorded."""
    if isinstance(output, _Place) and isinstance(gradient, Tensor):
        return output.node, gradient if create_graph else gradient._data
    if not isinstance(output, Tensor):
        raise TypeError(f"{operation}: expected Tensors to differentiate, got {type(output).__name__}")
    edge = output._grad_target()
    if not output._requires_grad:
        raise RuntimeError(
            f"{operation}: the tensor does not require grad and was not computed from one that does; "
            "set requires_grad=True on what it depends on, and do not compute it under no_grad()"
        )
    if gradient is None:
        if output._data.size != 1:
            raise RuntimeError(
                f"{operation}: a gradient is made up for one element only, the tensor has shape {tuple(output.shape)}; "
                "reduce it, such as with .sum(), or pass its gradient"
            )
        one = np.empty(output._data.shape, output._data.dtype)
        one.fill(1)
        return edge, Tensor._wrap(one) if create_graph else one
    if not isinstance(gradient, Tensor):
        raise TypeError(f"{operation}: expected a Tensor as gradient, got {type(gradient).__name__}")
    if gradient.shape != output.shape:
        raise RuntimeError(
            f"{operation}: expected a gradient of the tensor's shape {tuple(output.shape)}, got {tuple(gradient.shape)}"
        )
    if gradient.dtype != output.dtype:
        gradient = gradient.to(output.dtype)
    return edge, gradient if create_graph else gradient._data


def _batched(outputs: Any, inputs: Any, grad_outputs: Any, retain: Any, create: bool, *rest: bool | None) -> Any:
    outs, batches = _as_list(outputs), _as_list(grad_outputs)
    if not batches or batches[0] is None:
        raise RuntimeError("grad: is_grads_batched needs grad_outputs with one more dimension in front")
    count = len(batches[0])
    rows = []
    for i in range(count):
        keep = True if i + 1 < count else retain
        row = [b[i] for b in batches]
        rows.append(grad(outs, inputs, row, keep, create, allow_unused=rest[0], materialize_grads=bool(rest[1])))
    return tuple(None if column[0] is None else stack(list(column), 0) for column in zip(*rows, strict=True))


def _as_list(value: Any, count: int = 1) -> list[Any]:
    if value is None:
        return [None] * count
    values = [value] if isinstance(value, (Tensor, np.ndarray, GradientEdge)) else value
    return [_place_of(v) if isinstance(v, GradientEdge) else v for v in values]


class _Place:
    """The output of a node, for a `GradientEdge` made by hand: its shape is not known."""

    __slots__ = ("node",)
    dtype = None
    requires_grad = True

    def __init__(self, node: engine.Node) -> None:
        self.node = node

    def _grad_target(self) -> engine.Node:
        return self.node


def _place_of(edge: GradientEdge) -> Any:
    """Return a Tensor of that target if there is one."""
    if edge.ownership_token is not None:
        return edge.ownership_token
    if isinstance(edge.node, engine.AccumulateGrad):
        return edge.node.variable
    if isinstance(edge.node, engine.Node) and len(getattr(edge.node, "outputs", "1")) == 1:
        return _Place(edge.node)
    raise RuntimeError("GradientEdge: this node has several outputs; take the edge from get_gradient_edge(tensor)")


def _require_grad(operation: str, tensors: list[Tensor]) -> None:
    for i, t in enumerate(tensors):
        if not isinstance(t, (Tensor, _Place)):
            raise TypeError(f"{operation}: expected Tensors as inputs, got {type(t).__name__}")
        if not t.requires_grad:
            raise RuntimeError(f"{operation}: inputs[{i}] does not require grad, so there is no gradient for it")
