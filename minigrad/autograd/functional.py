"""Derivatives of functions: Jacobians, Hessians, and their products with vectors, by ``torch.autograd.functional``.

All of them record while they compute, whatever the mode of their caller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

import numpy as np

from minigrad.autograd.differentiation import grad
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import enable_grad
from minigrad.ops.joining import stack

Function = Callable[..., Any]
Number = Callable[..., Tensor]
Inputs = TypeVar("Inputs", Tensor, tuple[Tensor, ...])
Outputs = TypeVar("Outputs", Tensor, tuple[Tensor, ...])


def _inputs(name: str, inputs: Any, create_graph: bool) -> tuple[Any, ...]:
    """Return the inputs as the function gets them: copies that require grad."""
    given = _tensors(name, inputs, "inputs to be")
    return tuple(t.clone() if create_graph and t.requires_grad else t.detach().requires_grad_() for t in given)


def _outputs(name: str, func: Function, xs: tuple[Any, ...]) -> Any:
    outputs = func(*xs)
    _tensors(name, outputs, "func to return")
    return outputs


def _tensors(name: str, values: Any, what: str) -> tuple[Any, ...]:
    """Return `values` as a tuple; raise unless it is a Tensor or a tuple of them."""
    for t in _tuple(values):
        if not isinstance(t, Tensor):
            raise TypeError(f"{name}: expected {what} a Tensor or a tuple of Tensors, got {type(t).__name__}")
    return _tuple(values)


def _vectors(name: str, v: Any, like: Any, what: str) -> tuple[Any, ...]:
    """Return `v` as a tuple, checked to be shaped like the inputs or outputs; None stands for a single 1."""
    likes = _tuple(like)
    if v is None:
        if len(likes) != 1 or likes[0].numel() != 1:
            shapes = ", ".join(str(tuple(t.shape)) for t in likes)
            raise RuntimeError(
                f"{name}: expected v, of the shape of {what}, {shapes}; only for one number it may be left out"
            )
        return (None,)
    vs = _tensors(name, v, "v to be")
    if [t.shape for t in vs] != [t.shape for t in likes]:
        given, wanted = ([tuple(t.shape) for t in ts] for ts in (vs, likes))
        raise RuntimeError(f"{name}: expected v of the shapes of {what}, {wanted}, got {given}")
    return vs


def _grads(
    name: str, outputs: Any, xs: tuple[Any, ...], vs: tuple[Any, ...], create_graph: bool, strict: bool
) -> tuple[Any, ...]:
    """Return `grad`, with zeros for what the outputs do not depend on, unless `strict`."""
    pairs = [(t, v) for t, v in zip(_tuple(outputs), vs, strict=True) if t.requires_grad]
    if strict and len(pairs) < len(vs):
        raise RuntimeError(f"{name}: an output of func does not depend on the inputs, which strict=True does not allow")
    if not pairs:
        return tuple(Tensor._wrap(np.zeros_like(x._data)) for x in xs)
    outs, starts = zip(*pairs, strict=True)
    results = grad(outs, xs, starts, retain_graph=True, create_graph=create_graph, allow_unused=True)
    for i, g in enumerate(results) if strict else ():
        if g is None:
            raise RuntimeError(f"{name}: func does not depend on input {i}, which strict=True does not allow")
        if create_graph and not g.requires_grad:
            raise RuntimeError(
                f"{name}: the derivative does not depend on input {i}, which strict=True does not allow where "
                "create_graph=True"
            )
    return tuple(Tensor._wrap(np.zeros_like(x._data)) if g is None else g for g, x in zip(results, xs, strict=True))


def _tuple(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, tuple) else (values,)


def _as_given(values: tuple[Any, ...], like: Any) -> Any:
    """Return a tuple if `like` is one, else the only value."""
    return values if isinstance(like, tuple) else values[0]


def _result(value: Any, create_graph: bool) -> Any:
    if isinstance(value, tuple):
        return tuple(_result(v, create_graph) for v in value)
    return value if create_graph else value.detach()


def _check_strategy(name: str, strategy: str, vectorize: bool, strict: bool) -> None:
    if vectorize and strict:
        raise RuntimeError(f"{name}: vectorize and strict exclude each other; leave one out")
    if strategy not in ("reverse-mode", "forward-mode"):
        raise ValueError(f"{name}: expected the strategy 'reverse-mode' or 'forward-mode', got {strategy!r}")
    if strategy == "forward-mode" and not vectorize:
        raise NotImplementedError(f"{name}: the strategy 'forward-mode' needs vectorize=True")


@overload
def jacobian(
    func: Number,
    inputs: Tensor,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Tensor: ...
@overload
def jacobian(
    func: Function,
    inputs: Tensor | tuple[Tensor, ...],
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> tuple[Any, ...]: ...
@enable_grad()
def jacobian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """Return the derivative of each element of what `func` returns with respect to each element of the inputs.

    Parameters
    ----------
    func : function of Tensors that returns a Tensor, or a tuple of them
    inputs : Tensor or tuple of Tensors
    create_graph : bool, default False
        Record the computation, so that the result can be differentiated again.
    strict : bool, default False
        An input that an output does not depend on is an error, instead of a derivative of 0.
    vectorize, strategy : accepted, as PyTorch does; all ways lead to the same result

    Returns
    -------
    Tensor of the output's shape followed by the input's; for tuples of outputs or inputs, tuples of them

    Raises
    ------
    TypeError
        If inputs or outputs are not Tensors.
    RuntimeError
        With `strict`, if an output does not depend on an input.

    Examples
    --------
    >>> mg.autograd.functional.jacobian(lambda x: x**2, mg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    _check_strategy("jacobian", strategy, vectorize, strict)
    xs = _inputs("jacobian", inputs, create_graph)
    outputs = _outputs("jacobian", func, xs)
    rows = []
    for y in _tuple(outputs):
        flat = y.reshape(-1)
        grads = [_grads("jacobian", flat[i], xs, (None,), create_graph, strict) for i in range(flat.numel())]
        row = tuple(_stacked([g[j] for g in grads], y, x) for j, x in enumerate(xs))
        rows.append(_as_given(row, inputs))
    return _result(_as_given(tuple(rows), outputs), create_graph)


def _stacked(grads: list[Any], y: Any, x: Any) -> Any:
    return (stack(grads, 0) if grads else x.new_empty(0)).reshape((*y.shape, *x.shape))


@overload
def hessian(
    func: Number,
    inputs: Tensor,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Tensor: ...
@overload
def hessian(
    func: Function,
    inputs: tuple[Tensor, ...],
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> tuple[tuple[Tensor, ...], ...]: ...
def hessian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Return the second derivatives of a function that returns one number; for parameters see `jacobian`.

    Returns
    -------
    Tensor of the input's shape twice; for a tuple of inputs, a tuple of tuples

    Examples
    --------
    >>> mg.autograd.functional.hessian(lambda x: (x**3).sum(), mg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    _check_strategy("hessian", outer_jacobian_strategy, vectorize, strict)
    _tensors("hessian", inputs, "inputs to be")

    def gradient(*xs: Any) -> Any:
        return _as_given(_grads("hessian", _one_number("hessian", func, xs), xs, (None,), True, strict), inputs)

    return jacobian(gradient, inputs, create_graph, strict)


def _one_number(name: str, func: Function, xs: tuple[Any, ...]) -> Any:
    y = _outputs(name, func, xs)
    if not isinstance(y, Tensor) or y.numel() != 1:
        what = f"shape {tuple(y.shape)}" if isinstance(y, Tensor) else f"a tuple of {len(y)}"
        raise RuntimeError(f"{name}: expected func to return a Tensor of one element, got {what}")
    return y


@enable_grad()
def vjp(
    func: Callable[..., Outputs],
    inputs: Inputs,
    v: Outputs | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Outputs, Inputs]:
    """Return what `func` returns, and the product of `v`, shaped like it, with the Jacobian.

    Where `func` returns one number, `v` may be left out.

    Examples
    --------
    >>> mg.autograd.functional.vjp(lambda x: x**2, mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    xs = _inputs("vjp", inputs, create_graph)
    outputs = _outputs("vjp", func, xs)
    vs = _vectors("vjp", v, outputs, "what func returns")
    products = _grads("vjp", outputs, xs, vs, create_graph, strict)
    return _result((outputs, _as_given(products, inputs)), create_graph)


@enable_grad()
def jvp(
    func: Callable[..., Outputs],
    inputs: Inputs,
    v: Inputs | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Outputs, Outputs]:
    """Return what `func` returns, and the product of the Jacobian with `v`, shaped like the inputs.

    Where the input is one number, `v` may be left out.

    Examples
    --------
    >>> mg.autograd.functional.jvp(lambda x: x**2, mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    xs = _inputs("jvp", inputs, create_graph)
    vs = _vectors("jvp", v, inputs, "the inputs")
    outputs = _outputs("jvp", func, xs)
    # the product with a vector from the left is linear in it: its derivative is the product from the right
    start = tuple(Tensor._wrap(np.zeros_like(y._data)).requires_grad_() for y in _tuple(outputs))
    backward = _grads("jvp", outputs, xs, start, True, strict)
    products = _grads("jvp", backward, start, vs, create_graph, False)
    return _result((outputs, _as_given(products, outputs)), create_graph)


def hvp(
    func: Number, inputs: Inputs, v: Inputs | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensor, Inputs]:
    """Return what `func` returns, one number, and the product of its Hessian with `v`, shaped like the inputs.

    Examples
    --------
    >>> mg.autograd.functional.hvp(lambda x: (x**3).sum(), mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    return _hessian_product("hvp", func, inputs, v, create_graph, strict)


def vhp(
    func: Number, inputs: Inputs, v: Inputs | None = None, create_graph: bool = False, strict: bool = False
) -> tuple[Tensor, Inputs]:
    """Return `hvp`: the Hessian is symmetric.

    Examples
    --------
    >>> mg.autograd.functional.vhp(lambda x: (x**3).sum(), mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    return _hessian_product("vhp", func, inputs, v, create_graph, strict)


@enable_grad()
def _hessian_product(name: str, func: Function, inputs: Any, v: Any, create_graph: bool, strict: bool) -> Any:
    xs = _inputs(name, inputs, create_graph)
    vs = _vectors(name, v, inputs, "the inputs")
    y = _one_number(name, func, xs)
    gradient = _grads(name, y, xs, (None,), True, strict)
    products = _grads(name, gradient, xs, vs, create_graph, strict)
    return _result((y, _as_given(products, inputs)), create_graph)
