"""What users write, all of it right: a strict type checker has nothing to say about it."""

from collections.abc import Callable
from typing import Any, assert_type

import numpy as np

import minigrad as mg
import minigrad.nn as nn
import minigrad.nn.functional as F
from minigrad import Tensor, optim
from minigrad.autograd.function import FunctionCtx
from minigrad.utils.data import DataLoader, TensorDataset


def tour() -> Tensor:
    x = mg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = (x * x).sum() + x.exp().mean()
    y.backward()
    assert x.grad is not None
    (g,) = mg.autograd.grad((x**3).sum(), x, create_graph=True)
    assert_type(g, Tensor)
    with mg.no_grad():
        x -= 0.1 * x.grad
        x.mul_(2).clamp_(min=0)
    return x.detach()


def operators(x: Tensor, y: Tensor) -> None:
    assert_type(x + y, Tensor)
    assert_type(1 - x, Tensor)
    assert_type(2.0 * x / 3, Tensor)
    assert_type(-((x @ y) ** 2) // 3 % 2, Tensor)
    assert_type(1 / x, Tensor)
    assert_type((x == 1).sum(), Tensor)
    assert_type((x != y) & (x < y) | ~(x >= 0), Tensor)
    assert_type(abs(x), Tensor)
    assert_type(x[0, ..., None][1:], Tensor)
    x[x > 0] = 1.0
    x += y
    assert_type(x, Tensor)
    for row in x:
        assert_type(row, Tensor)


def reductions(x: Tensor) -> None:
    assert_type(x.sum(), Tensor)
    assert_type(x.sum(dim=(0, 1), keepdim=True), Tensor)
    assert_type(x.mean(axis=1, keepdims=True), Tensor)
    assert_type(x.max(), Tensor)
    values, indices = x.max(dim=1)
    assert_type(values, Tensor)
    assert_type(x.max(1).indices, Tensor)
    assert_type(x.max(axis=1).values, Tensor)
    assert_type(mg.max(x, x), Tensor)
    assert_type(mg.min(x, other=x), Tensor)
    assert_type(x.sort(descending=True).values, Tensor)
    assert_type(mg.topk(x, 2)[0], Tensor)
    assert_type(x.median(), Tensor)
    assert_type(x.median(0).values, Tensor)
    assert_type(mg.where(x > 0, x, 0.0), Tensor)
    assert_type(mg.where(x > 0), tuple[Tensor, ...])
    assert_type(mg.unique(x), Tensor)
    assert_type(x.nonzero(), Tensor)
    assert_type(x.nonzero(as_tuple=True), tuple[Tensor, ...])
    assert_type(x.cumsum(0), Tensor)
    assert_type(x.cumsum(axis=0), Tensor)
    assert_type(mg.var_mean(x, dim=0)[1], Tensor)
    assert_type(x.chunk(2), tuple[Tensor, ...])
    assert_type(mg.linalg.svd(x).S, Tensor)
    assert_type(mg.linalg.norm(x), Tensor)
    assert_type(x.argmax(dim=1).tolist(), Any)
    assert_type((x.argmax(1) == 3).float().mean().item(), Any)


def shapes(x: Tensor) -> None:
    n, c = x.shape
    assert_type(x.reshape(n, -1).view(n, c).T, Tensor)
    assert_type(x.permute(1, 0).unsqueeze(0).expand(2, -1, -1).contiguous(), Tensor)
    assert_type(x.flatten(1).squeeze().to(mg.float64).double().long(), Tensor)
    assert_type(mg.cat([x, x], dim=0), Tensor)
    assert_type(mg.stack((x, x)), Tensor)
    assert_type(mg.einsum("ij,jk->ik", x, x), Tensor)
    assert_type(mg.atleast_2d(x), Tensor)
    assert_type(x.type(), str)
    assert_type(x.type(mg.float64), Tensor)
    assert_type(x.shape[0] * x.size(1) + x.shape[1:].numel(), int)
    assert x.numpy().astype(np.float32).shape == (n, c)
    assert_type(mg.zeros(2, 3) + mg.rand(3) + mg.arange(3) + mg.eye(3), Tensor)
    assert_type(mg.exp(x).log_softmax(dim=1), Tensor)


def functional(x: Tensor, w: Tensor) -> None:
    assert_type(F.relu(x, inplace=True), Tensor)
    assert_type(F.conv2d(x, w, stride=(1, 2), padding="same"), Tensor)
    assert_type(F.max_pool2d(x, 2), Tensor)
    values, where = F.max_pool2d(x, 2, return_indices=True)
    assert_type(where, Tensor)
    assert_type(F.cross_entropy(x, w, label_smoothing=0.1), Tensor)
    assert_type(F.softmax(F.dropout(x, 0.5, training=True), dim=-1), Tensor)


def derivatives(x: Tensor) -> None:
    def loss(x: Tensor) -> Tensor:
        return (x * x).sum()

    assert_type(mg.autograd.functional.jacobian(loss, x), Tensor)
    assert_type(mg.autograd.functional.hessian(loss, x), Tensor)
    y, g = mg.autograd.functional.vjp(loss, x)
    assert_type(g, Tensor)
    assert_type(mg.autograd.functional.hvp(loss, (x,), (x,)), tuple[Tensor, tuple[Tensor, ...]])
    assert_type(mg.autograd.grad(y, x), tuple[Tensor, ...])
    assert_type(mg.autograd.grad(y, [x], allow_unused=True)[0], Tensor | None)


@mg.no_grad()
def evaluated(x: Tensor) -> Tensor:
    return x.relu()


def decorated(x: Tensor) -> None:
    assert_type(evaluated(x), Tensor)


class Square(mg.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: FunctionCtx, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return 2 * x * g


class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Linear(2, width)
        self.scale = nn.Parameter(mg.ones(width))
        self.last = nn.Sequential(nn.ReLU(), nn.Linear(width, 1))

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.relu(self.first(x)) * self.scale
        out: Tensor = self.last(hidden)
        return out.squeeze(-1)


def training(criterion: Callable[[Tensor, Tensor], Tensor] = F.mse_loss) -> list[float]:
    net = Net(8)
    data = TensorDataset(mg.randn(16, 2), mg.randn(16))
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2)
    losses: list[float] = []
    for _ in range(3):
        for x, y in DataLoader(data, batch_size=4, shuffle=True):
            optimizer.zero_grad()
            error = criterion(net(x), y)
            error.backward()
            optimizer.step()
            losses.append(error.item())
        scheduler.step()
    mg.save(net.state_dict(), "net.npz")
    net.load_state_dict(mg.load("net.npz"))
    mg.viz.curves([{"loss": loss} for loss in losses])
    return losses
