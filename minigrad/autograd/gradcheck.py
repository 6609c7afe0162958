"""gradcheck and gradgradcheck: is what backward computes the derivative? Finite differences know."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.autograd.differentiation import grad
from minigrad.tensor import Tensor

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """A gradient is not the derivative."""


class _Options(NamedTuple):
    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    check_undefined_grad: bool
    check_grad_dtypes: bool
    check_batched_grad: bool
    fast_mode: bool
    constants_too: bool = False  # outputs that don't require grad must be constant


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
        Raise where a check fails; else return False.
    nondet_tol : float, default 0
        How much two backward passes through one graph may differ.
    check_undefined_grad : bool, default True
        With several outputs: leaving one out of the loss must be the same as giving it a gradient of zeros.
    check_grad_dtypes : bool, default False
        Gradients must leave backward with the input's dtype.
    check_batched_grad : bool, default False
        ``grad(..., is_grads_batched=True)`` must give the same as one pass for each gradient.
    check_backward_ad : bool, default True
        Must be true, and `check_forward_ad`, `check_batched_forward_grad` and `masked` false: minigrad has no forward
        mode and no sparse tensors.
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
        pattern is that of a common mistake, which: such as a factor, a transpose, or a kink in the function.
    ValueError
        Where no input requires grad, or an option is refused.

    Examples
    --------
    >>> x = mg.tensor([0.5, 2.0], dtype=mg.float64, requires_grad=True)
    >>> mg.autograd.gradcheck(mg.exp, x)
    True
    """
    forward = {"check_forward_ad": check_forward_ad, "check_batched_forward_grad": check_batched_forward_grad}
    _refuse("gradcheck", **forward, masked=masked)
    if not check_backward_ad:
        raise ValueError("gradcheck: check_backward_ad=False leaves nothing to check, as there is no forward mode")
    options = _Options(
        eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, check_batched_grad, fast_mode
    )
    return _verdict(func, _as_tuple(inputs), options, raise_exception)


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
    given = _as_tuple(inputs)
    outputs = [o for o in _outputs_of(func, given) if o.requires_grad]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        cotangents = tuple(_random_like(o, rng, gen_non_contig_grad_outputs) for o in outputs)
    else:
        cotangents = _as_tuple(grad_outputs)
    if len(cotangents) != len(outputs):
        raise ValueError(
            f"gradgradcheck: got {len(cotangents)} grad_outputs for {len(outputs)} outputs that require grad"
        )

    def gradients(*args: Any) -> tuple[Tensor, ...]:
        xs, gs = args[: len(given)], args[len(given) :]
        ys = [o for o in _outputs_of(func, xs) if o.requires_grad]
        targets = [x for x in xs if _is_checked(x)]
        found = grad(ys, targets, gs, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    options = _Options(
        eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, check_batched_grad, fast_mode, True
    )
    return _verdict(gradients, (*given, *cotangents), options, raise_exception)


def _refuse(name: str, **options: Any) -> None:
    for option, value in options.items():
        if value:
            raise ValueError(f"{name}: {option}={value} is refused: minigrad has no forward mode and nothing sparse")


def _as_tuple(values: Any) -> tuple[Any, ...]:
    return (values,) if isinstance(values, Tensor) else tuple(values)


def _is_checked(x: Any) -> bool:
    return isinstance(x, Tensor) and x.requires_grad


def _random_like(t: Tensor, rng: np.random.Generator, permuted: bool) -> Tensor:
    shape = tuple(t.shape)
    values = rng.standard_normal(shape[::-1]).T if permuted else rng.standard_normal(shape)
    return Tensor._wrap(np.asarray(values).astype(t.dtype, order="K")).requires_grad_()


def _outputs_of(func: Callable[..., Any], inputs: Sequence[Any]) -> list[Tensor]:
    outputs = func(*inputs)
    outputs = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    for i, o in enumerate(outputs):
        if not isinstance(o, Tensor):
            raise ValueError(f"gradcheck: expected the function to return Tensors, output {i} is {type(o).__name__}")
    return outputs


def _verdict(func: Callable[..., Any], inputs: tuple[Any, ...], options: _Options, raise_exception: bool) -> bool:
    try:
        _Check(func, inputs, options).run()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


class _Check:
    """One function at one point, and everything that is asked of it."""

    def __init__(self, func: Callable[..., Any], inputs: tuple[Any, ...], options: _Options) -> None:
        self.func, self.inputs, self.options = func, inputs, options
        self.rng = np.random.default_rng(0)  # the same verdict every time
        self.checked = [(i, x) for i, x in enumerate(inputs) if _is_checked(x)]
        self._look_at_inputs()
        self.outputs = _outputs_of(func, inputs)
        self.differentiable = [j for j, o in enumerate(self.outputs) if o.requires_grad]
        # where nothing requires grad, everything must be constant
        everything = options.constants_too or not self.differentiable
        self.compared = [
            j for j, o in enumerate(self.outputs) if o.requires_grad or (everything and o.is_floating_point())
        ]

    def _look_at_inputs(self) -> None:
        if not self.checked:
            raise ValueError("gradcheck: expected at least one input tensor that requires grad")
        for i, x in self.checked:
            if x.dtype != np.float64:
                warnings.warn(
                    f"gradcheck: input {i} is {x.dtype}; differences of steps as small as these need float64, "
                    "so the check will likely fail: use .double()",
                    UserWarning,
                    stacklevel=5,
                )
            if not x._data.flags.writeable:
                raise RuntimeError(f"gradcheck: input {i} repeats its memory, as expand() does; use a clone()")

    def run(self) -> None:
        compare = self.compare_projections if self.options.fast_mode else self.compare_jacobians
        compare()
        self.check_passes()

    def gradients(self, j: int, v: np.ndarray) -> list[np.ndarray]:
        """What backward gives for each checked input when the gradient of output `j` is `v`."""
        output = self.outputs[j]
        if not output.requires_grad:
            return [np.zeros(x.shape) for _, x in self.checked]
        dtypes: dict[int, Any] = {}
        hooks = [x.register_hook(lambda g, i=i: dtypes.update({i: g.dtype})) for i, x in self.checked]
        try:
            found = grad(output, [x for _, x in self.checked], self._tensor(v, output), True, allow_unused=True)
        finally:
            for hook in hooks:
                hook.remove()
        for (i, x), g in zip(self.checked, found, strict=True):
            if g is not None and g.shape != x.shape:
                raise GradcheckError(
                    f"gradcheck: the gradient for input {i}, from output {j}, has shape {tuple(g.shape)}, "
                    f"expected {tuple(x.shape)}"
                )
            if self.options.check_grad_dtypes and dtypes.get(i, x.dtype) != x.dtype:
                raise GradcheckError(
                    f"gradcheck: the gradient for input {i}, from output {j}, is {dtypes[i]}, expected {x.dtype}"
                )
        pairs = zip(found, self.checked, strict=True)
        return [np.zeros(x.shape) if g is None else np.asarray(g._data, np.float64) for g, (_, x) in pairs]

    @staticmethod
    def _tensor(v: np.ndarray, like: Tensor) -> Tensor:
        return Tensor._wrap(np.asarray(v).astype(like.dtype))

    def differences(self, x: Tensor, step: np.ndarray) -> list[np.ndarray]:
        """How each compared output changes along `step`, divided by 2 eps."""
        before, eps = x._data.copy(), self.options.eps
        values = []
        try:
            for sign in (1, -1):
                # in place, and back again: the function may know this tensor by other ways than as its argument
                x._data[...] = before + sign * eps * step
                outputs = _outputs_of(self.func, self.inputs)
                values.append([outputs[j]._data.astype(np.float64) for j in self.compared])
        finally:
            x._data[...] = before
        with np.errstate(invalid="ignore"):  # inf - inf is reported as what it is
            return [(up - down) / (2 * eps) for up, down in zip(*values, strict=True)]

    def compare_jacobians(self) -> None:
        analytical = {j: self.analytical(j) for j in self.compared}
        for k, (_, x) in enumerate(self.checked):
            numerical = self.numerical(x)
            for j in self.compared:
                self.compare(k, x, j, analytical[j][k], numerical[j])

    def analytical(self, j: int) -> list[np.ndarray]:
        """d output j / d input, for each checked input: (elements of the output, elements of the input)."""
        shape = self.outputs[j].shape
        rows = []
        for place in range(self.outputs[j].numel()):
            v = np.zeros(shape)
            v.flat[place] = 1
            rows.append(self.gradients(j, v))
        sizes = [x.numel() for _, x in self.checked]
        return [np.array([row[k].ravel() for row in rows]).reshape(len(rows), n) for k, n in enumerate(sizes)]

    def numerical(self, x: Tensor) -> dict[int, np.ndarray]:
        """The same by differences, for each compared output."""
        columns = []
        for place in range(x.numel()):
            step = np.zeros(x.shape)
            step.flat[place] = 1
            columns.append(self.differences(x, step))
        return {
            j: np.array([c[n].ravel() for c in columns]).reshape(x.numel(), self.outputs[j].numel()).T
            for n, j in enumerate(self.compared)
        }

    def compare(self, k: int, x: Tensor, j: int, analytical: np.ndarray, numerical: np.ndarray) -> None:
        o = self.options
        wrong = ~np.isclose(analytical, numerical, rtol=o.rtol, atol=o.atol)
        if not wrong.any():
            return
        from minigrad.autograd.diagnosis import Disagreement, at, explain  # only for a gradient that is wrong

        found = Disagreement(
            analytical, numerical, wrong, tuple(x.shape), tuple(self.outputs[j].shape),
            lambda v: self.gradients(j, v)[k],
            lambda: _outputs_of(self.func, self.inputs)[j]._data.astype(np.float64),
            x._data, o.eps,
        )  # fmt: skip
        row, column = found.worst
        reason = f"; output {j} does not require grad, but is not constant"
        if j in self.differentiable:
            reason = f". Perhaps {reason}" if (reason := explain(found)) else ""
        raise GradcheckError(
            f"gradcheck: the gradient of output {j} for input {self.checked[k][0]} is wrong: {int(wrong.sum())} of "
            f"{wrong.size} entries disagree. The worst is d output{at(row, found.output)} / d "
            f"input{at(column, found.input)}: backward gives {analytical[row, column]:.8g}, central differences give "
            f"{numerical[row, column]:.8g} (eps={o.eps:g}, atol={o.atol:g}, rtol={o.rtol:g}){reason}"
        )

    def compare_projections(self) -> None:
        """``v @ J @ u`` both ways; where they differ, entry by entry, to say more."""
        o = self.options
        vs = {j: self.rng.standard_normal(self.outputs[j].shape) for j in self.compared}
        analytical = {j: self.gradients(j, v) for j, v in vs.items()}
        for k, (i, x) in enumerate(self.checked):
            u = self.rng.standard_normal(x.shape)
            u = np.asarray(u / max(np.linalg.norm(u), 1e-300))
            for j, along in zip(self.compared, self.differences(x, u), strict=True):
                a, n = float((analytical[j][k] * u).sum()), float((along * vs[j]).sum())
                # an error of atol in every entry of J makes as much
                atol = o.atol * float(np.abs(u).sum() * np.abs(vs[j]).sum())
                if not np.isclose(a, n, rtol=o.rtol, atol=atol):
                    self.compare_jacobians()
                    raise GradcheckError(
                        f"gradcheck: the gradient of output {j} for input {i} is wrong along a random direction: "
                        f"backward gives {a:.8g}, central differences give {n:.8g} (eps={o.eps:g}, atol={atol:g}, "
                        f"rtol={o.rtol:g}), although each entry by itself is within the tolerance"
                    )

    def check_passes(self) -> None:
        o = self.options
        for j in self.differentiable:
            v = self.rng.standard_normal(self.outputs[j].shape)
            first, again = self.gradients(j, v), self.gradients(j, v)
            self._same(j, first, again, o.nondet_tol, "a second backward through the same graph gives another gradient")
            small = 1e-9 * max(1.0, *(float(np.abs(g).max(initial=0)) for g in first))
            twice = [g / 2 for g in self.gradients(j, 2 * v)]
            self._same(j, first, twice, small + o.nondet_tol, "backward is not linear in the gradient of the output")
            if o.check_undefined_grad and len(self.differentiable) > 1:
                zeros = [v if n == j else np.zeros(self.outputs[n].shape) for n in self.differentiable]
                gs = [self._tensor(z, self.outputs[n]) for z, n in zip(zeros, self.differentiable, strict=True)]
                self._same(
                    j, first, self._grad([self.outputs[n] for n in self.differentiable], gs), 1e-9,
                    "leaving the other outputs out is not the same as giving them gradients of zeros",
                )  # fmt: skip
            if o.check_batched_grad:
                vs = np.stack([v, 2 * v])
                batched = self._grad([self.outputs[j]], [self._tensor(vs, self.outputs[j])], is_grads_batched=True)
                for n in range(2):
                    self._same(j, [(n + 1) * g for g in first], [b[n] for b in batched], 1e-9, "batched, it differs")

    def _grad(self, outputs: list[Tensor], gs: list[Tensor], **options: Any) -> list[np.ndarray]:
        lead = (len(gs[0]),) if options else ()
        found = grad(outputs, [x for _, x in self.checked], gs, True, allow_unused=True, **options)
        pairs = zip(found, self.checked, strict=True)
        return [np.zeros((*lead, *x.shape)) if g is None else g._data for g, (_, x) in pairs]

    def _same(self, j: int, a: list[np.ndarray], b: list[np.ndarray], tol: float, what: str) -> None:
        for (i, _), p, q in zip(self.checked, a, b, strict=True):
            if not np.allclose(p, q, rtol=0, atol=tol, equal_nan=True):
                worst = float(np.nanmax(np.abs(p - q)))
                raise GradcheckError(f"gradcheck: output {j}, input {i}: {what}, by up to {worst:.3g}")
