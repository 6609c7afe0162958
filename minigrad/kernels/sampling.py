"""Weighted sums of elements at given places: samples between the pixels of an image, and the two adjoints.

An `image` is (N, C, P), its places numbered in one row; `index` says for each example which K of them each of Q samples
takes, (N, K, Q), and `weight`, of that shape, how much of each. One plane is done after
the other: it fits into a cache.
"""

from __future__ import annotations

import numpy as np


def taken(image: np.ndarray, weight: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Return ``sum over k of weight[n, k, q] * image[n, c, index[n, k, q]]``: (N, C, Q)."""
    samples = np.empty((*image.shape[:2], index.shape[2]), image.dtype)
    for planes, factors, places, results in zip(image, weight, index, samples, strict=True):
        for plane, result in zip(planes, results, strict=True):
            part = plane.take(places, mode="wrap")
            part *= factors
            part.sum(0, out=result)
    return samples


def spread(samples: np.ndarray, weight: np.ndarray, index: np.ndarray, size: int) -> np.ndarray:
    """Add `samples`, (N, C, Q), to zeros where `taken` takes them from: its adjoint in the image."""
    image = np.empty((*samples.shape[:2], size), samples.dtype)
    for values, factors, places, planes in zip(samples, weight, index, image, strict=True):
        flat = places.reshape(-1)
        for value, plane in zip(values, planes, strict=True):
            plane[...] = np.bincount(flat, (value * factors).reshape(-1), size)
    return image


def matched(samples: np.ndarray, image: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Return ``sum over c of samples[n, c, q] * image[n, c, index[n, k, q]]``: the adjoint of `taken` in the weight."""
    weight = np.zeros(index.shape, image.dtype)
    for values, planes, places, total in zip(samples, image, index, weight, strict=True):
        for value, plane in zip(values, planes, strict=True):
            part = plane.take(places, mode="wrap")
            part *= value
            total += part
    return weight
