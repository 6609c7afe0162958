"""MultiheadAttention against PyTorch, with masks of all kinds."""

import numpy as np
import pytest

import minigrad as mg
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
