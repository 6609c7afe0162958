"""Extraction of what is drawn on a photo: light strokes on black, whatever the light and the paper were like."""

from __future__ import annotations

import numpy as np

from minigrad.vision.transforms import resize

SIDE = 512  # pixels of the longer side to work with; more are averaged, and their noise with them
WINDOW = 0.4  # of the shorter side: wider than any stroke, so that each window has some paper in it
FAINTEST = 0.1  # contrast to the paper, below which nothing is drawn


def strokes(image: np.ndarray, background: str = "auto") -> np.ndarray:
    """Return what is drawn on a grey image, (H, W) in [0, 1]: light on black, from 0 to 1; a large image gets smaller.

    `background` is "light", "dark" or "auto", which asks whether rather darker or rather lighter is what stands out.
    The paper is what a closing leaves of the image: the lightest value near each pixel, then the darkest of those,
    which fills strokes up and follows the edge of a shadow. A stroke's strength is the part of the paper's light that
    it swallows, so that it is the same in the light and in the shade; on a dark ground it is the light that it adds.
    What runs out of the image, such as the edge of a sheet, is no stroke, unless there are no others.

    Raises ValueError where nothing is drawn.
    """
    middle = float(np.median(image))
    clean = (image == middle).mean() > 0.5  # a drawing, or a scan that has been cleaned: one paper, no noise
    image = image if clean else smoothed(shrunk(image))
    if background == "auto":
        leaning = float(image.min() + image.max()) / 2 - middle if clean else leaning_of(image)
        background = "light" if leaning < 0 else "dark"
    if background == "light":
        strength = 1 - image / np.maximum(middle if clean else closed(image), 1e-3)
    else:
        strength = image - (middle if clean else 1 - closed(1 - image))
    most = float(strength.max())
    if most < FAINTEST:
        raise ValueError("nothing is drawn: no pixel differs much from those around it")
    strength = np.maximum(strength / most, 0)
    return strength if clean else np.clip(strength / 0.3 - 1, 0, 1) * grown(within(strength > 0.4))


def shrunk(image: np.ndarray) -> np.ndarray:
    """Return the image with a longer side of at most SIDE pixels."""
    part = SIDE / max(image.shape)
    return image if part >= 1 else resize(image, tuple(max(1, round(n * part)) for n in image.shape))


def smoothed(image: np.ndarray) -> np.ndarray:
    """Average each pixel with those around it, against noise: 3x3, in large images 5x5, in small ones none."""
    side = 2 * round(max(image.shape) / 256) + 1
    padded = np.pad(image, side // 2, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, (side, side)).mean((2, 3))


def within(mask: np.ndarray) -> np.ndarray:
    """Return the parts of a mask that stay within the image, or all if next to nothing would be left."""
    outside = np.zeros_like(mask)
    outside[[0, -1]], outside[:, [0, -1]] = mask[[0, -1]], mask[:, [0, -1]]
    count = -1
    while count != (count := int(outside.sum())):
        for _ in range(16):
            outside = grown(outside) & mask
    inside = mask & ~outside
    return inside if inside.sum() > 0.1 * mask.sum() else mask


def grown(mask: np.ndarray) -> np.ndarray:
    """Return a mask with the neighbours of all that is in it."""
    return highest(np.pad(mask, 1), 3)


def leaning_of(image: np.ndarray) -> float:
    """Return a number below zero where what differs from the median around it is rather darker than lighter."""
    coarse = resize(image, tuple(max(1, round(64 * n / max(image.shape))) for n in image.shape))
    side = 2 * (min(coarse.shape) // 4) + 1
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(coarse, side // 2, mode="reflect"), (side, side))
    return float(((coarse - np.median(windows, (2, 3))) ** 3).sum())


def closed(image: np.ndarray) -> np.ndarray:
    """Return the image with all dark filled up that a window does not fit into; its slopes go on beyond its border."""
    side = 2 * int(max(WINDOW * min(image.shape), max(image.shape) / 4, 2) / 2) + 1
    padded = np.pad(image, side - 1, mode="reflect", reflect_type="odd")
    return -highest(-highest(padded, side), side)


def highest(image: np.ndarray, side: int) -> np.ndarray:
    """Return the maximum of each window of side x side pixels that lies within the image."""
    for axis in (0, 1):
        done = 1
        while done < side:  # the maximum of twice as many neighbours, or of as many as are missing
            step = min(done, side - done)
            first, second = (np.take(image, np.arange(s, image.shape[axis] - step + s), axis) for s in (0, step))
            image = np.maximum(first, second)
            done += step
    return image
