"""Clipping of gradients, parameters as a vector."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.nn import utils


def with_grads(m, tensor, dtype="float32"):
    rng = np.random.default_rng(0)
    made = []
    for shape in [(3, 4), (5,), (2, 2, 2)]:
        p = m.zeros(*shape, requires_grad=True)
        p.grad = tensor(rng.standard_normal(shape).astype(dtype))
        made.append(p)
    return [*made, m.zeros(2, requires_grad=True)]  # the last one has no gradient


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.5, float("inf"), 0.0])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clip_grad_norm_as_pytorch(norm_type, max_norm):
    torch = pytest.importorskip("torch")
    ours, theirs = with_grads(mg, mg.tensor), with_grads(torch, torch.tensor)
    norm = utils.clip_grad_norm_(ours, max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert norm.dtype == mg.float32 and norm.shape == ()
    np.testing.assert_allclose(norm, expected, rtol=1e-6)
    for a, b in zip(ours[:3], theirs[:3], strict=True):
        assert a.grad.dtype == mg.float32
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-5)
    assert ours[3].grad is None


def test_the_norm_is_the_one_from_before():
    w = mg.tensor([3.0, 4.0], requires_grad=True)
    w.grad = mg.tensor([3.0, 4.0])
    assert utils.clip_grad_norm_(w, 1.0).item() == 5
    np.testing.assert_allclose(w.grad, np.array([3, 4]) / (5 + 1e-6), rtol=1e-6)
    assert utils.clip_grad_norm_([], 1.0).item() == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nonfinite(bad):
    params = with_grads(mg, mg.tensor)
    params[1].grad = mg.tensor([bad, 1.0, 1.0, 1.0, 1.0])
    before = params[0].grad.numpy().copy()
    with pytest.raises(RuntimeError, match="the norm of order 2.0 .* is (nan|inf)"):
        utils.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    assert np.array_equal(params[0].grad.numpy(), before)
    utils.clip_grad_norm_(params, 1.0)
    assert np.isnan(params[0].grad.numpy()).all() if np.isnan(bad) else (params[0].grad == 0).all()


def test_clip_grad_value_and_total_norm():
    params = with_grads(mg, mg.tensor)
    grads = [p.grad.numpy().copy() for p in params[:3]]
    flat = np.concatenate([g.ravel() for g in grads])
    np.testing.assert_allclose(utils.get_total_norm([p.grad for p in params[:3]]), np.linalg.norm(flat), rtol=1e-6)
    assert utils.clip_grad_value_(params, 0.5) is None
    for p, g in zip(params, grads, strict=False):
        np.testing.assert_array_equal(p.grad, np.clip(g, -0.5, 0.5))


def test_vector_and_back():
    net = nn.Linear(2, 3)
    vector = utils.parameters_to_vector(net.parameters())
    assert vector.shape == (9,)
    (vector * vector).sum().backward()
    np.testing.assert_allclose(net.bias.grad, 2 * net.bias.detach())
    values = mg.arange(9).float()
    utils.vector_to_parameters(values, net.parameters())
    np.testing.assert_array_equal(net.weight.detach(), np.arange(6).reshape(3, 2))
    np.testing.assert_array_equal(utils.parameters_to_vector(net.parameters()).detach(), values)
    with pytest.raises(RuntimeError, match="expected 9 elements"):
        utils.vector_to_parameters(mg.zeros(8), net.parameters())
    with pytest.raises(TypeError, match="expected a Tensor"):
        utils.vector_to_parameters([1.0], net.parameters())


def test_clipping_says_what_it_was_given():
    w = mg.tensor([3.0], requires_grad=True)
    (w * w).sum().backward()
    for value in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="clip_grad_value_: expected a clip_value of 0 or more"):
            utils.clip_grad_value_([w], value)
    with pytest.raises(TypeError, match="clip_grad_value_: expected a number as clip_value, got str"):
        utils.clip_grad_value_([w], "1")
    parameters = iter([w])
    utils.clip_grad_norm_(parameters, 100.0)
    with pytest.warns(UserWarning, match="clip_grad_norm_: the generator of parameters is used up"):
        assert utils.clip_grad_norm_(parameters, 1.0).item() == 0
    utils.clip_grad_norm_([], 1.0)


def test_padded_sequences():
    torch = pytest.importorskip("torch")
    for options in ({}, {"batch_first": True, "padding_value": -1.0}, {"padding_side": "left"}):
        parts = [[np.ones((n, 2)) * n for n in (3, 1, 2)]] * 2
        ours = nn.utils.rnn.pad_sequence([mg.tensor(p) for p in parts[0]], **options)
        theirs = torch.nn.utils.rnn.pad_sequence([torch.tensor(p) for p in parts[1]], **options)
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    rows = [[7, 6], [1, 2]]
    assert (
        nn.utils.rnn.pad_sequence(mg.tensor(rows)).tolist()
        == torch.nn.utils.rnn.pad_sequence(torch.tensor(rows)).tolist()
    )
    with pytest.raises(RuntimeError, match="pad_sequence: expected a list of Tensors"):
        nn.utils.rnn.pad_sequence(7)
    with pytest.raises(RuntimeError, match="padding_side"):
        nn.utils.rnn.pad_sequence([mg.ones(2)], padding_side="top")
