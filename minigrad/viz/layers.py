"""Pictures of what is inside a model: the kernels of a layer, and what each layer makes of an input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import no_grad
from minigrad.nn import ConvTranspose2d, Module
from minigrad.viz.grid import Grid, stacked
from minigrad.viz.probing import evaluating
from minigrad.viz.style import positive, signed

WIDTH = 9.0  # of a row of pictures, in inches
MOST_VALUES = 0.995  # reach the darkest colours; a few extreme pixels should not make all others pale
NOTE = "blue: negative, white: zero, orange: positive"


def activations(model: Module, input: Tensor, layers: Sequence[str] | None = None) -> dict[str, Tensor]:
    """Return what the layers of a model give for an input, captured by forward hooks.

    Parameters
    ----------
    model : Module
        It is run in evaluation mode and without a graph, and left as it was: no hook stays, even after an error.
    input : Tensor
        What the model takes.
    layers : dotted names of modules, optional
        As in ``model.named_modules()``; by default all that have no modules within.

    Returns
    -------
    dict of str to Tensor
        In the order of the computation; copies, so that a later layer that works in place changes nothing. A layer
        that runs again is found as ``name#2``, outputs that are tuples as ``name[0]``, ``name[1]``; a model without
        modules within has the name of its class.

    Raises
    ------
    ValueError
        If the model has no layer of a given name, or its forward does not run it.

    Notes
    -----
    Functions such as ``F.relu`` are no modules, and no hook sees what they give.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten())
    >>> {name: tuple(t.shape) for name, t in viz.activations(net, mg.ones(1, 1, 5, 5)).items()}
    {'0': (1, 2, 3, 3), '1': (1, 2, 3, 3), '2': (1, 18)}
    """
    modules = {name or type(model).__name__: module for name, module in model.named_modules()}
    if layers is None:
        layers = [name for name, module in modules.items() if next(module.children(), None) is None]
        required: Sequence[str] = ()
    else:
        required = layers
    if unknown := [name for name in layers if name not in modules]:
        raise ValueError(
            f"activations: {type(model).__name__} has no layer {unknown[0]!r}; it has {', '.join(modules)}"
        )
    captured: dict[str, Tensor] = {}
    runs = dict.fromkeys(layers, 0)

    def capture(name: str, output: Any) -> None:
        runs[name] += 1
        key = name if runs[name] == 1 else f"{name}#{runs[name]}"
        if isinstance(output, Tensor):
            captured[key] = output.detach().clone()
        elif isinstance(output, (tuple, list)):
            captured.update({f"{key}[{i}]": t.detach().clone() for i, t in enumerate(output) if isinstance(t, Tensor)})

    handles = []
    try:
        for name in runs:
            hook = lambda module, args, output, name=name: capture(name, output)  # noqa: E731
            handles.append(modules[name].register_forward_hook(hook))
        with evaluating(model), no_grad():
            model(input)
    finally:
        for handle in handles:
            handle.remove()
    if idle := [name for name in required if not runs[name]]:
        raise ValueError(f"activations: the forward of {type(model).__name__} does not run its layer {idle[0]!r}")
    return captured


def feature_maps(model: Module, input: Tensor, layers: Sequence[str] | None = None, most: int = 64) -> Figure:
    """Return what each layer of a model makes of an input: a grid of maps for each layer.

    Within a layer all maps have one scale, which ends where one value in 200 is larger.

    Parameters
    ----------
    model : Module
        Any model; see `activations` for how it is run and what counts as a layer.
    input : Tensor, shape (N, ...)
        A batch; of several inputs the first is shown.
    layers : dotted names of modules, optional
        By default all that have no modules within.
    most : int, default 64
        Show at most this many maps per layer. Vectors are shown as maps of one pixel.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        As `activations`; or if no layer gives a tensor, or `most` is below 1.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    >>> fig = viz.feature_maps(net, mg.rand(1, 1, 28, 28))
    >>> len(fig.axes)
    3
    """
    positive("feature_maps", most=most)
    modules = {name or type(model).__name__: module for name, module in model.named_modules()}
    grids = []
    for name, output in activations(model, input, layers).items():
        kind = type(modules[name.partition("#")[0].partition("[")[0]]).__name__
        array = output.numpy()
        grids.append(map_grid(f"{name}: {kind}", array[0] if array.ndim else array, most))
    if not grids:
        raise ValueError(f"feature_maps: no layer of {type(model).__name__} gives a tensor")
    return stacked(grids, NOTE)


def map_grid(title: str, output: np.ndarray, most: int = 64, side: float | None = None) -> Grid:
    """Return the maps of one output, (C, H, W), as a grid; (C,) is taken for maps of one pixel, (H, W) for one map."""
    maps = output.reshape(-1, *output.shape[-2:]) if output.ndim > 1 else output.reshape(-1, 1, 1)
    count, height, width = maps.shape
    if side is None:
        side = _side(max(height, width), min(count, most))
    what = "value" if height == width == 1 else "map"
    what = f"{count} {what}{'s' * (count > 1)}" + (f" of {height}x{width}" if what == "map" else "")
    title = f"{title}, {what}{_shown(count, most)}, {spread(maps)}"
    labels = [str(k) for k in range(min(count, most))]
    grid = Grid(title, maps[:most], 1, side, labels, options=signed(maps, MOST_VALUES))
    grid.columns = max(1, int(WIDTH / grid.step[0]))
    return grid


def spread(values: np.ndarray) -> str:
    """Return the range of values in words."""
    return f"{values.min():.3g} to {values.max():.3g}"


def _shown(count: int, most: int) -> str:
    return f" (the first {most} are shown)" if count > most else ""


def _side(pixels: int, count: int) -> float:
    """Return the inches of a picture of this many pixels: large ones get the room that there is in one row."""
    small = 0.22 + 0.11 * np.log2(pixels)
    return float(max(small, min(2.8, WIDTH / count - Grid.GAP)) if pixels > 64 else small)


# ---- kernels --------------------------------------------------------------------------------------------------------


def filters(layer: Any, most: int = 32, rgb: bool = True) -> Figure:
    """Return the kernels of a convolution. All have one scale, which reaches the largest magnitude.

    Kernels on three channels are shown in colour, a weight of 0 as the grey in the middle. Otherwise, where there are
    several channels, there is a table with a kernel for each filter and channel.

    Parameters
    ----------
    layer : a layer with a ``weight``, or the weights: Tensor or array, shape (O, C, kh, kw) or (O, kh, kw)
        Of a layer that keeps its weights in another form, the Tensor ``kernels``.
    most : int, default 32
        Show at most this many filters, and this many kernels per filter.
    rgb : bool, default True
        Whether three channels are red, green and blue.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If a layer has no ``weight``.
    ValueError
        If the weights have another shape, or `most` is below 1.

    Examples
    --------
    >>> from minigrad import viz
    >>> fig = viz.filters(nn.Conv2d(1, 6, 5))
    >>> len(fig.axes[0].images)
    6
    """
    positive("filters", most=most)
    weights, what = _weights(layer)
    count, size = len(weights), "x".join(map(str, weights.shape[1:]))
    what += f": {count} {'filter' if weights.ndim == 4 else 'kernel'}{'s' * (count > 1)} of {size}"
    weights = weights if weights.ndim == 4 else weights[:, None]
    note = NOTE
    if rgb and weights.shape[1] == 3:
        note = "grey: zero, in each of red, green and blue"
    elif weights.shape[1] > 1:
        note += f"; a column for each {'filter' if _is_wide(weights, most) else 'channel'}"
    return stacked([kernel_grid(f"{what}{_shown(count, most)}, {spread(weights)}", weights, most, rgb)], note)


def kernel_grid(title: str, weights: np.ndarray, most: int = 32, rgb: bool = True, side: float | None = None) -> Grid:
    """Return the kernels of weights (O, C, kh, kw) as a grid."""
    shown, options = weights[:most, :most], signed(weights)
    count, channels, height, width = shown.shape
    labels: list[str] = []
    rows: list[str] = []
    if channels == 1 or rgb and channels == 3:
        columns = min(count, 8 if count <= 32 else 16)
        labels = [str(o) for o in range(count)]
        pictures = shown[:, 0]
        if channels == 3:
            pictures, options = 0.5 + shown.transpose(0, 2, 3, 1) / (2 * options["vmax"]), {}
    else:
        wide = _is_wide(weights, most)
        table = shown.swapaxes(0, 1) if wide else shown
        columns, pictures = table.shape[1], table.reshape(-1, height, width)
        rows = [f"{'channel' if wide else 'filter'} {k}" for k in range(len(table))]
    if side is None:
        side = float(min(0.33 + 0.18 * np.log2(max(height, width)), max(WIDTH / columns - Grid.GAP, 0.2)))
    return Grid(title, pictures, columns, side, labels, rows, options)


def _is_wide(weights: np.ndarray, most: int) -> bool:
    """Return whether a table of kernels has a column for each filter, not for each channel: wide, not tall."""
    return min(len(weights), most) > min(weights.shape[1], most)


def _weights(layer: Any) -> tuple[np.ndarray, str]:
    """Return the weights of a layer, outputs first, and what to call it."""
    weights, what = layer, "weights"
    if isinstance(layer, Module):
        what = type(layer).__name__
        kernels = getattr(layer, "kernels", None)
        weights = kernels if isinstance(kernels, Tensor) else getattr(layer, "weight", None)
        if weights is None:
            raise TypeError(
                f"filters: expected a layer with a weight, such as Conv2d, got {what}; give its layers singly"
            )
    array = weights.detach().numpy() if isinstance(weights, Tensor) else np.asarray(weights)
    if array.ndim not in (3, 4) or not array.size:
        raise ValueError(
            f"filters: expected weights of shape (O, C, kh, kw) or (O, kh, kw), got {array.shape} of {what}"
        )
    return (array.swapaxes(0, 1) if isinstance(layer, ConvTranspose2d) else array), what
