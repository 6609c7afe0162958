"""Function: an operation of the user's own, with the protocol of PyTorch's `autograd.Function`."""

from __future__ import annotations

import functools
import inspect
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.core.views import View
from minigrad.graph import versions
from minigrad.graph.engine import Node, edge_to
from minigrad.graph.grad_mode import is_grad_enabled, no_grad
from minigrad.ops.declare.record import attached

__all__ = ["Function", "FunctionCtx", "once_differentiable"]


class FunctionCtx:
    """The context that `forward` leaves for `backward`: saved tensors, marks, and attributes that users set.

    Attributes
    ----------
    needs_input_grad : tuple of bool
        For each argument of `apply`, whether a gradient for it will be used; for others None may be returned.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._to_save: tuple[Tensor | None, ...] = ()
        self._saved: tuple[Saved | None, ...] | None = ()
        self._own: dict[str, Saved] = {}  # attributes that are outputs
        self._version = 0
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True
        self._node: Callable[[], Any] = lambda: None  # weak: the node keeps its context, not vice versa
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs, outputs or other tensors for backward, where `saved_tensors` has them. Call it once, in forward.

        Unlike attributes of the context, these are freed after backward, and an in-place change of one is noticed.
        """
        for i, t in enumerate(tensors):
            if not isinstance(t, (Tensor, type(None))):
                raise TypeError(
                    f"{self._name}.save_for_backward: expected Tensors or None, argument {i} is of type "
                    f"{type(t).__name__}; set an attribute of ctx instead"
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Do nothing: this is meant for forward-mode differentiation, which minigrad does not have."""

    def mark_dirty(self, *args: Tensor) -> None:
        """Declare inputs that `forward` changes in place; it must return them."""
        self._dirty = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Declare outputs that have no gradient; `backward` still has an argument for each, filled with zeros."""
        self._constant = args

    def set_materialize_grads(self, value: bool) -> None:
        """Choose whether `backward` gets zeros (the default) or None for outputs that the loss does not depend on."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """The tensors of `save_for_backward`, as parts of the graph.

        Raises
        ------
        RuntimeError
            If an earlier backward has freed them, or one was changed in place since forward.
        """
        if self._saved is None:
            raise RuntimeError(
                f"{self._name}: the saved tensors were freed by an earlier backward; "
                "pass retain_graph=True to that one, or compute the loss again"
            )
        unpacked: list[Any] = [self._unpack(s, f"saved tensor {i}") for i, s in enumerate(self._saved)]
        return tuple(unpacked)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._own:
            return self._unpack(self._own[name], name)
        raise AttributeError(f"the context of {self._name} has no attribute {name!r}; set it in forward")

    def _pack(self, args: Sequence[Any], outputs: Sequence[Any]) -> None:
        """Keep values and targets only, after forward: keeping an output would close a cycle."""
        dirty = {id(t) for t in self._dirty}
        inputs = {id(t) for t in args} - dirty
        places = {id(o): i for i, o in enumerate(outputs) if isinstance(o, Tensor) and id(o) not in inputs}

        def pack(t: Tensor | None) -> Saved | None:
            if t is None:
                return None
            place = places.get(id(t))
            return Saved(t._data, t._grad_target() if place is None and t.requires_grad else None, place)

        self._saved = tuple(pack(t) for t in self._to_save)
        for name, value in list(vars(self).items()):
            if id(value) in places and (packed := pack(value)) is not None:
                self._own[name] = packed
                delattr(self, name)
        self._to_save = self._dirty = self._constant = ()
        self._version = versions.latest.version

    def _unpack(self, saved: Saved | None, what: str) -> Tensor | None:
        if saved is None:
            return None
        array, target, place = saved.array, saved.target, saved.place
        if not isinstance(array, np.ndarray):  # hooks have packed it
            array = array.array
        if versions.version_of(array) > self._version:
            raise RuntimeError(
                f"{self._name}: {what}, of shape {array.shape}, was changed in place after forward had saved it; "
                f"use an operation that is not in place there, or a clone(){versions.story(array, self._node())}"
            )
        if place is not None:
            target = self._node()
            target = target.output(place) if target is not None else None
        if isinstance(target, Tensor) and target._data is array:
            return target
        return Tensor._wrap(array) if target is None else attached(array, target)


class Saved:
    """A value kept for backward, and what its gradient flows to: a node or leaf, or the output at `place`."""

    __slots__ = ("array", "target", "place")

    def __init__(self, array: np.ndarray, target: Any, place: int | None) -> None:
        self.array, self.target, self.place = array, target, place


class Gradients(dict[int, Any]):
    """Gradients of some of the outputs, by their places; they add up place by place."""

    def __add__(self, other: Gradients) -> Gradients:
        return Gradients({**self, **{i: self[i] + g if i in self else g for i, g in other.items()}})


class FunctionNode(Node):
    """The record of one call of a Function; each has a subclass with its name."""

    __slots__ = ("ctx", "backward", "inputs", "outputs")
    part: type[OutputNode]

    def __init__(self, ctx: FunctionCtx, backward: Callable[..., Any], args: Sequence[Any]) -> None:
        super().__init__([a._grad_target() for a in args if isinstance(a, Tensor) and a.requires_grad])
        self.ctx = ctx
        self.backward = backward
        # shape, dtype and whether it requires grad, of each argument; None if it is not a tensor
        self.inputs = [(a.shape, a.dtype, a.requires_grad) if isinstance(a, Tensor) else None for a in args]
        self.outputs: list[tuple[Any, Any] | None] = []  # shape and dtype

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """The saved tensors of the context."""
        return self.ctx.saved_tensors

    def __getattr__(self, name: str) -> Any:  # what `forward` has set is found here, too
        if name[:2] == "__" or name in FunctionNode.__slots__:
            raise AttributeError(name)
        return getattr(self.ctx, name)

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        edges = map(edge_to, self.parents)
        return tuple(next(edges) if like[2] else (None, 0) for like in self.inputs if like is not None)

    def output(self, place: int) -> Node:
        """Return where the gradient of one output flows: here, or to a node of its own if there are several."""
        return self if len(self.outputs) == 1 else self.part(self, place)

    def release(self) -> None:
        if self.ctx._saved:
            self.ctx._saved = None

    def vjp(self, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        given = g if isinstance(g, Gradients) else {0: g}
        grads = [self._incoming(given.get(i), like) for i, like in enumerate(self.outputs)]
        wanted = iter(needed if needed is not None else [True] * len(self.parents))
        self.ctx.needs_input_grad = tuple(like is not None and like[2] and next(wanted) for like in self.inputs)
        results = self.backward(self.ctx, *grads)
        results = results if isinstance(results, tuple) else (results,)
        if len(results) < len(self.inputs) or any(r is not None for r in results[len(self.inputs) :]):
            raise RuntimeError(
                f"{self.name()}: expected {len(self.inputs)} gradients, one for each argument of forward (None where "
                f"there is none), got {len(results)}"
            )
        checked = [self._outgoing(i, r) for i, r in enumerate(results[: len(self.inputs)])]
        kept = [t for t, like in zip(checked, self.inputs, strict=True) if like is not None and like[2]]
        return kept if create_graph else [None if t is None else t._data for t in kept]

    def _incoming(self, g: Any, like: tuple[Any, Any] | None) -> Tensor | None:
        if g is None:
            return None if like is None or not self.ctx._materialize else Tensor._wrap(np.zeros(*like))
        return g if isinstance(g, Tensor) else Tensor._wrap(np.asarray(g))

    def _outgoing(self, i: int, g: Any) -> Tensor | None:
        """Return the gradient that backward returned for argument `i`, summed to its shape where it broadcast."""
        like = self.inputs[i]
        if g is None:
            return None
        if not isinstance(g, Tensor):
            raise RuntimeError(f"{self.name()}: expected a Tensor or None as gradient {i}, got {type(g).__name__}")
        if like is None:
            raise RuntimeError(f"{self.name()}: gradient {i} must be None, as argument {i} of forward is not a tensor")
        shape, dtype, requires_grad = like
        if not requires_grad:
            return None
        if g.shape != shape:
            try:
                fits = np.broadcast_shapes(shape, g.shape) == g.shape
            except ValueError:
                fits = False
            if not fits:
                raise RuntimeError(
                    f"{self.name()}: gradient {i} has shape {tuple(g.shape)}, but argument {i} of forward had shape "
                    f"{tuple(shape)}"
                )
            g = g.sum_to_size(shape)
        return g.to(dtype)


class OutputNode(Node):
    """One of several outputs: hands its gradient on to the node of the call."""

    __slots__ = ("_place",)

    def __init__(self, node: Node, place: int) -> None:
        super().__init__((node,))
        self._place = place

    def name(self) -> str:
        return self.parents[0].name()

    def named(self) -> Node:
        return self.parents[0].named()

    @property
    def place(self) -> int:
        return self._place

    def vjp(self, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        return [Gradients({self.place: g})]


class Function:
    """Base class of differentiable operations of your own.

    A subclass has static methods `forward` and `backward`, and is called by ``apply``. `forward` computes on tensors
    by whatever means; nothing that it does is recorded. `backward` is given the gradients of the outputs and returns
    those of the arguments; if it consists of differentiable operations, it can itself be differentiated.

    Notes
    -----
    The context may be filled in `forward`, or in a `setup_context` of its own::

        forward(ctx, *args) -> output                   forward(*args) -> output
                                                        setup_context(ctx, inputs, output)
        backward(ctx, *grad_outputs) -> a gradient for each argument of forward, None where there is none

    Examples
    --------
    >>> class Exp(mg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         y = mg.tensor(np.exp(x.detach().numpy()))
    ...         ctx.save_for_backward(y)
    ...         return y
    ...
    ...     @staticmethod
    ...     def backward(ctx, grad_output):
    ...         (y,) = ctx.saved_tensors
    ...         return grad_output * y
    >>> x = mg.tensor([0.0, 1.0], requires_grad=True)
    >>> Exp.apply(x).sum().backward()
    >>> x.grad
    tensor([1.0000, 2.7183])
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the output, a tensor or a tuple of them, from ``(ctx, *args)``, or from ``args`` alone."""
        raise NotImplementedError("Function: a subclass needs a static method forward(ctx, ...)")

    @staticmethod
    def setup_context(ctx: FunctionCtx, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what `backward` needs if `forward` takes no context."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: FunctionCtx, *grad_outputs: Any, **_: Any) -> Any:
        """Compute a gradient for each argument of `forward` from the gradients of its outputs."""
        raise NotImplementedError("Function: a subclass needs a static method backward(ctx, *grad_outputs), or vjp")

    vjp = backward  # PyTorch's other name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Raise RuntimeError: Functions are called by the class method `apply`."""
        name = type(self).__name__
        raise RuntimeError(f"{name}: a Function is not called as {name}()(...); call {name}.apply(...)")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Call the operation, and record it where an argument requires grad. Tensors inside lists are not seen."""
        separate = cls.setup_context is not Function.setup_context
        ctx = FunctionCtx(cls.__name__)
        lead = () if separate else (ctx,)
        if kwargs or separate:
            bound = inspect.signature(cls.forward).bind(*lead, *args, **kwargs)
            if separate:
                bound.apply_defaults()
            args = bound.args[len(lead) :]
        node = _node_class(cls)(ctx, _backward_of(cls), args)
        ctx.needs_input_grad = tuple(like is not None and like[2] for like in node.inputs)
        recorded = is_grad_enabled() and bool(node.parents)
        with no_grad():
            output = compute(cls, *lead, *args)
            if separate:
                cls.setup_context(ctx, args, output)
        outputs = output if isinstance(output, tuple) else (output,)
        _check_dirty(ctx, args, outputs)
        node.outputs = [(o.shape, o.dtype) if isinstance(o, Tensor) else None for o in outputs]
        results = tuple(_result(o, i, node, args, recorded) for i, o in enumerate(outputs))
        if recorded:
            ctx._pack(args, outputs)
            ctx._node = weakref.ref(node)
        return results if isinstance(output, tuple) else results[0]


def compute(cls: type[Function], *args: Any) -> Any:
    """``cls.forward(*args)``; a function of its own, so that a profiler can put another in its place."""
    return cls.forward(*args)


def _node_class(cls: type[Function]) -> type[FunctionNode]:
    """Return the class of its nodes, made once: ``ExpBackward`` for a Function called Exp."""
    found: type[FunctionNode] | None = cls.__dict__.get("_node_class")
    if found is None:
        name = cls.__name__ + "Backward"
        part = type(name, (OutputNode,), {"__slots__": ()})
        found = cls._node_class = type(name, (FunctionNode,), {"__slots__": (), "part": part})  # type: ignore[attr-defined]
    return found


def _check_dirty(ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any]) -> None:
    """Check that what is marked dirty is an input and an output; unmark what is no input."""
    if strange := [t for t in ctx._dirty if all(t is not a for a in args)]:
        warnings.warn(
            f"{ctx._name}: a tensor of shape {tuple(strange[0].shape)} is marked dirty, but is not an input; "
            "mark_dirty is for inputs that forward changes in place",
            UserWarning,
            stacklevel=3,
        )
        ctx._dirty = tuple(t for t in ctx._dirty if all(t is not s for s in strange))
    if lost := [t for t in ctx._dirty if all(t is not o for o in outputs)]:
        raise RuntimeError(
            f"{ctx._name}: a tensor of shape {tuple(lost[0].shape)} is marked dirty, but is not an output; "
            "return what was changed in place"
        )


def _backward_of(cls: type[Function]) -> Callable[..., Any]:
    if cls.vjp is not Function.vjp and cls.backward is not Function.backward:
        raise RuntimeError(f"{cls.__name__}: backward and vjp are two names for one thing; define one of them")
    return cls.backward if cls.vjp is Function.vjp else cls.vjp


def _result(output: Any, place: int, node: FunctionNode, args: Sequence[Any], recorded: bool) -> Any:
    """Return what `apply` returns for an output of forward: a tensor with the Function as its history."""
    if not isinstance(output, Tensor):
        return output
    ctx = node.ctx
    dirty = {id(t) for t in ctx._dirty}
    result = Tensor._wrap(output._data)
    if recorded and output.is_floating_point() and all(output is not t for t in ctx._constant):
        result._node, result._requires_grad = node.output(place), True
    if id(output) in dirty:
        versions.bump(output._data)
        if recorded:
            output._check_writable(f"{ctx._name}.mark_dirty")
            output._take_history(result)
        return output
    for a in args:
        if isinstance(a, Tensor) and id(a) not in dirty and np.may_share_memory(a._data, output._data):
            result._view = View(
                a, None, (), f"the output {place} of {ctx._name} shares memory with an input; return a clone() instead"
            )
    return result


class _TwiceNode(Node):
    """A node where a gradient came out of a backward that must not be differentiated."""

    __slots__ = ("who",)

    def __init__(self, who: str, parents: Sequence[Any]) -> None:
        super().__init__(parents)
        self.who = who

    def vjp(self, g: Any, needed: Sequence[bool] | None, create_graph: bool) -> list[Any]:
        raise RuntimeError(f"{self.who}: its backward is marked once_differentiable, so it has no second derivative")


def once_differentiable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a `backward` that is not made of differentiable operations: differentiating it is an error.

    Without it such a backward would pass for a constant, and second derivatives would be silently wrong.

    Examples
    --------
    >>> class Sin(mg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return mg.sin(x)
    ...
    ...     @staticmethod
    ...     @mg.autograd.once_differentiable
    ...     def backward(ctx, grad_output):
    ...         (x,) = ctx.saved_tensors
    ...         return mg.from_numpy(grad_output.detach().numpy() * np.cos(x.numpy(force=True)))
    >>> x = mg.tensor([0.0], requires_grad=True)
    >>> Sin.apply(x).backward()
    >>> x.grad
    tensor([1.])
    """

    @functools.wraps(function)
    def wrapped(ctx: FunctionCtx, *grads: Any) -> Any:
        with no_grad():
            results = function(ctx, *grads)
        node = ctx._node()
        if not is_grad_enabled() or node is None:
            return results
        parents = [g._grad_target() for g in grads if isinstance(g, Tensor) and g.requires_grad]
        barrier = _TwiceNode(node.name(), [*parents, *node.parents])
        several = results if isinstance(results, tuple) else (results,)
        barred = tuple(attached(r._data, barrier) if isinstance(r, Tensor) else r for r in several)
        return barred if isinstance(results, tuple) else barred[0]

    return wrapped
