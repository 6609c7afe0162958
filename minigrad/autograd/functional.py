"""Derivatives of functions: Jacobians, Hessians, and their products with vectors, by ``torch.autograd.functional``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.autograd.differentiation import grad
from minigrad.autograd.grad_mode import enable_grad, set_grad_enabled
from minigrad.autograd.operation import registry
from minigrad.tensor import Tensor

Function = Callable[..., Any]


def _evaluated(name: str, func: Function, inputs: Any, create_graph: bool) -> tuple[tuple[Any, ...], Any]:
    """The inputs as they were given to `func`, and what it returned."""
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    for t in given:
        if not isinstance(t, Tensor):
            raise TypeError(f"{name}: expected a Tensor or a tuple of Tensors as inputs, got {type(t).__name__}")
    with enable_grad():
        xs = tuple(t.clone() if create_graph and t.requires_grad else t.detach().requires_grad_() for t in given)
        outputs = func(*xs)
    for t in outputs if isinstance(outputs, tuple) else (outputs,):
        if not isinstance(t, Tensor):
            raise TypeError(f"{name}: expected func to return a Tensor or a tuple of them, got {type(t).__name__}")
    return xs, outputs


def _grads(outputs: Any, xs: tuple[Any, ...], v: Any = None, *, create_graph: bool, strict: bool) -> tuple[Any, ...]:
    """`grad`, with zeros for what the outputs do not depend on, unless `strict`."""
    pairs = [(t, None if v is None else g) for t, g in zip(_tuple(outputs), _tuple(v, outputs), strict=True)]
    pairs = [(t, g) for t, g in pairs if t.requires_grad]
    if not pairs and not strict:
        return tuple(Tensor._wrap(np.zeros_like(x._data)) for x in xs)
    outs, starts = [t for t, _ in pairs] or list(_tuple(outputs)), [g for _, g in pairs] or None
    return grad(outs, xs, starts, retain_graph=True, create_graph=create_graph, materialize_grads=not strict)


def _tuple(values: Any, like: Any = None) -> tuple[Any, ...]:
    if values is None:
        return (None,) * len(_tuple(like))
    return values if isinstance(values, tuple) else (values,)


def _as_given(values: tuple[Any, ...], like: Any) -> Any:
    """A tuple if `like` is one, else the only value."""
    return values if isinstance(like, tuple) else values[0]


def _result(value: Any, create_graph: bool) -> Any:
    if isinstance(value, tuple):
        return tuple(_result(v, create_graph) for v in value)
    return value if create_graph else value.detach()


def jacobian(func: Function, inputs: Any, create_graph: bool = False, strict: bool = False) -> Any:
    """The derivative of each element of what `func` returns with respect to each element of the inputs.

    Parameters
    ----------
    func : function of Tensors that returns a Tensor, or a tuple of them
    inputs : Tensor or tuple of Tensors
    create_graph : bool, default False
        Record the computation, so that the result can be differentiated again.
    strict : bool, default False
        An input that an output does not depend on is an error, instead of a derivative of 0.

    Returns
    -------
    Tensor of the output's shape followed by the input's; for tuples of outputs or inputs, tuples of them

    Examples
    --------
    >>> mg.autograd.functional.jacobian(lambda x: x**2, mg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    xs, outputs = _evaluated("jacobian", func, inputs, create_graph)
    rows = []
    for y in _tuple(outputs):
        flat = y.reshape(-1)
        grads = [_grads(flat[i], xs, create_graph=create_graph, strict=strict) for i in range(flat.numel())]
        row = tuple(_stacked([g[j] for g in grads], y, x) for j, x in enumerate(xs))
        rows.append(_as_given(row, inputs))
    return _result(_as_given(tuple(rows), outputs), create_graph)


def _stacked(grads: list[Any], y: Any, x: Any) -> Any:
    return (registry["stack"].call(grads, 0) if grads else x.new_empty(0)).reshape(*y.shape, *x.shape)


def hessian(func: Function, inputs: Any, create_graph: bool = False, strict: bool = False) -> Any:
    """The second derivatives of a function that returns one number, with the parameters of `jacobian`.

    Returns
    -------
    Tensor of the input's shape twice; for a tuple of inputs, a tuple of tuples

    Examples
    --------
    >>> mg.autograd.functional.hessian(lambda x: (x**3).sum(), mg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def gradient(*xs: Any) -> Any:
        return _as_given(_grads(_one_number("hessian", func(*xs)), xs, create_graph=True, strict=strict), inputs)

    return jacobian(gradient, inputs, create_graph, strict)


def _one_number(name: str, y: Any) -> Any:
    if not isinstance(y, Tensor) or y.numel() != 1:
        what = f"shape {tuple(y.shape)}" if isinstance(y, Tensor) else type(y).__name__
        raise RuntimeError(f"{name}: expected func to return a Tensor of one element, got {what}")
    return y


def vjp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """What `func` returns, and the product of `v`, which is shaped like it, with the Jacobian.

    Examples
    --------
    >>> mg.autograd.functional.vjp(lambda x: x**2, mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    xs, outputs = _evaluated("vjp", func, inputs, create_graph)
    products = _grads(outputs, xs, v, create_graph=create_graph, strict=strict)
    return _result((outputs, _as_given(products, inputs)), create_graph)


def jvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """What `func` returns, and the product of the Jacobian with `v`, which is shaped like the inputs.

    Examples
    --------
    >>> mg.autograd.functional.jvp(lambda x: x**2, mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    xs, outputs = _evaluated("jvp", func, inputs, create_graph)
    # the product with a vector from the left is linear in it: its derivative is the product from the right
    start = tuple(Tensor._wrap(np.zeros_like(y._data)).requires_grad_() for y in _tuple(outputs))
    backward = _grads(outputs, xs, start, create_graph=True, strict=strict)
    products = _grads(backward, start, v, create_graph=create_graph, strict=False)
    return _result((outputs, _as_given(products, outputs)), create_graph)


def hvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """What `func` returns, one number, and the product of its Hessian with `v`, which is shaped like the inputs.

    Examples
    --------
    >>> mg.autograd.functional.hvp(lambda x: (x**3).sum(), mg.tensor([1.0, 2.0]), mg.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    xs, y = _evaluated("hvp", func, inputs, create_graph)
    gradient = _grads(_one_number("hvp", y), xs, create_graph=True, strict=strict)
    products = _grads(gradient, xs, v, create_graph=create_graph, strict=False)
    return _result((y, _as_given(products, inputs)), create_graph)


vhp = hvp  # the Hessian is symmetric
