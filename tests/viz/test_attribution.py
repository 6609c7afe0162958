"""Saliency and occlusion maps against what they mean, computed pixel by pixel."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from tests.viz.rendering import rendered

viz = pytest.importorskip("minigrad.viz", reason="needs matplotlib")


def net(classes=3, channels=2):
    layers = nn.Conv2d(channels, 4, 3), nn.Tanh(), nn.Dropout(0.5), nn.Flatten(), nn.LazyLinear(classes)
    return nn.Sequential(*layers).double()


def softmax(logits):
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def outputs(model, images):
    model.eval()
    with mg.no_grad():
        return model(mg.tensor(images)).numpy()


@pytest.fixture
def case():
    model, x = net(), mg.randn(2, 2, 6, 7, dtype=mg.float64)
    model.eval()
    model(x)
    return model, x


@pytest.mark.parametrize("target", [None, 1, [2, 0]])
def test_saliency_is_the_slope_of_the_logit(case, target):
    model, x = case
    model.train()
    found = viz.saliency_map(model, x, target)
    assert model.training and found.shape == (2, 6, 7) and not found.requires_grad
    pixels, step = x.numpy().copy(), 1e-6
    classes = outputs(model, pixels).argmax(1) if target is None else np.broadcast_to(target, 2)
    for n, i, j in [(0, 0, 0), (0, 3, 2), (1, 5, 6), (1, 2, 4)]:
        slopes = []
        for c in range(2):
            up, down = pixels.copy(), pixels.copy()
            up[n, c, i, j] += step
            down[n, c, i, j] -= step
            slopes.append((outputs(model, up) - outputs(model, down))[n, classes[n]] / (2 * step))
        assert found.numpy()[n, i, j] == pytest.approx(np.abs(slopes).max(), rel=1e-6)


def test_saliency_leaves_gradients_and_the_input_alone(case):
    model, x = case
    with mg.no_grad():
        viz.saliency_map(model, x)
    assert all(p.grad is None for p in model.parameters())
    assert not x.requires_grad and x.grad is None


@pytest.mark.parametrize("size, stride, batch_size", [(2, 1, 7), (3, 2, 256), (4, 5, 1)])
def test_occlusion_is_the_mean_loss_of_probability(case, size, stride, batch_size):
    model, x = case
    found = viz.occlusion_map(model, x, size=size, stride=stride, batch_size=batch_size).numpy()
    pixels = x.numpy()
    p = softmax(outputs(model, pixels))
    for n, image in enumerate(pixels):
        c = p[n].argmax()
        drops = {}  # of each pixel
        for top in {*range(0, 6 - size + 1, stride), 6 - size}:
            for left in {*range(0, 7 - size + 1, stride), 7 - size}:
                covered = image.copy()
                covered[:, top : top + size, left : left + size] = (image.min() + image.max()) / 2
                drop = p[n, c] - softmax(outputs(model, covered[None]))[0, c]
                for i in range(top, top + size):
                    for j in range(left, left + size):
                        drops.setdefault((i, j), []).append(drop)
        expected = np.array([[np.mean(drops.get((i, j), 0)) for j in range(7)] for i in range(6)])
        np.testing.assert_allclose(found[n], expected, atol=1e-12)


def test_occlusion_by_a_given_value_of_a_given_class(case):
    model, x = case
    found = viz.occlusion_map(model, x[:1], target=0, size=6, stride=9, fill=0.25).numpy()
    p = softmax(outputs(model, x.numpy()[:1]))[0, 0]
    left, right = x.numpy()[:1].copy(), x.numpy()[:1].copy()
    left[..., :6], right[..., 1:] = 0.25, 0.25
    drops = [p - softmax(outputs(model, image))[0, 0] for image in (left, right)]
    np.testing.assert_allclose(found[0, 0], [drops[0], *[np.mean(drops)] * 5, drops[1]])


def test_one_logit_is_that_of_class_one(case):
    _, x = case
    model = net(classes=1).eval()
    model(x)
    whole = dict(size=6, stride=1, fill=0.0)
    p = 1 / (1 + np.exp(-outputs(model, x.numpy())[:, 0]))
    one, zero = (viz.occlusion_map(model, x, target=c, **whole).numpy() for c in (1, 0))
    np.testing.assert_allclose(one, -zero, atol=1e-12)
    covered = x.numpy().copy()
    covered[..., :6] = 0
    np.testing.assert_allclose(one[:, 0, 0], p - 1 / (1 + np.exp(-outputs(model, covered)[:, 0])))


def test_float32_stays_float32():
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 3))
    x = mg.randn(1, 1, 6, 6)
    assert viz.saliency_map(model, x).dtype == viz.occlusion_map(model, x).dtype == mg.float32


@pytest.mark.parametrize(
    "input, options, message",
    [
        (mg.ones(1, 6, 6), {}, r"expected images.* got \(1, 6, 6\)"),
        (mg.ones(1, 1, 6, 6), {"target": 3}, "ints from 0 to 2, got 3"),
        (mg.ones(1, 1, 6, 6), {"target": [0, 1]}, "an int or 1 ints"),
        (mg.ones(1, 1, 6, 6), {"size": 7}, "a patch of 1 to 6 pixels.* size=7"),
        (mg.ones(1, 1, 6, 6), {"stride": 0}, "stride=0"),
    ],
)
def test_wrong_arguments_are_explained(input, options, message):
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 3))
    with pytest.raises(ValueError, match=f"occlusion_map: .*{message}"):
        viz.occlusion_map(model, input, **options)
    if "size" not in options and "stride" not in options:
        with pytest.raises(ValueError, match=f"saliency_map: .*{message}"):
            viz.saliency_map(model, input, **options)


def test_other_models_are_explained():
    with pytest.raises(ValueError, match=r"saliency_map: expected a model that gives logits.* got \(1, 1, 6, 6\)"):
        viz.saliency_map(nn.Tanh(), mg.ones(1, 1, 6, 6))


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_pictures_show_images_and_maps(channels):
    model, x = net(channels=channels).float().eval(), mg.randn(2, channels, 6, 6)
    model(x)
    p = softmax(outputs(model, x.numpy()))
    for draw, compute in ((viz.saliency, viz.saliency_map), (viz.occlusion, viz.occlusion_map)):
        figure = draw(model, x, target=1, classes=["cat", "dog", "emu"])
        above, below = figure.axes[:2], figure.axes[2:]
        assert [ax.get_title() for ax in above] == [f"dog, {p[n, 1]:.1%}" for n in range(2)]
        assert above[0].images[0].get_array().shape == ((6, 6, 3) if channels == 3 else (6, 6))
        for ax, expected in zip(below, compute(model, x, 1).numpy(), strict=True):
            np.testing.assert_array_equal(ax.images[0].get_array(), expected)
        rendered(figure)


@pytest.mark.parametrize("draw", [viz.saliency, viz.occlusion])
def test_every_class_needs_a_name(draw):
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 3))
    with pytest.raises(ValueError, match=f"{draw.__name__}: expected names of 3 classes, got 2"):
        draw(model, mg.ones(1, 1, 6, 6), classes=["cat", "dog"])
