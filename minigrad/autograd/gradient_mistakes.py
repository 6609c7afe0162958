"""Explanations of wrong gradients: common mistakes, each known by the pattern that it leaves.

What backward gives and what central differences give are two matrices, the Jacobians. One is often the other one's
multiple, or transposed; or it is the function that cannot be checked like this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

CLOSE = 1e-3  # relative: of what the differences are known to


@dataclass(frozen=True)
class Comparison:
    """The gradient of one output for one input, as backward and as central differences have it.

    number, of : which input, and of which output
    analytical, numerical : the Jacobians, (elements of the output, elements of the input)
    input, output : the shapes
    rows, columns : which elements of the output and the input they are of; not all where both are large
    gradient : what backward gives for the input where the gradient of the output is this array
    value : the output of one more call
    state : the input's own array
    eps, atol, rtol : the step of the differences, and how closely the two have to agree
    recorded : whether the output requires grad
    """

    number: int
    of: int
    analytical: np.ndarray
    numerical: np.ndarray
    input: tuple[int, ...]
    output: tuple[int, ...]
    rows: np.ndarray
    columns: np.ndarray
    gradient: Callable[[np.ndarray], np.ndarray]
    value: Callable[[], np.ndarray]
    state: np.ndarray
    eps: float
    atol: float
    rtol: float
    recorded: bool

    @cached_property
    def wrong(self) -> np.ndarray:
        """The places at which the two disagree."""
        return ~np.isclose(self.analytical, self.numerical, rtol=self.rtol, atol=self.atol)

    @property
    def passed(self) -> bool:
        """Whether they agree everywhere."""
        return not self.wrong.any()

    @property
    def partial(self) -> bool:
        """Whether only some of the entries are compared."""
        return self.analytical.size < int(np.prod(self.input)) * int(np.prod(self.output))

    @property
    def _worst(self) -> tuple[int, int]:
        with np.errstate(invalid="ignore"):
            distance = np.nan_to_num(np.abs(self.analytical - self.numerical), nan=np.inf, posinf=np.inf)
        row, column = np.unravel_index(np.argmax(np.where(self.wrong | self.passed, distance, -1)), self.wrong.shape)
        return int(row), int(column)

    @property
    def worst(self) -> tuple[int, int]:
        """The place of the largest difference: an element of the output and one of the input, as flat indices."""
        row, column = self._worst
        return int(self.rows[row]), int(self.columns[column])

    @property
    def numbers(self) -> tuple[float, float]:
        """The values of backward and of central differences there."""
        return float(self.analytical[self._worst]), float(self.numerical[self._worst])

    def difference(self, eps: float) -> float:
        """Return what central differences of another step give at the worst place."""
        row, column = self.worst
        step = np.zeros(self.input)
        step.flat[column] = eps
        up, down = (float(self.moved(sign * step).flat[row]) for sign in (1, -1))
        return (up - down) / (2 * eps)

    @cached_property
    def reason(self) -> str:
        """The likely cause in words; empty if it is no common mistake."""
        if not self.recorded:
            return f"output {self.of} does not require grad, but is not constant"
        return explain(self)

    def __str__(self) -> str:
        row, column = self.worst
        backward, differences = self.numbers
        text = (
            f"the gradient of output {self.of} for input {self.number} is wrong: {int(self.wrong.sum())} of "
            f"{self.wrong.size} entries disagree. The worst is d output{at(row, self.output)} / d "
            f"input{at(column, self.input)}: backward gives {backward:.8g}, central differences give "
            f"{differences:.8g} (eps={self.eps:g}, atol={self.atol:g}, rtol={self.rtol:g})"
        )
        return text + (f"{'. Perhaps ' if self.recorded else '; '}{self.reason}" if self.reason else "")

    def moved(self, step: np.ndarray) -> np.ndarray:
        """Return the output with the input moved by a step."""
        before = self.state.copy()
        try:
            self.state[...] = before + step
            return self.value()
        finally:
            self.state[...] = before

    def same(self, a: np.ndarray, b: np.ndarray) -> bool:
        """Return whether two Jacobians agree, up to what differences cannot tell."""
        return bool(np.allclose(a, b, rtol=CLOSE, atol=CLOSE * float(np.abs(self.numerical).max(initial=0))))


def explain(d: Comparison) -> str:
    """Return the first explanation that fits, or nothing."""
    patterns = () if d.partial else (_rearranged, _somewhere)
    for explanation in (
        _coarse, _changed_input, _random, _not_finite, _not_linear, _kink, _nothing, _multiple, *patterns,
    ):  # fmt: skip
        found = explanation(d)
        if found:
            return found
    return ""


# ---- the function cannot be checked like this ------------------------------------------------------------------------


def _coarse(d: Comparison) -> str:
    if d.state.dtype == np.float64:
        return ""
    return f"the input is {d.state.dtype}, in which differences of so small steps are lost: use .double()"


def _changed_input(d: Comparison) -> str:
    before = d.state.copy()
    d.value()
    if np.array_equal(before, d.state, equal_nan=True):
        return ""
    d.state[...] = before
    return "the function overwrites its input: let it work on a copy"


def _random(d: Comparison) -> str:
    if np.array_equal(d.value(), d.value(), equal_nan=True):
        return ""
    return "the function is random, it gives two results for one input: seed it on each call, or call eval()"


def _not_finite(d: Comparison) -> str:
    column = d.worst[1]
    backward, differences = d.numbers
    if not np.isfinite(differences):
        return f"the function is not finite around input{at(column, d.input)}: move the input away from there"
    if not np.isfinite(backward):
        return (
            "backward divides by 0 or takes the logarithm of 0, perhaps in a branch that where() does not choose: "
            "give that branch a harmless input"
        )
    return ""


def _kink(d: Comparison) -> str:
    row, column = d.worst
    slopes = []
    for eps in (d.eps, d.eps / 8):
        step = np.zeros(d.input)
        step.flat[column] = eps
        down, here, up = (float(d.moved(sign * step).flat[row]) for sign in (-1, 0, 1))
        slopes.append(((here - down) / eps, (up - here) / eps))
    gaps = [abs(right - left) for left, right in slopes]
    left, right = slopes[0]
    if gaps[0] <= CLOSE * (1 + abs(left) + abs(right)) or gaps[1] < gaps[0] / 2:  # smooth: the gap goes with the step
        return ""
    return (
        f"the function has a kink or a jump at input{at(column, d.input)}: its slope is {left:.4g} before and "
        f"{right:.4g} behind it, so there is nothing to compare with; move the input away from there"
    )


# ---- backward is wrong -----------------------------------------------------------------------------------------------


def _not_linear(d: Comparison) -> str:
    if d.gradient(np.zeros(d.output)).any():
        return (
            "backward gives a gradient even if that of the output is 0: it has to be multiplied by it (the chain rule)"
        )
    v = np.random.default_rng(0).standard_normal(d.output)
    if not np.allclose(d.gradient(2 * v), 2 * d.gradient(v), rtol=CLOSE, equal_nan=True):
        return "backward is not linear in the gradient of the output: it should only be multiplied, and once"
    return ""


def _nothing(d: Comparison) -> str:
    if d.analytical.any():
        return ""
    return (
        "no gradient arrives at all: on its way from the input the function leaves what is recorded, as by .numpy(), "
        ".item(), .detach(), .data or no_grad(); or a backward gives None or zeros for this input"
    )


def _multiple(d: Comparison) -> str:
    a, n = d.analytical.ravel(), d.numerical.ravel()
    factor = float(a @ n / (n @ n)) if n.any() else 0
    if not factor or not d.same(d.analytical, factor * d.numerical):
        return ""
    text = f"backward gives {factor:.5g} times the derivative, everywhere: "
    elements = {int(np.prod(shape)): name for shape, name in ((d.output, "output"), (d.input, "input"))}
    for count, name in elements.items():
        if count > 2 and abs(factor * count - 1) < CLOSE:
            return text + f"a sum over {count} elements of the {name} has the gradient of a mean"
        if count > 2 and abs(factor / count - 1) < CLOSE:
            return text + f"a mean over {count} elements of the {name} has the gradient of a sum"
    if abs(factor + 1) < CLOSE:
        return text + "a sign is wrong"
    part = ", or one of several ways from the input to the output is not recorded" if 0 < factor < 1 else ""
    return f"{text}a factor is wrong or missing{part}"


def _rearranged(d: Comparison) -> str:
    """Tell if there are right numbers in wrong places."""
    if d.analytical.shape == d.analytical.T.shape and d.same(d.analytical.T, d.numerical):
        return (
            "backward does what forward does, and should do the transpose: a matrix or a kernel is the wrong way round"
        )
    a = d.analytical.reshape(*d.output, *d.input)
    n = d.numerical.reshape(a.shape)
    for first, shape, name in ((len(d.output), d.input, "input"), (0, d.output, "output")):
        for what, arrangement in _arrangements(a, range(first, first + len(shape))):
            if arrangement.shape == n.shape and d.same(arrangement, n):
                return f"the right numbers are in the wrong places: {what} of the {name}"
    return ""


def _arrangements(a: np.ndarray, axes: range) -> Iterator[tuple[str, np.ndarray]]:
    for p, axis in enumerate(axes):
        for q, other in enumerate(axes[:p]):
            yield f"exchange dimensions {q} and {p}", a.swapaxes(axis, other)
        yield f"flip dimension {p}", np.flip(a, axis)
        yield f"shift by 1 along dimension {p}", np.roll(a, 1, axis)
        yield f"shift by -1 along dimension {p}", np.roll(a, -1, axis)
    if len(axes) > 1:
        yield "flip all dimensions", np.flip(a, tuple(axes))


def _somewhere(d: Comparison) -> str:
    """Describe what all wrong entries, or all right ones, have in common."""
    for name, shape, wrong in (("input", d.input, d.wrong.any(0)), ("output", d.output, d.wrong.any(1))):
        wrong = wrong.reshape(shape)
        for dim, size in enumerate(shape):
            bad = wrong.any(tuple(k for k in range(len(shape)) if k != dim))
            for places, text in ((np.flatnonzero(bad), "it is wrong"), (np.flatnonzero(~bad), "it is right")):
                if 0 < len(places) <= size // 2:
                    edges = ", the edges" if size > 2 and set(places) == {0, size - 1} else ""
                    where = ", ".join(map(str, places[:5])) + (", ..." if len(places) > 5 else "")
                    return (
                        f"that is a case of its own: {text} only where dimension {dim} of the {name} is {where}{edges}"
                    )
    return ""


def at(place: int, shape: tuple[int, ...]) -> list[int]:
    """Return the indices of an element with this flat index."""
    return [int(n) for n in np.unravel_index(place, shape)]
