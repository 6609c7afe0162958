"""pickle and copy of what is public: objects of the same class that go on as the old ones do."""

import copy
import pickle

import pytest

import minigrad as mg
from minigrad import nn, optim

WAYS = {
    **{f"pickle {p}": lambda x, p=p: pickle.loads(pickle.dumps(x, p)) for p in (0, 2, 5)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def training():
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    optimizer = optim.Adam(net.parameters(), lr=0.1)
    return net, optimizer, optim.lr_scheduler.StepLR(optimizer, 2)


@pytest.mark.parametrize("way", WAYS)
def test_values(way):
    for x in (mg.float32, mg.bool, mg.device("cpu"), mg.Size([1, 2]), mg.nn.functional.relu, mg.tanh, nn.Linear):
        other = WAYS[way](x)
        assert type(other) is type(x) and other == x


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [mg.tensor, lambda v: nn.Parameter(mg.tensor(v)), lambda v: nn.Buffer(mg.tensor(v))])
def test_tensors(kind, way):
    x = kind([1.0, 2.0])
    x.note = "a"
    other = WAYS[way](x)
    assert type(other) is type(x) and other is not x and other.tolist() == [1, 2] and other.note == "a"
    assert other.requires_grad == x.requires_grad
    other.detach().zero_()
    assert x.tolist() == ([0, 0] if way == "copy" else [1, 2])


@pytest.mark.parametrize("way", [way for way in WAYS if way != "copy"])  # which shares everything
def test_a_training_goes_on(way):
    (net, optimizer, scheduler), x = training(), mg.rand(4, 2)

    def step(net, optimizer, scheduler):
        optimizer.zero_grad()
        loss = net(x).sum(1).square().sum()
        loss.backward()
        optimizer.step()
        scheduler.step()
        return loss.item(), optimizer.param_groups[0]["lr"]

    step(net, optimizer, scheduler)
    others = WAYS[way]([net, optimizer, scheduler])
    assert others[1].param_groups[0]["params"][0] is others[0][0].weight and others[2].optimizer is others[1]
    for _ in range(3):
        assert step(*others) == step(net, optimizer, scheduler)


def test_named_tuples():
    found = mg.tensor([[1.0, 2.0]]).max(1)
    for way in WAYS.values():
        other = way(found)
        assert type(other) is type(found) and other.values.tolist() == [2] and other.indices.tolist() == [1]
