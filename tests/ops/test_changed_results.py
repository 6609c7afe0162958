"""Results that are changed in place afterwards: what PyTorch allows is allowed, and has its gradient."""

import numpy as np
import pytest

import minigrad as mg
from tests.ops.test_cases import DIFFERENTIABLE, ROWS, outputs_of, tensors_of, with_torch

KEEPS = "the gradient is computed of the output, which is kept anyway where the next operation needs it"
OVERLAP = "elements that share a place in memory are refused"
EXCEPTIONS = {
    "relu6": KEEPS,
    "hardtanh": KEEPS,
    "hardtanh limits": KEEPS,
    "erfinv": KEEPS,
    "windows": OVERLAP,
    "windows last": OVERLAP,
    "as_strided": OVERLAP,
    "as_strided offset": OVERLAP,
}


def of(case):
    return [name for name in case if name not in EXCEPTIONS and ROWS[name].name not in EXCEPTIONS]


def scaled_gradients(m, inputs, outputs, place):
    """The gradients of the sum of squares of the outputs, one of which is changed first; None where it must not be."""
    try:
        outputs[place].mul_(1.5)
        loss = sum((o * o).sum() for o in outputs if o.requires_grad)
        return m.autograd.grad(loss, [x for x in inputs if x.requires_grad], allow_unused=True)
    except RuntimeError:
        return None


@pytest.mark.parametrize("name", of(DIFFERENTIABLE))
def test_a_result_may_be_changed_where_pytorch_allows_it(name):
    row = ROWS[name]
    for place in range(len(outputs_of(row.function(mg, *tensors_of(row))))):
        tensors = tensors_of(row)
        theirs, inputs = with_torch(row, tensors)
        expected = scaled_gradients(__import__("torch"), inputs, theirs, place)
        if expected is None:
            continue
        found = scaled_gradients(mg, tensors, outputs_of(row.function(mg, *tensors)), place)
        assert found is not None, f"output {place} cannot be changed"
        for g, e in zip(found, expected, strict=True):
            assert (g is None) == (e is None)
            if g is not None:
                np.testing.assert_allclose(g.numpy(), e.numpy(), 1e-6, 1e-8)


@pytest.mark.parametrize("name", of(name for name in ROWS if "max_pool2d slope" not in name))  # it calls grad
def test_what_was_computed_under_no_grad_is_a_tensor_like_any_other(name):
    """That an operation has arranged its result by views of its own is not the caller's business."""
    row = ROWS[name]
    theirs, _ = with_torch(row, tensors_of(row))
    with mg.no_grad():
        outputs = outputs_of(row.function(mg, *tensors_of(row)))
    bases = [id(y._base) for y in outputs]
    for y, their, base in zip(outputs, theirs, bases, strict=True):
        if not y.is_floating_point() or their._is_view() or y._is_view() and bases.count(base) > 1:
            continue  # parts of one array, such as factors of a matrix, are views
        weight = mg.ones((), dtype=y.dtype, requires_grad=True)
        y.mul_(weight)
        y.sum().backward()
        assert weight.grad is not None
