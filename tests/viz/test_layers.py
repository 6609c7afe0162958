"""Feature maps and filters show the numbers that the layers compute, and leave the model as it was."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.models import MODELS
from minigrad.models.lenet import TableConv2d
from tests.viz.rendering import apart, rendered, text_boxes

viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")


def hooks_of(model):
    return [len(m._hooks.forward) for m in model.modules() if m._hooks is not None]


class Shared(nn.Module):
    """Uses one activation twice, gives a tuple inside, and has a layer that forward forgets."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.act = nn.ReLU(inplace=True)
        self.split = Halves()
        self.unused = nn.Linear(1, 1)

    def forward(self, x):
        a, b = self.split(self.act(self.conv(x)))
        return self.act(b - a)


class Halves(nn.Module):
    def forward(self, x):
        return x[:, :1], x[:, 1:]


def test_activations_are_what_each_layer_gives():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Sequential(nn.AvgPool2d(2), nn.Flatten()), nn.Linear(8, 3))
    x = mg.randn(2, 1, 6, 6)
    found = viz.activations(net, x)
    assert list(found) == ["0", "1", "2.0", "2.1", "3"]
    for name, layer in (("0", net[0]), ("1", net[1]), ("2.0", net[2][0]), ("2.1", net[2][1]), ("3", net[3])):
        x = layer(x)
        np.testing.assert_array_equal(found[name].numpy(), x.detach().numpy())
    assert not any(t.requires_grad for t in found.values())


def test_activations_of_layers_that_run_twice_work_in_place_or_give_tuples():
    net, x = Shared(), mg.randn(1, 1, 5, 5)
    found = viz.activations(net, x)
    assert list(found) == ["conv", "act", "split[0]", "split[1]", "act#2"]
    conv = net.conv(x).detach().numpy()
    np.testing.assert_array_equal(found["conv"].numpy(), conv)  # before the activation changed it in place
    assert conv.min() < 0
    act = np.maximum(conv, 0)
    np.testing.assert_array_equal(found["act"].numpy(), act)
    np.testing.assert_array_equal(found["split[1]"].numpy(), act[:, 1:])
    np.testing.assert_array_equal(found["act#2"].numpy(), np.maximum(act[:, 1:] - act[:, :1], 0))


def test_activations_of_chosen_layers_and_of_a_single_one():
    net = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Tanh()), nn.Linear(3, 1))
    assert list(viz.activations(net, mg.ones(1, 2), ["1", "0"])) == ["0", "1"]
    assert list(viz.activations(nn.Linear(2, 3), mg.ones(1, 2))) == ["Linear"]


def test_the_model_is_left_as_it_was():
    net = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(0.5), nn.Conv2d(1, 1, 3))
    net[0].eval()
    mean = net[0].running_mean.numpy().copy()
    found = viz.activations(net, mg.randn(4, 1, 5, 5) + 3)
    np.testing.assert_array_equal(found["0"].numpy(), found["1"].numpy())  # nothing dropped
    np.testing.assert_array_equal(net[0].running_mean.numpy(), mean)
    assert [m.training for m in net] == [False, True, True]
    assert hooks_of(net) == [0, 0, 0]


def test_no_hook_and_no_mode_stays_after_an_error():
    net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(2, 1, 3))
    with pytest.raises(RuntimeError, match="expects 2 input channels, got 1"):
        viz.activations(net, mg.ones(1, 1, 7, 7))
    assert hooks_of(net) == [0, 0]
    assert net.training


def test_unknown_and_idle_layers_are_named():
    with pytest.raises(ValueError, match="Shared has no layer 'con'; it has Shared, conv, act"):
        viz.activations(Shared(), mg.ones(1, 1, 5, 5), ["con"])
    net = Shared()
    with pytest.raises(ValueError, match="does not run its layer 'unused'"):
        viz.activations(net, mg.ones(1, 1, 5, 5), ["conv", "unused"])
    assert not any(hooks_of(net))


@pytest.mark.parametrize("name", MODELS)
def test_feature_maps_of_the_models(name):
    model = MODELS[name](10, in_channels=1)
    x = mg.randn(1, 1, model.image_size, model.image_size)
    figure = viz.feature_maps(model, x, most=4)
    found = viz.activations(model, x)
    assert len(figure.axes) == len(found) > 1
    for ax, (layer, output) in zip(figure.axes, found.items(), strict=True):
        maps = output.numpy()[0].reshape(output.shape[1], *(output.shape[2:] or (1, 1)))
        assert len(ax.images) == min(4, len(maps))
        for image, expected in zip(ax.images, maps, strict=False):
            np.testing.assert_array_equal(image.get_array(), expected)
        title = ax.texts[-1].get_text()
        assert title.startswith(f"{layer}: ")
        assert f"{maps.min():.3g} to {maps.max():.3g}" in title
        assert str(len(maps)) in title
    texts = [t for ax in figure.axes for t in ax.texts]
    assert apart(text_boxes(figure, texts))


def test_maps_of_a_layer_have_one_scale_around_zero():
    figure = viz.feature_maps(nn.Conv2d(1, 3, 3), mg.randn(1, 1, 8, 8))
    limits = {image.get_clim() for image in figure.axes[0].images}
    ((low, high),) = limits
    assert low == -high < 0


def test_feature_maps_of_zeros_and_of_nan_can_be_drawn():
    net = nn.Sequential(nn.Conv2d(1, 1, 3, bias=False))
    rendered(viz.feature_maps(net, mg.zeros(1, 1, 4, 4)))
    rendered(viz.feature_maps(net, mg.full((1, 1, 4, 4), float("nan"))))


def test_feature_maps_of_sequences_and_of_one_number():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.conv, self.loss = nn.Embedding(5, 4), nn.Conv1d(4, 2, 3), nn.MSELoss()

        def forward(self, x):
            y = self.conv(self.embed(x).transpose(1, 2))
            return self.loss(y, mg.zeros_like(y))

    figure = viz.feature_maps(Net(), mg.tensor([[0, 1, 2, 3, 4, 0]]))
    titles = [ax.texts[-1].get_text() for ax in figure.axes]
    for title, start in zip(titles, ["embed: Embedding, 1 map of 6x4", "conv: Conv1d, 1 map of 2x4"], strict=False):
        assert title.startswith(start)
    assert titles[2].startswith("loss: MSELoss, 1 value,")


def test_feature_maps_need_tensors():
    class Nothing(nn.Module):
        def forward(self, x):
            return None

    with pytest.raises(ValueError, match="no layer of Nothing gives a tensor"):
        viz.feature_maps(Nothing(), mg.ones(1))


# ---- filters --------------------------------------------------------------------------------------------------------


def shown(figure):
    return np.array([image.get_array() for image in figure.axes[0].images])


def test_filters_of_one_channel():
    layer = nn.Conv2d(1, 6, (3, 5))
    figure = viz.filters(layer)
    weights = layer.weight.detach().numpy()
    np.testing.assert_array_equal(shown(figure), weights[:, 0])
    assert figure.axes[0].images[0].get_clim() == pytest.approx((-abs(weights).max(), abs(weights).max()))
    assert "Conv2d: 6 filters of 1x3x5" in figure.axes[0].texts[-1].get_text()
    rendered(figure)


def test_filters_of_three_channels_are_colours():
    weights = np.zeros((2, 3, 1, 1), np.float32)
    weights[0, 0], weights[1, 2] = 2, -1
    np.testing.assert_allclose(shown(viz.filters(weights))[:, 0, 0], [[1, 0.5, 0.5], [0.5, 0.5, 0.25]])
    assert shown(viz.filters(weights, rgb=False)).shape == (6, 1, 1)


@pytest.mark.parametrize("filters, channels", [(5, 2), (2, 5)])
def test_filters_of_several_channels_are_a_table(filters, channels):
    weights = mg.randn(filters, channels, 3, 3)
    figure = viz.filters(weights)
    corners = [image.get_extent()[::2][:1] + image.get_extent()[3:] for image in figure.axes[0].images]
    columns, rows = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
    assert (len(columns), len(rows)) == (5, 2)
    for image, (x, y) in zip(figure.axes[0].images, corners, strict=True):
        i, j = columns.index(x), rows.index(y)
        o, c = (i, j) if filters > channels else (j, i)
        np.testing.assert_array_equal(image.get_array(), weights.numpy()[o, c])
    labels = [t.get_text() for t in figure.axes[0].texts[:-1]]
    assert labels == ([f"channel {k}" for k in range(2)] if filters > channels else [f"filter {k}" for k in range(2)])
    rendered(figure)


def test_filters_of_other_layers():
    kernels = mg.randn(60, 5, 5)
    np.testing.assert_array_equal(shown(viz.filters(kernels)), kernels.numpy()[:32])
    layer = nn.ConvTranspose2d(1, 4, 3)  # weight: (in, out, kh, kw)
    layer.kernels = 4  # no Tensor, so not what it computes with
    np.testing.assert_array_equal(shown(viz.filters(layer)), layer.weight.detach().numpy()[0])


def test_filters_of_a_connection_table_stand_where_the_connections_are():
    table = [[1, 0, 1, 0], [1, 1, 0, 1]]  # from each of 2 inputs to 4 outputs
    layer = TableConv2d(table, 2)
    figure = viz.filters(layer)
    pictures = shown(figure).reshape(2, 4, 2, 2)  # a column for each filter
    assert pictures.any((2, 3)).astype(int).tolist() == table
    np.testing.assert_array_equal(pictures.swapaxes(0, 1)[np.array(table).T == 1], layer.weight.detach().numpy())
    assert "TableConv2d: 4 filters of 2x2x2" in figure.axes[0].texts[-1].get_text()


def test_filters_refuse_what_has_no_kernels():
    with pytest.raises(TypeError, match="filters: expected a layer with a weight.* got Sequential"):
        viz.filters(nn.Sequential(nn.Conv2d(1, 1, 3)))
    with pytest.raises(ValueError, match=r"filters: expected weights of shape.* got \(3, 2\) of Linear"):
        viz.filters(nn.Linear(2, 3))
