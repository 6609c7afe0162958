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
