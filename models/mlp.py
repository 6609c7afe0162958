"""The multilayer perceptron: linear layers with ReLU between them."""

from __future__ import annotations

from minigrad import Tensor, nn


class MLP(nn.Module):
    """Linear layers from each of `sizes` to the next, with ReLU between them; the outputs are logits.

    Parameters
    ----------
    *sizes : int
        Of the inputs, the hidden layers and the outputs.

    Examples
    --------
    >>> from minigrad.models.mlp import MLP
    >>> MLP(2, 16, 3)(mg.zeros(5, 2)).shape
    Size([5, 3])
    """

    def __init__(self, *sizes: int) -> None:
        super().__init__()
        if len(sizes) < 2:
            raise ValueError(f"MLP: expected the sizes of at least input and output, got {sizes}")
        layers: list[nn.Module] = []
        for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, first size) to (N, last size)."""
        return self.layers(x)
