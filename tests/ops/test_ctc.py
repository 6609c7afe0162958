"""ctc_loss: lengths and labels in every form, sequences without a path, and what is refused."""

import math

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F

RNG = np.random.default_rng(0)
SCORES = RNG.standard_normal((6, 3, 5))
LABELS = np.array([[1, 2, 2, 4], [3, 3, 1, 1], [4, 1, 2, 3]])
STEPS, LENGTHS = [6, 5, 2], [2, 3, 4]  # the last one has more labels than steps


def loss_and_gradient(scores, *args, **options):
    x = mg.tensor(scores, requires_grad=True)
    loss = F.ctc_loss(x.log_softmax(-1), *args, **options)
    loss.sum().backward()
    return loss.detach().numpy(), x.grad.numpy()


def test_the_gradient_is_that_of_differences():
    def function(x):
        return F.ctc_loss(x.log_softmax(-1), mg.tensor(LABELS[:2]), STEPS[:2], LENGTHS[:2], reduction="none")

    assert mg.autograd.gradcheck(function, mg.tensor(SCORES[:, :2], requires_grad=True), fast_mode=True)


def test_lengths_and_labels_in_every_form_mean_the_same():
    options = {"reduction": "none", "zero_infinity": True}
    expected = loss_and_gradient(SCORES, mg.tensor(LABELS), STEPS, LENGTHS, **options)
    joined = mg.tensor(np.concatenate([row[:n] for row, n in zip(LABELS, LENGTHS, strict=True)]))
    for lengths in ((STEPS, LENGTHS), (tuple(STEPS), tuple(LENGTHS)), (mg.tensor(STEPS), mg.tensor(LENGTHS).int())):
        for labels in (mg.tensor(LABELS), mg.tensor(LABELS).int(), joined):
            for found, wanted in zip(loss_and_gradient(SCORES, labels, *lengths, **options), expected, strict=True):
                np.testing.assert_array_equal(found, wanted)
    one = loss_and_gradient(SCORES[:, 1], mg.tensor(LABELS[1, :3]), mg.tensor(5), mg.tensor(3), **options)
    np.testing.assert_allclose(one[0], expected[0][1], rtol=1e-12)
    np.testing.assert_allclose(one[1], expected[1][:, 1], atol=1e-12)


def test_without_a_path_the_loss_is_infinite_or_0_if_so_wanted():
    loss, gradient = loss_and_gradient(SCORES, mg.tensor(LABELS), STEPS, LENGTHS, reduction="none")
    assert np.isinf(loss).tolist() == [False, False, True] and np.isnan(gradient[:2, 2]).any()
    loss, gradient = loss_and_gradient(SCORES, mg.tensor(LABELS), STEPS, LENGTHS, reduction="none", zero_infinity=True)
    assert loss[2] == 0 and (gradient[:, 2] == 0).all() and np.isfinite(gradient).all()
    assert (gradient[5:, 1] == 0).all()  # behind the last step


def test_no_probability_is_too_small():
    scores = np.zeros((200, 1, 3), np.float32)
    scores[:, :, 0] = 1000.0
    loss, gradient = loss_and_gradient(scores, mg.tensor([[1, 2] * 20]), [200], [40], reduction="sum")
    ways = math.comb(200, 40)  # to place each label in one step, and blanks in the others
    np.testing.assert_allclose(loss, 40 * 1000.0 - math.log(ways), rtol=1e-6)
    assert np.isfinite(gradient).all()


def test_there_is_no_second_derivative():
    x = mg.tensor(SCORES, requires_grad=True)
    loss = F.ctc_loss(x.log_softmax(-1), mg.tensor(LABELS), STEPS, LENGTHS, zero_infinity=True)
    (g,) = mg.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="ctc_loss: the second derivative is not implemented"):
        (g**2).sum().backward()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"log_probs": mg.ones(6, 3, 5).long()}, "floating"),
        ({"log_probs": mg.ones(5)}, r"shape \(T, N, C\)"),
        ({"log_probs": mg.ones(6, 0, 5)}, "at least one example"),
        ({"targets": mg.tensor(LABELS).double()}, "integer targets"),
        ({"targets": mg.tensor(LABELS[:2])}, "integer targets"),
        ({"targets": mg.tensor([1, 2, 3])}, "add up to 9, but there are 3|from 0 to 3"),
        ({"targets": mg.tensor(LABELS + 1)}, "targets from 0 to 4"),
        ({"input_lengths": [6, 5]}, "input_lengths to be 3"),
        ({"input_lengths": [6, 5, 7]}, "input_lengths from 0 to 6"),
        ({"target_lengths": [2.5, 3, 4]}, "integers as target_lengths"),
        ({"target_lengths": [2, 3, -1]}, "target_lengths from 0 to 4"),
        ({"blank": 5}, "blank from 0 to 4"),
    ],
)
def test_errors(change, message):
    given = {"log_probs": mg.tensor(SCORES).log_softmax(2), "targets": mg.tensor(LABELS)}
    given |= {"input_lengths": STEPS, "target_lengths": LENGTHS}
    with pytest.raises(RuntimeError, match=f"ctc_loss: .*({message})"):
        F.ctc_loss(**{**given, **change})
