"""The mechanism behind every gradient check: one function at one point, and questions about its gradients.

Backward gives the Jacobian row by row, central differences give it column by column. Besides that the two agree, there
is what a Jacobian does not show: backward has to be linear in the gradients that it is given, to give the same again,
and to leave what it is given alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrad.autograd.differentiation import grad
from minigrad.autograd.gradient_mistakes import Comparison
from minigrad.core.tensor import Tensor


class GradcheckError(RuntimeError):
    """A gradient is not the derivative."""

    __module__ = "minigrad.autograd.gradcheck"  # where it is raised and looked for


class ChangingOutputs(GradcheckError, AssertionError):
    """The function gives other outputs, not only other values, when its input moves a little."""


class Options(NamedTuple):
    """The options of gradient checks; `gradcheck` explains them."""

    eps: float = 1e-6
    atol: float = 1e-5
    rtol: float = 1e-3
    nondet_tol: float = 0.0
    check_undefined_grad: bool = True
    check_grad_dtypes: bool = False
    check_batched_grad: bool = False
    constants_too: bool = False  # outputs that don't require grad must be constant
    entries: int | None = None  # compare this many of each input and output, chosen at random

    def checked(self, name: str) -> Options:
        """Return these options if they make sense; `name` is what the user called."""
        if not self.eps > 0:
            raise ValueError(f"{name}: expected a step eps above 0, got {self.eps}")
        for option in ("atol", "rtol", "nondet_tol"):
            if not getattr(self, option) >= 0:
                raise ValueError(f"{name}: expected {option} >= 0, got {getattr(self, option)}")
        return self


class Fault(NamedTuple):
    """A fault besides wrong numbers, in backward from one output to one input or to all inputs."""

    output: int
    input: int | None
    text: str

    def __str__(self) -> str:
        place = f"output {self.output}" + ("" if self.input is None else f", input {self.input}")
        return f"{place}: {self.text}"


# relative: how closely a sum of gradients is the gradient of the sum
_LINEAR = {8: 1e-6, 4: 1e-3, 2: 1e-1}
# for -1.7 v + .6 w and so on: negative, large and small weights, and none
_WEIGHTS = ((-1.7, 0.6), (1e5, 0.0), (-1e-5, 0.0), (0.0, 0.0))


def outputs_of(func: Callable[..., Any], inputs: Sequence[Any]) -> list[Tensor]:
    """Return what a function returns, as a list of Tensors."""
    outputs = func(*inputs)
    several = [outputs] if not isinstance(outputs, (tuple, list)) else list(outputs)
    for i, o in enumerate(several):
        if not isinstance(o, Tensor):
            raise ValueError(f"gradcheck: expected the function to return Tensors, output {i} is {type(o).__name__}")
    return several


def is_checked(x: Any) -> bool:
    """Return whether it is a Tensor that requires grad."""
    return isinstance(x, Tensor) and x.requires_grad


class Check:
    """One function at one point."""

    def __init__(self, func: Callable[..., Any], inputs: tuple[Any, ...], options: Options) -> None:
        self.func, self.inputs, self.options = func, inputs, options
        self.rng = np.random.default_rng(0)  # the same verdict every time
        self.checked = [(i, x) for i, x in enumerate(inputs) if is_checked(x)]
        self._look_at_inputs()
        self.meddling: list[Fault] = []
        self.states = [x._data.copy() for _, x in self.checked]
        self.outputs = outputs_of(func, inputs)
        self._restore(0, "the function overwrites its input: let it work on a copy")
        self.differentiable = [j for j, o in enumerate(self.outputs) if o.requires_grad]
        # where nothing requires grad, everything must be constant
        everything = options.constants_too or not self.differentiable
        self.compared = [
            j for j, o in enumerate(self.outputs) if o.requires_grad or (everything and o.is_floating_point())
        ]
        self.seeds = {j: self.rng.standard_normal(self.outputs[j].shape) for j in self.differentiable}
        self.first = {j: self.gradients({j: v}) for j, v in self.seeds.items()}

    def _look_at_inputs(self) -> None:
        if not self.checked:
            raise ValueError("gradcheck: expected at least one input tensor that requires grad")
        for i, x in self.checked:
            if not x._data.flags.writeable or overlaps(x._data):
                raise RuntimeError(f"gradcheck: input {i} repeats its memory, as expand() does; use a clone()")
            for n, y in enumerate(self.inputs):
                if isinstance(y, Tensor) and y is not x and np.shares_memory(x._data, y._data):
                    raise RuntimeError(f"gradcheck: inputs {i} and {n} share memory; use a clone() of one of them")

    # ---- the two ways to a derivative ------------------------------------------------------------------------------

    def gradients(self, given: dict[int, np.ndarray], **options: Any) -> list[np.ndarray]:
        """Return what backward gives for each checked input where some outputs have these gradients."""
        given = {j: v for j, v in given.items() if self.outputs[j].requires_grad}
        lead = (len(next(iter(given.values()))),) if options.get("is_grads_batched") else ()
        if not given:
            return [np.zeros(x.shape) for _, x in self.checked]
        vs = [Tensor._wrap(_as(v, self.outputs[j])) for j, v in given.items()]
        before = [v._data.copy() for v in vs]
        try:
            found = self._grad([self.outputs[j] for j in given], vs, **options)
        except GradcheckError:
            raise
        except Exception as error:
            return self._without_undefined(given, error, **options)
        if any(not np.array_equal(v._data, b, equal_nan=True) for v, b in zip(vs, before, strict=True)):
            self._note(min(given), None, "backward changes the gradient that it is given in place; others may have it")
        self._restore(min(given), "backward changes the input in place")
        pairs = zip(found, self.checked, strict=True)
        return [
            np.zeros((*lead, *x.shape)) if g is None else np.array(g._data, dtype=np.float64) for g, (_, x) in pairs
        ]

    def _grad(self, outputs: list[Tensor], vs: list[Tensor], **options: Any) -> list[Tensor | None]:
        dtypes: dict[int, Any] = {}
        hooks = [x.register_hook(lambda g, i=i: dtypes.update({i: g.dtype})) for i, x in self.checked]
        try:
            found = grad(outputs, [x for _, x in self.checked], vs, True, allow_unused=True, **options)
        finally:
            for hook in hooks:
                hook.remove()
        for (i, x), g in zip(self.checked, found, strict=True):
            if g is not None and g.shape[bool(options.get("is_grads_batched")) :] != x.shape:
                raise GradcheckError(
                    f"gradcheck: the gradient for input {i} has shape {tuple(g.shape)}, expected {tuple(x.shape)}"
                )
            if self.options.check_grad_dtypes and dtypes.get(i, x.dtype) != x.dtype:
                raise GradcheckError(f"gradcheck: the gradient for input {i} is {dtypes[i]}, expected {x.dtype}")
        return list(found)

    def _without_undefined(self, given: dict[int, np.ndarray], error: Exception, **options: Any) -> list[np.ndarray]:
        """Try zeros in the place of undefined gradients, after backward failed for want of them."""
        if len(given) == len(self.differentiable) or options:
            raise error
        found = self.gradients({n: given.get(n, np.zeros(self.outputs[n].shape)) for n in self.differentiable})
        if self.options.check_undefined_grad:
            text = f"backward fails where the other outputs have no gradient ({error}): it has to take None as zeros"
            self._note(min(given), None, text)
        return found

    def differences(self, k: int, step: np.ndarray) -> list[np.ndarray]:
        """Return the change of each compared output along `step` of checked input `k`, divided by 2 eps."""
        (i, x), before, eps = self.checked[k], self.states[k], self.options.eps
        values = []
        try:
            for sign in (1, -1):
                # in place, and back again: the function may know this tensor by other ways than as its argument
                x._data[...] = before + sign * eps * step
                outputs = outputs_of(self.func, self.inputs)
                self._compare_kinds(outputs, i, step)
                values.append([outputs[j]._data.astype(np.float64) for j in self.compared])
        finally:
            x._data[...] = before
        with np.errstate(invalid="ignore"):  # inf - inf is reported as what it is
            return [(up - down) / (2 * eps) for up, down in zip(*values, strict=True)]

    def _compare_kinds(self, outputs: list[Tensor], i: int, step: np.ndarray) -> None:
        def kinds(tensors: list[Tensor]) -> list[str]:
            return [f"{tuple(o.shape)} {o._data.dtype}" for o in tensors]

        was, now = kinds(self.outputs), kinds(outputs)
        if was != now:
            places = np.argwhere(step)
            where = f" at {places[0].tolist()}" if len(places) == 1 and step.ndim else ""
            raise ChangingOutputs(
                f"gradcheck: the shape or dtype of the outputs depends on the values: they are {', '.join(was)}, and "
                f"{', '.join(now)} when input {i} is moved{where} by {self.options.eps:g}; there is no derivative there"
            )

    # ---- agreement -------------------------------------------------------------------------------------------------

    def comparisons(self) -> Iterator[Comparison]:
        """Yield the Jacobian of each output by each input both ways."""
        rows = {j: self._chosen(self.outputs[j].numel()) for j in self.compared}
        columns = [self._chosen(x.numel()) for _, x in self.checked]
        analytical = {j: self._rows(j, rows[j], columns) for j in self.compared}
        for k, (_, x) in enumerate(self.checked):
            steps = [_unit(x.shape, place) for place in columns[k]]
            found = [self.differences(k, step) for step in steps]
            for n, j in enumerate(self.compared):
                numerical = np.array([f[n].ravel()[rows[j]] for f in found]).reshape(len(columns[k]), len(rows[j])).T
                yield self._compared(k, j, rows[j], columns[k], analytical[j][k], numerical)

    def _chosen(self, count: int) -> np.ndarray:
        entries = self.options.entries
        if entries is None or count <= entries:
            return np.arange(count)
        return np.sort(self.rng.choice(count, entries, replace=False))

    def _rows(self, j: int, rows: np.ndarray, columns: list[np.ndarray]) -> list[np.ndarray]:
        """Return d output j / d input for each checked input: these rows and columns of it."""
        found = [self.gradients({j: _unit(self.outputs[j].shape, place)}) for place in rows]
        return [np.array([g[k].ravel()[c] for g in found]).reshape(len(rows), len(c)) for k, c in enumerate(columns)]

    def _compared(
        self, k: int, j: int, rows: np.ndarray, columns: np.ndarray, analytical: np.ndarray, numerical: np.ndarray
    ) -> Comparison:
        i, x = self.checked[k]
        return Comparison(
            i, j, analytical, numerical, tuple(x.shape), tuple(self.outputs[j].shape), rows, columns,
            lambda v: self.gradients({j: v})[k],
            lambda: outputs_of(self.func, self.inputs)[j]._data.astype(np.float64),
            x._data, self.options.eps, self.options.atol, self.options.rtol, j in self.differentiable,
        )  # fmt: skip

    def projections(self) -> Iterator[tuple[int, int, float, float, float]]:
        """``v @ J @ u`` both ways, for a random direction u and a random cotangent v, for each input and output.

        Gives the places of the input and the output, what backward and differences give, and what is allowed.
        """
        o = self.options
        vs = {j: self.rng.standard_normal(self.outputs[j].shape) for j in self.compared}
        analytical = {j: self.gradients({j: v}) for j, v in vs.items()}
        for k, (_, x) in enumerate(self.checked):
            u = self.rng.standard_normal(x.shape)
            u = np.asarray(u / max(np.linalg.norm(u), 1e-300))
            for j, along in zip(self.compared, self.differences(k, u), strict=True):
                a, n = float((analytical[j][k] * u).sum()), float((along * vs[j]).sum())
                # an error of atol in every entry of J makes as much
                yield k, j, a, n, o.atol * float(np.abs(u).sum() * np.abs(vs[j]).sum()) + o.rtol * abs(n)

    def wrong_projections(self) -> Iterator[Fault]:
        """Return the projections that differ by more than the tolerance."""
        o = self.options
        for k, j, a, n, allowed in self.projections():
            if not (abs(a - n) <= allowed or a == n):
                yield Fault(
                    j, self.checked[k][0], f"the gradient is wrong along a random direction: backward gives {a:.8g}, "
                    f"central differences give {n:.8g} (eps={o.eps:g}, atol={o.atol:g}, rtol={o.rtol:g})",
                )  # fmt: skip

    def locate(self, k: int, j: int) -> Comparison:
        """Return one wrong entry of the Jacobian, found by halving the projections that are wrong."""
        v = self.rng.standard_normal(self.outputs[j].shape)
        backward = self.gradients({j: v})[k].ravel()

        def off(columns: np.ndarray) -> float:
            u = np.zeros(self.states[k].size)
            u[columns] = self.rng.standard_normal(len(columns))
            along = self.differences(k, u.reshape(self.states[k].shape))[self.compared.index(j)]
            return abs(float(backward @ u) - float((along * v).sum()))

        columns = _halved(np.arange(backward.size), off)
        change = self.differences(k, _unit(self.states[k].shape, columns[0]))[self.compared.index(j)].ravel()

        def missed(rows: np.ndarray) -> float:
            w = np.zeros(v.size)
            w[rows] = v.ravel()[rows]
            return abs(float(self.gradients({j: w.reshape(v.shape)})[k].flat[columns[0]]) - float(change @ w))

        rows = _halved(np.arange(v.size), missed)
        analytical = self._rows(j, rows, [columns] * len(self.checked))[k]
        return self._compared(k, j, rows, columns, analytical, change[rows][:, None])

    # ---- what a Jacobian does not show -----------------------------------------------------------------------------

    def faults(self) -> Iterator[Fault]:
        """Return what is wrong with backward besides numbers, after the comparisons or without them."""
        tol = self.options.nondet_tol
        yield from self.meddling
        for j in self.differentiable:
            again = [self.gradients({j: self.seeds[j]}) for _ in range(2)]
            what = "a second backward through the same graph gives another gradient"
            yield from self._other(j, again[0], again[1], tol, what)
            what += ": does it look at what a later call of forward has changed?"
            yield from self._other(j, self.first[j], again[0], tol, what)
            yield from self.nonlinearities(j)
            yield from self._circumstances(j)
            if self.options.check_batched_grad:
                yield from self._batched(j)
        if self.options.check_undefined_grad and len(self.differentiable) > 1:
            yield from self._together()
        yield from self.meddling

    def nonlinearities(self, j: int) -> Iterator[Fault]:
        """Return where the gradient of a sum is not the sum of the gradients."""
        v, w = self.seeds[j], self.rng.standard_normal(self.outputs[j].shape)
        of_v, of_w = self.first[j], self.gradients({j: w})
        if not all(np.isfinite(g).all() for g in (*of_v, *of_w)):
            return
        exact = self.outputs[j].dtype == np.float64
        for p, q in _WEIGHTS if exact else _WEIGHTS[::3]:
            expected = [p * a + q * b for a, b in zip(of_v, of_w, strict=True)]
            tol = self._tolerance(j, *of_v, *of_w) * max(abs(p) + abs(q), 1e-3)
            found = list(
                self._other(j, expected, self.gradients({j: p * v + q * w}), tol, (
                    "backward is not linear in the gradient of the output: it should only be multiplied, and once; "
                    f"for {_sum(p, q)} it does not give that of what it gives for v and w"
                ))
            )  # fmt: skip
            if found:
                yield from found
                return

    def _circumstances(self, j: int) -> Iterator[Fault]:
        """Find gradients that depend on the memory layout of the given gradient, or on whether backward is recorded."""
        v = self.seeds[j]
        tol = self._tolerance(j, *self.first[j])
        one = np.broadcast_to(np.asarray(0.7), v.shape)
        for other, same, how in (
            (v.T.copy().T, v, "in another order in memory"),
            (one, one.copy(), "expanded from one number, as sum() gives it,"),
        ):
            text = (
                f"backward gives something else for the gradient of the output {how} than for the same numbers in a row"
            )
            try:
                found = self.gradients({j: other})
            except Exception as error:
                yield Fault(j, None, f"backward fails for a gradient of the output {how}: {error}")
                continue
            expected = self.first[j] if same is v else self.gradients({j: same})
            yield from self._other(j, expected, found, tol, text)
        try:
            recorded = self.gradients({j: v}, create_graph=True)
        except Exception:  # it has no second derivative, and says so
            return
        yield from self._other(j, self.first[j], recorded, tol, "backward gives something else with create_graph=True")

    def _batched(self, j: int) -> Iterator[Fault]:
        v, tol = self.seeds[j], self._tolerance(j, *self.first[j])
        batched = self.gradients({j: np.stack([v, 2 * v])}, is_grads_batched=True)
        for n in range(2):
            expected = [(n + 1) * g for g in self.first[j]]
            yield from self._other(j, expected, [b[n] for b in batched], tol, "batched, it differs")

    def _tolerance(self, j: int, *gradients: np.ndarray) -> float:
        """Return how closely gradients of this size, computed in two ways, must agree."""
        largest = max(1.0, *(float(np.abs(g).max(initial=0)) for g in gradients))
        return _LINEAR[self.outputs[j].dtype.itemsize] * largest + self.options.nondet_tol

    def _together(self) -> Iterator[Fault]:
        """Add up the gradients of several outputs; a missing one counts as zeros."""
        names = self.differentiable
        tol = max(self._tolerance(j, *self.first[j]) for j in names)
        everything = [np.sum(gs, 0) for gs in zip(*self.first.values(), strict=True)]
        for j in names:
            zeros = {n: self.seeds[j] if n == j else np.zeros(self.outputs[n].shape) for n in names}
            yield from self._other(
                j, self.first[j], self.gradients(zeros), tol,
                "leaving the other outputs out is not the same as giving them gradients of zeros",
            )  # fmt: skip
            others = self.gradients({n: self.seeds[n] for n in names if n != j})
            rest = [a - g for a, g in zip(everything, self.first[j], strict=True)]
            yield from self._other(j, rest, others, tol, "the gradients of the other outputs do not add up without it")
        together = self.gradients(self.seeds)
        yield from self._other(names[0], everything, together, tol, "the gradients of the outputs do not add up")

    def _other(self, j: int, a: list[np.ndarray], b: list[np.ndarray], tol: float, what: str) -> Iterator[Fault]:
        for (i, _), p, q in zip(self.checked, a, b, strict=True):
            if not np.allclose(p, q, rtol=0, atol=tol, equal_nan=True):
                with np.errstate(invalid="ignore"):
                    yield Fault(j, i, f"{what}, by up to {float(np.nanmax(np.abs(p - q))):.3g}")

    def _restore(self, j: int, text: str) -> None:
        """Give inputs that something has changed their values back, and note it."""
        for (i, x), state in zip(self.checked, self.states, strict=True):
            if not np.array_equal(x._data, state, equal_nan=True):
                x._data[...] = state
                self._note(j, i, text)

    def _note(self, j: int, i: int | None, text: str) -> None:
        if (fault := Fault(j, i, text)) not in self.meddling:
            self.meddling.append(fault)


def _halved(places: np.ndarray, error: Callable[[np.ndarray], float]) -> np.ndarray:
    """Return the one of `places` at which most of the error is."""
    while len(places) > 1:
        halves = np.array_split(places, 2)
        places = max(halves, key=error)
    return places


def _sum(p: float, q: float) -> str:
    terms = [f"{weight:g} {name}" for weight, name in ((p, "v"), (q, "w")) if weight]
    return " + ".join(terms) or "zeros"


def _unit(shape: Sequence[int], place: int) -> np.ndarray:
    step = np.zeros(tuple(shape))
    step.flat[place] = 1
    return step


def _as(v: np.ndarray, like: Tensor) -> np.ndarray:
    """Return `v` in a dtype, with its strides: what is expanded stays so, and is not copied."""
    return v if v.dtype == like.dtype and 0 in v.strides else np.array(v, like.dtype, order="K")


def overlaps(a: np.ndarray) -> bool:
    """Return whether several elements have one place in memory."""
    if a.size <= 1 or a.flags.c_contiguous or a.flags.f_contiguous:
        return False
    places = np.zeros(a.shape, np.int64)
    for dim, (size, stride) in enumerate(zip(a.shape, a.strides, strict=True)):
        places += np.arange(size).reshape(-1, *[1] * (a.ndim - dim - 1)) * stride
    return len(np.unique(places)) < a.size
