"""Pruning: masks by definition, and as PyTorch makes them."""

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn
from minigrad.nn.utils import prune

SHAPES = [(4, 6), (6, 5, 2)]


def layers(n):
    return n.Sequential(n.Linear(6, 4), n.Conv1d(5, 6, 2))


def twins(torch):
    theirs, ours = layers(torch.nn), layers(nn)
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    return ours, theirs


def l1(p, m):
    p.l1_unstructured(m[0], "weight", amount=0.3)
    p.l1_unstructured(m[0], "weight", amount=5)
    p.l1_unstructured(m[1], "bias", 2)


def ln(p, m):
    p.ln_structured(m[1], "weight", amount=1, n=2, dim=0)
    p.ln_structured(m[1], "weight", amount=0.5, n=1, dim=1)
    p.ln_structured(m[0], "weight", amount=1, n=float("inf"), dim=-1)


def one_after_the_other(p, m):
    p.ln_structured(m[0], "weight", amount=2, n=2, dim=-1)
    p.l1_unstructured(m[0], "weight", amount=4)
    p.identity(m[0], "weight")


def everywhere(p, m):
    pairs = [(m[0], "weight"), (m[1], "weight"), (m[1], "bias")]
    p.global_unstructured(pairs, pruning_method=p.L1Unstructured, amount=20)
    p.global_unstructured(pairs[:2], pruning_method=p.L1Unstructured, amount=0.4)


@pytest.mark.parametrize("removed", [False, True])
@pytest.mark.parametrize("act", [l1, ln, one_after_the_other, everywhere])
def test_as_in_pytorch(act, removed):
    torch = pytest.importorskip("torch")
    from torch.nn.utils import prune as reference

    torch.manual_seed(0)
    ours, theirs = twins(torch)
    act(prune, ours)
    act(reference, theirs)
    if removed:
        for p, model in ((prune, ours), (reference, theirs)):
            p.remove(model[1] if act in (ln, everywhere) else model[0], "weight")
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[name].numpy(), value.numpy())
    ours[0](mg.ones(2, 6)).sum().backward()
    theirs[0](torch.ones(2, 6)).sum().backward()
    for (name, p), q in zip(ours[0].named_parameters(), theirs[0].parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), err_msg=name)


@pytest.mark.parametrize("amount, count", [(0, 0), (5, 5), (0.25, 6), (1.0, 24), (0.5, 12)])
def test_random_elements(amount, count):
    layer = prune.random_unstructured(nn.Linear(6, 4), "weight", amount)
    assert (layer.weight_mask == 0).sum().item() == count
    assert ((layer.weight == 0) == (layer.weight_mask == 0)).all()
    assert prune.is_pruned(nn.Sequential(layer)) and not prune.is_pruned(nn.Linear(1, 1))


@pytest.mark.parametrize("dim", [0, 1, -2])
def test_random_slices(dim):
    layer = nn.Conv1d(5, 6, 2)
    before = layer.weight.detach().clone()
    for count in (1, 3):  # two more of those that are left
        prune.random_structured(layer, "weight", amount=min(count, 2), dim=dim)
        others = tuple(d for d in range(3) if d != dim % 3)
        sums = layer.weight_mask.numpy().sum(others)
        assert sorted(np.unique(sums)) == [0, layer.weight_mask.numel() / len(sums)] and (sums == 0).sum() == count
    assert (layer.weight == before * layer.weight_mask).all()


def test_scores_decide_instead_of_values():
    layer = nn.Linear(2, 2)
    scores = mg.tensor([[4.0, 1.0], [3.0, 2.0]])
    prune.l1_unstructured(layer, "weight", amount=2, importance_scores=scores)
    assert layer.weight_mask.tolist() == [[1, 0], [1, 0]]
    other = prune.ln_structured(nn.Linear(2, 2), "weight", 1, n=2, dim=1, importance_scores=scores)
    assert other.weight_mask.tolist() == [[1, 0], [1, 0]]


def test_the_hooks_become_a_container():
    layer = prune.l1_unstructured(nn.Linear(6, 4), "weight", amount=1)
    prune.l1_unstructured(layer, "bias", amount=1)
    prune.random_unstructured(layer, "weight", amount=1)
    bias, weight = layer._forward_pre_hooks.values()
    assert isinstance(weight, prune.PruningContainer) and isinstance(bias, prune.L1Unstructured)
    assert [type(m) for m in weight] == [prune.L1Unstructured, prune.RandomUnstructured] and len(weight) == 2
    prune.remove(layer, "weight")
    assert list(layer._forward_pre_hooks.values()) == [bias] and isinstance(layer.weight, nn.Parameter)


def test_training_keeps_what_is_pruned_at_zero():
    layer = prune.l1_unstructured(nn.Linear(6, 4), "weight", amount=10)
    optimizer = mg.optim.SGD(layer.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        layer(mg.randn(3, 6)).square().sum().backward()
        optimizer.step()
    layer(mg.ones(1, 6))
    assert (layer.weight == 0).sum().item() == 10


class Unknown(prune.BasePruningMethod):
    PRUNING_TYPE = "other"

    def compute_mask(self, t, default_mask):
        return default_mask


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda m: prune.l1_unstructured(m, "weight", amount="half"), TypeError, "expected a number as amount"),
        (lambda m: prune.l1_unstructured(m, "weight", amount=-1), ValueError, "amount as an integer of 0 or more"),
        (lambda m: prune.l1_unstructured(m, "weight", amount=1.1), ValueError, "or a part from 0 to 1"),
        (lambda m: prune.random_unstructured(m, "weight", amount=25), ValueError, "an amount of at most 24, got 25"),
        (lambda m: prune.l1_unstructured(m, "wieght", amount=1), AttributeError, "wieght"),
        (lambda m: prune.random_structured(m, "bias", 1, 0), ValueError, "2 dimensions or more"),
        (lambda m: prune.ln_structured(m, "weight", 1, 2, 2), IndexError, "dim 2 is out of range"),
        (lambda m: prune.custom_from_mask(m, "weight", mg.ones(2)), ValueError, r"a mask of shape \(4, 6\)"),
        (lambda m: prune.l1_unstructured(m, "bias", 1, mg.ones(2)), ValueError, "importance_scores of the param"),
        (lambda m: prune.remove(m, "weight"), ValueError, "'weight' of Linear has not been pruned"),
        (lambda m: prune.global_unstructured(3, prune.L1Unstructured), TypeError, "pairs of module and name"),
        (
            lambda m: prune.global_unstructured([(m, "weight")], prune.RandomStructured, amount=1),
            TypeError,
            "expected unstructured pruning, got 'structured'",
        ),
        (
            lambda m: prune.global_unstructured([(m, "weight")], prune.L1Unstructured, importance_scores=[], amount=1),
            TypeError,
            "a dict of importance_scores",
        ),
    ],
)
def test_errors(act, error, message):
    layer = nn.Linear(6, 4)
    with pytest.raises(error, match=message):
        act(layer)
    assert sorted(layer.state_dict()) == ["bias", "weight"]


def test_errors_of_containers():
    container = prune.PruningContainer()
    with pytest.raises(TypeError, match="expected a BasePruningMethod, got int"):
        container.add_pruning_method(3)
    other = prune.Identity()
    other._tensor_name = "bias"
    with pytest.raises(ValueError, match="expected a method for None, got one for 'bias'"):
        container.add_pruning_method(other)
    layer = prune.identity(nn.Linear(6, 4), "weight")
    with pytest.raises(ValueError, match="PRUNING_TYPE that is known, got 'other'"):
        Unknown.apply(layer, "weight")
    with pytest.raises(RuntimeError, match="Linear has not been pruned"):
        prune.Identity().apply_mask(layer)
