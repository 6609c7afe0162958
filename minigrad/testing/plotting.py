"""A picture of a gradient check: the error by the step of the differences, and where the two disagree."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from minigrad.autograd.gradient_mistakes import Comparison
from minigrad.testing.tensor_report import TensorReport
from minigrad.viz import style

STEPS = 10.0 ** np.arange(-1, -12.5, -0.5)
TINY = 1e-17  # the place of an error of 0 on a logarithmic axis


def plot(tensor: TensorReport) -> Figure:
    """Return the picture for one tensor, of the entry and the output that are farthest off."""
    comparison = tensor._worst
    if comparison is None:
        raise ValueError(f"GradientReport.plot: nothing was compared for {tensor.name!r}, so there is nothing to show")
    figure, axes = style.figure(10, 4.2, 1, 2)
    figure.suptitle(f"{tensor.name}, of shape {tensor.shape}: {'right' if tensor.passed else 'wrong'}")
    _errors(axes[0, 0], tensor, comparison)
    _map(axes[0, 1], figure, tensor, comparison)
    return figure


def _errors(axes: Any, tensor: TensorReport, comparison: Comparison) -> None:
    with np.errstate(all="ignore"):
        errors = np.array([abs(comparison.difference(eps) - tensor.backward) for eps in STEPS])
    shown = np.isfinite(errors)
    axes.loglog(STEPS[shown], np.maximum(errors[shown], TINY), "o-", color=style.BLUE, markersize=3.5)
    allowed = comparison.atol + comparison.rtol * abs(tensor.differences)
    if np.isfinite(allowed):
        axes.axhline(allowed, color=style.GREY, linestyle="--", linewidth=1)
        axes.annotate("allowed", (STEPS[-1], allowed), (0, 3), textcoords="offset points", color=style.GREY)
    axes.axvline(comparison.eps, color=style.GREY, linestyle=":", linewidth=1)
    axes.annotate(
        "this check", (comparison.eps, 0.08), (3, 0), xycoords=("data", "axes fraction"),
        textcoords="offset points", color=style.GREY,
    )  # fmt: skip
    axes.set_xlabel("step of the differences")
    axes.set_ylabel("|differences - backward|")
    axes.set_title(f"{tensor.place} = {tensor.backward:.6g} by backward", fontsize=10)
    style.plain(axes)


def _map(axes: Any, figure: Figure, tensor: TensorReport, comparison: Comparison) -> None:
    with np.errstate(invalid="ignore"):
        error = np.abs(comparison.analytical - comparison.numerical)
    top = float(np.nanmax(np.where(np.isfinite(error), error, np.nan), initial=TINY))
    low = max(TINY, top * 1e-10)
    shown = np.clip(np.nan_to_num(error, nan=top, posinf=top), low, None)
    image = axes.imshow(
        shown, cmap="viridis", norm=LogNorm(low, max(top, low * 10)), aspect="auto", interpolation="nearest"
    )
    rows, columns = np.nonzero(comparison.wrong)
    if len(rows) and comparison.wrong.size <= 2500:
        axes.plot(columns, rows, "x", color=style.RED, markersize=5, label="not within what is allowed")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), frameon=False, fontsize=9)
    some = " (some, chosen at random)" if comparison.partial else ""
    axes.set_xlabel(f"elements of {tensor.name}{some}")
    axes.set_ylabel(f"elements of {tensor.output}")
    axes.set_title(f"{int(comparison.wrong.sum())} of {comparison.wrong.size} entries disagree", fontsize=10)
    for axis, count in ((axes.xaxis, error.shape[1]), (axes.yaxis, error.shape[0])):
        axis.get_major_locator().set_params(integer=True)
        if count == 1:
            axis.set_ticks([0])
    figure.colorbar(image, ax=axes, label="|differences - backward|")
