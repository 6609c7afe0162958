"""`out=`: the result is written there, for every function that takes it, or nothing changes."""

import functools
import inspect

import numpy as np
import pytest

import minigrad as mg
from minigrad.ops.declare.naming import takes_an_out

X = np.array([[0.9, 0.2, 0.3], [0.2, 0.8, 0.1], [0.3, 0.1, 0.7]], np.float32)  # symmetric and positive definite
ARGUMENTS = [(), (1,), (2.0,), (X,), (X, X), (0, [0, 1]), (0, [0], 0.5), (1, 0), (0, [[0, 1]]), (0, [[0]], X)]


def arguments_of(function):
    """The first arguments that a function takes after a matrix."""
    for given in ARGUMENTS:
        made = [mg.tensor(g) if isinstance(g, (list, np.ndarray)) else g for g in given]
        try:
            result = function(mg.tensor(X), *made)
        except Exception:
            continue
        if isinstance(result, mg.Tensor) or isinstance(result, tuple) and isinstance(result[0], mg.Tensor):
            return made
    return None


def functions():
    for module in (mg, mg.linalg, mg.nn.functional):
        for name in dir(module):
            f = getattr(module, name)
            declared = inspect.isfunction(f) and f.__module__.startswith(("minigrad.ops.", "minigrad.linalg"))
            if declared and name[0] != "_" and not name.endswith("_") and takes_an_out(f):
                yield pytest.param(
                    f"{module.__name__}.{name}".removeprefix("minigrad."), f, id=f"{module.__name__}.{name}"
                )


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path, function", [*functions()])
def test_every_function_writes_its_result_to_out(path, function):
    given = arguments_of(function)
    if given is None:
        return  # takes no matrix
    mg.manual_seed(0)
    expected = function(mg.tensor(X), *given)
    expected = expected if isinstance(expected, tuple) else (expected,)
    targets = tuple(mg.zeros(e.shape, dtype=e.dtype) for e in expected)
    out = targets if len(targets) > 1 else targets[0]
    mg.manual_seed(0)
    result = function(mg.tensor(X), *given, out=out)
    if len(targets) == 1:
        assert result is out
    else:
        assert all(r is t for r, t in zip(result, targets, strict=True))
    for target, e in zip(targets, expected, strict=True):
        np.testing.assert_array_equal(target.numpy(), e.numpy())


def test_most_functions_are_tried_above():
    tried = [p for p in functions() if arguments_of(p.values[1]) is not None]
    assert len(tried) > 150


def test_creation():
    out = mg.ones(2, dtype=mg.int64)
    assert mg.zeros(2, out=out) is out and out.tolist() == [0, 0]
    assert mg.arange(2, out=out) is out and out.tolist() == [0, 1]
    assert mg.stack([mg.ones(1), mg.zeros(1)], out=mg.empty(0)).tolist() == [[1.0], [0.0]]


def test_an_empty_out_is_resized_silently_and_another_with_a_warning():
    out = mg.empty(0)
    assert mg.add(mg.ones(2), 1, out=out) is out and out.tolist() == [2.0, 2.0]
    with pytest.warns(UserWarning, match=r"'out' of shape \(2,\) was resized to \(3,\)"):
        mg.exp(mg.zeros(3), out=out)
    assert out.tolist() == [1.0, 1.0, 1.0]


def test_a_view_as_out_changes_its_base():
    x = mg.zeros(2, 2)
    mg.add(mg.ones(2), 1, out=x[0])
    assert x.tolist() == [[2.0, 2.0], [0.0, 0.0]]


def test_the_dtype_of_out_stays():
    out = mg.empty(2, dtype=mg.float64)
    assert mg.add(mg.ones(2), 1, out=out).dtype == mg.float64


def test_a_kept_value_that_out_changes_is_noticed():
    x = mg.ones(2, requires_grad=True)
    kept = mg.ones(2)
    y = (x * kept).sum()
    mg.add(mg.ones(2), 1, out=kept)
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda o: mg.add(mg.ones(2), 1, out=1), TypeError, "add: expected a Tensor, or a tuple of them, as 'out'"),
        (lambda o: mg.add(mg.ones(2), 1, out=(o, o)), TypeError, "add: expected one Tensor as 'out', got tuple of 2"),
        (lambda o: mg.max(mg.ones(2, 2), 0, out=o), TypeError, "max: expected a tuple of 2 Tensors as 'out'"),
        (
            lambda o: mg.exp(mg.ones(2), out=o.long()),
            RuntimeError,
            "exp: the result type minigrad.float32 can't",
        ),
        (lambda o: mg.exp(o.clone().requires_grad_(), out=o), RuntimeError, "exp: a result that is written to 'out'"),
        (lambda o: mg.exp(o, out=o.requires_grad_()), RuntimeError, "exp: a result that is written to 'out'"),
        (lambda o: mg.exp(o, out=mg.ones(1).expand(2)), RuntimeError, "exp: several elements share one place"),
        (lambda o: mg.t(o, out=o), TypeError, "out"),
        (lambda o: mg.split(o, 1, out=o), TypeError, "out"),
    ],
)
def test_errors(call, error, message):
    out = mg.zeros(2)
    with pytest.raises(error) as caught:
        call(out)
    assert message in str(caught.value)
    assert out.tolist() == [0.0, 0.0]


def test_under_no_grad_it_takes_what_requires_grad():
    x = mg.ones(2, requires_grad=True)
    with mg.no_grad():
        assert mg.add(x, 1, out=mg.empty(2)).tolist() == [2.0, 2.0]


def test_what_takes_out_in_pytorch_takes_it_here():
    torch = pytest.importorskip("torch")
    views = {"squeeze", "unsqueeze", "transpose", "t", "diagonal", "reshape", "permute", "select", "narrow", "expand"}
    views |= {"as_strided", "unsafe_split_with_sizes"}
    missing = []
    for name in dir(mg):
        packet = getattr(torch.ops.aten, name, None)
        function = getattr(mg, name)
        overloads = packet.overloads() if hasattr(packet, "overloads") else ()
        if "out" in overloads and inspect.isfunction(function) and name not in views:
            if not takes_an_out(function) and "out" not in (function.__kwdefaults__ or ()):
                missing.append(name)
    assert missing == []


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path, function", [*functions()])
@pytest.mark.parametrize("case", ["a wider dtype", "an argument"])
def test_an_out_that_pytorch_refuses_is_refused(path, function, case):
    torch = pytest.importorskip("torch")
    theirs = functools.reduce(lambda found, name: getattr(found, name, None), path.split("."), torch)
    given = arguments_of(function)
    if given is None or theirs is None:
        return

    def refused(library, function):
        made = [library.tensor(t.numpy()) if isinstance(t, mg.Tensor) else t for t in given]
        x = library.tensor(X)
        result = function(x, *made)
        results = result if isinstance(result, tuple) else (result,)
        if case == "an argument":
            if len(results) > 1 or results[0].shape != x.shape or results[0].dtype != x.dtype:
                return False
            out = x
        else:
            wider = {library.float32: library.float64, library.int32: library.int64, library.int64: library.int32}
            outs = tuple(library.zeros(tuple(r.shape), dtype=wider.get(r.dtype, r.dtype)) for r in results)
            out = outs if len(outs) > 1 else outs[0]
        try:
            function(x, *made, out=out)
        except RuntimeError:
            return True
        return False

    try:
        expected = refused(torch, theirs)
    except (TypeError, RuntimeError, ValueError, IndexError):
        return  # it takes other arguments there, or no out
    assert refused(mg, function) or not expected


@pytest.mark.parametrize(
    "call",
    [
        lambda m, x, i: m.index_select(x, 0, i, out=x),
        lambda m, x, i: m.index_select(i.clone(), 0, i, out=i),
        lambda m, x, i: m.take(x, i, out=x),
        lambda m, x, i: m.masked_select(x, x > 0, out=x),
        lambda m, x, i: m.kthvalue(x, 2, out=(x, m.tensor(0))),
        lambda m, x, i: m.stack([x], out=x),
        lambda m, x, i: m.hstack([x], out=x),
        lambda m, x, i: m.index_add(x.clone(), 0, i, x, out=x),
        lambda m, x, i: m.scatter_add(x.clone(), 0, i, x, out=x),
        lambda m, x, i: m.cat([x[:0], x], out=x[:0]),
        lambda m, x, i: m.gather(i.clone(), 0, i[1:], out=i[:1]),
        lambda m, x, i: m.exp(x, out=m.zeros(2).as_strided((3,), (0,)).detach()),
        lambda m, x, i: m.index_add(x, 0, i, x.clone(), out=x),
        lambda m, x, i: m.scatter(x, 0, i, x.clone(), out=x),
        lambda m, x, i: m.exp(x, out=x),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_out_that_overlaps_what_is_read_is_refused_where_pytorch_does(call):
    torch = pytest.importorskip("torch")

    def refused(library):
        try:
            call(library, library.tensor([0.1, 0.2, 0.3]), library.tensor([2, 1, 0]))
        except RuntimeError:
            return True
        return False

    assert refused(mg) == refused(torch)
