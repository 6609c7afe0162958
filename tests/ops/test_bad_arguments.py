"""Arguments of operations that PyTorch refuses, and what it takes where one might not expect it, tried in both."""

import pytest

import minigrad as mg

torch = pytest.importorskip("torch")


def given(m):
    return m.ones(3), m.ones(3, dtype=m.float64), m.arange(3)


REFUSED = {
    "take_along_dim": lambda m, x, d, i: m.take_along_dim(x, i.int(), 0),
    "unravel_index of floats": lambda m, x, d, i: m.unravel_index(m.tensor([]), (2, 2)),
    "unravel_index, shape as a tensor": lambda m, x, d, i: m.unravel_index(i, i),
    "unravel_index, a float in the shape": lambda m, x, d, i: m.unravel_index(i, (2, 2.0)),
    "index_put nowhere": lambda m, x, d, i: x.index_put([], x, True),
    "cumsum": lambda m, x, d, i: m.cumsum(x, 0, dtype=m.float64, out=m.empty(3)),
    "prod": lambda m, x, d, i: m.prod(x, 0, dtype=m.float64, out=m.empty(())),
    "mean": lambda m, x, d, i: m.mean(x, 0, dtype=m.float64, out=m.empty(())),
    "meshgrid of nothing": lambda m, x, d, i: m.meshgrid(),
    "meshgrid": lambda m, x, d, i: m.meshgrid(x, d),
    "normal": lambda m, x, d, i: m.normal(m.tensor(0.0), -1, (10,)),
    "lerp, end": lambda m, x, d, i: m.lerp(x, d, 0.5),
    "lerp, weight": lambda m, x, d, i: m.lerp(x, x, d),
    "tensor_split": lambda m, x, d, i: m.tensor_split(x, m.ones(1, 1, dtype=m.int64)),
    "addcmul": lambda m, x, d, i: m.addcmul(x, x, x, value=x),
    "addcdiv": lambda m, x, d, i: m.addcdiv(x, x, x, value=x),
    "add": lambda m, x, d, i: m.add(x, x, alpha=x),
    "sub": lambda m, x, d, i: m.sub(x, x, alpha=x),
    "kthvalue of nothing": lambda m, x, d, i: m.kthvalue(m.empty(2, 0), 1, 1),
    "isposinf": lambda m, x, d, i: m.isposinf(x, out=m.empty(3)),
    "isneginf": lambda m, x, d, i: m.isneginf(x, out=m.empty(3)),
    "apply_": lambda m, x, d, i: x.apply_(lambda value: "1"),
    "add of a list": lambda m, x, d, i: m.add([1], 2),
    "maximum of numbers": lambda m, x, d, i: m.maximum(1, 2),
    "_assert": lambda m, x, d, i: m._assert(False, "no"),
    "_check": lambda m, x, d, i: m._check(False),
    "_check, message": lambda m, x, d, i: m._check(False, lambda: "no"),
    "_check, no function": lambda m, x, d, i: m._check(False, "no"),
    "_check of a tensor": lambda m, x, d, i: m._check(x),
    "_check_index": lambda m, x, d, i: m._check_index(False),
    "_check_value": lambda m, x, d, i: m._check_value(False),
    "_check_type": lambda m, x, d, i: m._check_type(False),
    "_check_not_implemented": lambda m, x, d, i: m._check_not_implemented(False),
    "_check_with": lambda m, x, d, i: m._check_with(KeyError, False, lambda: "no"),
    "_check_is_size": lambda m, x, d, i: m._check_is_size(-1),
    "_check_is_size, max": lambda m, x, d, i: m._check_is_size(3, max=2),
    "_check_is_size, kind": lambda m, x, d, i: m._check_is_size("3"),
    "_check_tensor_all": lambda m, x, d, i: m._check_tensor_all(i > 0),
    "_check_tensor_all, kind": lambda m, x, d, i: m._check_tensor_all(x),
}
TAKEN = {
    "gather, sparse_grad": lambda m, x, d, i: m.gather(x, 0, i, sparse_grad=False),
    "normal with a size": lambda m, x, d, i: m.normal(m.tensor(3.0), 0, (2,)),
    "multinomial of no rows": lambda m, x, d, i: m.multinomial(m.rand(0, 3), 2, replacement=True),
    "addcmul, 0-dim value": lambda m, x, d, i: m.addcmul(x, x, x, value=m.tensor(2.0)),
    "lerp, 0-dim weight": lambda m, x, d, i: m.lerp(x, 2 * x, m.tensor(0.5, dtype=m.float64)),
    "nan_to_num": lambda m, x, d, i: m.nan_to_num(m.tensor([m.inf, -m.inf, m.nan], dtype=m.float16)),
    "add of numbers": lambda m, x, d, i: m.add(5, 2.5),
    "add of bools": lambda m, x, d, i: m.add(True, True),
    "sub of numbers": lambda m, x, d, i: m.sub(5, 3),
    "mul of numbers": lambda m, x, d, i: m.mul(2.5, 2),
    "div of numbers": lambda m, x, d, i: m.div(5, 2),
    "floor_divide of numbers": lambda m, x, d, i: m.floor_divide(5, 2),
    "_check": lambda m, x, d, i: x if m._check(True) is None else None,
    "_check_tensor_all": lambda m, x, d, i: x if m._check_tensor_all(i >= 0) is None else None,
}


@pytest.mark.filterwarnings("ignore:_check_is_size:FutureWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        REFUSED[name](torch, *given(torch))
    with pytest.raises(theirs.type):
        REFUSED[name](mg, *given(mg))


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken(name):
    ours, theirs = TAKEN[name](mg, *given(mg)), TAKEN[name](torch, *given(torch))
    assert str(ours.dtype).split(".")[-1] == str(theirs.dtype).split(".")[-1] and ours.tolist() == theirs.tolist()
