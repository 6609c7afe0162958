"""Exported models give in onnxruntime what they give here, for several sizes of the batch; the rest is refused."""

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

import onnx
import onnxruntime

import minigrad as mg
import minigrad.nn.functional as F
import minigrad.vision.models as vision
from minigrad import nn
from minigrad.models import MLP, MODELS
from minigrad.models.xo import XO
from minigrad.onnx import (
    OnnxExporterError,
    UnsupportedOperatorError,
    composed,
    elementwise,
    export,
    layers,
    ordering,
    places,
    shapes,
)
from minigrad.onnx.recording import Recording
from tests.onnx.cases import CHANGES, LAYERS, OPERATIONS, example


def leaves(value):
    if isinstance(value, mg.Tensor):
        return [value.detach().numpy()]
    if value is None:
        return []
    return [leaf for v in (value.values() if isinstance(value, dict) else value) for leaf in leaves(v)]


def session(proto):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])


def assert_same(proto, model, *inputs):
    given = {i.name: x.numpy() for i, x in zip(proto.graph.input, inputs, strict=True)}
    for got, wanted in zip(session(proto).run(None, given), leaves(model(*inputs)), strict=True):
        assert got.dtype == wanted.dtype and got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)


BATCH = {"x": {0: "batch"}}


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name):
    make, shape = LAYERS[name]
    layer = make().eval()
    proto = export(layer, mg.randn(*shape), input_names=["x"], dynamic_axes=BATCH)
    for rows in (1, 3):
        assert_same(proto, layer, mg.randn(rows, *shape[1:]))


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name):
    function, kind = OPERATIONS[name]
    proto = export(function, example(kind), dynamic_axes=BATCH)
    for rows in (2, 5):
        assert_same(proto, function, example(kind, rows))


@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_parts(name):
    x = mg.randn(2, 6)
    assert_same(export(CHANGES[name], x), CHANGES[name], mg.randn(2, 6))


def test_every_form_is_tried():
    called = set()
    examples = [(make().eval(), mg.randn(*shape)) for make, shape in LAYERS.values()]
    examples += [(function, example(kind)) for function, kind in OPERATIONS.values()]
    examples += [(function, example("any")) for function in CHANGES.values()]
    for model, x in examples:
        called |= {call.name for call in Recording(model, [x], lambda inputs: (inputs, {})).calls}
    rooms = (elementwise, shapes, places, ordering, layers, composed)
    forms = {**places.PLACES, **{name: form for room in rooms for name, form in room.FORMS.items()}}
    assert len(forms) > 150
    assert set(forms) - called == set()


NETS = {
    **{
        name: (lambda m=make: m(10, in_channels=3), (1, 3, make.image_size, make.image_size))
        for name, make in MODELS.items()
    },
    "xo": (XO.by_hand, (1, 1, 9, 9)),
    "mlp": (lambda: MLP(4, 8, 3), (1, 4)),
    "squeezenet1_1": (lambda: vision.squeezenet1_1(num_classes=4), (1, 3, 33, 33)),
    "mobilenet_v2": (lambda: vision.mobilenet_v2(num_classes=4), (1, 3, 33, 33)),
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_models(name):
    make, shape = NETS[name]
    net = make().eval()
    proto = export(net, mg.rand(*shape), dynamic_shapes={"x": {0: "batch"}}, input_names=["x"])
    assert {n.name for n in proto.graph.initializer} & {name for name, _ in net.named_parameters()}
    assert_same(proto, net, mg.rand(3, *shape[1:]))


# ---- sizes -----------------------------------------------------------------------------------------------------------


def test_images_of_any_size():
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    proto = export(net, mg.rand(1, 1, 9, 9), input_names=["x"], dynamic_axes={"x": {0: "n", 2: "h", -1: "w"}})
    for shape in ((1, 1, 9, 9), (3, 1, 12, 7)):
        assert_same(proto, net, mg.rand(*shape))
    (output,) = proto.graph.output
    assert [d.dim_param or d.dim_value for d in output.type.tensor_type.shape.dim] == ["n", 4]


def test_sequences_of_any_length():
    net = nn.LSTM(4, 3, batch_first=True)
    proto = export(net, mg.rand(2, 5, 4), input_names=["x"], dynamic_axes={"x": [0, 1]})
    for shape in ((1, 2, 4), (3, 9, 4)):
        assert_same(proto, net, mg.rand(*shape))


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("options", [{}, {"include_last_offset": True}, {"padding_idx": 2}])
def test_bags_that_are_cut_by_an_input(mode, options):
    bags = nn.EmbeddingBag(9, 3, mode=mode, **options)
    sizes = {"input": {0: "characters"}, "offsets": {0: "texts"}}
    proto = export(bags, (mg.tensor([1, 2, 4, 5, 2, 2]), mg.tensor([0, 4, 6])), dynamic_axes=sizes)
    for text, offsets in (([1, 2, 2, 3, 8], [0, 2, 5]), ([3, 1, 8], [0, 0, 2, 3]), ([2, 2], [0, 2])):
        assert_same(proto, bags, mg.tensor(text), mg.tensor(offsets))


def test_a_model_that_fails_in_another_run_says_so():
    def picky(x):
        if x.shape[0] > 2:
            raise ValueError("two rows at most")
        return x

    with pytest.raises(ValueError, match="two rows at most") as caught:
        export(picky, mg.rand(2, 3), dynamic_axes=BATCH)
    assert "larger sizes where they may vary" in caught.value.__notes__[0]
    with pytest.raises(ValueError, match="two rows at most") as caught:
        export(picky, mg.rand(3, 3))
    assert not hasattr(caught.value, "__notes__")


def test_volumes_need_a_newer_version():
    def sampled(x):
        return F.grid_sample(x, mg.zeros(2, 1, 1, 1, 3), align_corners=False)

    with pytest.raises(UnsupportedOperatorError, match="grid_sample has no ONNX form for volumes in opset_version 18"):
        export(sampled, mg.rand(2, 1, 2, 2, 2), opset_version=18)
    flat = lambda x: F.grid_sample(x, x.view(2, 2, 1, 2), "bicubic", align_corners=True)  # noqa: E731
    assert_same(export(flat, mg.rand(2, 1, 2, 2), opset_version=18), flat, mg.rand(2, 1, 2, 2))


class Characters(nn.Module):
    """A small language model: positions are counted, and no character sees those behind it."""

    def __init__(self, masked):
        super().__init__()
        self.characters, self.places = nn.Embedding(9, 8), nn.Embedding(32, 8)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True)
        self.out = nn.Linear(8, 9)
        self.masked = masked

    def forward(self, x):
        h = self.characters(x) + self.places(mg.arange(x.shape[1]))
        if self.masked:
            return self.out(self.block(h, nn.Transformer.generate_square_subsequent_mask(x.shape[1]), is_causal=True))
        return self.out(F.scaled_dot_product_attention(h, h, h, is_causal=True))


@pytest.mark.parametrize("masked", [True, False])
def test_language_models_of_any_length(masked):
    net = Characters(masked).eval()
    proto = export(net, mg.randint(0, 9, (1, 5)), input_names=["x"], dynamic_axes={"x": {0: "batch", 1: "length"}})
    for shape in ((1, 1), (2, 12)):
        assert_same(proto, net, mg.randint(0, 9, shape))


def test_two_inputs_share_a_size_and_states_are_inputs():
    net = nn.GRU(4, 3)
    sizes = {"x": {1: "batch"}, "h": {1: "batch"}}
    proto = export(net, (mg.rand(5, 2, 4), mg.rand(1, 2, 3)), input_names=["x", "h"], dynamic_axes=sizes)
    assert_same(proto, net, mg.rand(5, 4, 4), mg.rand(1, 4, 3))

    def nested(pair, scale):
        return pair[0] * scale + pair[1]

    x, y = mg.rand(2, 3), mg.rand(2, 3)
    proto = export(nested, ((x, y),), kwargs={"scale": 2.0}, dynamic_shapes=(({0: "n"}, {0: "n"}),))
    assert [i.name for i in proto.graph.input] == ["pair_0", "pair_1"]
    assert_same(proto, lambda x, y: x * 2 + y, mg.rand(4, 3), mg.rand(4, 3))


def test_without_a_word_sizes_are_those_of_the_example():
    proto = export(nn.Linear(3, 2), mg.rand(4, 3))
    (given,) = proto.graph.input
    assert given.name == "input" and [d.dim_value for d in given.type.tensor_type.shape.dim] == [4, 3]


@pytest.mark.parametrize("version", [18, 19, 21, 23])
def test_versions(version):
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GELU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))
    proto = export(net, mg.rand(1, 3, 8, 8), opset_version=version)
    assert proto.opset_import[0].version == version
    assert_same(proto, net, mg.rand(1, 3, 8, 8))


def test_files_names_and_modes(tmp_path):
    net = nn.Sequential(nn.Linear(3, 2), nn.Dropout())
    before = mg.get_rng_state()
    proto = export(net, (mg.rand(4, 3),), tmp_path / "net.onnx", input_names=["in"], output_names=["out"])
    assert net.training and net[1].training
    mg.manual_seed(0)
    assert mg.equal(mg.get_rng_state(), mg.get_rng_state()) and before.shape == mg.get_rng_state().shape
    read = onnx.load(tmp_path / "net.onnx")
    assert read == proto and read.producer_name == "minigrad"
    assert [i.name for i in read.graph.input] == ["in"] and [o.name for o in read.graph.output] == ["out"]
    assert {i.name for i in read.graph.initializer} == {"0.weight", "0.bias"}
    assert not mg.onnx.is_in_onnx_export()


def test_what_runs_to_be_exported_knows():
    def function(x):
        return x + 1 if mg.onnx.is_in_onnx_export() else x + 2

    assert_same(export(function, mg.rand(2)), lambda x: x + 1, mg.rand(2))


# ---- what is refused -------------------------------------------------------------------------------------------------


def changed_in_part(x):
    y = x * 2
    y[0] = 0.0
    return y + 1


def seen_through_an_old_view(x):
    y = x * 2
    row = y[0]
    y.mul_(3)
    return row + 1


def looped(x):
    total = x[0]
    for row in x[1:]:
        total = total + row
    return total


class Copied(nn.Module):
    def forward(self, x):
        return mg.from_numpy(x.numpy() * 2) + 1


class Looked(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 3, max_norm=0.1)

    def forward(self, x):
        return self.embedding((8 * x).abs().remainder(9).long())


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.deep = nn.ModuleDict({"layer": nn.ModuleList([self.Odd()])})

    class Odd(nn.Module):
        def forward(self, x):
            return mg.linalg.cholesky(x.T @ x + mg.eye(6))

    def forward(self, x):
        return self.deep["layer"][0](x)


@pytest.mark.parametrize(
    "model, error, message",
    [
        (Inner(), UnsupportedOperatorError, "export: cholesky in deep.layer.0 has no ONNX form"),
        (
            changed_in_part,
            UnsupportedOperatorError,
            "change of a part in place has no ONNX form for a tensor whose size",
        ),
        (seen_through_an_old_view, UnsupportedOperatorError, "use of a view whose memory was changed in place has no"),
        (lambda x: x[x > 0], UnsupportedOperatorError, "a mask as index"),
        (lambda x: x * x.mean().item(), OnnxExporterError, "an argument of mul depends on the values"),
        (lambda x: x * mg.from_numpy(np.sin(x.numpy())), OnnxExporterError, "depends on the values"),
        (lambda x: x + mg.randn(6), OnnxExporterError, "or on random numbers"),
        (lambda x: mg.from_numpy(x.numpy() * 2), OnnxExporterError, "not computed by minigrad's operations alone"),
        (lambda x: x * 2 if x[0, 0] > 0.5 else x.exp(), OnnxExporterError, "other things for other values"),
        (lambda x: x.round().unique(), OnnxExporterError, "such as unique and nonzero"),
        (lambda x: F.relu(x - 0.5).nonzero(), OnnxExporterError, "such as unique and nonzero"),
        (
            lambda x: mg.nonzero(x + 9),
            UnsupportedOperatorError,
            "the result is a constant whose values depend on the sizes",
        ),
        (nn.Sequential(Copied()), OnnxExporterError, "add in 0 gets what was computed in another way"),
        (lambda x: x.median(1)[0] + x.nanmedian(1)[0], UnsupportedOperatorError, "nanmedian has no ONNX form for what"),
        (lambda x: x.mode(1)[0], UnsupportedOperatorError, "export: mode has no ONNX form"),
        (lambda x: x.masked_select(x > 0.5), OnnxExporterError, "an argument of masked_select depends on the values"),
        (Looked(), OnnxExporterError, "changes its parameter embedding.weight as it runs, as max_norm does"),
        (looped, OnnxExporterError, "other things where batch is larger"),
        (
            lambda x: x + mg.tensor([i * i for i in range(len(x))])[:, None],
            UnsupportedOperatorError,
            "depend on the sizes",
        ),
        (lambda x: None, OnnxExporterError, "returns a Tensor, got none"),
        (lambda x: x.shape[0], OnnxExporterError, "returns Tensors, got int"),
        (lambda x: F.cross_entropy(x, x.argmax(1)), UnsupportedOperatorError, "cross_entropy has no ONNX form"),
    ],
)
def test_refused(model, error, message):
    x = mg.rand(2, 6)
    x[0, 0], x[1, 5] = 1.0, 0.0
    with pytest.raises(error, match=message):
        export(model, x, input_names=["x"], dynamic_axes=BATCH)
    assert not mg.onnx.is_in_onnx_export() and F.relu(mg.tensor([-1.0])).item() == 0


def test_what_recurrent_layers_of_onnx_cannot_is_refused():
    with pytest.raises(UnsupportedOperatorError, match="no ONNX form for proj_size: ONNX's LSTM has no projection"):
        export(nn.LSTM(4, 3, proj_size=2), mg.rand(5, 2, 4))

    net = nn.GRU(4, 3)

    def packed(x):
        return net(nn.utils.rnn.pack_padded_sequence(x, [5, 3]))[1]

    with pytest.raises(UnsupportedOperatorError, match="no ONNX form for packed sequences of several lengths"):
        export(packed, mg.rand(5, 2, 4))


def test_nested_refusals_are_told_once():
    def steps(x):
        return x + mg.arange(0, 2 * len(x), 2)[:, None]

    with pytest.raises(UnsupportedOperatorError) as caught:
        export(steps, mg.rand(2, 6), dynamic_axes=BATCH)
    assert str(caught.value).count("export:") == 1 and "add has no ONNX form for a constant" in str(caught.value)


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"opset_version": 17}, ValueError, "at least 18, got 17"),
        ({"dynamic_axes": {"y": {0: "n"}}}, ValueError, "there is no input 'y'; they are input"),
        ({"dynamic_axes": {"input": {2: "n"}}}, ValueError, "input has 2 dimensions, so none at 2"),
        ({"dynamic_shapes": {"y": {0: "n"}}}, ValueError, "there is no argument 'y'; they are input"),
        ({"input_names": ["a", "b"]}, ValueError, "at most 1 input_names, got 2"),
        ({"output_names": ["a", "b"]}, ValueError, "at most 1 output_names, got 2"),
        ({"output_names": ["input"]}, ValueError, "different names, got input, input"),
        ({"opset": 20}, TypeError, "unexpected keyword argument 'opset'"),
    ],
)
def test_wrong_options(options, error, message):
    with pytest.raises(error, match=message):
        export(nn.Linear(3, 2), mg.rand(1, 3), **options)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="expected a Module or a function, got int"):
        export(3, mg.rand(1))
    with pytest.raises(ValueError, match="at least one Tensor"):
        export(nn.Linear(3, 2), ())
    with pytest.raises(OnnxExporterError, match="length 0 at 0"):
        export(nn.Linear(3, 2), mg.rand(0, 3), dynamic_axes={"input": [0]})


def test_options_of_pytorch_are_taken():
    others = {"dynamo": False, "do_constant_folding": True, "export_params": True, "verbose": False, "training": None}
    export(nn.Linear(3, 2), mg.rand(1, 3), **others)
