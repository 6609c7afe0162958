"""LBFGS: the steps of PyTorch's, its state, and the line search by its definition."""

import copy

import numpy as np
import pytest

import minigrad as mg
from minigrad import optim
from minigrad.optim.line_search import CURVATURE, DECREASE, Point, strong_wolfe

OPTIONS = [
    {},
    {"lr": 0.05},
    {"max_iter": 4, "history_size": 2},
    {"max_iter": 30, "max_eval": 6},
    {"tolerance_grad": 1e-1},
    {"tolerance_change": 1e-2},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "lr": 20.0, "max_iter": 5},
    {"line_search_fn": "strong_wolfe", "lr": 1e-3, "max_eval": 9},
    {"line_search_fn": "strong_wolfe", "history_size": 1, "max_iter": 6},
]
every_option = pytest.mark.parametrize("options", OPTIONS, ids=str)
STARTS = [np.array([-1.2, 1.0]), np.array([[0.5, 2.0, 1.0]]), np.array(3.0)]


def parameters(lib):
    return [lib.tensor(start, dtype=lib.float64, requires_grad=True) for start in STARTS]


def closure(optimizer, params):
    """Rosenbrock's function of the first parameter, and a bowl for the others."""

    def evaluate():
        optimizer.zero_grad()
        w, a, b = params
        loss = (1 - w[0]) ** 2 + 10 * (w[1] - w[0] ** 2) ** 2 + (a * a).sum() * 2 + (b - 1) ** 4
        loss.backward()
        return loss

    return evaluate


def steps(lib, options, count, params=None, optimizer=None):
    params = params or parameters(lib)
    optimizer = optimizer or lib.optim.LBFGS(params, **options)
    losses = [float(optimizer.step(closure(optimizer, params)).detach()) for _ in range(count)]
    return optimizer, params, losses


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value if value is None else np.asarray(value)


def assert_close(ours, theirs, rtol):
    assert isinstance(ours, list) == isinstance(theirs, list) and (ours is None) == (theirs is None)
    if isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for mine, reference in zip(ours, theirs, strict=True):
            assert_close(mine, reference, rtol)
    elif theirs is not None:
        np.testing.assert_allclose(ours, theirs, rtol, rtol)


@every_option
def test_steps_and_states_are_those_of_pytorch(options):
    torch = pytest.importorskip("torch")
    optimizer, params, losses = steps(mg, options, 3)
    reference, theirs, expected = steps(torch, options, 3)
    np.testing.assert_allclose(losses, expected, 1e-7)
    for p, q in zip(params, theirs, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), 1e-6, 1e-7)
    ours, theirs = optimizer.state_dict(), reference.state_dict()
    assert ours["param_groups"] == theirs["param_groups"]
    assert ours["state"].keys() == theirs["state"].keys() == {0}
    ours, theirs = ours["state"][0], theirs["state"][0]
    assert ours.keys() == theirs.keys()
    for name in ("n_iter", "func_evals"):
        assert ours[name] == theirs[name]
    for name in ("old_dirs", "old_stps", "d", "t", "prev_loss", "prev_flat_grad"):
        assert_close(plain(ours[name]), plain(theirs[name]), 1e-4)


@every_option
def test_pytorchs_state_goes_on(options):
    torch = pytest.importorskip("torch")
    reference, theirs, _ = steps(torch, options, 1)
    params = [mg.tensor(q.detach().numpy().copy(), requires_grad=True) for q in theirs]
    optimizer = optim.LBFGS(params)
    optimizer.load_state_dict(reference.state_dict())
    _, _, losses = steps(mg, options, 2, params, optimizer)
    _, _, expected = steps(torch, options, 2, theirs, reference)
    np.testing.assert_allclose(losses, expected, 1e-7)


@every_option
def test_resumes_bit_identically(tmp_path, options):
    optimizer, params, _ = steps(mg, options, 1)
    mg.save({"params": params, "optimizer": optimizer.state_dict()}, tmp_path / "checkpoint.npz")
    steps(mg, options, 2, params, optimizer)
    saved = mg.load(tmp_path / "checkpoint.npz")
    again = optim.LBFGS(saved["params"], lr=9.0)
    again.load_state_dict(saved["optimizer"])
    steps(mg, options, 2, saved["params"], again)
    for p, q in zip(params, saved["params"], strict=True):
        assert p.detach().numpy().tobytes() == q.detach().numpy().tobytes()


@pytest.mark.parametrize("dtype", [mg.float32, mg.float16])
def test_other_dtypes(dtype):
    w = mg.tensor([3.0, -2.0], dtype=dtype, requires_grad=True)
    optimizer = optim.LBFGS([w], line_search_fn="strong_wolfe")

    def evaluate():
        optimizer.zero_grad()
        loss = (w * w * mg.tensor([1.0, 4.0], dtype=dtype)).sum()
        loss.backward()
        return loss

    with mg.no_grad():  # the closure records all the same
        assert optimizer.step(evaluate).item() == 25
    assert w.dtype == dtype and w.abs().max().item() < 1e-2


def test_a_quadratic_needs_as_many_steps_as_dimensions():
    """And one of them is the first, along the gradient: exact line searches make conjugate directions."""
    w = mg.tensor([1.0, 1.0, 1.0], dtype=mg.float64, requires_grad=True)
    scale = mg.tensor([1.0, 3.0, 9.0], dtype=mg.float64)
    optimizer = optim.LBFGS([w], max_iter=12, line_search_fn="strong_wolfe")
    optimizer.step(lambda: (optimizer.zero_grad(), (scale * w * w).sum().backward(), (scale * w * w).sum())[-1])
    np.testing.assert_allclose(w.detach().numpy(), 0, atol=1e-4)


FUNCTIONS = {
    "a bowl": (lambda t: (t - 1) ** 2, lambda t: 2 * (t - 1)),
    "a flat bowl": (lambda t: (t - 30) ** 4, lambda t: 4 * (t - 30) ** 3),
    "waves": (lambda t: np.cos(t) + 0.1 * t, lambda t: -np.sin(t) + 0.1),
    "a wall": (lambda t: np.exp(t) - 3 * t, lambda t: np.exp(t) - 3),
}


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 5.0])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_line_search_meets_the_two_conditions(name, first):
    function, slope = FUNCTIONS[name]
    calls = []

    def evaluate(t):
        calls.append(t)
        return Point(t, function(t), np.array([slope(t)]), slope(t))

    begin = 0.2 if name == "waves" else 0.0
    start = Point(0, function(begin), np.array([slope(begin)]), slope(begin))
    found = strong_wolfe(lambda t: evaluate(begin + t)._replace(t=t), start, first, 1.0, 1e-9, 25)
    assert found.loss <= start.loss + DECREASE * found.t * start.slope
    assert abs(found.slope) <= -CURVATURE * start.slope
    assert found.loss == function(begin + found.t) and len(calls) <= 26


def test_an_uphill_end_is_never_returned():
    """A loss that only grows from the second point on: the start, or less, is what remains."""
    start = Point(0, 1.0, np.array([-1.0]), -1.0)
    found = strong_wolfe(lambda t: Point(t, 1.0 + t, np.array([1.0]), 1.0), start, 1.0, 1.0, 1e-9, 3)
    assert found.loss == 1.0


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda w: optim.LBFGS([w], lr=-1.0), ValueError, "LBFGS: expected lr of 0 or more"),
        (lambda w: optim.LBFGS([w], max_eval="many"), TypeError, "LBFGS: expected a number as max_eval"),
        (lambda w: optim.LBFGS([{"params": [w]}, {"params": [w * 1]}]), ValueError, "one parameter group"),
        (lambda w: optim.LBFGS([w]).add_param_group({"params": [w]}), ValueError, "one parameter group"),
        (lambda w: optim.LBFGS([w]).step(), TypeError, "closure"),
        (lambda w: optim.LBFGS([w]).step(None), TypeError, "expected a function that computes the loss, got NoneType"),
        (lambda w: optim.LBFGS([w], line_search_fn="armijo").step(lambda: w), RuntimeError, "'strong_wolfe' or None"),
        (
            lambda w: optim.LBFGS([w]).load_state_dict(
                {"state": {0: {"exp_avg": mg.ones(1)}}, "param_groups": [{"params": [0]}]}
            ),
            ValueError,
            "exp_avg of parameter 0: LBFGS keeps only",
        ),
    ],
)
def test_errors(act, error, message):
    with pytest.raises(error, match=message):
        act(mg.zeros(1, requires_grad=True))


def test_a_copy_goes_its_own_way():
    optimizer, params, _ = steps(mg, {"max_iter": 3}, 1)
    before = params[0].tolist()
    twin = copy.deepcopy(optimizer)
    theirs = twin.param_groups[0]["params"]
    twin.step(closure(twin, theirs))
    assert params[0].tolist() == before != theirs[0].tolist()
