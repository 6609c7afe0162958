"""Averages of weights, and the learning rate for them, as in PyTorch."""

import copy

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn, optim
from minigrad.optim import swa_utils


def make(n):
    return n.Sequential(n.Linear(3, 4), n.BatchNorm1d(4), n.Linear(4, 2))


AVERAGES = {
    "swa": lambda s: {},
    "swa by one": lambda s: {"avg_fn": s.get_swa_avg_fn()},
    "swa by many": lambda s: {"multi_avg_fn": s.get_swa_multi_avg_fn()},
    "ema by one": lambda s: {"avg_fn": s.get_ema_avg_fn(0.9), "use_buffers": True},
    "ema by many": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn(0.5)},
    "own": lambda s: {"avg_fn": lambda average, value, count: 0.5 * average + value},
}


@pytest.mark.parametrize("kind", AVERAGES)
def test_averages_are_those_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    from torch.optim import swa_utils as reference

    theirs, ours = make(torch.nn), make(nn)
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    averaged = swa_utils.AveragedModel(ours, **AVERAGES[kind](swa_utils))
    expected = reference.AveragedModel(theirs, **AVERAGES[kind](reference))
    x = np.random.default_rng(0).standard_normal((8, 3)).astype(np.float32)
    for _ in range(4):
        with torch.no_grad():
            for p in theirs.parameters():
                p.mul_(1.25).add_(0.5)
        theirs(torch.tensor(x))
        ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
        averaged.update_parameters(ours)
        expected.update_parameters(theirs)
    assert list(averaged.state_dict()) == list(expected.state_dict())
    for name, value in expected.state_dict().items():
        np.testing.assert_allclose(averaged.state_dict()[name].numpy(), value.numpy(), 1e-6, 1e-6)
    np.testing.assert_allclose(
        averaged.eval()(mg.tensor(x)).detach().numpy(), expected.eval()(torch.tensor(x)).detach().numpy(), 1e-5, 1e-5
    )


def test_the_model_itself_stays_as_it_is_and_may_go_on():
    model = make(nn)
    averaged = swa_utils.AveragedModel(model)
    averaged.update_parameters(model)
    before = copy.deepcopy(averaged.state_dict())
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    model(mg.randn(5, 3)).square().sum().backward()
    optimizer.step()
    assert all((value == averaged.state_dict()[name]).all() for name, value in before.items())
    again = swa_utils.AveragedModel(make(nn))
    again.load_state_dict(averaged.state_dict())
    assert again.n_averaged == 1


def test_statistics_are_computed_anew():
    model = make(nn).eval()
    batches = [mg.randn(6, 3), (mg.randn(6, 3), "label"), [mg.randn(6, 3)]]
    swa_utils.update_bn(batches, model)
    hidden = [model[0](b if isinstance(b, mg.Tensor) else b[0]).detach().numpy() for b in batches]
    np.testing.assert_allclose(model[1].running_mean.numpy(), np.mean([h.mean(0) for h in hidden], 0), 1e-5, 1e-6)
    np.testing.assert_allclose(model[1].running_var.numpy(), np.mean([h.var(0, ddof=1) for h in hidden], 0), 1e-5)
    assert model[1].momentum == 0.1 and not model.training
    swa_utils.update_bn(iter([]), nn.Linear(1, 1))  # nothing to do


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 4])
@pytest.mark.parametrize("rates", [0.05, [0.5, 0.01]])
def test_rates_are_those_of_pytorch(strategy, epochs, rates):
    torch = pytest.importorskip("torch")
    from torch.optim import swa_utils as reference

    results = []
    for lib, utils in ((mg, swa_utils), (torch, reference)):
        groups = [{"params": [lib.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.1, 0.2)]
        optimizer = lib.optim.SGD(groups, lr=1.0)
        before = lib.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
        scheduler = utils.SWALR(optimizer, rates, anneal_epochs=epochs, anneal_strategy=strategy)
        results.append([])
        for step in range(9):
            optimizer.step()
            (before if step < 2 else scheduler).step()
            results[-1].append([group["lr"] for group in optimizer.param_groups])
    np.testing.assert_allclose(*results, rtol=1e-12)


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda o: swa_utils.get_ema_avg_fn(1.5), ValueError, "a decay from 0 to 1"),
        (lambda o: swa_utils.get_ema_multi_avg_fn(-0.5), ValueError, "a decay from 0 to 1"),
        (
            lambda o: swa_utils.AveragedModel(nn.ReLU(), avg_fn=max, multi_avg_fn=max),
            ValueError,
            "at most one of avg_fn and multi_avg_fn",
        ),
        (lambda o: swa_utils.SWALR(o, 0.1, anneal_strategy="square"), ValueError, "'cos' or 'linear', got 'square'"),
        (lambda o: swa_utils.SWALR(o, 0.1, anneal_epochs=-1), ValueError, "anneal_epochs as an integer of 0 or more"),
        (lambda o: swa_utils.SWALR(o, 0.1, anneal_epochs=1.5), ValueError, "anneal_epochs as an integer of 0 or more"),
        (lambda o: swa_utils.SWALR(o, [0.1, 0.2]), ValueError, "swa_lr: expected one for each of the 1 parameter"),
        (lambda o: swa_utils.SWALR(3, 0.1), TypeError, "SWALR: expected an Optimizer, got int"),
    ],
)
def test_errors(act, error, message):
    optimizer = optim.SGD([mg.zeros(1, requires_grad=True)], lr=1.0)
    with pytest.raises(error, match=message):
        act(optimizer)
    assert "swa_lr" not in optimizer.param_groups[0]
