"""Everything that must hold for every row of the table of operations, and that no operation lacks a row.

In float64: the value is the reference's and PyTorch's; the gradients are PyTorch's; first and second derivatives are
those of finite differences, along random directions with random cotangents, whatever the order of the inputs in memory.
In float32: values and gradients are float32, and close to those of float64.
"""

import importlib
import pkgutil
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

import minigrad as mg
from minigrad.ops.declare.declaration import registry
from tests.ops import cases

try:
    import torch
except ImportError:
    torch = None

ROWS = {
    f"{info.name}: {row.name}": row
    for info in pkgutil.iter_modules(cases.__path__)
    for row in importlib.import_module(f"{cases.__name__}.{info.name}").CASES
}
DIFFERENTIABLE = [name for name, row in ROWS.items() if row.differentiable]


@pytest.fixture(params=list(ROWS))
def row(request):
    return ROWS[request.param]


@pytest.fixture(params=DIFFERENTIABLE)
def differentiable(request):
    return ROWS[request.param]


def arrays_of(row):
    """The row's inputs, the same every time."""
    rng = np.random.default_rng(zlib.crc32(row.name.encode()))
    return [np.asarray(make(rng)) for make in row.inputs]


def tensors_of(row, dtype=np.float64, layout=lambda a: a):
    """The row's inputs as tensors, the floating ones in `dtype`, and requiring grad unless they are fixed."""
    tensors = []
    for a, make in zip(arrays_of(row), row.inputs, strict=True):
        floating = a.dtype.kind == "f"
        t = mg.Tensor._wrap(layout(a.astype(dtype if floating else a.dtype, order="C")))
        tensors.append(t.requires_grad_(floating and getattr(make, "requires_grad", True)))
    return tensors


def permuted(a):
    """The same values, lying in memory in another order: dimensions reversed, and of vectors every other element."""
    if a.ndim == 1:
        wide = np.full(2 * a.size, 777, a.dtype)
        wide[::2] = a
        return wide[::2]
    return a.T.copy().T


def outputs_of(result):
    """The tensors among what a row returned."""
    several = result if isinstance(result, (tuple, list)) else [result]
    return [o for o in several if isinstance(o, mg.Tensor) or (torch is not None and isinstance(o, torch.Tensor))]


def cotangents(outputs):
    """A random gradient for each output that has one."""
    rng = np.random.default_rng(1)
    return [mg.Tensor._wrap(np.asarray(rng.standard_normal(tuple(o.shape)).astype(o.dtype))) for o in outputs]


def gradients(row, tensors, create_graph=False):
    outputs = [o for o in outputs_of(row.function(mg, *tensors)) if o.requires_grad]
    inputs = [t for t in tensors if t.requires_grad]
    return mg.autograd.grad(outputs, inputs, cotangents(outputs), create_graph=create_graph, materialize_grads=True)


def with_torch(row, tensors):
    """The row's outputs in PyTorch, and its inputs there."""
    if torch is None:
        pytest.skip("PyTorch is not installed")
    if row.torch is not True:
        pytest.skip(f"not in PyTorch: {row.torch}")
    inputs = [torch.from_numpy(t._data.copy()).requires_grad_(t.requires_grad) for t in tensors]
    return outputs_of(row.function(torch, *inputs)), inputs


def assert_close(actual, expected, rtol, atol):
    assert actual.shape == tuple(expected.shape)
    np.testing.assert_allclose(actual, expected, rtol, atol * max(1.0, _size(expected)))


def _size(a):
    finite = np.abs(a[np.isfinite(a)]) if a.dtype.kind == "f" else np.abs(a.astype(float))
    return float(finite.max()) if finite.size else 1.0


# ---- values ----------------------------------------------------------------------------------------------------------


def test_value_is_the_reference(row):
    if row.reference is None:
        pytest.skip("no reference: compared with PyTorch only")
    arrays = arrays_of(row)
    expected = row.reference(*[a.copy() for a in arrays])
    outputs = outputs_of(row.function(mg, *tensors_of(row)))
    expected = expected if isinstance(expected, (tuple, list)) else [expected]
    for actual, e in zip(outputs, expected, strict=True):
        assert_close(actual.detach().numpy(), np.asarray(e), 1e-9, 1e-10)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_value_is_that_of_pytorch(row, dtype):
    tensors = tensors_of(row, dtype)
    theirs, _ = with_torch(row, tensors)
    ours = outputs_of(row.function(mg, *tensors))
    assert len(ours) == len(theirs)
    for o, t in zip(ours, theirs, strict=True):
        assert o.dtype == t.detach().numpy().dtype
        rtol, atol = (1e-9, 1e-10) if o.dtype == np.float64 else (1e-4, 1e-5)
        assert_close(o.detach().numpy(), t.detach().numpy(), rtol, atol)


def test_inputs_are_not_changed_and_layout_does_not_matter(row):
    arrays = arrays_of(row)
    values = []
    for layout in (lambda a: a, permuted):
        tensors = tensors_of(row, layout=layout)
        outputs = outputs_of(row.function(mg, *tensors))
        values.append([o.detach().numpy().copy() for o in outputs])
        differentiable = [o for o in outputs if o.requires_grad]
        if differentiable:
            mg.autograd.backward(differentiable, cotangents(differentiable))
        for t, a in zip(tensors, arrays, strict=True):
            np.testing.assert_array_equal(t.detach().numpy(), a)
    for a, b in zip(*values, strict=True):
        assert_close(a, b, 1e-12, 1e-12)


def test_arrays_in_arrays_out(row):
    arrays = arrays_of(row)
    try:
        result = row.function(mg, *[a.copy() for a in arrays])
    except (AttributeError, TypeError):
        pytest.skip("the row calls methods that arrays don't have")
    for r in result if isinstance(result, (tuple, list)) else [result]:
        assert not isinstance(r, mg.Tensor)


# ---- gradients -------------------------------------------------------------------------------------------------------


def test_gradients_are_those_of_pytorch(differentiable):
    row = differentiable
    tensors = tensors_of(row)
    theirs, inputs = with_torch(row, tensors)
    ours = outputs_of(row.function(mg, *tensors))
    theirs = [t for t in theirs if t.requires_grad]
    ours = [o for o in ours if o.requires_grad]
    assert len(ours) == len(theirs) > 0
    vs = [torch.from_numpy(v._data) for v in cotangents(ours)]
    inputs = [t for t in inputs if t.requires_grad]
    try:
        expected = torch.autograd.grad(theirs, inputs, vs, allow_unused=True, materialize_grads=True)
    except RuntimeError as error:
        if "is not implemented" not in str(error):
            raise
        pytest.skip(f"PyTorch: {error}")
    for g, e in zip(gradients(row, tensors), expected, strict=True):
        assert g.dtype == np.float64
        assert_close(g.numpy(), e.numpy(), 1e-8, 1e-9)


@pytest.mark.parametrize("layout", [lambda a: a, permuted], ids=["contiguous", "permuted"])
def test_first_and_second_derivatives_are_those_of_differences(differentiable, layout):
    row = differentiable
    if row.differences is not True:
        pytest.skip(row.differences)
    tensors = tensors_of(row, layout=layout)

    def function(*tensors):
        return tuple(o for o in outputs_of(row.function(mg, *tensors)) if o.is_floating_point())

    tiny = max(sum(t.numel() for t in tensors), sum(o.numel() for o in function(*tensors))) <= 9
    options = {"atol": 1e-6, "rtol": 1e-5, "check_grad_dtypes": True}
    mg.autograd.gradcheck(function, tensors, fast_mode=not tiny, **options)
    mg.autograd.gradgradcheck(function, tensors, fast_mode=True, check_undefined_grad=False, **options)


def test_gradients_computed_with_tensors_are_those_computed_with_arrays(differentiable):
    tensors = tensors_of(differentiable)
    for a, t in zip(gradients(differentiable, tensors), gradients(differentiable, tensors, True), strict=True):
        assert t.dtype == np.float64
        assert_close(t.detach().numpy(), a.numpy(), 1e-12, 1e-12)


def test_float32_stays_float32(differentiable):
    row = differentiable
    exact = gradients(row, tensors_of(row))
    seen = []
    for create_graph in (False, True):
        tensors = tensors_of(row, np.float32)
        floating = [t for t in tensors if t.requires_grad]
        for t in floating:
            t.register_hook(lambda g: seen.append(g.dtype))
        found = gradients(row, tensors, create_graph)
        assert set(seen) <= {np.dtype(np.float32)}, "a gradient left its operation in another dtype"
        for g, e in zip(found, exact, strict=True):
            assert g.dtype == np.float32
            assert_close(g.detach().numpy(), e.numpy(), 2e-3, 2e-4)


# ---- completeness ----------------------------------------------------------------------------------------------------


def operations_behind(tensors):
    """The names of the operations in the graphs of `tensors`."""
    names, seen = set(), set()
    stack = [t.grad_fn for t in tensors if t.requires_grad]
    while stack:
        node = stack.pop()
        if isinstance(node, mg.autograd.Node) and node not in seen:
            seen.add(node)
            stack.extend(node.parents)
            names.add(getattr(node, "plan", SimpleNamespace(operation=SimpleNamespace(name=None))).operation.name)
    return names


def test_every_differentiable_operation_has_a_row():
    found = set()
    for name in DIFFERENTIABLE:
        tensors = tensors_of(ROWS[name])
        found |= operations_behind(outputs_of(ROWS[name].function(mg, *tensors)))
        found |= operations_behind(gradients(ROWS[name], tensors, create_graph=True))
    ours = [o for o in registry.values() if o.differentiable and o.forward.__module__.startswith("minigrad.ops")]
    missing = {operation.name for operation in ours} - found
    assert not missing, f"no row in tests/ops/cases uses {sorted(missing)}"


def test_rows_have_names_of_their_own():
    modules = [importlib.import_module(f"{cases.__name__}.{i.name}") for i in pkgutil.iter_modules(cases.__path__)]
    assert len(ROWS) == sum(len(m.CASES) for m in modules)
