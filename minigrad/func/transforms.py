"""Derivatives of functions of trees of Tensors.

Each level has inputs of its own, whose gradients are asked for. What it returns belongs to the graph outside only as
far as it depends on a leaf from outside, so that levels may be nested.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from minigrad.autograd import differentiation
from minigrad.core.tensor import Tensor
from minigrad.func import trees
from minigrad.graph.engine import leads_outside
from minigrad.graph.grad_mode import enable_grad, is_grad_enabled
from minigrad.ops.joining import stack

Function = Callable[..., Any]


def _gradients(outputs: Sequence[Tensor], inputs: Sequence[Tensor], starts: Sequence[Any]) -> list[Tensor]:
    """Return gradients with their graph, and zeros that belong to none for inputs that `outputs` do not depend on."""
    found = differentiation.grad(outputs, inputs, starts, create_graph=True, allow_unused=True)
    return [t.detach().new_zeros(t.shape) if g is None else g for t, g in zip(inputs, found, strict=True)]


class _Level:
    """The inputs of one derivative: they stand for the caller's, and share memory with them."""

    def __init__(self, name: str, tree: Any) -> None:
        self.name, self.recorded, self.inputs = name, is_grad_enabled(), []
        for t in trees.leaves(tree):
            if not isinstance(t, Tensor):
                raise RuntimeError(f"{name}: expected Tensors to differentiate with respect to, got {type(t).__name__}")
            with enable_grad():
                self.inputs.append(t.view(t.shape) if t.requires_grad else t.detach().requires_grad_())
        self.own = {t for t in self.inputs if t.is_leaf}
        self.given = trees.replaced(tree, self.inputs)

    def grads(self, outputs: Sequence[Tensor], starts: Sequence[Any]) -> list[Tensor]:
        """Return the gradients of the inputs; zeros for those that `outputs` do not depend on."""
        pairs = [(y, v) for y, v in zip(outputs, starts, strict=True) if y.requires_grad]
        if not pairs:
            return [t.detach().new_zeros(t.shape) for t in self.inputs]
        ys, vs = zip(*pairs, strict=True)
        return _gradients(ys, self.inputs, vs)

    def outside(self, tree: Any) -> Any:
        """Return results as those outside see them: without a history if it ends in this level, or in those within."""
        for leaf in self.own:
            leaf._ended = True
        return trees.map_leaves(self._outside, tree)

    def _outside(self, value: Any) -> Any:
        if not isinstance(value, Tensor) or not value.requires_grad:
            return value
        return value if self.recorded and leads_outside(value._grad_target(), self.own) else value.detach()


def _chosen(name: str, argnums: int | tuple[int, ...], args: tuple[Any, ...]) -> Any:
    """Return the arguments to differentiate with respect to, one or a tuple."""
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"{name}: expected argnums to be an int or a tuple of them, got {type(argnums).__name__}")
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not numbers:
        raise RuntimeError(f"{name}: argnums is empty, so there is nothing to differentiate with respect to")
    if any(not -len(args) <= n < len(args) for n in numbers):
        raise RuntimeError(f"{name}: got argnums={argnums}, but the function is called with {len(args)} arguments")
    if len({n % len(args) for n in numbers}) < len(numbers):
        raise RuntimeError(f"{name}: argnums={argnums} names an argument twice")
    return tuple(args[n] for n in numbers) if isinstance(argnums, tuple) else args[argnums]


def _with(args: tuple[Any, ...], argnums: int | tuple[int, ...], chosen: Any) -> list[Any]:
    """Return the arguments with others in the chosen places."""
    result = list(args)
    for n, value in zip(argnums, chosen, strict=True) if isinstance(argnums, tuple) else ((argnums, chosen),):
        result[n] = value
    return result


def _split(name: str, result: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{name}: has_aux=True, so the function has to return a tuple of two, (output, aux)")
    return result


def _tensors(name: str, tree: Any) -> list[Tensor]:
    found = trees.leaves(tree)
    for t in found:
        if not isinstance(t, Tensor):
            raise RuntimeError(f"{name}: expected the function to return Tensors, got {type(t).__name__}")
    return found


def grad(func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Function:
    """Return the function that computes the gradient of `func`, which returns one number.

    Parameters
    ----------
    func : function
        Of Tensors, or nested dicts, lists and tuples of them. It returns a 0-dim Tensor.
    argnums : int or tuple of ints, default 0
        The arguments with respect to which the gradient is taken.
    has_aux : bool, default False
        `func` returns a pair, the second part of which is handed on: the result is ``(gradient, aux)``.

    Raises
    ------
    RuntimeError
        By the returned function, if argnums don't fit or `func` returns something else.

    Examples
    --------
    >>> mg.func.grad(mg.func.grad(mg.sin))(mg.tensor(0.5)) == -mg.sin(mg.tensor(0.5))
    tensor(True)
    """

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        grads, value = _grad_and_value("grad", func, argnums, has_aux, args, kwargs)
        return (grads, value[1]) if has_aux else grads

    return gradient


def grad_and_value(func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Function:
    """Return the function that computes `grad` and what `func` returns, as a pair.

    With `has_aux` that is ``(gradient, (value, aux))``.

    Examples
    --------
    >>> mg.func.grad_and_value(lambda x: x**2)(mg.tensor(3.0))
    (tensor(6.), tensor(9.))
    """

    @functools.wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        return _grad_and_value("grad_and_value", func, argnums, has_aux, args, kwargs)

    return both


def _grad_and_value(name: str, func: Function, argnums: Any, has_aux: bool, args: Any, kwargs: Any) -> tuple[Any, Any]:
    chosen = _chosen(name, argnums, args)
    level = _Level(name, chosen)
    with enable_grad():
        value, aux = _split(name, func(*_with(args, argnums, level.given), **kwargs), has_aux)
        if not isinstance(value, Tensor):
            raise RuntimeError(f"{name}: expected the function to return a Tensor, got {type(value).__name__}")
        if value.ndim:
            raise RuntimeError(f"{name}: expected the function to return one number, got shape {tuple(value.shape)}")
        grads = trees.replaced(chosen, level.grads([value], [None]))
    return level.outside(grads), level.outside((value, aux) if has_aux else value)


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """Return what `func` returns for `primals`, and the function that multiplies a vector with the Jacobian.

    Parameters
    ----------
    func, has_aux : as for `grad`, but any Tensors may be returned
    *primals : Tensors, or nested dicts, lists and tuples of them

    Returns
    -------
    ``(output, vjp_fn)``, or ``(output, vjp_fn, aux)``
        ``vjp_fn`` takes what is shaped like the output, and returns a tuple of what is shaped like the primals, or, for
        one primal, that.

    Examples
    --------
    >>> output, vjp_fn = mg.func.vjp(mg.sin, mg.zeros(2))
    >>> vjp_fn(mg.tensor([1.0, 2.0]))
    (tensor([1., 2.]),)
    """
    level, outputs, aux = _called("vjp", func, primals, has_aux)
    flat = _tensors("vjp", outputs)

    def vjp_fn(*cotangents: Any, **_: Any) -> Any:
        given = cotangents[0] if len(cotangents) == 1 and not _is_tuple_of_one(outputs) else cotangents
        if len(cotangents) == 1 and trees.same_shape(cotangents[0], outputs):
            given = cotangents[0]
        if not trees.same_shape(given, outputs):
            raise RuntimeError("vjp: expected cotangents of the structure that func returned")
        starts = _fitting("vjp", "cotangents", trees.leaves(given), flat)
        recorded = is_grad_enabled()
        with enable_grad():
            grads = trees.replaced(primals, level.grads(flat, starts))
        level.recorded = recorded
        return level.outside(grads)

    results = level.outside(outputs), vjp_fn
    return (*results, level.outside(aux)) if has_aux else results


def _is_tuple_of_one(tree: Any) -> bool:
    return isinstance(tree, tuple) and len(tree) == 1


def _called(name: str, func: Function, primals: tuple[Any, ...], has_aux: bool) -> tuple[_Level, Any, Any]:
    level = _Level(name, primals)
    with enable_grad():
        return level, *_split(name, func(*level.given), has_aux)


def _fitting(name: str, what: str, vectors: list[Any], like: Sequence[Tensor]) -> list[Any]:
    for v, t in zip(vectors, like, strict=True):
        if not isinstance(v, Tensor) or v.shape != t.shape:
            got = tuple(v.shape) if isinstance(v, Tensor) else type(v).__name__
            raise RuntimeError(f"{name}: expected {what} of shape {tuple(t.shape)}, got {got}")
    return vectors


def jvp(
    func: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, strict: bool = False, has_aux: bool = False
) -> tuple[Any, ...]:
    """Return what `func` returns for `primals`, and the product of the Jacobian with `tangents`.

    The product with a vector from the left is linear in it, and its derivative is the product from the right: this
    takes two backwards.

    Parameters
    ----------
    func, has_aux : as for `vjp`
    primals, tangents : tuples of the same structure
    strict : bool, default False
        An output that does not depend on the primals is an error, instead of a product of 0.

    Returns
    -------
    ``(output, product)``, or ``(output, product, aux)``

    Raises
    ------
    RuntimeError
        If primals and tangents are no tuples, or their structures or shapes differ.

    Examples
    --------
    >>> mg.func.jvp(lambda x: x**2, (mg.tensor([1.0, 2.0]),), (mg.tensor([1.0, 10.0]),))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    for what, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple):
            raise RuntimeError(f"jvp: expected {what} to be a tuple, got {type(given).__name__}")
    if not trees.same_shape(primals, tangents):
        raise RuntimeError("jvp: expected primals and tangents of the same structure")
    level, outputs, aux = _called("jvp", func, primals, has_aux)
    flat = _tensors("jvp", outputs)
    vectors = _fitting("jvp", "tangents", trees.leaves(tangents), level.inputs)
    if strict and not all(y.requires_grad for y in flat):
        raise RuntimeError("jvp: an output does not depend on the primals, which strict=True does not allow")
    with enable_grad():
        starts = [y.detach().new_zeros(y.shape).requires_grad_(y.is_floating_point()) for y in flat]
        level.own.update(starts)
        products = _pushed(level.grads(flat, starts), starts, vectors)
    results = level.outside(outputs), level.outside(trees.replaced(outputs, products))
    return (*results, level.outside(aux)) if has_aux else results


def linearize(func: Function, *primals: Any) -> tuple[Any, Function]:
    """Return what `func` returns for `primals`, and the function that multiplies its Jacobian there with tangents.

    `func` is called, and differentiated once, by this; each product then takes one backward.

    Parameters
    ----------
    func : function
        Of Tensors, or nested dicts, lists and tuples of them. It returns such.
    *primals : what it is called with

    Returns
    -------
    ``(output, jvp_fn)``
        ``jvp_fn`` takes tangents as `func` takes primals, and returns the product, in the structure of the output.

    Raises
    ------
    RuntimeError
        By ``jvp_fn``, if the structures or shapes of tangents and primals differ.

    Examples
    --------
    >>> output, jvp_fn = mg.func.linearize(lambda x: x**2, mg.tensor([1.0, 2.0]))
    >>> jvp_fn(mg.tensor([1.0, 0.0])), jvp_fn(mg.tensor([1.0, 10.0]))
    (tensor([2., 0.]), tensor([ 2., 40.]))
    """
    level, outputs, _ = _called("linearize", func, primals, False)
    flat = _tensors("linearize", outputs)
    with enable_grad():
        starts = [y.detach().new_zeros(y.shape).requires_grad_(y.is_floating_point()) for y in flat]
        level.own.update(starts)
        backward = level.grads(flat, starts)

    def jvp_fn(*tangents: Any) -> Any:
        if not trees.same_shape(primals, tangents):
            raise RuntimeError("linearize: expected tangents of the structure of the primals")
        vectors = _fitting("linearize", "tangents", trees.leaves(tangents), level.inputs)
        with enable_grad():
            products = _pushed(backward, starts, vectors)
        return level.outside(trees.replaced(outputs, products))

    return level.outside(outputs), jvp_fn


def _pushed(backward: list[Tensor], starts: list[Tensor], vectors: list[Tensor]) -> list[Any]:
    """Return the derivative of `backward`, linear in `starts`, times `vectors`."""
    pairs = [(g, v) for g, v in zip(backward, vectors, strict=True) if g.requires_grad]
    floating = [s for s in starts if s.requires_grad]
    if not pairs or not floating:
        return [s.detach() for s in starts]
    gs, vs = zip(*pairs, strict=True)
    found = iter(_gradients(gs, floating, vs))
    return [next(found) if s.requires_grad else s for s in starts]


def jacrev(
    func: Function,
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Function:
    """Return the function that computes the Jacobian of `func`, row by row.

    Parameters
    ----------
    func, argnums, has_aux : as for `grad`, but any Tensors may be returned
    chunk_size : accepted, as PyTorch does

    Returns
    -------
    function
        It returns, in the structure of what `func` returns, and within that of the arguments chosen, Tensors of the
        output's shape followed by the input's.

    Examples
    --------
    >>> mg.func.jacrev(lambda x: x**2)(mg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    return _jacobian("jacrev", func, argnums, has_aux)


def jacfwd(
    func: Function, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Function:
    """Return `jacrev`: gradients are computed backwards only, so this is no quicker where there are more rows.

    Raises
    ------
    RuntimeError, TypeError
        As `jacrev`.

    Examples
    --------
    >>> mg.func.jacfwd(mg.sin)(mg.zeros(()))
    tensor(1.)
    """
    return _jacobian("jacfwd", func, argnums, has_aux)


def _jacobian(name: str, func: Function, argnums: Any, has_aux: bool) -> Function:
    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        chosen = _chosen(name, argnums, args)
        level = _Level(name, chosen)
        with enable_grad():
            outputs, aux = _split(name, func(*_with(args, argnums, level.given), **kwargs), has_aux)
            _tensors(name, outputs)
            result = trees.map_leaves(lambda y: trees.replaced(chosen, _rows(level, y)), outputs)
        return (level.outside(result), level.outside(aux)) if has_aux else level.outside(result)

    return jacobian


def _rows(level: _Level, y: Tensor) -> list[Tensor]:
    """Return the derivatives of all elements of `y` with respect to each input."""
    flat = y.reshape(-1)
    rows = [level.grads([flat[i]], [None]) for i in range(flat.numel())]
    if not rows:
        return [t.detach().new_zeros((*y.shape, *t.shape)) for t in level.inputs]
    return [stack(list(c), 0).reshape((*y.shape, *c[0].shape)) for c in zip(*rows, strict=True)]


def hessian(func: Function, argnums: int | tuple[int, ...] = 0) -> Function:
    """Return the function that computes the second derivatives of `func`, the Jacobian of its Jacobian.

    Examples
    --------
    >>> mg.func.hessian(lambda x: (x**3).sum())(mg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def functionalize(func: Function, *, remove: str = "mutations") -> Function:
    """Return `func` itself: functions run as they are written here.

    Raises
    ------
    RuntimeError
        If `remove` is neither "mutations" nor "mutations_and_views".

    Examples
    --------
    >>> mg.func.functionalize(mg.sin) is mg.sin
    True
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(f"functionalize: expected 'mutations' or 'mutations_and_views' as remove, got {remove!r}")
    return func
