"""grid_sample in all modes, and affine_grid."""

import itertools

import numpy as np

from tests.ops.case import Case, Maker, case, normal


def points(size: tuple[int, ...], dims: int, align_corners: bool) -> Maker:
    """Points in and around images of 4 (times 5) pixels, away from where their weights have kinks."""

    def make(rng):
        lengths = np.array([4, 5, 3][:dims][::-1])
        pixel = rng.integers(-3, 8, (*size, dims)) + rng.uniform(0.1, 0.4, (*size, dims))  # kinks are at 0 and 0.5
        return pixel / (lengths - 1) * 2 - 1 if align_corners else (2 * pixel + 1) / lengths - 1

    return make


def sample(dims: int, mode: str, padding_mode: str, align_corners: bool) -> Case:
    def function(m, x, grid):
        return m.nn.functional.grid_sample(x, grid, mode, padding_mode, align_corners)

    name = f"grid_sample {dims}d {mode} {padding_mode} {align_corners}"
    image, grid = normal(2, 2, *[4, 5, 3][:dims]), points((2, *[2] * dims), dims, align_corners)
    return case(name, function, image, grid)


def bilinear(x, grid):
    """By the definition: each pixel counts by how near it is."""
    n, c, h, w = x.shape
    out = np.zeros((n, c, *grid.shape[1:3]))
    for i, row, column in np.ndindex(*grid.shape[:3]):
        at = [((g + 1) * size - 1) / 2 for g, size in zip(grid[i, row, column], (w, h), strict=True)]
        for u, v in np.ndindex(h, w):
            out[i, :, row, column] += max(0, 1 - abs(at[0] - v)) * max(0, 1 - abs(at[1] - u)) * x[i, :, u, v]
    return out


CASES = [
    *[
        sample(2, mode, padding_mode, align_corners)
        for mode, padding_mode, align_corners in itertools.product(
            ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection"), (False, True)
        )
        if align_corners or mode != "nearest"
    ],
    sample(3, "bilinear", "zeros", False),
    sample(3, "bilinear", "reflection", True),
    sample(3, "nearest", "border", False),
    case(
        "grid_sample",
        lambda m, x, grid: m.nn.functional.grid_sample(x, grid, align_corners=False),
        normal(2, 2, 4, 5),
        points((2, 3, 2), 2, False),
        reference=bilinear,
    ),
    case(
        "affine_grid",
        lambda m, theta: m.nn.functional.affine_grid(theta, (2, 1, 3, 4), align_corners=True),
        normal(2, 2, 3),
        reference=lambda theta: np.stack(
            [[[t @ (x, y, 1) for x in np.linspace(-1, 1, 4)] for y in np.linspace(-1, 1, 3)] for t in theta]
        ),
    ),
    case(
        "affine_grid volumes",
        lambda m, theta: m.nn.functional.affine_grid(theta, (1, 2, 2, 1, 3), align_corners=False),
        normal(1, 3, 4),
    ),
]
