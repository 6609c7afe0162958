"""From samples to batches, as PyTorch does it."""

import collections
import importlib
from collections import OrderedDict, UserList, defaultdict
from types import MappingProxyType

import numpy as np
import pytest

import minigrad as mg
from minigrad.utils.data import default_collate, default_convert

Point = collections.namedtuple("Point", "x y")

BATCHES = [
    lambda m: [m.ones(2), m.zeros(2)],
    lambda m: [m.tensor(1), m.tensor(2)],
    lambda m: [np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32)],
    lambda m: [np.array(1), np.array(2)],
    lambda m: [range(2), range(2)],
    lambda m: [np.float32(1), np.float32(2)],
    lambda m: [np.int32(1), np.int32(2)],
    lambda m: [np.bool_(True), np.bool_(False)],
    lambda m: [1.5, 2.0],
    lambda m: [1, 2],
    lambda m: [True, False],
    lambda m: ["a", "b"],
    lambda m: [b"a", b"b"],
    lambda m: [np.str_("a"), np.str_("b")],
    lambda m: [(1, 2.0), (3, 4.0)],
    lambda m: [[1, 2.0], [3, 4.0]],
    lambda m: [(m.ones(2), 1, "a"), (m.zeros(2), 2, "b")],
    lambda m: [Point(1, m.ones(2)), Point(2, m.ones(2))],
    lambda m: [{"a": 1, "b": (2.0, "x")}, {"a": 2, "b": (3.0, "y")}],
    lambda m: [collections.OrderedDict(a=1), collections.OrderedDict(a=2)],
    lambda m: [MappingProxyType({"a": 1}), MappingProxyType({"a": 2})],
    lambda m: [(), ()],
    lambda m: [{"a": 1}, {"b": 2}],
    lambda m: [(1, 2), (3,)],
    lambda m: [m.ones(2), m.ones(3)],
    lambda m: [np.ones(2), np.ones(3)],
    lambda m: [None, None],
    lambda m: [{1}, {2}],
    lambda m: [np.array(["a"]), np.array(["b"])],
    lambda m: [np.array([None]), np.array([None])],
    lambda m: [],
]


def plain(value):
    """A structure with arrays, types and numbers that can be compared."""
    if hasattr(value, "numpy"):
        array = value.numpy()
        return ("tensor", str(array.dtype), array.tolist())
    if isinstance(value, collections.abc.Mapping):
        return (type(value).__name__, {key: plain(item) for key, item in value.items()})
    if isinstance(value, (tuple, list, UserList)):
        return (type(value).__name__, [plain(item) for item in value])
    return value


def outcome(function, make, module):
    try:
        return plain(function(make(module)))
    except (TypeError, RuntimeError, IndexError, KeyError) as error:
        return type(error)


@pytest.mark.parametrize("number", range(len(BATCHES)))
def test_collate_and_convert_are_pytorchs(number):
    torch = pytest.importorskip("torch")
    make = BATCHES[number]
    data = torch.utils.data
    assert outcome(default_collate, make, mg) == outcome(data.default_collate, make, torch)
    assert outcome(default_convert, make, mg) == outcome(data.default_convert, make, torch)


def test_arrays_are_copied_into_the_batch():
    array = np.zeros(2)
    batch = default_collate([array, array])
    array[:] = 1
    assert batch.tolist() == [[0, 0], [0, 0]]


def test_gradients_flow_to_samples():
    samples = [mg.tensor([1.0, 2.0], requires_grad=True) for _ in range(2)]
    (default_collate(samples) * mg.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert [sample.grad.tolist() for sample in samples] == [[1, 2], [3, 4]]


def test_errors_say_what_to_do():
    with pytest.raises(RuntimeError, match=r"\(2,\) for sample 0 .* \(3,\) for sample 1.*collate_fn"):
        default_collate([mg.ones(2), mg.ones(3)])
    with pytest.raises(TypeError, match="got NoneType in sample 0; pass a collate_fn"):
        default_collate([None])


@pytest.mark.parametrize(
    "batch, error, words",
    [
        ([mg.ones(2), np.ones(2)], TypeError, "got Tensor in sample 0 .* and an array of float64 in sample 1;"),
        ([mg.ones(2), 1.0], TypeError, "got Tensor in sample 0 of the batch and float in sample 1"),
        ([(1, mg.ones(2)), (2, None)], TypeError, r"and NoneType in sample 1, at \[1\];"),
        ([1, "a"], TypeError, "got int in sample 0 of the batch and str in sample 1"),
        ([(1, 2), 3], TypeError, "got tuple in sample 0 of the batch and int in sample 1"),
        ([{"a": 1}, [1]], TypeError, "got dict in sample 0 of the batch and list in sample 1"),
        ([[1, 2], "ab"], TypeError, "got list in sample 0 of the batch and str in sample 1"),
        ([{"a": 1}, {"b": 1}], KeyError, r"got \['a'\] in sample 0 of the batch and \['b'\] in sample 1, without"),
        ([{"a": [0, {"b": 1}]}, {"a": [0, {}]}], KeyError, r"in sample 1, at \['a'\]\[1\]"),
        ([np.array(["a", "b"])], TypeError, "got an array of <U1 in sample 0; pass a collate_fn"),
        ([np.array([None])], TypeError, "got an array of object"),
        ([[1, 2], [1, 2], [1]], RuntimeError, "got 2 in sample 0 of the batch and 1 in sample 2"),
        ([{"x": mg.ones(1)}, {"x": mg.ones(2)}], RuntimeError, r"for sample 1, at \['x'\]"),
        ([{1, 2}], TypeError, "got set in sample 0"),
    ],
    ids=repr,
)  # fmt: skip
def test_mixed_samples_are_named(batch, error, words):
    with pytest.raises(error, match="default_collate: .*" + words):
        default_collate(batch)


@pytest.mark.parametrize(
    "make",
    [
        lambda m: [np.ones(2), m.ones(2, dtype=m.float64)],
        lambda m: [1, np.int64(2), True],
        lambda m: [np.float64(1), 2.0],
        lambda m: [1.0, 2],
        lambda m: [defaultdict(int, a=1), defaultdict(int, a=2)],
        lambda m: [OrderedDict(b=1, a=[2]), {"a": [3], "b": 4, "more": 5}],
        lambda m: [UserList([1, 2.0]), UserList([3, 4.0])],
        lambda m: [range(2), range(2)],
    ],
)
def test_what_pytorch_puts_together(make):
    torch = pytest.importorskip("torch")
    ours, theirs = default_collate(make(mg)), torch.utils.data.default_collate(make(torch))
    assert type(ours).__name__ == type(theirs).__name__ and plain(ours) == plain(theirs)


def test_functions_by_type_have_pytorchs_names():
    torch = pytest.importorskip("torch")
    ours = importlib.import_module("minigrad.utils.data._utils.collate")
    theirs = importlib.import_module("torch.utils.data._utils.collate")
    for name, batch in (
        ("collate_tensor_fn", lambda m: [m.ones(2), m.zeros(2)]),
        ("collate_numpy_array_fn", lambda m: [np.ones(2), np.zeros(2)]),
        ("collate_numpy_scalar_fn", lambda m: [np.float32(1), np.float32(2)]),
        ("collate_float_fn", lambda m: [1.0, 2.0]),
        ("collate_int_fn", lambda m: [1, 2]),
        ("collate_str_fn", lambda m: ["a", "b"]),
    ):
        results = []
        for library, its in ((mg, ours), (torch, theirs)):
            function = getattr(its, name)
            results.append(plain(function(batch(library), collate_fn_map=its.default_collate_fn_map)))
        assert results[0] == results[1], name
