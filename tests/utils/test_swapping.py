"""swap_tensors: whoever holds one tensor holds what the other was."""

import weakref

import pytest

import minigrad as mg
from minigrad import nn
from minigrad.utils import swap_tensors


def test_a_module_and_an_optimizer_get_the_other_parameter():
    net, other = nn.Linear(2, 1), nn.Parameter(mg.ones(1, 3, dtype=mg.float64))
    optimizer = mg.optim.SGD(net.parameters(), lr=0.5)
    old, held = net.weight.detach().clone(), net.weight
    other.note, other.grad = "new", mg.ones(1, 3, dtype=mg.float64)
    swap_tensors(net.weight, other)
    assert net.weight is held and net.weight.note == "new" and net.weight.dtype == mg.float64
    assert (other == old).all() and other.grad is None and not hasattr(other, "note")
    optimizer.step()
    assert net.weight.tolist() == [[0.5] * 3]
    net.weight.sum().backward()
    assert net.weight.grad.tolist() == [[2.0] * 3]


def test_classes_and_histories_are_exchanged():
    leaf = mg.ones(2, requires_grad=True)
    made, parameter = leaf * 3, nn.Parameter(mg.zeros(2))
    swap_tensors(made, parameter)
    assert type(made) is nn.Parameter and made.is_leaf and type(parameter) is mg.Tensor
    parameter.sum().backward()
    assert leaf.grad.tolist() == [3, 3]


def test_what_is_refused_changes_nothing():
    a, b = mg.zeros(2), mg.ones(2)
    watched = weakref.ref(b)
    for given, kind, words in (
        ((a, b), RuntimeError, "without weak references"),
        ((mg.zeros(2)[:1], a), RuntimeError, "no views"),
        ((a, [1.0]), TypeError, "expected two Tensors, got list"),
    ):
        with pytest.raises(kind, match=words):
            swap_tensors(*given)
    assert watched() is b and a.tolist() == [0, 0] and b.tolist() == [1, 1]
