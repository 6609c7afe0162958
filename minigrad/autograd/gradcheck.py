"""gradcheck and gradgradcheck: comparing what backward computes with finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrad.autograd.checking import Check, GradcheckError, Options, is_checked, outputs_of
from minigrad.autograd.differentiation import grad
from minigrad.autograd.forward_ad import dual_level, make_dual, unpack_dual
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import no_grad
from minigrad.lazy_names import called_as

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the gradients of `func` with central differences, ``(f(x + eps) - f(x - eps)) / (2 eps)``.

    Besides that, backward must be linear in the gradients that it is given, give the same twice and however these lie
    in memory, and change neither them nor the inputs. `minigrad.testing.check_gradients` reports on every input.

    Parameters
    ----------
    func : callable
        Takes `inputs`, returns a tensor or several. Outputs that don't require grad are not checked, unless none does.
    inputs : Tensor or sequence
        Those tensors that require grad are checked; they should be float64, float32 is too coarse for these tolerances.
    eps : float, default 1e-6
        The step.
    atol, rtol : float, default 1e-5 and 1e-3
        An entry passes where ``|backward - differences| <= atol + rtol * |differences|``.
    raise_exception : bool, default True
        Raise if a check fails; else return False.
    nondet_tol : float, default 0
        How much two backward passes through one graph may differ.
    check_undefined_grad : bool, default True
        With several outputs: leaving one out of the loss must be the same as giving it a gradient of zeros, and the
        gradients of all of them must add up.
    check_grad_dtypes : bool, default False
        Gradients must leave backward with the input's dtype.
    check_batched_grad : bool, default False
        ``grad(..., is_grads_batched=True)`` must give the same as one pass for each gradient.
    check_backward_ad : bool, default True
        Whether what this is about is checked at all. `check_batched_forward_grad` and `masked` must be false.
    check_forward_ad : bool, default False
        The tangents of `minigrad.autograd.forward_ad`, one for each entry of the inputs, must be the derivatives too.
    fast_mode : bool, default False
        Compare ``v @ J @ u`` for a random direction u and a random cotangent v instead of each entry of the Jacobian J.

    Returns
    -------
    bool
        True where all checks pass.

    Raises
    ------
    GradcheckError
        Naming the input, the output, the worst entry with both numbers, how many entries disagree, and where the
        pattern is that of a common mistake, which: such as a factor, a transpose, or a kink in the function. Also where
        the shape, dtype or number of the outputs changes as an input moves by `eps`; that is an AssertionError, too.
    ValueError
        If no input requires grad, or an option is refused.

    Examples
    --------
    >>> x = mg.tensor([0.5, 2.0], dtype=mg.float64, requires_grad=True)
    >>> mg.autograd.gradcheck(mg.exp, x)
    True
    """
    _refuse("gradcheck", check_batched_forward_grad=check_batched_forward_grad, masked=masked)
    if not check_backward_ad and not check_forward_ad:
        raise ValueError("gradcheck: check_backward_ad=False and check_forward_ad=False leave nothing to check")
    if check_forward_ad and not _forward_verdict(func, _as_tuple(inputs), eps, atol, rtol, raise_exception):
        return False
    if not check_backward_ad:
        return True
    options = Options(eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, check_batched_grad)
    return _verdict(func, _as_tuple(inputs), options.checked("gradcheck"), fast_mode, raise_exception)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Compare the second derivatives of `func` with central differences of its gradients.

    What is checked, as `gradcheck` does, is the function ``(inputs, grad_outputs) -> gradients of the inputs``. A
    gradient that does not require grad must be constant: here a backward that forgets its history is found out.

    Parameters
    ----------
    func, inputs, and what is not named here : as for `gradcheck`
    grad_outputs : Tensor or sequence of Tensors, optional
        One for each output that requires grad. By default random numbers.
    gen_non_contig_grad_outputs : bool, default False
        The random numbers do not lie in memory in the order of the indices.
    check_rev_over_rev : bool, default True
        Must be true, and `check_fwd_over_rev` and `masked` false.

    Returns
    -------
    bool

    Raises
    ------
    GradcheckError, ValueError
        As `gradcheck`.

    Examples
    --------
    >>> x = mg.tensor([0.5, 2.0], dtype=mg.float64, requires_grad=True)
    >>> mg.autograd.gradgradcheck(lambda x: x**3, x)
    True
    """
    _refuse("gradgradcheck", check_fwd_over_rev=check_fwd_over_rev, masked=masked)
    if not check_rev_over_rev:
        raise ValueError("gradgradcheck: check_rev_over_rev=False leaves nothing to check, as there is no forward mode")
    options = Options(eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, check_batched_grad, True)
    options.checked("gradgradcheck")
    given = _as_tuple(inputs)
    outputs = [o for o in outputs_of(func, given) if o.requires_grad]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        cotangents = tuple(_random_like(o, rng, gen_non_contig_grad_outputs) for o in outputs)
    else:
        cotangents = _as_tuple(grad_outputs)
    if len(cotangents) != len(outputs):
        raise ValueError(
            f"gradgradcheck: got {len(cotangents)} grad_outputs for {len(outputs)} outputs that require grad"
        )
    second = derivative(func, len(given))
    return _verdict(second, (*given, *cotangents), options, fast_mode, raise_exception, func, len(given))


def _forward_verdict(
    func: Callable[..., Any], inputs: tuple[Any, ...], eps: float, atol: float, rtol: float, raise_exception: bool
) -> bool:
    """Return whether the tangents of the outputs are what differences give, for each entry of each input."""
    for i, x in enumerate(inputs):
        for place in np.ndindex(tuple(x.shape)) if is_checked(x) else ():
            direction = np.zeros(tuple(x.shape), x.dtype)
            direction[place] = 1

            def called(x: Any, i: int = i) -> list[Tensor]:
                return outputs_of(func, (*inputs[:i], x, *inputs[i + 1 :]))

            with no_grad():
                high, low = (called(x + Tensor._wrap(step * direction)) for step in (eps, -eps))
            with dual_level():
                tangents = [unpack_dual(y).tangent for y in called(make_dual(x, Tensor._wrap(direction)))]
            for o, (a, b, t) in enumerate(zip(high, low, tangents, strict=True)):
                differences = (a._data - b._data) / (2 * eps)
                got = np.zeros_like(differences) if t is None else t.numpy(force=True)
                if not np.allclose(got, differences, rtol, atol):
                    if not raise_exception:
                        return False
                    raise GradcheckError(
                        f"gradcheck: the tangent of output {o} for entry {place} of input {i} is {got}, differences "
                        f"give {differences}"
                    )
    return True


def _refuse(name: str, **options: Any) -> None:
    for option, value in options.items():
        if value:
            raise ValueError(f"{name}: {option}={value} is refused: minigrad has no forward mode and nothing sparse")


def _as_tuple(values: Any) -> tuple[Any, ...]:
    return (values,) if isinstance(values, Tensor) else tuple(values)


def _random_like(t: Tensor, rng: np.random.Generator, permuted: bool) -> Tensor:
    shape = tuple(t.shape)
    values = rng.standard_normal(shape[::-1]).T if permuted else rng.standard_normal(shape)
    return Tensor._wrap(np.asarray(values).astype(t.dtype, order="K")).requires_grad_()


def derivative(func: Callable[..., Any], count: int) -> Callable[..., tuple[Tensor, ...]]:
    """Return the function ``(inputs, gradients of the outputs) -> gradients of the inputs`` of `count` inputs."""

    def gradients(*args: Any) -> tuple[Tensor, ...]:
        xs, gs = args[:count], args[count:]
        ys = [o for o in outputs_of(func, xs) if o.requires_grad]
        # None would be left out of what is checked; zeros must stay zeros
        found = grad(ys, [x for x in xs if is_checked(x)], gs, create_graph=True, materialize_grads=True)
        return tuple(g for g in found if g is not None)

    return gradients


def _verdict(
    func: Callable[..., Any], inputs: tuple[Any, ...], options: Options, fast: bool, raise_exception: bool,
    first: Callable[..., Any] | None = None, count: int = 0,
) -> bool:  # fmt: skip
    """Return whether `func` is right, and so are the gradients of `first`, whose derivative it is."""
    _warn_of_float32(inputs)
    try:
        check = Check(func, inputs, options)
        if not fast:
            _agree(check)
        for fault in check.wrong_projections() if fast else ():
            _agree(check)
            raise GradcheckError(f"gradcheck: {fault}, although each entry by itself is within the tolerance")
        for fault in check.faults():
            raise GradcheckError(f"gradcheck: {fault}")
        if first is not None:
            lower = Check(first, inputs[:count], options)
            for fault in [fault for j in lower.differentiable for fault in lower.nonlinearities(j)]:
                raise GradcheckError(f"gradgradcheck: {fault}")
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _agree(check: Check) -> None:
    for comparison in check.comparisons():
        if not comparison.passed:
            raise GradcheckError(f"gradcheck: {comparison}")


def _warn_of_float32(inputs: tuple[Any, ...]) -> None:
    for i, x in enumerate(inputs):
        if is_checked(x) and x.dtype != np.float64:
            warnings.warn(
                f"gradcheck: input {i} is {x.dtype}; differences of steps as small as these need float64, "
                "so the check will likely fail: use .double()",
                UserWarning,
                stacklevel=4,
            )


called_as(__name__, gradcheck)
