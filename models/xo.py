"""A net so small that its weights can be set by hand: X or O, on 9x9 pixels of -1 and 1.

After A. Ali, "Convolutional Neural Network (CNN) with Practical Implementation", 2019, which follows an X and an O
through it. There each filter is a piece of the X, its convolution the mean of the nine products, and a letter's vote
the mean of those of the 12 features that are 1 for the letter itself.
"""

from __future__ import annotations

import numpy as np

import minigrad as mg
from minigrad import Tensor, nn


def _pixels(*rows: str) -> np.ndarray:
    """Return float32: 1 where a row has a ``#``, -1 elsewhere."""
    return np.array([[1 if c == "#" else -1 for c in row] for row in rows], np.float32)


LETTERS = {
    "X": _pixels(
        ".........",
        ".#.....#.",
        "..#...#..",
        "...#.#...",
        "....#....",
        "...#.#...",
        "..#...#..",
        ".#.....#.",
        ".........",
    ),
    "O": _pixels(
        ".........",
        "...###...",
        "..#...#..",
        ".#.....#.",
        ".#.....#.",
        ".#.....#.",
        "..#...#..",
        "...###...",
        ".........",
    ),
}
"""The two images, float32 of shape (9, 9)."""

FILTERS = {
    "diagonal": _pixels("#..", ".#.", "..#"),
    "cross": _pixels("#.#", ".#.", "#.#"),
    "antidiagonal": _pixels("..#", ".#.", "#.."),
}
"""The three filters, float32 of shape (3, 3). The net has them divided by 9."""


class XO(nn.Module):
    """Three filters of 3x3, ReLU, max pooling of 2x2 twice, and a vote of the 12 values that are left; no biases."""

    image_size = 9

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 3, 3, bias=False),
            nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Flatten(),
        )
        self.vote = nn.Linear(12, len(LETTERS), bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, 1, 9, 9) to the votes for X and for O, (N, 2)."""
        return self.vote(self.features(x))

    @classmethod
    def by_hand(cls) -> XO:
        """Return the net with the article's weights.

        Examples
        --------
        >>> from minigrad.models.xo import LETTERS, XO
        >>> XO.by_hand()(mg.from_numpy(LETTERS["X"])[None, None]).round(decimals=2)
        tensor([[1.0000, 0.5600]], grad_fn=<RoundBackward0>)
        """
        net = cls()
        nn.init.kernels_(net.features[0].weight, [f / 9 for f in FILTERS.values()])
        with mg.no_grad():
            features = net.features(mg.from_numpy(np.stack([*LETTERS.values()])[:, None]))
            strong = (features > 0.99).float()  # where a filter found itself: nine products of 1
            net.vote.weight.copy_(strong / strong.sum(1, keepdim=True))
        return net
