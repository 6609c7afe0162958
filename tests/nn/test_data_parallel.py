"""DataParallel: the same as without it, but for the order of sums; each share on its own."""

import gc
import threading
import weakref

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad import nn


@pytest.fixture(params=[1, 2], autouse=True)
def threads(request):
    before = mg.get_num_threads()
    mg.set_num_threads(request.param)
    yield request.param
    mg.set_num_threads(before)


def small_net():
    mg.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(48, 5)).double()


def gradients(net, x, labels, **options):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward(**options)
    return [p.grad.numpy().copy() for p in net.parameters()]


@pytest.mark.parametrize("shares", [1, 2, 3, 7])
@pytest.mark.parametrize("batch", [7, 8, 2])
def test_outputs_and_gradients_are_those_of_the_module(shares, batch):
    net = small_net()
    split = nn.DataParallel(net, device_ids=range(shares))
    x, labels = mg.randn(batch, 1, 6, 6, dtype=mg.float64), mg.arange(batch) % 5
    x.requires_grad_()
    np.testing.assert_allclose(split(x).detach().numpy(), net(x).detach().numpy(), rtol=1e-13)
    expected = [*gradients(net, x, labels), x.grad.numpy()]
    x.grad = None
    for a, b in zip([*gradients(split, x, labels), x.grad.numpy()], expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


def test_the_same_bits_for_any_number_of_threads():
    net = nn.DataParallel(small_net(), device_ids=[0, 1, 2])
    x, labels = mg.randn(9, 1, 6, 6, dtype=mg.float64), mg.arange(9) % 5
    found = []
    for count in (1, 2, 3):
        mg.set_num_threads(count)
        found.append([g.tobytes() for g in gradients(net, x, labels)])
    assert found[0] == found[1] == found[2]


def test_second_order_gradients_flow_through():
    net = small_net()
    split = nn.DataParallel(net, device_ids=[0, 1])
    x = mg.randn(4, 1, 6, 6, dtype=mg.float64, requires_grad=True)

    def penalty(module):
        (g,) = mg.autograd.grad(module(x).square().sum(), x, create_graph=True)
        return mg.autograd.grad(g.square().sum(), [x, *net.parameters()])

    for a, b in zip(penalty(split), penalty(net), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-10, atol=1e-12)


def test_it_passes_a_gradient_check():
    net = nn.DataParallel(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double(), device_ids=[0, 1])
    x = mg.randn(5, 3, dtype=mg.float64, requires_grad=True)
    assert mg.autograd.gradcheck(net, x)
    assert mg.autograd.gradgradcheck(net, x)


def test_a_second_backward_needs_the_graph_retained():
    split = nn.DataParallel(small_net(), device_ids=[0, 1])
    loss = split(mg.randn(4, 1, 6, 6, dtype=mg.float64)).sum()
    loss.backward(retain_graph=True)
    first = [p.grad.numpy().copy() for p in split.parameters()]
    loss.backward()
    for a, p in zip(first, split.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), 2 * a)
    with pytest.raises(RuntimeError, match="freed by an earlier backward"):
        loss.backward()


def test_the_graph_dies_with_its_last_tensor():
    split = nn.DataParallel(small_net(), device_ids=[0, 1])
    gc.collect()
    gc.disable()
    try:
        loss = split(mg.randn(4, 1, 6, 6, dtype=mg.float64)).sum()
        node = weakref.ref(loss.grad_fn)
        loss.backward()
        del loss
        assert node() is None
    finally:
        gc.enable()


def test_what_is_frozen_gets_no_gradient_and_no_grad_records_nothing():
    net = small_net()
    net[0].requires_grad_(False)
    split = nn.DataParallel(net, device_ids=[0, 1])
    x = mg.randn(4, 1, 6, 6, dtype=mg.float64)
    split(x).sum().backward()
    assert net[0].weight.grad is None and net[3].weight.grad is not None
    with mg.no_grad():
        assert not split(x).requires_grad
    assert mg.is_grad_enabled()


def test_gradients_also_reach_what_is_used_outside_and_hooks_see_them_whole():
    net = small_net()
    split = nn.DataParallel(net, device_ids=[0, 1])
    x = mg.randn(4, 1, 6, 6, dtype=mg.float64)
    seen = []
    handle = net[3].bias.register_hook(lambda g: seen.append(g.numpy().copy()))
    (split(x).sum() + 10 * net[3].bias.sum()).backward()
    handle.remove()
    np.testing.assert_allclose(net[3].bias.grad.numpy(), np.full(5, 14.0))
    np.testing.assert_allclose(seen, [np.full(5, 14.0)])


def test_structures_go_in_and_come_out():
    class Both(nn.Module):
        def forward(self, pair, *, scale, factor):
            a, b = pair
            return {"sum": a + b, "parts": (a * factor, [b * scale]), "none": None, "total": (a * scale).sum()}

    a, b = mg.arange(10.0).reshape(5, 2), mg.ones(5, 2)
    b.requires_grad_()
    with pytest.warns(UserWarning, match="joined to a vector"):
        found = nn.DataParallel(Both(), device_ids=[0, 1])((a, b), scale=mg.tensor(3.0), factor=2)
    assert found["sum"].tolist() == (a + b).tolist() and found["none"] is None
    assert found["parts"][0].tolist() == (a * 2).tolist() and found["parts"][1][0].tolist() == (b * 3).tolist()
    assert found["total"].tolist() == [3 * 15.0, 3 * 30.0]
    (found["sum"].sum() + found["parts"][1][0].sum()).backward()
    assert b.grad.tolist() == [[4.0, 4.0]] * 5


def test_batch_norm_takes_the_statistics_of_each_share_and_keeps_those_of_the_first():
    norm = nn.BatchNorm1d(2).double()
    x = mg.randn(6, 2, dtype=mg.float64)
    y = nn.DataParallel(norm, device_ids=[0, 1])(x).detach().numpy()
    for share, part in ((y[:3], x.numpy()[:3]), (y[3:], x.numpy()[3:])):
        np.testing.assert_allclose(share, (part - part.mean(0)) / np.sqrt(part.var(0) + 1e-5), rtol=1e-12)
    np.testing.assert_allclose(norm.running_mean.numpy(), 0.1 * x.numpy()[:3].mean(0))
    assert norm.num_batches_tracked.item() == 1


def test_dropout_differs_between_shares_and_repeats_with_the_seed():
    split = nn.DataParallel(nn.Dropout(0.5), device_ids=[0, 1])
    x = mg.ones(200, 4)
    mg.manual_seed(3)
    first = split(x).numpy().copy()
    mg.manual_seed(3)
    assert (split(x).numpy() == first).all()
    assert (first[:100] != first[100:]).any()
    assert (split(x).numpy() != first).any()


def test_dim_and_printing():
    class Double(nn.Module):
        def forward(self, x):
            return x * 2

    x = mg.arange(12.0).reshape(3, 4)
    split = nn.DataParallel(Double(), device_ids=[0, 1], dim=1)
    assert split(x).tolist() == (x * 2).tolist()
    assert "shares=2" in repr(split)


def test_errors_name_the_cause():
    with pytest.raises(TypeError, match="DataParallel: expected a Module, got function"):
        nn.DataParallel(lambda x: x)
    with pytest.raises(ValueError, match="device_ids is empty"):
        nn.DataParallel(nn.Linear(1, 1), device_ids=[])
    with pytest.raises(RuntimeError, match=r"one length along dimension 0, the batch, got \[2, 3\]"):
        nn.DataParallel(nn.Bilinear(1, 1, 1), device_ids=[0, 1])(mg.ones(2, 1), mg.ones(3, 1))
    with pytest.raises(RuntimeError, match="linear: expected an input of shape"):
        nn.DataParallel(nn.Linear(3, 1), device_ids=[0, 1])(mg.ones(4, 2))


def test_shares_begin_with_the_buffers_from_before_whoever_is_quicker(threads):
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", mg.zeros(1))

        def forward(self, x):
            self.calls += 1
            return x * self.calls

    counting = Counting()
    split = nn.DataParallel(counting, device_ids=[0, 1, 2])
    assert split(mg.ones(6)).tolist() == [1.0] * 6
    assert split(mg.ones(6)).tolist() == [2.0] * 6
    assert counting.calls.item() == 2


def test_changes_in_place_of_an_input_that_requires_grad_stay_in_the_share():
    class Triple(nn.Module):
        def forward(self, x):
            x *= 3
            return x * 2

    w = mg.ones(4, 2, requires_grad=True)
    x = w * 2
    y = nn.DataParallel(Triple(), device_ids=[0, 1])(x)
    (x + y).sum().backward()
    assert x.tolist() == [[2.0] * 2] * 4 and y.tolist() == [[12.0] * 2] * 4
    assert w.grad.tolist() == [[2.0 + 12.0] * 2] * 4


def test_lazy_layers_need_a_first_call_without_it():
    lazy = nn.Sequential(nn.LazyLinear(2))
    split = nn.DataParallel(lazy, device_ids=[0, 1])
    with pytest.raises(RuntimeError, match="LazyLinear has parameters without a shape; call the module itself once"):
        split(mg.ones(4, 3))
    lazy(mg.ones(4, 3))
    assert split(mg.ones(4, 3)).shape == (4, 2)


def test_an_input_without_the_dimension_of_the_batch_is_named():
    with pytest.raises(IndexError, match=r"a dimension 1, the batch, got shape \(4,\)"):
        nn.DataParallel(nn.Identity(), device_ids=[0, 1], dim=1)(mg.ones(4))


def test_every_thread_records_or_does_not_as_the_caller(threads):
    seen = []
    meeting = threading.Barrier(threads, timeout=30)  # so that each thread has a share

    class Looking(nn.Module):
        def forward(self, x):
            self.look()
            y = x * 1
            if y.requires_grad:
                y.register_hook(self.look)
            return y * y

        def look(self, gradient=None):
            meeting.wait()
            seen.append(mg.is_grad_enabled())

    split = nn.DataParallel(Looking(), device_ids=[0, 1])
    x = mg.ones(2, requires_grad=True)
    for create_graph in (False, True):
        seen.clear()
        split(x).sum().backward(create_graph=create_graph)
        assert seen == [True, True, create_graph, create_graph]
    seen.clear()
    with mg.no_grad():
        split(x)
    assert seen == [False, False]
