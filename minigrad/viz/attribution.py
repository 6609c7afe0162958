"""Attribution of a classifier's output to pixels: by its gradient, and by covering them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Patch

import minigrad.nn.functional as F
from minigrad.autograd.differentiation import grad
from minigrad.core.tensor import Tensor
from minigrad.graph.grad_mode import enable_grad, no_grad
from minigrad.nn import Module
from minigrad.viz.probing import classified, evaluating
from minigrad.viz.style import GREY, SIGNED, figure, signed, unit_range


def saliency_map(model: Module, input: Tensor, target: Any = None) -> Tensor:
    """Return how much each pixel moves the logit of a class: its gradient's largest magnitude among channels.

    Parameters
    ----------
    model : Module
        Gives logits, (N, C), or (N, 1) for class 1 against 0. It is run in evaluation mode; its gradients stay as
        they are.
    input : Tensor, shape (N, C, H, W)
    target : int or N ints, optional
        The class to explain; by default for each image the one that the model predicts.

    Returns
    -------
    Tensor, shape (N, H, W)

    Raises
    ------
    ValueError
        If the shapes of input, output or target are others.

    References
    ----------
    K. Simonyan, A. Vedaldi, A. Zisserman: Deep inside convolutional networks: visualising image classification models
    and saliency maps. ICLR workshop, 2014.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False))
    >>> _ = net[1].weight.data.copy_(mg.tensor([[1.0, -2.0, 0.0, 3.0], [0.0, 0.0, 0.0, 0.0]]))
    >>> viz.saliency_map(net, mg.ones(1, 1, 2, 2), target=0)
    tensor([[[1., 2.],
             [0., 3.]]])
    """
    _check_images("saliency_map", input)
    with evaluating(model), enable_grad():
        x = input.detach().requires_grad_()
        logits = classified("saliency_map", model, x)
        chosen = _targets("saliency_map", logits, target)
        (g,) = grad(logits[range(len(chosen)), chosen].sum(), x)
    return g.abs().amax(1)


def occlusion_map(
    model: Module,
    input: Tensor,
    target: Any = None,
    size: int | None = None,
    stride: int | None = None,
    fill: float | None = None,
    batch_size: int = 256,
) -> Tensor:
    """Return the mean loss of a class's probability over all grey patches that cover a pixel.

    Parameters
    ----------
    model : Module
        As for `saliency_map`.
    input : Tensor, shape (N, C, H, W)
    target : int or N ints, optional
        The class to explain; by default for each image the one that the model predicts.
    size : int, optional
        The side of the patch; by default a fifth of the image's shorter side.
    stride : int, optional
        From one place of the patch to the next, by default a third of its size. The last place touches the border.
    fill : float, optional
        The value of the patch; by default halfway between the darkest and the lightest value of the image.
    batch_size : int, default 256
        So many covered images go through the model at once.

    Returns
    -------
    Tensor, shape (N, H, W)
        From -1 to 1; negative where the class becomes more probable.

    Raises
    ------
    ValueError
        If the shapes of input, output or target are others; or the patch is larger than the image, or size, stride
        or batch_size not positive.

    References
    ----------
    M. Zeiler, R. Fergus: Visualizing and understanding convolutional networks. ECCV, 2014.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    >>> viz.occlusion_map(net, mg.rand(1, 1, 10, 12), size=4).shape
    Size([1, 10, 12])
    """
    _check_images("occlusion_map", input)
    height, width = input.shape[2:]
    size = max(1, min(height, width) // 5) if size is None else size
    stride = max(1, size // 3) if stride is None else stride
    if not 0 < size <= min(height, width) or stride < 1 or batch_size < 1:
        raise ValueError(
            f"occlusion_map: expected a patch of 1 to {min(height, width)} pixels, a positive stride and batch_size, "
            f"got size={size}, stride={stride}, batch_size={batch_size}"
        )
    places = [(i, j) for i in _starts(height, size, stride) for j in _starts(width, size, stride)]
    with evaluating(model), no_grad():
        logits = classified("occlusion_map", model, input)
        chosen = _targets("occlusion_map", logits, target)
        before = F.softmax(logits, dim=1).numpy()
        maps = [
            _drops(model, image, int(c), float(p[c]), places, size, fill, batch_size)
            for image, c, p in zip(input.detach().numpy(), chosen, before, strict=True)
        ]
    return Tensor(np.stack(maps))


def _drops(
    model: Module,
    image: np.ndarray,
    target: int,
    before: float,
    places: Sequence[tuple[int, int]],
    size: int,
    fill: float | None,
    batch_size: int,
) -> np.ndarray:
    """Return the occlusion map of one image, (H, W)."""
    grey = (float(image.min()) + float(image.max())) / 2 if fill is None else fill
    lost, covered = (np.zeros(image.shape[1:], image.dtype) for _ in range(2))
    for first in range(0, len(places), batch_size):
        batch = places[first : first + batch_size]
        images = np.repeat(image[None], len(batch), axis=0)
        for changed, (i, j) in zip(images, batch, strict=True):
            changed[:, i : i + size, j : j + size] = grey
        after = F.softmax(classified("occlusion_map", model, Tensor(images)), dim=1).numpy()[:, target]
        for (i, j), p in zip(batch, after, strict=True):
            lost[i : i + size, j : j + size] += before - p
            covered[i : i + size, j : j + size] += 1
    return lost / np.maximum(covered, 1)


def _starts(length: int, size: int, stride: int) -> Iterator[int]:
    """Yield where patches begin along a side, the last one at its end."""
    yield from range(0, length - size, stride)
    yield length - size


def _check_images(operation: str, input: Tensor) -> None:
    if not isinstance(input, Tensor) or input.ndim != 4 or not len(input):
        got = tuple(input.shape) if isinstance(input, Tensor) else type(input).__name__
        raise ValueError(f"{operation}: expected images as a Tensor of shape (N, C, H, W), got {got}")


def _targets(operation: str, logits: Tensor, target: Any) -> np.ndarray:
    """Return the class to explain of each image."""
    count, classes = logits.shape
    if target is None:
        return logits.detach().numpy().argmax(1)
    given = target.numpy() if isinstance(target, Tensor) else np.asarray(target)
    if given.dtype.kind not in "iu" or given.shape not in ((), (count,)) or given.min() < 0 or given.max() >= classes:
        raise ValueError(
            f"{operation}: expected as target an int or {count} ints from 0 to {classes - 1}, got {target!r}"
        )
    return np.broadcast_to(given, (count,))


# ---- pictures -------------------------------------------------------------------------------------------------------


def saliency(model: Module, input: Tensor, target: Any = None, classes: Sequence[str] | None = None) -> Figure:
    """Return images, and below each the magnitude of the gradient of a class's logit, pixel by pixel.

    Parameters
    ----------
    model, input, target
        As for `saliency_map`.
    classes : C names, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        As `saliency_map`, or if there are more or fewer names than classes.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    >>> fig = viz.saliency(net, mg.rand(3, 1, 8, 8))
    """
    maps = saliency_map(model, input, target).numpy()
    options = [{"cmap": "magma", "vmin": 0, "vmax": float(m.max()) or 1.0} for m in maps]
    captions = [f"gradient up to {m.max():.2g}" for m in maps]
    fig = _below("saliency", model, input, target, classes, maps, captions, options)
    fig.suptitle("Which pixels the answer hangs on", fontsize=10)
    _key(fig, colormaps["magma"], {0.0: "no gradient", 0.5: "half", 1.0: "the strongest in the image"})
    return fig


def occlusion(
    model: Module, input: Tensor, target: Any = None, classes: Sequence[str] | None = None, **patch: Any
) -> Figure:
    """Return images, and below each how much of a class's probability a grey patch takes, pixel by pixel.

    Parameters
    ----------
    model, input, target
        As for `occlusion_map`.
    classes : C names, optional
    patch
        `size`, `stride`, `fill` and `batch_size` as for `occlusion_map`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        As `occlusion_map`, or if there are more or fewer names than classes.

    Examples
    --------
    >>> from minigrad import viz
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    >>> fig = viz.occlusion(net, mg.rand(3, 1, 8, 8), size=3)
    """
    maps = occlusion_map(model, input, target, **patch).numpy()
    captions = [f"loses up to {max(float(m.max()), 0):.1%}" for m in maps]
    fig = _below("occlusion", model, input, target, classes, maps, captions, [signed(m) for m in maps])
    fig.suptitle("What the answer loses where a patch covers it", fontsize=10)
    _key(fig, SIGNED, {0.0: "gains", 0.5: "unchanged", 1.0: "loses most in this image"})
    return fig


def _key(fig: Figure, colours: Any, words: dict[float, str]) -> None:
    """Draw a colour key below the maps; each map is on its own scale."""
    patches = [Patch(facecolor=colours(place), edgecolor=GREY, label=word) for place, word in words.items()]
    fig.legend(handles=patches, loc="outside lower center", ncols=len(patches), frameon=False, fontsize=8)


def _below(
    operation: str,
    model: Module,
    input: Tensor,
    target: Any,
    classes: Sequence[str] | None,
    maps: np.ndarray,
    captions: Sequence[str],
    options: Sequence[dict[str, Any]],
) -> Figure:
    """Return the images with what the model says in the first row, their maps in the second."""
    with evaluating(model), no_grad():
        logits = classified(operation, model, input)
    if classes and len(classes) != logits.shape[1]:
        raise ValueError(f"{operation}: expected names of {logits.shape[1]} classes, got {len(classes)}")
    probabilities = F.softmax(logits, dim=1).numpy()
    chosen = _targets(operation, logits, target)
    fig, axes = figure(max(1.6 * len(maps), 3.8), 4.5, 2, len(maps))
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color("#DDDDDD")
    for k, (image, c) in enumerate(zip(input.detach().numpy(), chosen, strict=True)):
        name = classes[c] if classes else f"class {c}"
        image = unit_range(image.transpose(1, 2, 0)) if len(image) == 3 else unit_range(image.mean(0))
        axes[0, k].imshow(image, cmap="gray")
        axes[0, k].set_title(f"{name}, {probabilities[k, c]:.1%}", fontsize=9)
        axes[1, k].imshow(maps[k], **options[k])
        if image.ndim == 2 and image.any():  # the outline of what is drawn, to see where on it the map is strong
            axes[1, k].contour(image, levels=[0.5], colors=GREY, linewidths=0.8)
        axes[1, k].set_title(captions[k], fontsize=8)
    return fig
