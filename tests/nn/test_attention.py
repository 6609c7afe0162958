"""MultiheadAttention and transformers against PyTorch, with masks of all kinds."""

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn

OPTIONS = [{}, {"add_bias_kv": True, "add_zero_attn": True}, {"kdim": 3, "vdim": 6, "bias": False, "batch_first": True}]
MASKS = {
    "none": (None, None),
    "bool": (np.triu(np.ones((4, 5), bool), 2), np.eye(3, 5, dtype=bool)),
    "float": (np.linspace(-1, 1, 20).reshape(4, 5), -np.eye(3, 5)),
    "by head": (np.triu(np.ones((6, 4, 5), bool), 2), None),
}


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("weights", [{"need_weights": False}, {}, {"average_attn_weights": False}], ids=str)
def test_attention_equals_pytorchs(options, mask, weights):
    torch = pytest.importorskip("torch")
    theirs, ours = (lib.nn.MultiheadAttention(4, 2, **options).double() for lib in (torch, mg))
    ours.load_state_dict(theirs.state_dict())
    assert repr(ours) == repr(theirs) and list(ours.state_dict()) == list(theirs.state_dict())
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal((n, 3, w)) for n, w in ((4, 4), (5, ours.kdim), (5, ours.vdim))]
    results = []
    for lib, layer in ((mg, ours), (torch, theirs)):
        qkv = [lib.tensor(a.swapaxes(0, 1) if ours.batch_first else a, requires_grad=True) for a in inputs]
        attn, padding = (None if m is None else lib.tensor(m) for m in MASKS[mask])
        y, seen = layer(*qkv, key_padding_mask=padding, attn_mask=attn, **weights)
        loss = (y**2).sum() + (0 if seen is None else (seen**2).sum())
        slopes = lib.autograd.grad(loss, [*qkv, *layer.parameters()])
        results.append([t.detach().numpy() for t in (y, *([] if seen is None else [seen]), *slopes)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)


def test_thousands_of_scores_have_the_gradient_of_a_few():
    """Large sums take another way than small ones; by itself, no head is large."""
    q, k, v, w = mg.randn(4, 8, 32, 4, dtype=mg.float64).requires_grad_()
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    whole = mg.autograd.grad((y * w).sum(), [q, k, v])
    for head in range(8):
        y = F.scaled_dot_product_attention(q[head], k[head], v[head], is_causal=True)
        for slope, all_heads in zip(mg.autograd.grad((y * w[head]).sum(), [q, k, v]), whole, strict=True):
            np.testing.assert_allclose(slope[head], all_heads[head], rtol=1e-10, atol=1e-12)


def test_errors():
    with pytest.raises(AssertionError, match="divide"):
        nn.MultiheadAttention(5, 2)
    layer, x = nn.MultiheadAttention(4, 2), mg.zeros(3, 1, 4)
    with pytest.raises(RuntimeError, match="attn_mask"):
        layer(x, x, x, attn_mask=mg.zeros(2, 2))
    with pytest.raises(RuntimeError, match="is_causal"):
        layer(x, x, x, is_causal=True)
    with pytest.raises(RuntimeError, match="activation"):
        nn.TransformerEncoderLayer(4, 2, activation="sin")


@pytest.mark.parametrize("need", [False, True])
@pytest.mark.parametrize("padding", [None, [[0.0, -np.inf, 0.0]]], ids=["seen", "padded"])
def test_is_causal_is_believed_where_pytorch_believes_it(need, padding):
    torch = pytest.importorskip("torch")
    theirs, ours = (lib.nn.MultiheadAttention(4, 2).double() for lib in (torch, mg))
    ours.load_state_dict(theirs.state_dict())
    x, mask = np.random.default_rng(0).standard_normal((3, 1, 4)), np.ones((3, 3))
    results = []
    for lib, layer in ((mg, ours), (torch, theirs)):
        hidden = None if padding is None else lib.tensor(padding, dtype=lib.float64)
        y, _ = layer(*[lib.tensor(x)] * 3, hidden, need, lib.tensor(mask), is_causal=True)
        results.append(y.detach().numpy())
    np.testing.assert_allclose(*results, atol=1e-10)


def _encoder(lib, **options):
    layer = lib.nn.TransformerEncoderLayer(4, 2, 6, 0.0, **options)
    return lib.nn.TransformerEncoder(layer, 2, lib.nn.LayerNorm(4), enable_nested_tensor=False)


def _decoder(lib, **options):
    return lib.nn.TransformerDecoder(lib.nn.TransformerDecoderLayer(4, 2, 6, 0.0, **options), 2)


def _whole(lib, **options):
    return lib.nn.Transformer(4, 2, 1, 2, 6, 0.0, **options)


def _masks(lib, *names):
    """Masks for 3 sources and 4 targets in a batch of 2, of both kinds."""
    rng = np.random.default_rng(1)
    causal = lib.nn.Transformer.generate_square_subsequent_mask
    all_of_them = {
        "mask": lib.tensor(np.triu(np.ones((3, 3), bool), 1)),
        "src_key_padding_mask": lib.tensor([[False, False, True], [False, False, False]]),
        "src_mask": lib.tensor(rng.standard_normal((3, 3))),
        "tgt_mask": causal(4, dtype=lib.float64),
        "memory_mask": lib.tensor(rng.standard_normal((4, 3))),
        "tgt_key_padding_mask": lib.tensor(np.array([[0.0] * 4, [0.0, 0.0, -1.0, -np.inf]])),
        "memory_key_padding_mask": lib.tensor(np.array([[0.0, -0.5, -np.inf], [0.0] * 3])),
    }
    return {name: all_of_them[name] for name in names}


DECODER_MASKS = ("tgt_mask", "memory_mask", "tgt_key_padding_mask", "memory_key_padding_mask")
STACKS = {
    "encoder": (_encoder, (3,), ("mask", "src_key_padding_mask")),
    "decoder": (_decoder, (4, 3), DECODER_MASKS),
    "both": (_whole, (3, 4), ("src_mask", *DECODER_MASKS)),
}


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")  # PyTorch's, of what it does inside
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    "options",
    [{}, {"batch_first": True, "norm_first": True}, {"activation": "gelu", "bias": False, "layer_norm_eps": 0.1}],
    ids=str,
)
@pytest.mark.parametrize("stack", STACKS)
def test_transformers_and_both_gradients_equal_pytorchs(stack, options, masked):
    torch = pytest.importorskip("torch")
    make, lengths, masks = STACKS[stack]
    torch.manual_seed(0)
    theirs, ours = (make(lib, **options).double() for lib in (torch, mg))
    ours.load_state_dict(theirs.state_dict())
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal((2, n, 4) if options.get("batch_first") else (n, 2, 4)) for n in lengths]
    results = []
    for lib, model in ((mg, ours), (torch, theirs)):
        given = [lib.tensor(a, requires_grad=True) for a in inputs]
        with lib.nn.attention.sdpa_kernel(lib.nn.attention.SDPBackend.MATH):  # the one of PyTorch's with both gradients
            y = model(*given, **(_masks(lib, *masks) if masked else {}))
        over = [*given, *model.parameters()]
        first = lib.autograd.grad((y**3).sum(), over, create_graph=True)
        second = lib.autograd.grad(sum((g**2).sum() for g in first), over)
        results.append([t.detach().numpy() for t in (y, *first, *second)])
    largest = max(np.abs(b).max() for b in results[1])  # those that are 0 have the rounding errors of what cancels
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=max(1e-8, 10 * np.finfo(float).eps * largest))


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")
@pytest.mark.parametrize("make", [_encoder, _decoder, _whole])
def test_initial_weights_have_pytorchs_distributions(make):
    torch = pytest.importorskip("torch")
    wide = {"dim_feedforward": 256}
    layers = []
    for lib in (torch, mg):
        lib.manual_seed(0)
        layers.append(lib.nn.Transformer(64, 2, 1, 1, **wide) if make is _whole else make(lib).layers[0])
    for (name, p), (other, q) in zip(*(layer.named_parameters() for layer in layers), strict=True):
        a, b = p.detach().numpy(), q.detach().numpy()
        assert name == other and a.shape == b.shape
        if a.size > 2000 or a.std() == 0:  # enough numbers to tell, or all the same
            np.testing.assert_allclose([b.mean(), b.std()], [a.mean(), a.std()], atol=0.05 * a.std() + 1e-12)
            np.testing.assert_allclose(np.abs(b).max(), np.abs(a).max(), rtol=0.02)


def test_copies_of_a_stack_share_nothing():
    encoder = _encoder(mg)
    assert len({id(p) for p in encoder.parameters()}) == 2 * len(list(encoder.layers[0].parameters())) + 2
    for p, q in zip(encoder.layers[0].parameters(), encoder.layers[1].parameters(), strict=True):
        assert (p == q).all()


def test_subsequent_mask_and_its_errors():
    make = nn.Transformer.generate_square_subsequent_mask
    expected = np.where(np.arange(3)[None] > np.arange(3)[:, None], -np.inf, 0)
    for dtype in (mg.float32, mg.float64):
        mask = make(3, dtype=dtype)
        assert mask.dtype == dtype and np.array_equal(mask.numpy(), expected)
    for size, dtype in ((-1, None), (2, mg.int64)):
        with pytest.raises(RuntimeError):
            make(size, dtype=dtype)
    with pytest.raises(TypeError):
        make(2.0)


def test_kernels_are_chosen_without_effect():
    from minigrad.nn.attention import SDPBackend, sdpa_kernel

    x = mg.randn(1, 3, 4)
    expected = mg.nn.functional.scaled_dot_product_attention(x, x, x)
    for choice in (SDPBackend.MATH, [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]):
        with sdpa_kernel(choice):
            assert (mg.nn.functional.scaled_dot_product_attention(x, x, x) == expected).all()
    with pytest.raises(TypeError, match="SDPBackend"), sdpa_kernel("math"):
        pass


@pytest.mark.parametrize(
    ("add_bias_kv", "shape", "message"),
    [(True, (4, 3, 3), "bias_k and bias_v do not go with static_k"), (False, (3, 3, 3), r"shape \(4, S, 3\)")],
)
def test_static_keys_that_do_not_fit_are_refused(add_bias_kv, shape, message):
    m = mg.nn.MultiheadAttention(6, 2, add_bias_kv=add_bias_kv)
    x = mg.zeros(3, 2, 6)
    with pytest.raises(AssertionError, match=message):
        mg.nn.functional.multi_head_attention_forward(
            x, x, x, 6, 2, m.in_proj_weight, m.in_proj_bias, m.bias_k, m.bias_v, False, 0.0, m.out_proj.weight,
            m.out_proj.bias, static_k=mg.zeros(*shape), static_v=mg.zeros(*shape),
        )  # fmt: skip


@pytest.mark.parametrize("kind", ["attn_mask", "key_padding_mask"])
def test_masks_of_float32_for_attention_in_float64(kind):
    """`generate_square_subsequent_mask` makes them, and PyTorch takes them where it needs no weights."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    theirs, ours = (lib.nn.MultiheadAttention(4, 2).double() for lib in (torch, mg))
    ours.load_state_dict(theirs.state_dict())
    x, mask = rng.standard_normal((3, 2, 4)), rng.standard_normal((3, 3) if kind == "attn_mask" else (2, 3))
    found = [
        layer(*[lib.tensor(x)] * 3, **{kind: lib.tensor(mask.astype(np.float32))}, need_weights=False)[0].detach()
        for lib, layer in ((mg, ours), (torch, theirs))
    ]
    np.testing.assert_allclose(*(f.numpy() for f in found), rtol=1e-10, strict=True)
    with pytest.raises(RuntimeError, match="expected masks of bools, float32"):
        ours(*[mg.tensor(x)] * 3, **{kind: mg.tensor(mask).half()})
