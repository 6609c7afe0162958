"""The report of a gradient check: as text, attributes and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from minigrad.testing.tensor_report import TensorReport, gap

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
        return plot(max(looked_at, key=lambda t: (t.disagree > 0, -t.order, gap(t._worst))))
