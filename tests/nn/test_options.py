"""Every option of every layer and loss that cannot be computed with is refused when it is given, by its name."""

import inspect
import re

import pytest

import minigrad as mg
from minigrad import nn

# what has to be given to make one; options that are no numbers, names or sizes
GIVEN = {
    "in_features": 3, "out_features": 2, "in1_features": 2, "in2_features": 3, "num_embeddings": 5, "embedding_dim": 3,
    "size": 2, "num_groups": 2, "num_channels": 4, "normalized_shape": 3, "threshold": 0.1, "value": 0.2,
    "upscale_factor": 2, "downscale_factor": 2, "kernel_size": 2, "output_size": 4, "dim": 1, "groups": 1,
    "embed_dim": 4, "num_heads": 2, "d_model": 4, "nhead": 2, "encoder_layer": nn.Identity(),
    "decoder_layer": nn.Identity(), "num_layers": 1,
    "input_size": 3, "hidden_size": 4, "num_chunks": 3, "bias": True,
    "unflattened_size": (2, 2),
    "n_classes": 9, "num_classes": 3, "cutoffs": [2, 5],
    "in_channels": 4, "out_channels": 4, "num_features": 4, "norm_type": 2, "padding": 1,
}  # fmt: skip
OTHERS = {
    "device", "dtype", "args", "kwargs", "values", "parameters", "modules", "module", "size_average", "reduce",
    "align_corners", "recompute_scale_factor", "weight", "pos_weight", "padding_idx", "max_norm", "distance_function",
    "device_ids", "output_device", "_weight", "_freeze", "num_chunks", "activation", "nonlinearity",
    "output_padding", "mode", "_random_samples", "process_group",
    "output_ratio",
}  # fmt: skip
MORE = {
    "eps": [-1.0, float("nan")], "kernel_size": [0, 2.5, (2, 0), True, (), mg.ones(2)], "stride": [0, 2.5, True],
    "dilation": [0, (True, 1)], "label_smoothing": [-0.1, 1.5],
    "delta": [0, -1.0], "padding": [2.5, ()], "upscale_factor": [0], "downscale_factor": [0], "output_size": [-1, 2.5],
    "num_features": [-1, 2.5], "in_features": [-1], "out_channels": [-1], "p": [[0.5]], "momentum": [[0.1]],
    "scale_factor": [0, -1, float("inf")], "ceil_mode": [1, None], "count_include_pad": [0], "dim": [True, mg.ones(2)],
    "lower": [float("nan")], "upper": [float("inf")],
}  # fmt: skip


def layers():
    for name in nn.__all__:
        kind = getattr(nn, name)
        if (
            isinstance(kind, type)
            and issubclass(kind, nn.Module)
            and not name.startswith("Data")
            and kind is not nn.Module
        ):
            parameters = inspect.signature(kind).parameters
            needed = {n: GIVEN[n] for n, p in parameters.items() if p.default is p.empty and n in GIVEN}
            if name == "RNNBase":
                needed["mode"] = "GRU"
            if name.startswith("Fractional"):
                needed["output_size"] = 2
            if name.startswith("LazyConv"):  # whose arguments are those of the class that it becomes
                needed["kernel_size"] = 2
            yield name, kind, needed, parameters


def wrong_options():
    for _, kind, needed, parameters in layers():
        for option, parameter in parameters.items():
            if option not in OTHERS and (kind.__name__, option) != (
                "RNNCellBase",
                "bias",
            ):  # of any truth, as in PyTorch
                text = [] if isinstance(parameter.default, bool) else ["zzz"]
                for value in [*text, *MORE.get(option, [])]:
                    yield kind, {**needed, option: value}, option


@pytest.mark.parametrize("kind, options, option", list(wrong_options()), ids=lambda v: getattr(v, "__name__", str(v)))
def test_a_wrong_option_is_refused_when_it_is_given(kind, options, option):
    with pytest.raises((TypeError, ValueError, RuntimeError), match=re.escape(kind.__name__)) as caught:
        kind(**options)
    assert option in str(caught.value)


def test_every_layer_takes_no_option_that_it_does_not_have():
    for _, kind, needed, _ in layers():
        kind(**needed)  # what is given above makes one
        if kind is not nn.Identity:  # which takes anything, as PyTorch's does
            with pytest.raises(TypeError):
                kind(**needed, nonexistent=1)


def test_a_probability_of_a_loss_or_attention_is_refused_as_pytorch_does():
    torch = pytest.importorskip("torch")
    for lib in (torch, mg):
        with pytest.raises(RuntimeError, match="label_smoothing"):
            lib.nn.CrossEntropyLoss(label_smoothing=1.5)(lib.ones(2, 3), lib.tensor([0, 1]))
        with pytest.raises(RuntimeError, match="dropout"):
            lib.nn.functional.scaled_dot_product_attention(*[lib.ones(1, 2, 3)] * 3, dropout_p=1.5)


def test_what_pytorch_takes_is_taken():
    torch = pytest.importorskip("torch")
    for lib in (torch, mg):
        n = lib.nn
        n.LeakyReLU(-0.5), n.ELU(2), n.Threshold(1, 0), n.BatchNorm1d(2, eps=0, momentum=None), n.RMSNorm(2, eps=None)
        (
            n.MaxPool2d((2, 1), stride=None),
            n.ZeroPad2d((-1, 0, 1, 2)),
            n.AdaptiveAvgPool2d((None, 2)),
            n.Softmax(dim=None),
            n.Conv2d(1, 1, 3, stride=(2,), padding=[1], dilation=(2,)),
        )
        (
            n.Upsample(size=(2, 3)),
            n.Upsample(scale_factor=(0.5, 2)),
            n.CosineEmbeddingLoss(margin=-1),
            n.Softplus(beta=-1),
        )
        n.PairwiseDistance(p=float("inf")), n.Conv2d(2, 2, (3, 1), padding="same"), n.CrossEntropyLoss(ignore_index=-1)
        n.Hardtanh(-1, 0), n.GLU(-2), n.Linear(0, 2) if lib is mg else None
