"""L-BFGS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from minigrad.autograd import enable_grad
from minigrad.core.tensor import Tensor
from minigrad.kernels.errstate import silent
from minigrad.kernels.summation import single
from minigrad.optim.line_search import Point, strong_wolfe
from minigrad.optim.optimizer import Optimizer, as_tensor
from minigrad.optim.options import as_number, check_not_negative

LEAST_CURVATURE = 1e-10  # of a step that is worth remembering
LEAST_BRACKET = 1e-9  # a line search between nearer ends has nothing to find


class LBFGS(Optimizer):
    """L-BFGS: steps by the curvature that the last gradients show (Liu and Nocedal, 1989). For whole batches.

    Each `step` makes up to `max_iter` iterations, and evaluates its closure up to `max_eval` times.

    Parameters
    ----------
    params : iterable of Tensor, or of (name, Tensor)
        There can be only one group.
    lr : float or Tensor
        The step size, or where a line search begins.
    max_iter : int
    max_eval : int, optional
        By default ``max_iter * 5 // 4``.
    tolerance_grad : float
        Stop when no element of the gradient is greater.
    tolerance_change : float
        Stop when the parameters or the loss change by less.
    history_size : int
        How many steps are remembered.
    line_search_fn : {'strong_wolfe'}, optional

    Raises
    ------
    ValueError
        For a negative lr, or several parameter groups.
    RuntimeError
        In `step`, for another line search.

    Examples
    --------
    >>> w = mg.tensor([-1.0, 2.0], requires_grad=True)
    >>> optimizer = optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(3):
    ...     loss = optimizer.step(closure)
    >>> w.allclose(mg.ones(2), atol=1e-3)
    True
    """

    _keeps = frozenset({
        "func_evals", "n_iter", "d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss", "al",
    })  # fmt: skip
    _elementwise = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_not_negative("LBFGS", lr=lr)
        numbers = dict(
            max_iter=max_iter, max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
            tolerance_grad=tolerance_grad, tolerance_change=tolerance_change, history_size=history_size,
        )  # fmt: skip
        for name, value in numbers.items():
            as_number("LBFGS", name, value)
        super().__init__(params, {"lr": lr, **numbers, "line_search_fn": line_search_fn})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        if self.param_groups:
            raise ValueError("LBFGS: expected one parameter group, got more; its steps are of all parameters together")
        super().add_param_group(param_group)

    @silent
    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Make up to ``max_iter`` iterations.

        Parameters
        ----------
        closure : callable
            Computes the loss anew, with its gradients.

        Returns
        -------
        What `closure` returned first.
        """
        if not callable(closure):
            raise TypeError(f"LBFGS.step: expected a function that computes the loss, got {type(closure).__name__}")
        (group,) = self.param_groups
        search, least_change = group["line_search_fn"], group["tolerance_change"]
        if search not in (None, "strong_wolfe"):
            raise RuntimeError(f"LBFGS: expected line_search_fn 'strong_wolfe' or None, got {search!r}")
        model = _Model(group["params"], closure)
        state = self.state[group["params"][0]]
        memory = _Memory(state, group["history_size"])
        first = model.evaluate()
        loss, gradient = float(first), model.gradient()
        done = 0
        while done < group["max_iter"] and not np.abs(gradient).max(initial=0) <= group["tolerance_grad"]:
            done += 1
            d = memory.next_direction(loss, gradient)
            before, slope = loss, gradient @ d
            memory.t = t = float(group["lr"])
            if memory.n_iter == 1:
                memory.t = t = min(1.0, 1.0 / np.abs(gradient).sum()) * t
            if slope > -least_change:
                break
            if search:
                most = group["max_eval"] - model.count
                start = Point(0, loss, gradient, slope)
                found = strong_wolfe(partial(model.look, d), start, t, np.abs(d).max(), LEAST_BRACKET, most)
                memory.t, loss, gradient, _ = found
                model.move(memory.t, d)
            else:
                model.move(t, d)
                if done < group["max_iter"]:  # after the last one nobody asks for it
                    loss, gradient = float(model.evaluate()), model.gradient()
            if model.count >= group["max_eval"]:
                break
            if np.abs(d * memory.t).max() <= least_change or abs(loss - before) < least_change:
                break
        state["func_evals"] = state.get("func_evals", 0) + model.count
        state["n_iter"] = memory.n_iter
        if done:
            memory.save(state)
        return first

    def _loaded(self, value: Any, p: Tensor, key: str, where: str) -> Any:
        if key not in self._keeps:
            raise ValueError(f"{where}: LBFGS keeps only {', '.join(sorted(self._keeps))}; another optimizer's state?")
        if isinstance(value, list):
            return [self._loaded(each, p, key, where) for each in value]
        value = as_tensor(value)
        if not isinstance(value, Tensor):
            return value
        return Tensor._wrap(value._data.astype(np.promote_types(p._data.dtype, np.float32)))


class _Model:
    """Parameters as one vector, and the loss as a function of it."""

    def __init__(self, params: list[Tensor], closure: Callable[[], Any]) -> None:
        self.params, self.closure, self.count = params, closure, 0

    def evaluate(self) -> Any:
        self.count += 1
        with enable_grad():
            return self.closure()

    def gradient(self) -> np.ndarray:
        grads = [np.zeros(p._data.size, p._data.dtype) if p._grad is None else p._grad._data for p in self.params]
        return single(np.concatenate(grads, axis=None))

    def move(self, t: Any, direction: np.ndarray) -> None:
        ends = np.cumsum([p._data.size for p in self.params])
        for p, part in zip(self.params, np.split(direction, ends[:-1]), strict=True):
            p._write(p._data + part.reshape(p._data.shape) * t)

    def look(self, direction: np.ndarray, t: Any) -> Point:
        """Evaluate at the distance `t`, and come back."""
        before = [p._data.copy() for p in self.params]
        self.move(t, direction)
        loss, gradient = float(self.evaluate()), self.gradient()
        for p, values in zip(self.params, before, strict=True):
            p._write(values)
        return Point(t, loss, gradient, gradient @ direction)


class _Memory:
    """The last steps, and how the gradient changed with each; between two steps of the optimizer, the state."""

    def __init__(self, state: dict[str, Any], size: int) -> None:
        self.size = size
        self.n_iter = state.get("n_iter", 0)
        self.d, self.t, self.gradient, self.loss = (
            _plain(state.get(name)) for name in ("d", "t", "prev_flat_grad", "prev_loss")
        )
        self.changes, self.steps, self.inverses, self.weights = (
            [_plain(each) for each in state.get(name, ())] for name in ("old_dirs", "old_stps", "ro", "al")
        )
        self.scale = _plain(state.get("H_diag", 1))

    def next_direction(self, loss: float, gradient: np.ndarray) -> np.ndarray:
        """Return minus the gradient times the inverse of the curvature so far, by the recursion of two loops."""
        self.n_iter += 1
        q = -gradient
        if self.n_iter > 1:
            self._remember(gradient - self.gradient, self.d * self.t)
            steps = list(zip(self.changes, self.steps, self.inverses, strict=True))
            self.weights = [None] * self.size
            for i, (y, s, inverse) in reversed(list(enumerate(steps))):
                self.weights[i] = s @ q * inverse
                q -= y * self.weights[i]
            q *= self.scale
            for i, (y, s, inverse) in enumerate(steps):
                q += s * (self.weights[i] - y @ q * inverse)
        self.d, self.loss, self.gradient = q, loss, gradient
        return q

    def _remember(self, change: np.ndarray, step: np.ndarray) -> None:
        curvature = change @ step
        if curvature > LEAST_CURVATURE:
            for values, new in ((self.changes, change), (self.steps, step), (self.inverses, 1.0 / curvature)):
                values.append(new)
                del values[: -self.size]
            self.scale = curvature / (change @ change)

    def save(self, state: dict[str, Any]) -> None:
        state.update(
            d=_kept(self.d), t=_kept(self.t), old_dirs=_kept(self.changes), old_stps=_kept(self.steps),
            ro=_kept(self.inverses), H_diag=_kept(self.scale), prev_flat_grad=_kept(self.gradient),
            prev_loss=self.loss,
        )  # fmt: skip
        if self.weights:
            state["al"] = _kept(self.weights)


def _plain(value: Any) -> Any:
    return value._data[()] if isinstance(value, Tensor) else value


def _kept(value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(each) for each in value]
    return Tensor._wrap(np.asarray(value)) if isinstance(value, (np.ndarray, np.generic)) else value
