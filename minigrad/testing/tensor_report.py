"""The findings of a gradient check for one tensor."""

from __future__ import annotations

from minigrad.autograd.gradient_mistakes import Comparison, at


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
            self._worst = worst = max(self._comparisons, key=lambda c: (not c.passed, gap(c)))
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
            return f"right: {self.compared} entries, at most {gap(self._worst):.1e} off"
        if not self.disagree:
            return f"WRONG: {self.verdict}"
        return (
            f"WRONG: {self.disagree} of {self.compared} entries disagree, most of all {self.place}: backward gives "
            f"{self.backward:.8g}, differences give {self.differences:.8g}; {self.verdict}"
        )

    def __repr__(self) -> str:
        return f"<{self.name}: {self}>"


def gap(c: Comparison | None) -> float:
    """Return how far apart backward and differences are at the worst place."""
    if c is None:
        return 0.0
    backward, differences = c.numbers
    gap = abs(backward - differences)
    return gap if gap == gap else float("inf")
