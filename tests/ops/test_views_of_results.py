"""`view` of what an operation made: our order in memory, with the batch innermost, is not the caller's business."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn


def results():
    """Results that lie in memory in another order than that of their indices."""
    image = mg.randn(16, 3, 8, 8)
    convolved = nn.Conv2d(3, 6, 3, 2, 1)(image)
    linear = nn.Linear(96, 10)(convolved.flatten(1))
    return [
        convolved,
        convolved.relu(),
        linear,
        linear.softmax(1),
        nn.BatchNorm2d(6)(convolved),
        convolved.mean((2, 3)),
    ]


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("kind", range(6))
def test_a_result_can_be_seen_in_any_shape(kind, recorded):
    with mg.set_grad_enabled(recorded):
        x = results()[kind]
        values, seen = x.tolist(), x.view(-1)
        assert seen.tolist() == np.ravel(values).tolist() and x.tolist() == values
        if not recorded:
            seen[3] = 7.0
            assert x.reshape(-1)[3] == 7, "it is a view"


PARTS = {
    "detach": lambda y: y.detach(), "data": lambda y: y.data, "an image": lambda y: y[0], "images": lambda y: y[1:3],
    "chunk": lambda y: y.chunk(2)[1], "a chunk of channels": lambda y: y[:3].chunk(2, 1)[0][1],
    "split": lambda y: y.split(3)[1], "unbind": lambda y: y.unbind()[2], "iteration": lambda y: list(y)[3],
    "select": lambda y: y.select(0, 1), "narrow": lambda y: y.narrow(0, 1, 2), "unsqueeze": lambda y: y.unsqueeze(1),
    "squeeze": lambda y: y.squeeze(), "flatten": lambda y: y.flatten(2), "unflatten": lambda y: y.unflatten(1, (2, 3)),
    "view": lambda y: y.view(4, -1), "expand": lambda y: y.expand_as(y),
    "a part of a part": lambda y: y.detach()[1, 2:],
    "as_strided": lambda y: y.as_strided((3, 40), (40, 1), 7), "windows": lambda y: y.unfold(0, 1, 1).squeeze(-1),
}  # fmt: skip
MODES = {"recorded": mg.enable_grad, "no_grad": mg.no_grad, "inference_mode": mg.inference_mode}


@pytest.mark.parametrize("kind", MODES)
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_part_of_a_result_can_be_seen_in_another_shape_and_shows_its_memory(part, kind):
    with MODES[kind]():
        y = nn.Conv2d(3, 6, 3, 2, 1)(mg.randn(16, 3, 8, 8)).relu()
        assert y.stride()[0] == 1, "it is a result in an order of ours"
        values = y.tolist()
        expected = part(mg.tensor(values)).reshape(-1)
        shown = part(y)
        assert shown.view(-1).tolist() == expected.tolist()
    with mg.no_grad() if kind == "no_grad" else mg.inference_mode(kind == "inference_mode"):
        if kind != "recorded":
            shown.view(-1)[0] = 1234.0
        elif not shown.requires_grad:
            shown.data.view(-1)[0] = 1234.0
        else:
            return
        assert 1234.0 in y.reshape(-1).tolist()


RESULTS = {
    "sorted": lambda x: x.sort(1).values, "places": lambda x: x.sort(1).indices, "places alone": lambda x: x.argsort(0),
    "the largest": lambda x: x.topk(2, 1).values, "their places": lambda x: x.topk(2, 1).indices,
    "places in images": lambda x: mg.stack([x, x]).sort(1).indices, "sums": lambda x: x.permute(2, 1, 0).sum(1),
    "a product": lambda x: x.permute(0, 2, 1) * 2.0,
}  # fmt: skip


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("part", [lambda y: y, lambda y: y[0], lambda y: y.detach(), lambda y: y.unsqueeze(0)])
@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_results_along_inner_dims_can_be_seen_in_any_shape(make, part, recorded):
    with mg.set_grad_enabled(recorded):
        y = make(mg.randn(3, 4, 5, requires_grad=recorded))
        expected = part(mg.tensor(y.tolist())).reshape(-1).tolist()
        assert part(y).view(-1).tolist() == expected


def test_an_array_of_the_callers_and_the_memory_of_views_stay_where_they_are():
    array, weight = np.arange(12.0).reshape(3, 4).T, mg.ones(1, dtype=mg.float64, requires_grad=True)
    x = mg.from_numpy(array)
    x *= weight  # now an operation has made it
    x.detach()[0] = -1.0
    assert (array[0] == -1).all() and (x[0] == -1).all()
    y = (mg.ones(3, 4, requires_grad=True) * 2).T  # a view whose base is nobody's
    first, second = y[0], y[0]
    second.mul_(5)
    assert y[0].tolist() == first.tolist() == [10.0] * 3


def test_what_was_asked_for_in_channels_last_stays_so():
    with mg.no_grad():
        y = mg.randn(2, 3, 4, 5).to(memory_format=mg.channels_last) * 2
        strides = y.stride()
        assert y[0].stride() == strides[1:] and y.detach().stride() == strides
        assert y.is_contiguous(memory_format=mg.channels_last)


def test_the_gradient_of_such_a_view_is_right():
    image = mg.randn(4, 3, 5, 5, dtype=mg.float64, requires_grad=True)
    weight = mg.randn(2, 3, 3, 3, dtype=mg.float64, requires_grad=True)

    def viewed(image, weight):
        y = nn.functional.conv2d(image, weight).tanh()
        return y.view(-1)[::3] * y.reshape(-1)[::3]

    assert mg.autograd.gradcheck(viewed, (image, weight))


def test_a_view_and_memory_that_others_see_are_refused_as_before():
    array = np.ones((3, 4)).T
    shared = mg.from_numpy(array)
    for x in (mg.ones(3, 4).t(), shared, mg.randn(2, 3, requires_grad=True).t()):
        with pytest.raises(RuntimeError, match=r"use \.reshape"):
            x.view(-1)
    shared[0, 0] = 5
    assert array[0, 0] == 5


@pytest.mark.parametrize("part", [PARTS["view"], PARTS["flatten"], PARTS["an image"], PARTS["unsqueeze"]])
def test_the_gradient_goes_back_in_the_order_in_which_the_result_lay(part):
    """Else all operations before would walk through two orders at once, which takes several times as long."""
    image = mg.randn(16, 3, 8, 8, requires_grad=True)
    convolved = nn.functional.conv2d(image, mg.randn(6, 3, 3, 3))
    pooled = nn.functional.max_pool2d(convolved.relu(), 2)
    orders = []
    convolved.register_hook(lambda g: orders.append(g.stride()))
    shown = part(pooled)
    weight = mg.randn(shown.shape)
    (shown * weight).sum().backward()
    assert convolved.stride()[0] == 1 and orders == [convolved.stride()]

    again = image.detach().clone().requires_grad_()
    result = nn.functional.max_pool2d(nn.functional.conv2d(again, mg.ones(6, 3, 3, 3)).relu(), 2)
    (g,) = mg.autograd.grad((part(result) ** 2).sum(), again, create_graph=True)
    assert g.requires_grad and mg.autograd.grad(g.sum(), again)[0].shape == again.shape
