"""Single operations of libraries with PyTorch's names: one line for each, which minigrad and PyTorch both run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Shape = tuple[int, ...]
M: Shape = (1000, 1000)
S: Shape = (200, 200)  # for decompositions
IMAGES: Shape = (32, 64, 28, 28)
HEADS: Shape = (16, 4, 64, 32)  # batch, heads, positions, features


class Whole(NamedTuple):
    """Whole numbers from 0 up to `high`."""

    shape: Shape
    high: int


class Mask(NamedTuple):
    """True in half of the places."""

    shape: Shape


class Definite(NamedTuple):
    """A symmetric matrix whose eigenvalues are 1 and more."""

    shape: Shape


Row = tuple[Any, ...]  # a function of the library, its `nn.functional` and the inputs; the inputs
POINTWISE: dict[str, Row] = {
    "add": (lambda t, F, a, b: a + b, M, M),
    "add a row": (lambda t, F, a, b: a + b, M, M[1:]),
    "divide": (lambda t, F, a, b: a / b, M, M),
    "exp": (lambda t, F, x: t.exp(x), M),
    "sqrt of abs": (lambda t, F, x: t.sqrt(t.abs(x)), M),
    "tanh": (lambda t, F, x: t.tanh(x), M),
    "sigmoid": (lambda t, F, x: t.sigmoid(x), M),
    "gelu": (lambda t, F, x: F.gelu(x), M),
    "gelu tanh": (lambda t, F, x: F.gelu(x, approximate="tanh"), M),
    "silu": (lambda t, F, x: F.silu(x), M),
    "relu": (lambda t, F, x: F.relu(x), M),
    "relu 128x6x28x28": (lambda t, F, x: F.relu(x), (128, 6, 28, 28)),
    "leaky_relu": (lambda t, F, x: F.leaky_relu(x), M),
    "elu": (lambda t, F, x: F.elu(x), M),
    "softplus": (lambda t, F, x: F.softplus(x), M),
    "clamp": (lambda t, F, x: x.clamp(-1, 1), M),
    "where": (lambda t, F, m, a, b: t.where(m, a, b), Mask(M), M, M),
}
REDUCTIONS: dict[str, Row] = {
    "sum": (lambda t, F, x: x.sum(), M),
    "sum(0)": (lambda t, F, x: x.sum(0), M),
    "mean(1)": (lambda t, F, x: x.mean(1), M),
    "max(0)": (lambda t, F, x: x.max(0)[0], M),
    "var(1)": (lambda t, F, x: x.var(1), M),
    "logsumexp": (lambda t, F, x: x.logsumexp(1), M),
    "norm": (lambda t, F, x: t.linalg.vector_norm(x), M),
    "cumsum(1)": (lambda t, F, x: x.cumsum(1), M),
    "cumsum(0)": (lambda t, F, x: x.cumsum(0), M),
    "sort": (lambda t, F, x: x.sort(1)[0], M),
    "topk": (lambda t, F, x: x.topk(10)[0], M),
    "kthvalue": (lambda t, F, x: x.kthvalue(500)[0], M),
}
PLACES: dict[str, Row] = {
    "index rows": (lambda t, F, x, i: x[i], M, Whole((2000,), 1000)),
    "index with a mask": (lambda t, F, x, m: x[m], M, Mask(M)),
    "gather": (lambda t, F, x, i: x.gather(1, i), M, Whole(M, 1000)),
    "scatter_add": (lambda t, F, x, i, y: x.scatter_add(1, i, y), M, Whole(M, 1000), M),
    "embedding": (lambda t, F, w, i: F.embedding(i, w), (5000, 64), Whole((64, 128), 5000)),
    "cat": (lambda t, F, a, b: t.cat([a, b], 1), M, M),
    "transposed copy": (lambda t, F, x: x.t().contiguous(), M),
    "pad reflect": (lambda t, F, x: F.pad(x, (2, 2, 2, 2), mode="reflect"), IMAGES),
    "interpolate nearest": (lambda t, F, x: F.interpolate(x, scale_factor=2), IMAGES),
    "interpolate bilinear": (lambda t, F, x: F.interpolate(x, scale_factor=2, mode="bilinear"), IMAGES),
}
PRODUCTS: dict[str, Row] = {
    "matmul 128x784 784x256": (lambda t, F, a, b: a @ b, (128, 784), (784, 256)),
    "matmul 1024x1024": (lambda t, F, a, b: a @ b, (1024, 1024), (1024, 1024)),
    "matmul 32x64x64": (lambda t, F, a, b: a @ b, (32, 64, 64), (32, 64, 64)),
    "einsum": (lambda t, F, a, b: t.einsum("bhid,bhjd->bhij", a, b), HEADS, HEADS),
    "linear": (lambda t, F, x, w, b: F.linear(x, w, b), (1024, 256), (512, 256), (512,)),
    "attention": (lambda t, F, q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), HEADS, HEADS, HEADS),
    "cdist": (lambda t, F, a, b: t.cdist(a, b), (300, 30), (300, 30)),
    "svd": (lambda t, F, x: t.linalg.svd(x, full_matrices=False)[1], S),
    "eigh": (lambda t, F, x: t.linalg.eigh(x)[0], Definite(S)),
    "cholesky": (lambda t, F, x: t.linalg.cholesky(x), Definite(S)),
    "solve": (lambda t, F, a, b: t.linalg.solve(a, b), Definite(S), S),
    "inv": (lambda t, F, x: t.linalg.inv(x), Definite(S)),
}


def _conv(x: Shape, w: Shape, **options: Any) -> Row:
    return (lambda t, F, x, w, b: F.conv2d(x, w, b, **options), x, w, w[:1])


CONVOLUTIONS: dict[str, Row] = {
    "conv2d 1x1x28x28-6@5": _conv((1, 1, 28, 28), (6, 1, 5, 5), padding=2),
    "conv2d 128x1x28x28-6@5": _conv((128, 1, 28, 28), (6, 1, 5, 5), padding=2),
    "conv2d 128x6x14x14-16@5": _conv((128, 6, 14, 14), (16, 6, 5, 5)),
    "conv2d 64x3x32x32-16@5": _conv((64, 3, 32, 32), (16, 3, 5, 5)),
    "conv2d 64x16x28x28-16@5": _conv((64, 16, 28, 28), (16, 16, 5, 5)),
    "conv2d 64x32x32x32-32@3": _conv((64, 32, 32, 32), (32, 32, 3, 3), padding=1),
    "conv2d 64x64x16x16-64@3": _conv((64, 64, 16, 16), (64, 64, 3, 3), padding=1),
    "conv2d 8x64x56x56-64@3": _conv((8, 64, 56, 56), (64, 64, 3, 3), padding=1),
    "conv2d 32x32x32x32-64@3 stride 2": _conv((32, 32, 32, 32), (64, 32, 3, 3), padding=1, stride=2),
    "conv2d 32x128x14x14-256@1": _conv((32, 128, 14, 14), (256, 128, 1, 1)),
    "conv2d 32x64x28x28-64@3 depthwise": _conv(IMAGES, (64, 1, 3, 3), padding=1, groups=64),
    "conv1d": (lambda t, F, x, w: F.conv1d(x, w, padding=2), (32, 64, 256), (64, 64, 5)),
    "conv_transpose2d": (lambda t, F, x, w: F.conv_transpose2d(x, w, None, 2, 1), (32, 64, 14, 14), (64, 32, 4, 4)),
    "max_pool2d 128x6x28x28-2": (lambda t, F, x: F.max_pool2d(x, 2), (128, 6, 28, 28)),
    "max_pool2d 3 stride 2": (lambda t, F, x: F.max_pool2d(x, 3, 2, 1), IMAGES),
    "avg_pool2d 128x6x28x28-2": (lambda t, F, x: F.avg_pool2d(x, 2), (128, 6, 28, 28)),
    "adaptive_avg_pool2d": (lambda t, F, x: F.adaptive_avg_pool2d(x, 1), IMAGES),
}
NORMALIZATIONS: dict[str, Row] = {
    "batch_norm": (
        lambda t, F, x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        (32, 32, 32, 32),
        (32,),
        (32,),
    ),
    "layer_norm": (lambda t, F, x, w, b: F.layer_norm(x, (256,), w, b), (2048, 256), (256,), (256,)),
    "group_norm": (lambda t, F, x, w, b: F.group_norm(x, 8, w, b), IMAGES, (64,), (64,)),
    "softmax 128x10": (lambda t, F, x: F.softmax(x, -1), (128, 10)),
    "softmax": (lambda t, F, x: F.softmax(x, -1), M),
    "log_softmax": (lambda t, F, x: F.log_softmax(x, -1), M),
    "cross_entropy 128x10": (lambda t, F, x, y: F.cross_entropy(x, y), (128, 10), Whole((128,), 10)),
    "cross_entropy": (lambda t, F, x, y: F.cross_entropy(x, y), M, Whole((1000,), 1000)),
    "mse_loss": (lambda t, F, x, y: F.mse_loss(x, y), M, M),
    "bce_with_logits": (
        lambda t, F, x, y: F.binary_cross_entropy_with_logits(x, y.to(x.dtype)),
        M,
        Whole(M, 2),
    ),
    "dropout": (lambda t, F, x: F.dropout(x, 0.5), M),
}
DIFFERENTIABLE = POINTWISE | REDUCTIONS | PLACES | PRODUCTS | CONVOLUTIONS | NORMALIZATIONS
WITHOUT_GRADIENT: dict[str, Row] = {
    "compare": (lambda t, F, a, b: a > b, M, M),
    "argmax": (lambda t, F, x: x.argmax(1), M),
    "unique": (lambda t, F, x: t.unique(x), Whole(M, 1000)),
    "randn": (lambda t, F: t.randn(1000, 1000),),
    "rand": (lambda t, F: t.rand(1000, 1000),),
    "randperm": (lambda t, F: t.randperm(100_000),),
}
OPERATIONS = DIFFERENTIABLE | WITHOUT_GRADIENT


def values(kind: Any, random: np.random.Generator) -> np.ndarray:
    """Return an input: normally distributed numbers of a shape, or what the kind says."""
    if isinstance(kind, Whole):
        return random.integers(0, kind.high, kind.shape)
    if isinstance(kind, Mask):
        return random.random(kind.shape) < 0.5
    if isinstance(kind, Definite):
        a = random.standard_normal(kind.shape, np.float32)
        return a @ a.T / len(a) + np.eye(len(a), dtype=np.float32)
    return random.standard_normal(kind, np.float32)


def operation(lib: Any, name: str, backward: bool) -> Callable[[], Any]:
    """Build one operation on random inputs, without a graph; or with one, and its backward to all of its inputs."""
    random = np.random.default_rng(0)
    compute, *kinds = OPERATIONS[name]
    functional = lib.nn.functional
    inputs = [lib.from_numpy(values(kind, random)) for kind in kinds]

    def forward() -> Any:
        with lib.no_grad():
            return compute(lib, functional, *inputs)

    if not backward:
        return forward
    leaves = [x for x in inputs if x.is_floating_point()]
    for x in leaves:
        x.requires_grad_(True)
    shape = tuple(forward().shape)
    g = lib.from_numpy(random.standard_normal(shape, np.float32))

    def both() -> Any:
        for x in leaves:
            x.grad = None
        compute(lib, functional, *inputs).backward(g)
        return leaves[0].grad

    return both
