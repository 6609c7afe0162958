"""What beginners do wrong, and what they are told: the kind of error that PyTorch raises, and how to mend it."""

import numpy as np
import pytest

import minigrad as mg


def twice(m):
    y = m.ones(2, requires_grad=True).exp().sum()
    y.backward()
    y.backward()


def leaf_in_place(m):
    x = m.ones(2, requires_grad=True)
    x += 1


def saved_in_place(m):
    y = m.ones(2, requires_grad=True).exp()
    y += 1
    y.sum().backward()


def under_no_grad(m):
    with m.no_grad():
        y = m.nn.Linear(1, 1)(m.ones(1, 1)).sum()
    y.backward()


def without_super(m):
    class Net(m.nn.Module):
        def __init__(self):
            self.layer = m.nn.Linear(1, 1)

    Net()


def without_forward(m):
    class Net(m.nn.Module):
        def froward(self, x):
            return x

    Net()(1)


def classes(m, target):
    return m.nn.functional.cross_entropy(m.ones(4, 3), m.tensor(target))


def assign_a_tensor(m):
    m.nn.Linear(1, 1).weight = m.ones(1, 1)


MISTAKES = {
    "width": (lambda m: m.nn.Linear(10, 2)(m.ones(3, 5)), RuntimeError, r"linear: .*\(3, 5\) and \(2, 10\)"),
    "not flattened": (
        lambda m: m.nn.Linear(72, 2)(m.ones(3, 2, 6, 6)),
        RuntimeError,
        r"\.flatten\(1\) makes it \(3, 72\)",
    ),
    "channels last": (lambda m: m.nn.Conv2d(3, 4, 3)(m.ones(2, 8, 8, 3)), RuntimeError, r"\.permute\(0, 3, 1, 2\)"),
    "one image, channels last": (
        lambda m: m.nn.Conv2d(3, 4, 3)(m.ones(8, 8, 3)),
        RuntimeError,
        r"\.permute\(2, 0, 1\)",
    ),
    "no channels": (lambda m: m.nn.Conv2d(1, 4, 3)(m.ones(5, 8, 8)), RuntimeError, r"\.unsqueeze\(1\)"),
    "neither batch nor channels": (lambda m: m.nn.Conv2d(1, 4, 3)(m.ones(8, 8)), RuntimeError, r"\(N, C, H, W\)"),
    "flat images": (lambda m: m.nn.Conv2d(1, 4, 3)(m.ones(5, 784)), RuntimeError, r"\(N, C, H, W\).*\(5, 784\)"),
    "bytes": (lambda m: m.nn.Conv2d(1, 4, 3)(m.ones(2, 1, 8, 8, dtype=m.uint8)), RuntimeError, r"uint8.*\.to\(dtype\)"),
    "double": (lambda m: m.nn.Linear(3, 2)(m.tensor(np.ones((2, 3)))), RuntimeError, r"float64.*\.to\(float32\)"),
    "a list": (
        lambda m: m.nn.Linear(3, 2)([1.0, 2.0, 3.0]),
        TypeError,
        r"linear: expected input to be a Tensor, got list",
    ),
    "kernel": (lambda m: m.nn.Conv2d(1, 1, 7)(m.ones(1, 1, 4, 4)), RuntimeError, r"smaller kernel, more padding"),
    "pooled away": (lambda m: m.nn.MaxPool2d(5)(m.ones(1, 1, 4, 4)), RuntimeError, r"larger images"),
    "class out of range": (lambda m: classes(m, [0, 1, 2, 3]), IndexError, r"class 3 .* 3 classes, which are 0 to 2"),
    "float classes": (lambda m: classes(m, [0.0, 1.0, 2.0, 0.0]), RuntimeError, r"\.long\(\)"),
    "classes as a column": (lambda m: classes(m, [[0], [1], [2], [0]]), RuntimeError, r"shape \(4,\) .* got \(4, 1\)"),
    "batch sizes": (lambda m: classes(m, [0, 1]), ValueError, r"shape \(4,\) .* got \(2,\)"),
    "logits": (lambda m: m.nn.BCELoss()(m.tensor([3.0]), m.ones(1)), RuntimeError, r"_with_logits"),
    "backward twice": (twice, RuntimeError, r"freed by an earlier backward; pass retain_graph=True"),
    "leaf in place": (leaf_in_place, RuntimeError, r"leaf that requires grad.*no_grad\(\)"),
    "saved in place": (saved_in_place, RuntimeError, r"ExpBackward0 needs its output.*clone\(\)"),
    "numpy": (lambda m: m.ones(1, requires_grad=True).numpy(), RuntimeError, r"\.detach\(\)\.numpy\(\)"),
    "several losses": (lambda m: m.ones(2, requires_grad=True).exp().backward(), RuntimeError, r"\.sum\(\)"),
    "under no_grad": (under_no_grad, RuntimeError, r"do not compute it under no_grad"),
    "integers with grad": (lambda m: m.tensor([1, 2], requires_grad=True), RuntimeError, r"int64; use \.float\(\)"),
    "no parameters": (lambda m: m.optim.SGD([], lr=0.1), ValueError, r"empty parameter list"),
    "a model": (lambda m: m.optim.SGD(m.nn.Linear(1, 1), lr=0.1), TypeError, r"model\.parameters\(\), got Linear"),
    "not called": (lambda m: m.optim.SGD(m.nn.Linear(1, 1).parameters, lr=0.1), TypeError, r"a function; call it"),
    "a tensor": (lambda m: m.optim.SGD(m.ones(1, requires_grad=True), lr=0.1), TypeError, r"write \[tensor\]"),
    "scheduler of a model": (lambda m: m.optim.lr_scheduler.StepLR(m.nn.ReLU(), 1), TypeError, r"Optimizer, got ReLU"),
    "keys of DataParallel": (
        lambda m: m.nn.Linear(2, 1).load_state_dict({"module.weight": m.ones(1, 2), "module.bias": m.ones(1)}),
        RuntimeError,
        r"missing: 'weight', 'bias'\n.*unexpected: 'module\.weight'.*\n.*removeprefix\('module\.'\)",
    ),
    "size of a weight": (
        lambda m: m.nn.Linear(2, 1).load_state_dict({"weight": m.ones(1, 3), "bias": m.ones(1)}),
        RuntimeError,
        r"weight: size mismatch: \(1, 3\) is given, the model has \(1, 2\)",
    ),
    "without super": (without_super, AttributeError, r"super\(\)\.__init__\(\)"),
    "without forward": (without_forward, NotImplementedError, r"forward\(self, \.\.\.\).*spelling"),
    "a list of layers": (lambda m: m.nn.Sequential([m.nn.ReLU()]), TypeError, r"Sequential\(\*layers\)"),
    "a class": (lambda m: m.nn.Sequential(m.nn.ReLU), TypeError, r"class ReLU; call it"),
    "a function": (lambda m: m.nn.Sequential(m.nn.functional.relu), TypeError, r"function relu; .*nn\.ReLU\(\)"),
    "a tensor as parameter": (assign_a_tensor, TypeError, r"takes a Parameter or None, got Tensor"),
    "broadcast": (lambda m: m.ones(3) + m.ones(4), RuntimeError, r"add: shapes \(3,\) and \(4,\) do not broadcast"),
    "product": (lambda m: m.ones(2, 3) @ m.ones(2, 3), RuntimeError, r"matmul: .*3 columns, 2 rows"),
    "joined": (lambda m: m.cat([m.ones(2, 3), m.ones(2, 4)]), RuntimeError, r"cat: .*except in dim 0, got \(2, 4\)"),
    "view": (lambda m: m.ones(2, 3).t().view(6), RuntimeError, r"\.reshape\(\) instead"),
    "two lengths left": (lambda m: m.ones(6).reshape(-1, -1), RuntimeError, r"only one length"),
    "dim": (lambda m: m.ones(2, 3).sum(2), IndexError, r"sum: dim 2 is out of range; expected -2 to 1"),
    "size": (lambda m: m.zeros(2.5), TypeError, r"expected ints as sizes, got 2\.5"),
    "truth": (lambda m: 1 if m.ones(2) > 0 else 0, RuntimeError, r"\.any\(\) or \.all\(\)"),
    "item": (lambda m: m.ones(2).item(), RuntimeError, r"shape \(2,\); see tolist\(\)"),
    "index": (lambda m: m.ones(2)[5], IndexError, r"index 5 is out of bounds.*shape \(2,\)"),
    "word": (lambda m: m.nn.Embedding(3, 2)(m.tensor([3])), IndexError, r"embedding: index 3 .* 0 to 2"),
    "sizes for Tensor": (
        lambda m: m.Tensor(2, 3, m.ones(1)),
        TypeError,
        r"Tensor: expected one array or list, or ints as lengths, got 3",
    ),
    "length of a dim": (lambda m: m.ones(2, 3).size(2), IndexError, r"size: dim 2 is out of range for shape \(2, 3\)"),
    "condition": (lambda m: m.where([True], 1, 2), TypeError, r"where: expected a Tensor as condition, got list"),
    "assigned shape": (lambda m: m.ones(3).__setitem__(0, m.ones(2)), RuntimeError, r"x\[\.\.\.\] = v: .*\(2,\)"),
    "ragged": (lambda m: m.tensor([[1, 2], [3]]), ValueError, r"nested lists of equal lengths"),
    "mean of integers": (lambda m: m.tensor([1, 2]).mean(), RuntimeError, r"mean: .*int64.*\.float\(\)"),
    "one value per channel": (lambda m: m.nn.BatchNorm1d(3)(m.ones(1, 3)), ValueError, r"larger batch, or eval\(\)"),
    "probability": (lambda m: m.nn.Dropout(1.5), ValueError, r"from 0 to 1, got 1\.5"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_error_says_how_to_mend_it(name):
    mistake, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        mistake(mg)


@pytest.mark.parametrize("name", MISTAKES)
def test_pytorch_raises_the_same_kind(name):
    mistake, error, _ = MISTAKES[name]
    with pytest.raises((error, TypeError) if name == "a class" else error):
        mistake(pytest.importorskip("torch"))
