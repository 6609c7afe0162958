"""Layers against PyTorch: the same state_dict, the same repr, the same outputs and gradients; and what they refuse."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn

pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{words}")  # PyTorch's
    for words in ("Using padding='same' with even kernel lengths", "enable_nested_tensor is True")
]

IMAGE = (4, 6, 9, 8)
SEQUENCE = (4, 6, 9)
VOLUME = (2, 4, 5, 6, 4)
ROWS = (4, 6)

# how to make it, and the shapes of the inputs; "n" is the nn of either library
LAYERS = {
    **{f"{name}": (lambda n, name=name: getattr(n, name)(), [ROWS]) for name in (
        "ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardtanh", "Hardsigmoid",
        "Hardswish", "Sigmoid", "Tanh", "LogSigmoid", "Softplus", "Softsign", "Tanhshrink", "Softshrink",
        "Hardshrink", "PReLU", "Identity",
    )},
    "ReLU inplace": (lambda n: n.Sequential(n.Linear(6, 6), n.ReLU(inplace=True)), [ROWS]),
    "LeakyReLU options": (lambda n: n.LeakyReLU(0.3, True), None),
    "ELU options": (lambda n: n.ELU(alpha=0.5), [ROWS]),
    "GELU tanh": (lambda n: n.GELU(approximate="tanh"), [ROWS]),
    "Hardtanh options": (lambda n: n.Hardtanh(-0.5, 0.25), [ROWS]),
    "Threshold": (lambda n: n.Threshold(0.1, 20), [ROWS]),
    "Softplus options": (lambda n: n.Softplus(beta=2.0, threshold=1.0), [ROWS]),
    "RReLU": (lambda n: n.RReLU(0.1, 0.3).eval(), [ROWS]),
    "PReLU channels": (lambda n: n.PReLU(6, init=0.1), [IMAGE]),
    "GLU": (lambda n: n.GLU(dim=1), [ROWS]),
    "Softmax": (lambda n: n.Softmax(dim=1), [ROWS]),
    "Softmin": (lambda n: n.Softmin(dim=0), [ROWS]),
    "LogSoftmax": (lambda n: n.LogSoftmax(dim=-1), [ROWS]),
    "Softmax2d": (lambda n: n.Softmax2d(), [IMAGE]),
    "Linear": (lambda n: n.Linear(6, 5), [ROWS]),
    "Linear no bias": (lambda n: n.Linear(9, 5, bias=False), [SEQUENCE]),
    "Bilinear": (lambda n: n.Bilinear(6, 6, 3), [ROWS, ROWS]),
    "Conv1d": (lambda n: n.Conv1d(6, 4, 3, stride=2, padding=1), [SEQUENCE]),
    "Conv2d": (lambda n: n.Conv2d(6, 4, (3, 2), padding=(1, 0), dilation=2, groups=2, bias=False), [IMAGE]),
    "Conv2d same": (lambda n: n.Conv2d(6, 4, (4, 3), padding="same", dilation=(1, 2)), [IMAGE]),
    "Conv2d valid": (lambda n: n.Conv2d(6, 4, 3, padding="valid"), [IMAGE]),
    "Conv2d reflect": (lambda n: n.Conv2d(6, 4, 3, padding=(2, 1), padding_mode="reflect"), [IMAGE]),
    "Conv2d replicate": (lambda n: n.Conv2d(6, 4, 4, padding="same", padding_mode="replicate"), [IMAGE]),
    "Conv1d circular": (lambda n: n.Conv1d(6, 4, 4, padding=2, padding_mode="circular"), [SEQUENCE]),
    "Conv3d": (lambda n: n.Conv3d(4, 2, 2, stride=(1, 2, 1)), [VOLUME]),
    "ConvTranspose1d": (lambda n: n.ConvTranspose1d(6, 4, 3, stride=2, output_padding=1), [SEQUENCE]),
    "ConvTranspose2d": (lambda n: n.ConvTranspose2d(6, 4, 3, 2, (1, 0), 1, 2, False, 2), [IMAGE]),
    "ConvTranspose3d": (lambda n: n.ConvTranspose3d(4, 2, 2), [VOLUME]),
    "MaxPool1d": (lambda n: n.MaxPool1d(3, 2, 1), [SEQUENCE]),
    "MaxPool2d": (lambda n: n.MaxPool2d(2), [IMAGE]),
    "MaxPool2d options": (lambda n: n.MaxPool2d((3, 2), stride=2, padding=1, ceil_mode=True), [IMAGE]),
    "MaxPool3d": (lambda n: n.MaxPool3d(2), [VOLUME]),
    "AvgPool1d": (lambda n: n.AvgPool1d(3, padding=1, count_include_pad=False), [SEQUENCE]),
    "AvgPool2d": (lambda n: n.AvgPool2d(3, 2, 1, ceil_mode=True), [IMAGE]),
    "AvgPool2d divisor": (lambda n: n.AvgPool2d((2, 3), divisor_override=2), [IMAGE]),
    "AvgPool3d": (lambda n: n.AvgPool3d(2), [VOLUME]),
    "AdaptiveAvgPool1d": (lambda n: n.AdaptiveAvgPool1d(4), [SEQUENCE]),
    "AdaptiveAvgPool2d": (lambda n: n.AdaptiveAvgPool2d((3, None)), [IMAGE]),
    "AdaptiveAvgPool3d": (lambda n: n.AdaptiveAvgPool3d((2, 1, 2)), [VOLUME]),
    "AdaptiveMaxPool1d": (lambda n: n.AdaptiveMaxPool1d(4), [SEQUENCE]),
    "AdaptiveMaxPool2d": (lambda n: n.AdaptiveMaxPool2d((3, None)), [IMAGE]),
    "AdaptiveMaxPool3d": (lambda n: n.AdaptiveMaxPool3d(2), [VOLUME]),
    "BatchNorm1d": (lambda n: n.BatchNorm1d(6), [ROWS]),
    "BatchNorm1d sequence": (lambda n: n.BatchNorm1d(6, eps=0.1, momentum=None), [SEQUENCE]),
    "BatchNorm2d": (lambda n: n.BatchNorm2d(6, momentum=0.3), [IMAGE]),
    "BatchNorm2d eval": (lambda n: n.BatchNorm2d(6).eval(), [IMAGE]),
    "BatchNorm2d plain": (lambda n: n.BatchNorm2d(6, affine=False, track_running_stats=False).eval(), [IMAGE]),
    "BatchNorm2d no bias": (lambda n: n.BatchNorm2d(6, bias=False), [IMAGE]),
    "BatchNorm3d": (lambda n: n.BatchNorm3d(4), [VOLUME]),
    "InstanceNorm1d": (lambda n: n.InstanceNorm1d(6), [SEQUENCE]),
    "InstanceNorm2d": (lambda n: n.InstanceNorm2d(6, affine=True, track_running_stats=True), [IMAGE]),
    "InstanceNorm3d": (lambda n: n.InstanceNorm3d(4), [VOLUME]),
    "LayerNorm": (lambda n: n.LayerNorm((9, 8)), [IMAGE]),
    "LayerNorm no bias": (lambda n: n.LayerNorm(8, bias=False), [IMAGE]),
    "LayerNorm plain": (lambda n: n.LayerNorm(8, elementwise_affine=False), [IMAGE]),
    "RMSNorm": (lambda n: n.RMSNorm(8), [IMAGE]),
    "GroupNorm": (lambda n: n.GroupNorm(3, 6), [IMAGE]),
    "GroupNorm plain": (lambda n: n.GroupNorm(2, 6, affine=False), [IMAGE]),
    "Dropout": (lambda n: n.Dropout(0.3, inplace=True).eval(), [ROWS]),
    "Dropout1d": (lambda n: n.Dropout1d().eval(), [SEQUENCE]),
    "Dropout2d": (lambda n: n.Dropout2d().eval(), [IMAGE]),
    "Dropout3d": (lambda n: n.Dropout3d().eval(), [VOLUME]),
    "AlphaDropout": (lambda n: n.AlphaDropout(0.2).eval(), [ROWS]),
    "FeatureAlphaDropout": (lambda n: n.FeatureAlphaDropout(0.2).eval(), [IMAGE]),
    "Flatten": (lambda n: n.Flatten(), [IMAGE]),
    "Flatten options": (lambda n: n.Flatten(0, 2), [IMAGE]),
    "Unflatten": (lambda n: n.Unflatten(1, (2, 3)), [IMAGE]),
    "ZeroPad1d": (lambda n: n.ZeroPad1d(2), [SEQUENCE]),
    "ZeroPad2d": (lambda n: n.ZeroPad2d((1, 2, 0, 3)), [IMAGE]),
    "ZeroPad3d": (lambda n: n.ZeroPad3d(1), [VOLUME]),
    "ConstantPad1d": (lambda n: n.ConstantPad1d(1, 3.5), [SEQUENCE]),
    "ConstantPad2d": (lambda n: n.ConstantPad2d((1, 0, 2, 0), 2), [IMAGE]),
    "ConstantPad3d": (lambda n: n.ConstantPad3d(1, -1.0), [VOLUME]),
    "ReflectionPad1d": (lambda n: n.ReflectionPad1d((2, 1)), [SEQUENCE]),
    "ReflectionPad2d": (lambda n: n.ReflectionPad2d(2), [IMAGE]),
    "ReflectionPad3d": (lambda n: n.ReflectionPad3d(1), [VOLUME]),
    "ReplicationPad1d": (lambda n: n.ReplicationPad1d(2), [SEQUENCE]),
    "ReplicationPad2d": (lambda n: n.ReplicationPad2d((1, 2, 3, 4)), [IMAGE]),
    "ReplicationPad3d": (lambda n: n.ReplicationPad3d(1), [VOLUME]),
    "CircularPad1d": (lambda n: n.CircularPad1d(2), [SEQUENCE]),
    "CircularPad2d": (lambda n: n.CircularPad2d((1, 2, 3, 4)), [IMAGE]),
    "CircularPad3d": (lambda n: n.CircularPad3d(1), [VOLUME]),
    "CosineSimilarity": (lambda n: n.CosineSimilarity(), [ROWS, ROWS]),
    "PairwiseDistance": (lambda n: n.PairwiseDistance(p=3.0, keepdim=True), [ROWS, ROWS]),
    "Upsample": (lambda n: n.Upsample(scale_factor=2), [SEQUENCE]),
    "Upsample bilinear": (lambda n: n.Upsample(size=(3, 4), mode="bilinear"), [IMAGE]),
    "UpsamplingBilinear2d": (lambda n: n.UpsamplingBilinear2d(scale_factor=(2, 3)), [IMAGE]),
    "UpsamplingNearest2d": (lambda n: n.UpsamplingNearest2d(4), [IMAGE]),
    "PixelShuffle": (lambda n: n.PixelShuffle(2), [(2, 8, 3, 4)]),
    "PixelUnshuffle": (lambda n: n.PixelUnshuffle(2), [(2, 3, 4, 6)]),
    "Unfold": (lambda n: n.Unfold(3, padding=1), [IMAGE]),
    "Fold": (lambda n: n.Fold((4, 4), 2), [(2, 12, 9)]),
    "ChannelShuffle": (lambda n: n.ChannelShuffle(3), [IMAGE]),
    "LocalResponseNorm": (lambda n: n.LocalResponseNorm(3, alpha=0.5), [IMAGE]),
    "CrossMapLRN2d": (lambda n: n.CrossMapLRN2d(3, alpha=0.5), None),
    "LPPool1d": (lambda n: n.LPPool1d(2, 3, ceil_mode=True), [SEQUENCE]),
    "LPPool2d": (lambda n: n.LPPool2d(2, (3, 2), stride=2), [IMAGE]),
    "LPPool3d": (lambda n: n.LPPool3d(2, 2), [VOLUME]),
    **{f"MaxUnpool{d}d": (lambda n, d=d: getattr(n, f"MaxUnpool{d}d")(2, padding=1), None) for d in (1, 2, 3)},
    "FractionalMaxPool2d": (lambda n: n.FractionalMaxPool2d(2, output_size=(2, 3)), None),
    "FractionalMaxPool3d": (lambda n: n.FractionalMaxPool3d(2, output_ratio=0.5), None),
    "SyncBatchNorm": (lambda n: n.SyncBatchNorm(6).eval(), [IMAGE]),
    "EmbeddingBag": (lambda n: n.EmbeddingBag(5, 3, mode="max", padding_idx=1), None),
    "AdaptiveLogSoftmaxWithLoss": (lambda n: n.AdaptiveLogSoftmaxWithLoss(16, 20, [4, 10]), None),
    "CTCLoss": (lambda n: n.CTCLoss(blank=1, zero_infinity=True), None),
    **{f"LazyInstanceNorm{d}d": (lambda n, d=d: getattr(n, f"LazyInstanceNorm{d}d")(), None) for d in (1, 2, 3)},
    "LazyLinear": (lambda n: n.LazyLinear(3), None),
    **{f"LazyConv{d}d": (lambda n, d=d: getattr(n, f"LazyConv{d}d")(3, 3, stride=2), None) for d in (1, 2, 3)},
    **{f"LazyConvTranspose{d}d": (lambda n, d=d: getattr(n, f"LazyConvTranspose{d}d")(3, 3), None) for d in (1, 2, 3)},
    **{f"LazyBatchNorm{d}d": (lambda n, d=d: getattr(n, f"LazyBatchNorm{d}d")(), None) for d in (1, 2, 3)},
    "Embedding": (lambda n: n.Embedding(5, 3, padding_idx=-1), None),
    "Embedding plain": (lambda n: n.Embedding(5, 3), None),
    **{f"{name}": (lambda n, name=name: getattr(n, name)(6, 5), None) for name in (
        "RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell",
    )},
    "RNNBase": (lambda n: n.RNNBase("GRU", 6, 5, 2, False, bidirectional=True), None),
    "RNNCellBase": (lambda n: n.RNNCellBase(6, 5, False, 4), None),
    "MultiheadAttention": (lambda n: n.MultiheadAttention(6, 2, bias=False, add_bias_kv=True, kdim=4), None),
    "TransformerEncoderLayer": (lambda n: n.TransformerEncoderLayer(9, 3, 7, dropout=0.0), [SEQUENCE]),
    "TransformerEncoderLayer options": (
        lambda n: n.TransformerEncoderLayer(9, 3, 7, 0.0, "gelu", 0.1, True, True, False), [SEQUENCE]),
    "TransformerDecoderLayer": (lambda n: n.TransformerDecoderLayer(9, 3, 7, dropout=0.0), [SEQUENCE, SEQUENCE]),
    "TransformerEncoder": (
        lambda n: n.TransformerEncoder(n.TransformerEncoderLayer(9, 3, 7, 0.0), 2, enable_nested_tensor=False),
        [SEQUENCE]),
    "TransformerDecoder": (
        lambda n: n.TransformerDecoder(n.TransformerDecoderLayer(9, 3, 7, 0.0), 2), [SEQUENCE, SEQUENCE]),
    "Transformer": (
        lambda n: n.Transformer(9, 3, 1, 1, 7, 0.0, batch_first=True, norm_first=True), [SEQUENCE, SEQUENCE]),
    "a small net": (
        lambda n: n.Sequential(
            n.Conv2d(6, 4, 3, padding=1), n.BatchNorm2d(4), n.Tanh(), n.AvgPool2d(2), n.Flatten(), n.Linear(64, 3)
        ),
        [IMAGE],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def pair(torch, make):
    """The layer of both libraries in float64, ours with PyTorch's values."""
    torch.manual_seed(0)
    ours, theirs = make(nn), make(torch.nn).double()
    ours.double().load_state_dict(theirs.state_dict())
    return ours, theirs


def tensors(torch, *shapes):
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(shape) for shape in shapes]
    return [mg.tensor(a, requires_grad=True) for a in arrays], [torch.tensor(a, requires_grad=True) for a in arrays]


def close(ours, theirs, what, rtol=1e-9):
    assert tuple(ours.shape) == tuple(theirs.shape), what
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol, atol=1e-11, err_msg=what)


@pytest.mark.parametrize("name", LAYERS)
def test_prints_and_keeps_what_pytorch_does(torch, name):
    ours, theirs = LAYERS[name][0](nn), LAYERS[name][0](torch.nn)
    assert repr(ours) == repr(theirs)
    if "Lazy" not in name:
        expected = {key: tuple(value.shape) for key, value in theirs.state_dict().items()}
        assert {key: tuple(value.shape) for key, value in ours.state_dict().items()} == expected


@pytest.mark.parametrize("name", [name for name, (_, shapes) in LAYERS.items() if shapes])
def test_computes_what_pytorch_does(torch, name):
    make, shapes = LAYERS[name]
    ours, theirs = pair(torch, make)
    inputs, torch_inputs = tensors(torch, *shapes)
    a, b = ours(*inputs), theirs(*torch_inputs)
    close(a, b, "output")
    cotangent = np.random.default_rng(2).standard_normal(tuple(b.shape))
    a.backward(mg.tensor(cotangent))
    b.backward(torch.tensor(cotangent))
    for x, y in zip(inputs, torch_inputs, strict=True):
        rtol = 1e-7 if name == "Hardsigmoid" else 1e-9  # PyTorch multiplies by 1/6 in float32 there
        close(x.grad, y.grad, "gradient of an input", rtol)
    for (key, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        close(p.grad, q.grad, f"gradient of {key}")
    for (key, p), q in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        close(p, q, f"{key} afterwards")


@pytest.mark.parametrize("name", [name for name, (_, shapes) in LAYERS.items() if shapes])
def test_float32_stays_float32(name):
    make, shapes = LAYERS[name]
    layer, rng = make(nn), np.random.default_rng(0)
    inputs = [mg.tensor(rng.standard_normal(s).astype(np.float32), requires_grad=True) for s in shapes]
    out = layer(*inputs)
    assert out.dtype == mg.float32
    out.sum().backward()
    assert {t.grad.dtype for t in [*inputs, *layer.parameters()]} == {mg.float32}


# ---- losses ----------------------------------------------------------------------------------------------------------

CLASSES = np.array([1, 0, 2, 1])
SIGNS = np.array([1.0, -1.0, -1.0, 1.0])
UNIT = np.random.default_rng(5).uniform(0.1, 0.9, (4, 3))

# how to make it (m is the library), inputs besides the first one, and what to do to the first one
LOSSES = {
    "MSELoss": (lambda m: m.nn.MSELoss(), [UNIT]),
    "L1Loss": (lambda m: m.nn.L1Loss(reduction="sum"), [UNIT]),
    "SmoothL1Loss": (lambda m: m.nn.SmoothL1Loss(beta=0.5), [UNIT]),
    "HuberLoss": (lambda m: m.nn.HuberLoss("none", 0.5), [UNIT]),
    "CrossEntropyLoss": (lambda m: m.nn.CrossEntropyLoss(), [CLASSES]),
    "CrossEntropyLoss options": (
        lambda m: m.nn.CrossEntropyLoss(m.tensor(np.array([1.0, 2.0, 3.0])), ignore_index=0, label_smoothing=0.1),
        [CLASSES],
    ),
    "NLLLoss": (lambda m: m.nn.NLLLoss(m.tensor(np.array([1.0, 2.0, 3.0]))), [CLASSES]),
    "BCEWithLogitsLoss": (lambda m: m.nn.BCEWithLogitsLoss(pos_weight=m.tensor(np.array([1.0, 2.0, 3.0]))), [UNIT]),
    "BCELoss": (lambda m: m.nn.BCELoss(m.tensor(UNIT)), [UNIT]),
    "KLDivLoss": (lambda m: m.nn.KLDivLoss(reduction="batchmean"), [UNIT]),
    "PoissonNLLLoss": (lambda m: m.nn.PoissonNLLLoss(full=True), [UNIT]),
    "GaussianNLLLoss": (lambda m: m.nn.GaussianNLLLoss(), [UNIT, UNIT]),
    "HingeEmbeddingLoss": (lambda m: m.nn.HingeEmbeddingLoss(0.5), [np.sign(UNIT - 0.5)]),
    "CosineEmbeddingLoss": (lambda m: m.nn.CosineEmbeddingLoss(0.2), [UNIT, SIGNS]),
    "MarginRankingLoss": (lambda m: m.nn.MarginRankingLoss(0.2), [UNIT, np.sign(UNIT - 0.5)]),
    "SoftMarginLoss": (lambda m: m.nn.SoftMarginLoss(), [np.sign(UNIT - 0.5)]),
    "MultiMarginLoss": (lambda m: m.nn.MultiMarginLoss(2, 0.7, m.tensor(np.array([1.0, 2.0, 3.0]))), [CLASSES]),
    "LinearCrossEntropyLoss": (lambda m: m.nn.LinearCrossEntropyLoss(3, 4, out_features=(2,)), None),
    "MultiLabelMarginLoss": (lambda m: m.nn.MultiLabelMarginLoss(), [np.array([[2, 0, -1]] * 3 + [[-1, 1, 2]])]),
    "MultiLabelSoftMarginLoss": (lambda m: m.nn.MultiLabelSoftMarginLoss(), [np.round(UNIT)]),
    "NLLLoss2d": (lambda m: m.nn.NLLLoss(), [CLASSES]),
    "TripletMarginWithDistanceLoss": (
        lambda m: m.nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: abs(a - b).sum(-1), swap=True),
        [UNIT, 1 - UNIT],
    ),
    "TripletMarginLoss": (lambda m: m.nn.TripletMarginLoss(margin=0.7, swap=True), [UNIT, 1 - UNIT]),
}


@pytest.mark.parametrize("name", [name for name, (_, others) in LOSSES.items() if others])
def test_losses_equal_pytorchs(torch, name):
    make, others = LOSSES[name]
    first = UNIT[::-1].copy() if name == "BCELoss" else np.random.default_rng(3).standard_normal((4, 3))
    ours, theirs = make(mg), make(torch)
    assert repr(ours) == repr(theirs) and list(ours.state_dict()) == list(theirs.state_dict())
    x, y = mg.tensor(first, requires_grad=True), torch.tensor(first, requires_grad=True)
    a, b = ours(x, *map(mg.tensor, others)), theirs(y, *map(torch.tensor, others))
    close(a, b, "loss")
    a.sum().backward()
    b.sum().backward()
    close(x.grad, y.grad, "gradient")


def test_losses_take_the_old_words_for_reductions():
    with pytest.warns(UserWarning, match="MSELoss: .* write reduction="):
        assert [nn.MSELoss(*old).reduction for old in ((None, True), (False,), (True, False))] == [
            "mean",
            "sum",
            "none",
        ]
    with pytest.warns(UserWarning, match="CrossEntropyLoss: .* write reduction='sum'"):
        assert nn.CrossEntropyLoss(None, False).reduction == "sum"
    with pytest.raises(TypeError, match="write reduction='sum'"):
        nn.MSELoss("sum")


def test_losses_refuse_unknown_reductions():
    with pytest.raises(ValueError, match="MSELoss: expected reduction .* got 'average'"):
        nn.MSELoss(reduction="average")
    with pytest.raises(ValueError, match="batchmean"):
        nn.L1Loss(reduction="batchmean")


# ---- what one line cannot say ----------------------------------------------------------------------------------------


def test_a_net_with_batch_norm_trains_as_in_pytorch(torch):
    def lenet(n):
        return n.Sequential(
            n.Conv2d(1, 4, 5, padding=2), n.BatchNorm2d(4), n.ReLU(), n.MaxPool2d(2),
            n.Conv2d(4, 6, 5), n.BatchNorm2d(6), n.Tanh(), n.AvgPool2d(2),
            n.Flatten(), n.Linear(6, 12), n.BatchNorm1d(12), n.ReLU(), n.Linear(12, 5),
        )  # fmt: skip

    def step(net, loss, x, y):
        for p in net.parameters():
            p.grad = None
        out = loss(net(x), y)
        out.backward()
        for p in net.parameters():
            p.data -= 0.1 * p.grad
        return out.item()

    ours, theirs = pair(torch, lenet)
    rng = np.random.default_rng(0)
    for i in range(10):
        x, y = rng.standard_normal((8, 1, 12, 12)), rng.integers(0, 5, 8)
        a = step(ours, nn.CrossEntropyLoss(), mg.tensor(x), mg.tensor(y))
        b = step(theirs, torch.nn.CrossEntropyLoss(), torch.tensor(x), torch.tensor(y))
        assert abs(a - b) < 1e-9, i
    for (key, p), q in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        np.testing.assert_allclose(p.numpy(), q.numpy(), rtol=1e-9, atol=1e-9, err_msg=key)
    close(ours.eval()(mg.tensor(x)), theirs.eval()(torch.tensor(x)), "evaluation")


def test_embedding_as_pytorch(torch):
    for options in ({}, {"padding_idx": 2}):
        ours, theirs = pair(torch, lambda n, o=options: n.Embedding(5, 3, **o))
        index = np.array([[0, 2, 2], [4, 0, 0]])
        a, b = ours(mg.tensor(index)), theirs(torch.tensor(index))
        close(a, b, "output")
        (a * a).sum().backward()
        (b * b).sum().backward()
        close(ours.weight.grad, theirs.weight.grad, "gradient")
        close(ours.weight, theirs.weight, "table")


def test_embedding_padding_and_pretrained():
    table = nn.Embedding(4, 3, padding_idx=-1)
    assert table.padding_idx == 3 and (table.weight[3] == 0).all()
    frozen = nn.Embedding.from_pretrained(mg.ones(4, 3))
    assert not frozen.weight.requires_grad and frozen(mg.tensor([1])).tolist() == [[1, 1, 1]]


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.nn.Embedding(4, 3, padding_idx=4),
        lambda m: m.nn.EmbeddingBag(4, 3, padding_idx=-5),
        lambda m: m.nn.Embedding(4, 3, _weight=m.ones(3, 3)),
        lambda m: m.nn.EmbeddingBag.from_pretrained(m.ones(3)),
        lambda m: m.nn.functional.embedding(m.tensor([0]), m.ones(4, 3), padding_idx=4),
        lambda m: m.nn.functional.embedding_bag(m.tensor([[0]]), m.ones(4, 3), padding_idx=4),
    ],
)
def test_tables_are_refused_as_in_pytorch(call, torch):
    with pytest.raises(Exception) as theirs:  # noqa: B017, PT011
        call(torch)
    with pytest.raises(theirs.type):
        call(mg)


def test_embeddings_that_are_shortened_or_scaled(torch):
    for make in (
        lambda n: n.Embedding(5, 3, max_norm=1.0),
        lambda n: n.Embedding(5, 3, max_norm=1.5, norm_type=1),
        lambda n: n.Embedding(5, 3, scale_grad_by_freq=True, padding_idx=0),
        lambda n: n.EmbeddingBag(5, 3),
        lambda n: n.EmbeddingBag(5, 3, mode="sum", padding_idx=2, max_norm=1.0),
        lambda n: n.EmbeddingBag(5, 3, mode="max", padding_idx=0),
    ):
        ours, theirs = pair(torch, make)
        index = [[1, 2, 2], [4, 2, 0]]
        a, b = ours(mg.tensor(index)), theirs(torch.tensor(index))
        close(a, b, "output")
        (a**2).sum().backward()
        (b**2).sum().backward()
        close(ours.weight, theirs.weight, "weight afterwards")
        close(ours.weight.grad, theirs.weight.grad, "gradient")
        assert repr(ours) == repr(theirs)


def test_embedding_bags_by_offsets(torch):
    ours, theirs = pair(torch, lambda n: n.EmbeddingBag(5, 3, mode="sum", include_last_offset=True))
    index, offsets, weights = [1, 2, 4, 4, 0], [0, 2, 2, 5], [0.5, 1.0, -1.0, 2.0, 3.0]
    a = ours(mg.tensor(index), mg.tensor(offsets), mg.tensor(weights).double())
    b = theirs(torch.tensor(index), torch.tensor(offsets), torch.tensor(weights).double())
    close(a, b, "output")
    for mode, padding_idx in (("mean", 2), ("sum", -5), ("max", None)):  # the last bag takes what is left
        options = {"mode": mode, "padding_idx": padding_idx, "include_last_offset": True}
        ours, theirs = pair(torch, lambda n: n.EmbeddingBag(5, 3, **options))  # noqa: B023
        a, b = ours(mg.tensor(index), mg.tensor([0, 2, 4])), theirs(torch.tensor(index), torch.tensor([0, 2, 4]))
        a.square().sum().backward()
        b.square().sum().backward()
        close(a, b, "output")
        close(ours.weight.grad, theirs.weight.grad, "gradient")
    assert nn.EmbeddingBag.from_pretrained(ours.weight.detach()).weight.requires_grad is False


def test_adaptive_log_softmax(torch):
    for options in ({}, {"div_value": 2.0, "head_bias": True}):
        ours, theirs = pair(torch, lambda n: n.AdaptiveLogSoftmaxWithLoss(64, 20, [4, 10, 15], **options))  # noqa: B023
        assert repr(ours) == repr(theirs)
        (x,), (y,) = tensors(torch, (8, 64))
        classes = [0, 3, 4, 9, 10, 14, 15, 19]
        a, b = ours(x, mg.tensor(classes)), theirs(y, torch.tensor(classes))
        close(a.output, b.output, "output")
        a.loss.backward()
        b.loss.backward()
        close(x.grad, y.grad, "gradient")
        for (key, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            close(p.grad, q.grad, key)
        close(ours.log_prob(x), theirs.log_prob(y), "log_prob")
        assert ours.predict(x).tolist() == theirs.predict(y).tolist()
        close(ours(x[0], mg.tensor(12)).output, theirs(y[0], torch.tensor(12)).output, "one")
        with pytest.raises(RuntimeError, match="targets from 0 to 19"):
            ours(x, mg.tensor([20] * 8))
    for cutoffs in ([], [5, 5], [0], [20], [1.5]):
        with pytest.raises(ValueError, match="cutoffs"):
            nn.AdaptiveLogSoftmaxWithLoss(16, 20, cutoffs)


def test_maxima_return_to_their_places(torch):
    for d, shape in ((1, (2, 3, 7)), (2, (2, 3, 7, 6)), (3, (1, 2, 5, 4, 6))):
        (x,), (y,) = tensors(torch, shape)
        pools, unpools = (
            [getattr(lib, f"{kind}{d}d")(2) for lib in (nn, torch.nn)] for kind in ("MaxPool", "MaxUnpool")
        )
        for pool in pools:
            pool.return_indices = True
        a, b = (unpool(*pool(t), output_size=t.shape) for pool, unpool, t in zip(pools, unpools, (x, y), strict=True))
        close(a, b, "output")
        (a**3).sum().backward()
        (b**3).sum().backward()
        close(x.grad, y.grad, "gradient")
        assert repr(unpools[0]) == repr(unpools[1])


def test_fractional_pooling_of_given_places(torch):
    for d, shape in ((2, (2, 3, 7, 6)), (3, (2, 3, 6, 7, 6))):
        (x,), (y,) = tensors(torch, shape)
        samples = np.random.default_rng(3).random((2, 3, d))
        kinds = [getattr(lib.nn, f"FractionalMaxPool{d}d") for lib in (mg, torch)]
        a, where = kinds[0](2, output_size=3, return_indices=True, _random_samples=mg.tensor(samples))(x)
        b, there = kinds[1](2, output_size=3, return_indices=True, _random_samples=torch.tensor(samples))(y)
        close(a, b, "output")
        assert where.tolist() == there.tolist()
        drawn = kinds[0](2, output_ratio=0.5)(x)
        assert drawn.shape[2:] == tuple(n // 2 for n in shape[2:]) and set(drawn.flatten().tolist()) <= set(
            x.flatten().tolist()
        )
        for wrong in ({}, {"output_size": 2, "output_ratio": 0.5}, {"output_ratio": 1.5}):
            with pytest.raises(ValueError, match="output_"):
                kinds[0](2, **wrong)


def test_batch_norms_become_synchronized():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Sequential(nn.BatchNorm2d(2, eps=0.1), nn.BatchNorm1d(3, affine=False)))
    weight, state = net[1][0].weight, net.state_dict()
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(net)
    assert converted is net and [type(m) for m in net[1]] == [nn.SyncBatchNorm] * 2
    assert net[1][0].weight is weight and net[1][0].eps == 0.1 and list(net.state_dict()) == list(state)


def test_max_pool_returns_indices(torch):
    x = np.random.default_rng(0).standard_normal((2, 3, 6, 6))
    values, where = nn.MaxPool2d(2, return_indices=True)(mg.tensor(x))
    expected, there = torch.nn.MaxPool2d(2, return_indices=True)(torch.tensor(x))
    close(values, expected, "values")
    assert np.array_equal(where.numpy(), there.numpy())


def test_conv_transpose_output_size(torch):
    ours, theirs = pair(torch, lambda n: n.ConvTranspose2d(6, 4, 3, stride=3, padding=1))
    (x,), (y,) = tensors(torch, IMAGE)
    for size in ([25, 22], [4, 4, 26, 24]):
        close(ours(x, output_size=size), theirs(y, output_size=size), "output")
    with pytest.raises(ValueError, match="out of reach"):
        ours(x, output_size=[30, 22])
    with pytest.raises(ValueError, match="expected 2 numbers"):
        ours(x, output_size=[1])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.Linear(2.0, 3), TypeError, "Linear: expected an int as in_features, got float"),
        (lambda: nn.Linear(-1, 3), RuntimeError, "in_features of 0 or more, got -1"),
        (lambda: nn.Linear(1, 3, device="cuda"), RuntimeError, "CPU only"),
        (lambda: nn.Conv2d(3, 4, 3, groups=2), ValueError, "divisible by groups=2"),
        (lambda: nn.Conv2d(2, 4, 3, groups=0), ValueError, "at least 1"),
        (lambda: nn.Conv2d(2, 4, (3, 3, 3)), ValueError, "one int or 2 as kernel_size"),
        (lambda: nn.Conv2d(2, 4, 3, stride=2, padding="same"), ValueError, "needs stride 1"),
        (lambda: nn.Conv2d(2, 4, 3, padding="full"), ValueError, "'same', 'valid' or numbers"),
        (lambda: nn.Conv2d(2, 4, 3, padding_mode="mirror"), ValueError, "padding_mode from"),
        (lambda: nn.ConvTranspose2d(2, 4, 3, padding_mode="reflect"), ValueError, "only padding_mode='zeros'"),
        (lambda: nn.GroupNorm(2, 5), ValueError, "divisible by num_groups=2"),
        (lambda: nn.Dropout(1.5), ValueError, "a probability p from 0 to 1, got 1.5"),
        (lambda: nn.ZeroPad2d((1, 2)), ValueError, "one int or 4 as padding"),
        (lambda: nn.BatchNorm2d(3)(mg.ones(2, 3)), ValueError, "an input of 4 dimensions, got shape"),
        (lambda: nn.InstanceNorm2d(3)(mg.ones(2, 4, 5, 5)), ValueError, "expected 3 channels"),
        (lambda: nn.Softmax2d()(mg.ones(2, 4)), ValueError, "3 or 4 dimensions"),
        (lambda: nn.LazyConv2d(3, 3)(mg.ones(2, 4)), RuntimeError, "3 or 4 dimensions"),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_batch_norm_changes_nothing_where_it_fails():
    layer = nn.BatchNorm1d(3)
    with pytest.raises(ValueError, match="value"):
        layer(mg.ones(1, 3))
    assert layer.num_batches_tracked.item() == 0 and (layer.running_var == 1).all()


def test_dropout_scales_in_training_only():
    mg.manual_seed(0)
    x = mg.ones(10000)
    layer = nn.Dropout(0.2)
    y = layer(x).numpy()
    assert set(np.unique(y)) == {np.float32(0), np.float32(1.25)} and abs((y == 0).mean() - 0.2) < 0.02
    assert (layer.eval()(x) == 1).all()
    channels = nn.Dropout2d(0.5)(mg.ones(20, 30, 2, 2)).numpy().reshape(600, 4)
    assert (channels.min(1) == channels.max(1)).all() and 200 < (channels[:, 0] == 0).sum() < 400


def test_every_layer_and_loss_has_a_row():
    """Containers have files of their own: test_container.py, test_data_parallel.py, test_module.py."""
    kinds = {name: getattr(nn, name) for name in nn.__all__}
    offered = {name for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, nn.Module)}
    offered -= {"Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "DataParallel"}
    missing = offered - {name.split()[0] for name in (*LAYERS, *LOSSES)}
    assert not missing, f"no row in LAYERS or LOSSES of this file: {sorted(missing)}"
