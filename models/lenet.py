"""LeNet-5, as it was and as it is built today.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition.
Proceedings of the IEEE 86(11), 1998.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import Tensor, nn

# Table I of the paper: row i, column j is 1 where map j of C3 sees map i of S2.
TABLE_I = [
    [int(c) for c in row]
    for row in (
        "1000111001111011",
        "1100011100111101",
        "1110001110010111",
        "0111001111001011",
        "0011100111101101",
        "0001110011110111",
    )
]


def min_pool2d(x: Tensor, kernel_size: int) -> Tensor:
    """Return the minimum of each window: max pooling between two changes of sign, and so with its gradient.

    Examples
    --------
    >>> from minigrad.models.lenet import min_pool2d
    >>> min_pool2d(mg.tensor([[[[3.0, 1.0], [2.0, 5.0]]]]), 2)
    tensor([[[[1.]]]])
    """
    return -F.max_pool2d(-x, kernel_size)


POOLS: dict[str, Callable[[Tensor, int], Tensor]] = {"avg": F.avg_pool2d, "max": F.max_pool2d, "min": min_pool2d}
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "sigmoid": F.sigmoid, "tanh": F.tanh}


def chosen(pool: str, activation: str) -> tuple[Callable[[Tensor, int], Tensor], Callable[[Tensor], Tensor]]:
    """Return the functions of these names. Raises ValueError for a name that is none."""
    for what, name, table in (("pool", pool, POOLS), ("activation", activation, ACTIVATIONS)):
        if name not in table:
            raise ValueError(f"LeNet: expected {what} of {', '.join(table)}, got {name!r}")
    return POOLS[pool], ACTIVATIONS[activation]


class TableConv2d(nn.Module):
    """A convolution in which each output map sees only some of the input maps.

    Parameters
    ----------
    table : (in_channels, out_channels) of 0 and 1
        Which output map sees which input map.
    kernel_size : int

    Attributes
    ----------
    weight : Parameter, shape (connections, kernel_size, kernel_size)
        The kernels of the connections: those of the first output map, of the second, and so on.
    bias : Parameter, shape (out_channels,)
    kernels : Tensor, shape (out_channels, in_channels, kernel_size, kernel_size)
        The same kernels in their places, and zeros where there is no connection.
    """

    places: Tensor

    def __init__(self, table: list[list[int]], kernel_size: int) -> None:
        super().__init__()
        self.in_channels, self.out_channels, self.kernel_size = len(table), len(table[0]), kernel_size
        seen_by = [[i for i, row in enumerate(table) if row[j]] for j in range(self.out_channels)]
        places = [j * self.in_channels + i for j, inputs in enumerate(seen_by) for i in inputs]
        self.register_buffer("places", mg.tensor(places), persistent=False)
        self.weight = nn.Parameter(mg.empty(len(places), kernel_size, kernel_size))
        self.bias = nn.Parameter(mg.empty(self.out_channels))
        first = 0
        for j, inputs in enumerate(seen_by):  # U(+-1/sqrt(fan_in)), as nn.Conv2d
            bound = 1 / math.sqrt(len(inputs) * kernel_size**2)
            nn.init.uniform_(self.weight.data[first : first + len(inputs)], -bound, bound)
            nn.init.uniform_(self.bias.data[j : j + 1], -bound, bound)
            first += len(inputs)

    @property
    def kernels(self) -> Tensor:
        k = self.kernel_size
        none = mg.zeros(self.out_channels * self.in_channels, k, k, dtype=self.weight.dtype)
        return none.index_copy(0, self.places, self.weight).reshape(self.out_channels, self.in_channels, k, k)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.kernels, self.bias)


def check_size(name: str, images: Tensor, size: int) -> None:
    """Raise RuntimeError if images are not of the one size that a network takes."""
    if images.shape[-2:] != (size, size):
        raise RuntimeError(
            f"{name}: expected images of shape (N, channels, {size}, {size}), got {tuple(images.shape)}; "
            "resize them, or F.pad(images, (2, 2, 2, 2)) makes 32 x 32 of 28 x 28"
        )


class LeNet5(nn.Module):
    """The network of 1998: 32x32 images, tanh, average pooling, C3 connected by Table I.

    Where the paper squashes with 1.7159 tanh(2x/3), scales what it pools by trained coefficients and ends in radial
    basis functions, this one has tanh, plain averages and a linear layer whose outputs are logits.

    Parameters
    ----------
    num_classes : int, default 10
    in_channels : int, default 1
    pool : {"avg", "max", "min"}
    activation : {"tanh", "relu", "sigmoid"}

    Examples
    --------
    >>> from minigrad.models import LeNet5
    >>> LeNet5(pool="max", activation="relu")(mg.zeros(2, 1, 32, 32)).shape
    Size([2, 10])
    """

    image_size = 32

    def __init__(
        self, num_classes: int = 10, in_channels: int = 1, pool: str = "avg", activation: str = "tanh"
    ) -> None:
        super().__init__()
        self.pool, self.activation = chosen(pool, activation)
        self.c1 = nn.Conv2d(in_channels, 6, 5)
        self.c3 = TableConv2d(TABLE_I, 5)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, in_channels, 32, 32) to logits (N, num_classes)."""
        check_size("LeNet5", x, self.image_size)
        s2 = self.pool(self.activation(self.c1(x)), 2)
        s4 = self.pool(self.activation(self.c3(s2)), 2)
        c5 = self.activation(self.c5(s4)).flatten(1)
        return self.output(self.activation(self.f6(c5)))


class LeNet(nn.Module):
    """LeNet's modern variant: 28x28 images, ReLU, max pooling, full connections.

    Parameters
    ----------
    num_classes : int, default 10
    in_channels : int, default 1
    pool : {"max", "avg", "min"}
    activation : {"relu", "tanh", "sigmoid"}

    Examples
    --------
    >>> from minigrad.models import LeNet
    >>> LeNet(num_classes=4)(mg.zeros(2, 1, 28, 28)).shape
    Size([2, 4])
    """

    image_size = 28

    def __init__(
        self, num_classes: int = 10, in_channels: int = 1, pool: str = "max", activation: str = "relu"
    ) -> None:
        super().__init__()
        self.pool, self.activation = chosen(pool, activation)
        self.conv1 = nn.Conv2d(in_channels, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, in_channels, 28, 28) to logits (N, num_classes)."""
        check_size("LeNet", x, self.image_size)
        x = self.pool(self.activation(self.conv1(x)), 2)
        x = self.pool(self.activation(self.conv2(x)), 2)
        x = self.activation(self.fc1(x.flatten(1)))
        return self.fc3(self.activation(self.fc2(x)))
