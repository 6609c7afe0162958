"""The report of a gradient check: as text, attributes and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from minigrad.autograd.gradient_mistakes import Comparison, at

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class TensorReport:
    """The gradient for one input or parameter.

    Attributes
    ----------
    name : str
        ``input``, ``input[0]``, or a parameter's dotted name.
    order : int
        1 for the gradient, 2 for the gradient of gradients.
    shape : tuple of int
    passed : bool
    compared, disagree : int
        How many entries of the Jacobian were compared one by one, and how many of them are wrong.
    index : list of int
        The element of this tensor for which the two ways are farthest apart.
    output, output_index : str, list of int
        Of which element of which output.
    backward, differences : float
        What backward and central differences give there.
    verdict : str
        In words: right, or what may be wrong.
    """

    def __init__(
        self, name: str, order: int, shape: tuple[int, ...], comparisons: list[Comparison], outputs: list[str],
        faults: list[str],
    ) -> None:  # fmt: skip
        self.name, self.order, self.shape = name, order, shape
        self._comparisons = [c for c in comparisons if c.analytical.size]
        self._faults = faults
        self.compared = sum(c.wrong.size for c in comparisons)
        self.disagree = sum(int(c.wrong.sum()) for c in comparisons)
        self.passed = not self.disagree and not faults
        self.index: list[int] = []
        self.output, self.output_index = "", list[int]()
        self.backward = self.differences = float("nan")
        self._worst: Comparison | None = None
        if self._comparisons:
            self._worst = worst = max(self._comparisons, key=lambda c: (not c.passed, _gap(c)))
            row, column = worst.worst
            self.index, self.output_index = at(column, worst.input), at(row, worst.output)
            self.output = outputs[worst.of] if worst.of < len(outputs) else f"output[{worst.of}]"
            self.backward, self.differences = worst.numbers
        self.verdict = self._words()

    def _words(self) -> str:
        if self._worst is None or self._worst.passed:
            return "; ".join(self._faults) or "right"
        reason = self._worst.reason or "wrong, not by a common mistake"
        return "; ".join([reason, *self._faults])

    @property
    def place(self) -> str:
        """The entry that is farthest off, such as ``d output[0, 1] / d weight[2]``."""
        return f"d {self.output}{self.output_index or ''} / d {self.name}{self.index or ''}"

    def __str__(self) -> str:
        if self.passed and not self.compared:
            return "right, but nothing was compared: there is no floating output, or nothing in it or in the input"
        if self.passed:
            return f"right: {self.compared} entries, at most {_gap(self._worst):.1e} off"
        if not self.disagree:
            return f"WRONG: {self.verdict}"
        return (
            f"WRONG: {self.disagree} of {self.compared} entries disagree, most of all {self.place}: backward gives "
            f"{self.backward:.8g}, differences give {self.differences:.8g}; {self.verdict}"
        )

    def __repr__(self) -> str:
        return f"<{self.name}: {self}>"


class GradientReport:
    """The result of `check_gradients`; true if everything is right.

    ``report[name]`` is the `TensorReport` of an input or parameter, of the highest order that was tried; iterating
    gives all of them.

    Attributes
    ----------
    passed : bool
    tensors : list of TensorReport
        Of each order that was tried, the inputs and then the parameters.
    faults : list of str
        What is wrong with all of them.

    Examples
    --------
    >>> from minigrad.testing import check_gradients
    >>> class Double(mg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return 2 * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         return 3 * g
    >>> report = check_gradients(Double.apply, mg.ones(2))
    >>> report.passed, report["input"].disagree, report["input"].backward, report["input"].verdict
    (False, 2, 3.0, 'backward gives 1.5 times the derivative, everywhere: a factor is wrong or missing')
    """

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.tensors: list[TensorReport] = []
        self.faults: list[str] = []

    @property
    def passed(self) -> bool:
        """Whether everything is right."""
        return not self.faults and all(t.passed for t in self.tensors)

    def __bool__(self) -> bool:
        return self.passed

    def __iter__(self) -> Iterator[TensorReport]:
        return iter(self.tensors)

    def __getitem__(self, name: str) -> TensorReport:
        for tensor in reversed(self.tensors):
            if tensor.name == name:
                return tensor
        known = ", ".join(dict.fromkeys(t.name for t in self.tensors))
        raise KeyError(f"check_gradients: no {name!r} was checked, only {known}")

    def __str__(self) -> str:
        orders = max((t.order for t in self.tensors), default=1)
        wrong = sum(not t.passed for t in self.tensors)
        all_of = f"all {len(self.tensors)} gradients are right" if self.passed else (
            f"{wrong} of {len(self.tensors)} gradients {'is' if wrong == 1 else 'are'} wrong"
        )  # fmt: skip
        lines = [f"{self.subject}: {all_of}, in float64, up to order {orders}"]
        lines += [f"  {fault}" for fault in self.faults]
        width = max((len(t.name) for t in self.tensors), default=0)
        for order in range(1, orders + 1):
            lines += [f"  order {order}"] if orders > 1 else []
            for t in self.tensors:
                if t.order == order:
                    lines.append(f"  {t.name:{width}}  {'x'.join(map(str, t.shape)) or '1':>9}  {t}")
        return "\n".join(lines)

    __repr__ = __str__

    def plot(self, name: str | None = None) -> Figure:
        """Draw two pictures of one tensor: the error of differences by their step, and where backward disagrees.

        Parameters
        ----------
        name : str, optional
            Which tensor; by default the first that is wrong, or else the one that is farthest off.

        Returns
        -------
        matplotlib's Figure, to show or ``savefig``

        Notes
        -----
        Where backward is right, the error first falls with the square of the step, then rises again as digits are
        lost: a V. Where it is wrong, the error stays what it is.

        Examples
        --------
        >>> from minigrad.testing import check_gradients
        >>> figure = check_gradients(mg.exp, mg.randn(3)).plot()
        """
        from minigrad.testing.plotting import plot  # matplotlib, only when it is asked for

        if name is not None:
            return plot(self[name])
        looked_at = [t for t in self.tensors if t._worst is not None]
        if not looked_at:
            raise ValueError("GradientReport.plot: nothing was compared, so there is nothing to show")
        return plot(max(looked_at, key=lambda t: (t.disagree > 0, -t.order, _gap(t._worst))))


def _gap(c: Comparison | None) -> float:
    """Return how far apart the two are at the worst place."""
    if c is None:
        return 0.0
    backward, differences = c.numbers
    gap = abs(backward - differences)
    return gap if gap == gap else float("inf")
