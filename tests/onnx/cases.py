"""What is exported: layers and operations, each with an example; the first dimension of inputs is the batch."""

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn

IMAGES, SIGNAL, ROWS, STEPS = (2, 3, 8, 8), (2, 3, 9), (2, 6), (2, 5, 8)

LAYERS = {
    "Linear": (lambda: nn.Linear(6, 4), ROWS),
    "Linear of steps": (lambda: nn.Linear(8, 4, bias=False), STEPS),
    "Bilinear": (lambda: _twice(nn.Bilinear(6, 6, 3)), ROWS),
    "Conv1d": (lambda: nn.Conv1d(3, 4, 3, stride=2, padding=1), SIGNAL),
    "Conv2d": (lambda: nn.Conv2d(3, 6, (3, 2), dilation=2, groups=3, bias=False), IMAGES),
    "Conv2d reflected": (lambda: nn.Conv2d(3, 4, 3, padding="same", padding_mode="reflect"), IMAGES),
    "Conv3d": (lambda: nn.Conv3d(1, 2, 2), (2, 1, 4, 5, 6)),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(3, 2, 4, stride=3, padding=1), SIGNAL),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1), IMAGES),
    "MaxPool1d": (lambda: nn.MaxPool1d(3), SIGNAL),
    "MaxPool2d": (lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True), IMAGES),
    "MaxPool2d with indices": (lambda: nn.MaxPool2d(2, return_indices=True), IMAGES),
    "AvgPool2d": (lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False), IMAGES),
    "AvgPool2d divided": (lambda: nn.AvgPool2d(2, divisor_override=3), IMAGES),
    "LPPool2d": (lambda: nn.LPPool2d(2, 2), IMAGES),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d((3, 1)), IMAGES),
    "AdaptiveAvgPool2d to 1": (lambda: nn.AdaptiveAvgPool2d(1), IMAGES),
    "AdaptiveMaxPool2d": (lambda: nn.AdaptiveMaxPool2d(2), IMAGES),
    "BatchNorm1d": (lambda: _used(nn.BatchNorm1d(6), ROWS), ROWS),
    "BatchNorm2d": (lambda: _used(nn.BatchNorm2d(3), IMAGES), IMAGES),
    "LayerNorm": (lambda: _used(nn.LayerNorm((8, 8)), IMAGES), IMAGES),
    "RMSNorm": (lambda: nn.RMSNorm(8), IMAGES),
    "GroupNorm": (lambda: _used(nn.GroupNorm(3, 3), IMAGES), IMAGES),
    "InstanceNorm2d": (lambda: nn.InstanceNorm2d(3, affine=True), IMAGES),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(3), IMAGES),
    "Dropout": (lambda: nn.Dropout(), ROWS),
    "Flatten": (lambda: nn.Flatten(), IMAGES),
    "Unflatten": (lambda: nn.Unflatten(1, (2, 3)), ROWS),
    "PixelShuffle": (lambda: nn.Sequential(nn.Conv2d(3, 8, 1), nn.PixelShuffle(2), nn.PixelUnshuffle(2)), IMAGES),
    "ChannelShuffle": (lambda: nn.ChannelShuffle(3), IMAGES),
    "Upsample": (lambda: nn.Upsample(scale_factor=2), IMAGES),
    "Upsample bilinear": (lambda: nn.Upsample(size=(5, 12), mode="bilinear", align_corners=True), IMAGES),
    "Upsample to many": (lambda: nn.Upsample(size=700, mode="linear"), SIGNAL),
    "Fold": (lambda: nn.Sequential(nn.Unfold(3, 2, 2), nn.Fold((8, 8), 3, 2, 2)), IMAGES),
    "Fold of steps": (lambda: nn.Sequential(nn.Unfold(2, stride=3), nn.Fold((9, 7), 2, stride=3)), (2, 3, 9, 7)),
    "MaxUnpool2d": (lambda: _Unpooled(), IMAGES),
    "Unfold": (lambda: nn.Unfold(3, stride=2), IMAGES),
    "ZeroPad2d": (lambda: nn.ZeroPad2d((1, 2, 0, -1)), IMAGES),
    "ReplicationPad1d": (lambda: nn.ReplicationPad1d(2), SIGNAL),
    "RNN": (lambda: nn.RNN(8, 5, nonlinearity="relu", batch_first=True), STEPS),
    "LSTM": (lambda: nn.LSTM(8, 5, num_layers=2, bidirectional=True, batch_first=True), STEPS),
    "GRU": (lambda: nn.GRU(8, 5, bidirectional=True, batch_first=True), STEPS),
    "LSTMCell": (lambda: nn.LSTMCell(6, 4), ROWS),
    "GRUCell": (lambda: nn.GRUCell(6, 4), ROWS),
    "MultiheadAttention": (lambda: _Self(), STEPS),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu"), 2),
        STEPS,
    ),
    "Transformer": (lambda: _twice(nn.Transformer(8, 2, 1, 1, 16, batch_first=True)), STEPS),
    "PReLU": (lambda: nn.PReLU(3), IMAGES),
    "ReLU in place": (lambda: nn.Sequential(nn.Linear(6, 4), nn.ReLU(inplace=True), nn.Linear(4, 2)), ROWS),
    "weight_norm": (lambda: nn.utils.parametrizations.weight_norm(nn.Linear(6, 4)), ROWS),
    **{
        name: (lambda name=name: getattr(nn, name)(), ROWS)
        for name in "ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Mish Sigmoid LogSigmoid Tanh Softplus Softsign "
        "Tanhshrink Softshrink Hardshrink Hardtanh Hardsigmoid Hardswish RReLU Identity".split()
    },
    "GELU by tanh": (lambda: nn.GELU("tanh"), ROWS),
    "Threshold": (lambda: nn.Threshold(0.1, 20), ROWS),
    "GLU": (lambda: nn.GLU(), ROWS),
    "Softmax": (lambda: nn.Softmax(1), IMAGES),
    "Softmin": (lambda: nn.Softmin(-1), IMAGES),
    "LogSoftmax": (lambda: nn.LogSoftmax(1), IMAGES),
    "CosineSimilarity": (lambda: _twice(nn.CosineSimilarity()), ROWS),
}
"""By name: how to make it, and the shape of its input."""

NUMBERS = {
    name: (lambda x, name=name: getattr(mg, name)(x), kind)
    for names, kind in (
        ("abs atan ceil cos deg2rad erf erfc exp exp2 expm1 floor isfinite isinf isnan isneginf isposinf neg rad2deg "
         "relu round sigmoid sign sin sinh square tan tanh trunc asinh cosh logical_not nan_to_num", "any"),
        ("acos asin atanh logit", "unit"),
        ("log log10 log1p log2 reciprocal rsqrt sqrt", "positive"),
        ("acosh", "above 1"),
        ("bitwise_not", "ints"),
    )
    for name in names.split()
}  # fmt: skip
PAIRS = {
    name: (lambda x, name=name: getattr(mg, name)(x, x.flip(1)), kind)
    for names, kind in (
        ("add div eq ge gt hypot le logaddexp lt maximum minimum mul ne sub fmod remainder floor_divide", "any"),
        ("atan2 isclose logaddexp2", "any"),
        ("pow xlogy", "positive"),
        ("bitwise_and bitwise_or bitwise_xor", "ints"),
        ("logical_and logical_or logical_xor", "bools"),
    )
    for name in names.split()
}
OPERATIONS = {
    **NUMBERS,
    **PAIRS,
    "numbers beside": (lambda x: 1 - 2 / (3 + x * 4) + x**3, "positive"),
    "broadcasting": (lambda x: x + mg.arange(6.0) * mg.ones(1, 1), "any"),
    "to integers": (lambda x: (10 * x).long() // 3 % 4, "any"),
    "remainder of ints": (lambda x: (x - 5).remainder(3) + (x - 5).div(2, rounding_mode="trunc"), "ints"),
    "truncated": (lambda x: x.div(0.3, rounding_mode="trunc"), "any"),
    "a number beside": (lambda x: (x.fmod(0.7), x.remainder(-0.7), x // 0.3), "any"),
    "a number beside ints": (lambda x: (x.int().fmod(3), x.int().remainder(3), x.int() // 3), "ints"),
    "sizes beside": (lambda x: x / x.numel() + x.shape[0], "any"),
    "quadrants": (lambda x: mg.stack([mg.atan2(x, y) for y in (x * 0, -x.abs(), x.abs())]), "any"),
    "close": (lambda x: mg.isclose(x, x + 1e-6) == mg.isclose(x / 0, x / 0, equal_nan=True), "any"),
    "one_hot": (lambda x: F.one_hot(x, 20), "ints"),
    "det": (lambda x: mg.linalg.det(x[:, :4].view(-1, 2, 2)), "any"),
    "decimals": (lambda x: x.round(decimals=2), "any"),
    "where": (lambda x: mg.where(x > 0, x, 0.5) + mg.where(x > 0, x, -x), "any"),
    "clamp": (lambda x: x.clamp(-0.5, 0.5) + x.clamp(min=x.flip(1)), "any"),
    "lerp": (lambda x: mg.lerp(x, x * 2, 0.3), "any"),
    "losses of shares": (lambda x: F.binary_cross_entropy(x.sigmoid(), (x > 0).float(), reduction="none"), "any"),
    "losses of logits": (
        lambda x: F.binary_cross_entropy_with_logits(x, (x > 0).float(), pos_weight=mg.tensor(3.0)),
        "any",
    ),
    "masked_fill": (lambda x: x.masked_fill(x > 0, -1.0), "any"),
    "losses": (lambda x: F.mse_loss(x, x * 2) + F.l1_loss(x, x * 2) + F.smooth_l1_loss(x, x * 2), "any"),
    "sum": (lambda x: (x.sum(), x.sum(1), x.sum((0, 1), keepdim=True)), "any"),
    "mean": (lambda x: (x.mean(), x.mean(0), x.mean(1, keepdim=True)), "any"),
    "prod": (lambda x: x.prod(1), "any"),
    "var and std": (lambda x: (x.var(), x.std(1), x.var(0, correction=0, keepdim=True)), "any"),
    "amax": (lambda x: x.amax(1) - x.amin((0, 1)), "any"),
    "max": (lambda x: tuple(x.max(1)), "any"),
    "argmin": (lambda x: x.argmin(1, keepdim=True) - x.argmax(), "any"),
    "norm": (lambda x: mg.stack([x.norm(p, 1) for p in (0, 1, 2, 3, float("inf"))]), "any"),
    "all": (lambda x: ((x > 0).any(1), (x > -5).all(), x.bool().all(1)), "any"),
    "count_nonzero": (lambda x: F.relu(x).count_nonzero(1), "any"),
    "logsumexp": (lambda x: x.logsumexp(1), "any"),
    "softmax": (lambda x: x.softmax(0), "any"),
    "cumsum": (lambda x: x.cumsum(1), "any"),
    "cumprod": (lambda x: (x.cumprod(0), x.cumprod(1), x.view(-1, 2, 3).long().cumprod(1)), "any"),
    "cummax": (lambda x: (*x.cummax(0), *(x * 2).round().cummax(1)), "any"),
    "cummin": (lambda x: (*x.cummin(0), *x.view(-1, 2, 3).cummin(1)), "any"),
    "cummax of ints": (lambda x: (*x.cummax(1), *x.cummin(0)), "ints"),
    "logcumsumexp": (lambda x: (x.logcumsumexp(0), x.logcumsumexp(1)), "any"),
    "median": (lambda x: (x.median(), *x.median(0), *x.median(1, keepdim=True)), "any"),
    "median with nan": (lambda x: mg.log(x).median(), "any"),
    "kthvalue": (lambda x: tuple(x.kthvalue(2, 1)), "any"),
    "quantile": (lambda x: x.quantile(0.3, 1), "any"),
    "bucketize": (lambda x: (mg.bucketize(x, x[0].sort()[0]), mg.bucketize(x, mg.ones(1), right=True)), "any"),
    "isin": (lambda x: (mg.isin(x, mg.tensor([3, 4, 5])), mg.isin(x, x[0] + 1, invert=True)), "ints"),
    "sign bits": (lambda x: (mg.signbit(x.relu() * -1), mg.copysign(x, -x.relu()), mg.signbit(x.int())), "any"),
    "heaviside": (lambda x: mg.heaviside(x.relu(), mg.tensor(0.5)), "any"),
    "sinc": (lambda x: mg.sinc(x.relu()), "any"),
    "entr": (lambda x: mg.special.entr(x) + mg.special.entr(x.relu()), "any"),
    "ndtr": (lambda x: mg.special.ndtr(x), "any"),
    "xlog1py": (lambda x: mg.special.xlog1py(x.relu(), x.abs() - x.relu()), "any"),
    "take_along_dim": (
        lambda x: (
            mg.take_along_dim(x, x.argsort(1), 1),
            mg.take_along_dim(x, x.argmax(1, keepdim=True), 1),
            mg.take_along_dim(x, mg.tensor([[0, -1]]), 1),
            mg.take_along_dim(x[:1], x.argsort(1), 1),
        ),
        "any",
    ),
    "index of pairs": (lambda x: x.view(-1, 2, 3)[mg.arange(len(x)), x[:, :2].argmax(1)], "any"),
    "index of a mask": (lambda x: x[:, mg.tensor([True, False] * 3)], "any"),
    "scatter_reduce": (lambda x: x.scatter_reduce(1, x.argsort(1), x.flip(1), "amax"), "any"),
    "diag_embed": (lambda x: mg.diag_embed(x.view(-1, 2, 3), 1, 0, 2), "any"),
    "grid_sample": (lambda x: _sampled(x), "any"),
    "grid_sample of volumes": (
        lambda x: F.grid_sample(x.view(-1, 1, 1, 2, 3), x.view(-1, 2, 1, 1, 3), align_corners=False),
        "any",
    ),
    "affine_grid": (
        lambda x: (
            F.affine_grid(x.view(-1, 2, 3), (len(x), 1, 3, 4), align_corners=True),
            F.affine_grid(x.repeat(1, 2).view(-1, 3, 4), (len(x), 1, 2, 3, 2), align_corners=False),
        ),
        "any",
    ),
    "bags": (lambda x: tuple(F.embedding_bag(x, TABLE, mode=mode) for mode in BAGS), "ints"),
    "bags with padding": (lambda x: tuple(F.embedding_bag(x, TABLE, mode=m, padding_idx=-18) for m in BAGS), "few"),
    "bags with weights": (
        lambda x: F.embedding_bag(x.abs().long() % 20, TABLE, mode="sum", per_sample_weights=x),
        "any",
    ),
    "float16": (lambda x: (x.half() * 2 + 1, F.linear(x.half(), mg.ones(2, 6).half())), "any"),
    "sort": (lambda x: tuple(x.sort(1)), "any"),
    "topk": (lambda x: tuple(x.topk(2, largest=False)), "any"),
    "gather": (lambda x: x.gather(1, x.argmax(1, keepdim=True)), "any"),
    "scatter": (lambda x: x.scatter(1, x.argmax(1, keepdim=True), 9.0), "any"),
    "scatter_add": (lambda x: mg.zeros_like(x).scatter_add(1, x.argsort(1), x * 2), "any"),
    "embedding": (lambda x: F.embedding(x, mg.arange(40.0).reshape(20, 2)), "ints"),
    "index": (lambda x: x[:, mg.tensor([0, 2, -1])], "any"),
    "index_select": (lambda x: x.index_select(1, mg.tensor([1, 1])), "any"),
    "slices": (lambda x: (x[:, 1:-1:2], x[0], x[-1:, None, 2], x[..., -2]), "any"),
    "views": (lambda x: x.view(-1, 2, 3).transpose(1, 2).squeeze().unsqueeze(0).permute(1, 0, 3, 2), "any"),
    "reshape": (lambda x: x.reshape(x.shape[0] * 2, 3).reshape(-1, 2, 3), "any"),
    "expand": (lambda x: x[:, :1].expand(x.shape[0], 4), "any"),
    "repeat": (lambda x: x.repeat(2, 1, 3), "any"),
    "places": (lambda x: x * mg.arange(len(x)).unsqueeze(1) + mg.arange(float(len(x)))[:, None], "any"),
    "cat and stack": (lambda x: (mg.cat([x, x * 2], 1), mg.stack([x, x], -1)), "any"),
    "chunk": (lambda x: mg.cat(x.chunk(3, 1)[::-1], 1), "any"),
    "flip and roll": (lambda x: x.flip(0, 1).roll(2, 1), "any"),
    "tril and triu": (lambda x: x.view(-1, 2, 3).tril(1) + x.view(-1, 2, 3).triu(1), "any"),
    "diagonal": (lambda x: x.view(-1, 2, 3).diagonal(1, 1, 2), "any"),
    "unfold": (lambda x: x.unfold(1, 3, 2), "any"),
    "pad": (lambda x: F.pad(x, (1, 2), value=3.0), "any"),
    "matmul": (lambda x: x @ x.T @ mg.ones(x.shape[0], 1), "any"),
    "einsum": (lambda x: mg.einsum("bi,ci->bc", x, x), "any"),
    "dot": (lambda x: x[0].dot(x[1]), "any"),
    "cdist": (
        lambda x: _distances(x.repeat(1, 400).view(-1, 120, 20)),
        "any",
    ),
    "attention": (lambda x: F.scaled_dot_product_attention(*[x.view(-1, 2, 3)] * 3, is_causal=True), "any"),
    "attention of a mask": (lambda x: F.scaled_dot_product_attention(x, x, x, attn_mask=x @ x.T > -1), "any"),
    "normalize": (lambda x: F.normalize(x), "any"),
    "in place": (lambda x: x.clone().mul_(2).add_(x).relu_(), "any"),
    "in place through a view": (lambda x: (x * 2).view(-1, 2, 3).relu_().sum(2), "any"),
    "double": (lambda x: x.double() * 2, "any"),
    "detached": (lambda x: x.detach() * x.data, "any"),
    "the input itself": (lambda x: (x, x * 1, mg.ones(3)), "any"),
    "contiguous": (lambda x: x.T.contiguous().T, "any"),
    "dict": (lambda x: {"twice": x * 2, "others": [x + 1, x]}, "any"),
}
"""By name: a function of x, and what numbers x has."""


def _with(change, start=lambda x: x * 2):
    def function(x):
        y = start(x)
        change(y, x)
        return y + 1

    return function


CHANGES = {
    "a row": _with(lambda y, x: y.__setitem__(0, 5.0)),
    "columns": _with(lambda y, x: y.__setitem__((slice(None), slice(1, 4)), x[:, 2:5])),
    "columns, broadcast": _with(lambda y, x: y.__setitem__((slice(None), slice(1, 4)), x[:, :1])),
    "added to": _with(lambda y, x: y[:, 1].add_(x[:, 0])),
    "twice": _with(lambda y, x: (y.__setitem__(0, x[1]), y.__setitem__((1, 2), 3.0))),
    "a view of a view": _with(lambda y, x: y.view(2, 2, 3)[0].T.mul_(4)),
    "a constant": _with(lambda y, x: y.__setitem__(1, x[0]), lambda x: mg.zeros(2, 6)),
    "slice_scatter": lambda x: x.slice_scatter(x[:, :2], 1, 2, 4) + x.select_scatter(x[:, 0], 1, 2),
    "index_copy": lambda x: x.index_copy(1, mg.tensor([3, 1]), x[:, :2]),
    "index_add": lambda x: x.index_add(1, mg.tensor([3, 1, 3]), x[:, :3]),
    "index_put": lambda x: mg.index_put(x, (mg.tensor([0, 1]), mg.tensor([2, 4])), x[:, 0]),
    "index_fill": lambda x: x.index_fill(1, mg.tensor([0, 5]), 7.0),
}
"""By name: functions that change a part of a tensor; where it is must not depend on sizes that may vary."""


TABLE = mg.arange(40.0).reshape(20, 2).sin()
BAGS = "sum", "mean", "max"


def _sampled(x):
    images, points = x.view(-1, 1, 2, 3), x.view(-1, 3, 1, 2)
    return tuple(
        F.grid_sample(images, points, mode, padding, align_corners=corners)
        for mode in ("bilinear", "nearest", "bicubic")
        for padding in ("zeros", "border", "reflection")
        for corners in (True, False)
    )


def _distances(x):
    return mg.cdist(x, x + 1, p=3.0)


def example(kind, rows=2):
    x = mg.randn(rows, 6)
    return {
        "any": x,
        "unit": x.sigmoid() * 0.98 + 0.01,
        "positive": x.abs() + 0.1,
        "above 1": x.abs() + 1.1,
        "few": mg.randint(0, 3, (rows, 6)),
        "ints": mg.randint(0, 20, (rows, 6)),
        "bools": x > 0,
    }[kind]


def _used(layer, shape):
    """Return a layer whose buffers and parameters are not those of the beginning."""
    for _ in range(3):
        layer(mg.randn(*shape) * 3 + 1)
    for p in layer.parameters():
        nn.init.uniform_(p, 0.5, 1.5)
    return layer


class _Twice(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x, x * 2)


_twice = _Twice


class _Unpooled(nn.Module):
    def forward(self, x):
        return F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2)


class _Self(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x)
