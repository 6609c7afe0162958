"""Every optimizer and option against PyTorch, step by step; groups, state, errors."""

import copy
import inspect

import numpy as np
import pytest

import minigrad as mg
from minigrad import optim
from minigrad.optim.optimizer import required

OPTIONS = [
    ("SGD", {}),
    ("SGD", dict(weight_decay=0.1)),
    ("SGD", dict(momentum=0.9)),
    ("SGD", dict(momentum=0.9, dampening=0.3, weight_decay=0.1)),
    ("SGD", dict(momentum=0.9, nesterov=True, weight_decay=0.1)),
    ("SGD", dict(momentum=0.9, nesterov=True, weight_decay=0.1, maximize=True)),
    ("SGD", dict(maximize=True)),
    ("Adam", {}),
    ("Adam", dict(betas=(0.5, 0.9), eps=1e-3, weight_decay=0.1)),
    ("Adam", dict(amsgrad=True)),
    ("Adam", dict(amsgrad=True, weight_decay=0.1, maximize=True)),
    ("Adam", dict(weight_decay=0.1, decoupled_weight_decay=True)),
    ("AdamW", {}),
    ("AdamW", dict(weight_decay=0.5, amsgrad=True, maximize=True)),
    ("Adamax", {}),
    ("Adamax", dict(betas=(0.5, 0.9), eps=1e-3, weight_decay=0.1, maximize=True)),
    ("NAdam", {}),
    ("NAdam", dict(weight_decay=0.1, momentum_decay=0.1, maximize=True)),
    ("NAdam", dict(weight_decay=0.1, decoupled_weight_decay=True)),
    ("RMSprop", {}),
    ("RMSprop", dict(alpha=0.9, eps=1e-3, weight_decay=0.1)),
    ("RMSprop", dict(momentum=0.9)),
    ("RMSprop", dict(centered=True, momentum=0.5, weight_decay=0.1, maximize=True)),
    ("Adagrad", {}),
    ("Adagrad", dict(lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-3)),
    ("Adagrad", dict(maximize=True)),
    ("Adadelta", {}),
    ("Adadelta", dict(rho=0.5, eps=1e-3, weight_decay=0.1, maximize=True)),
    ("RAdam", {}),
    ("RAdam", dict(betas=(0.5, 0.9), eps=1e-3, weight_decay=0.1, maximize=True)),
    ("RAdam", dict(weight_decay=0.1, decoupled_weight_decay=True)),
    ("Rprop", {}),
    ("Rprop", dict(etas=(0.3, 1.5), step_sizes=(1e-2, 0.2), maximize=True)),
    ("ASGD", {}),
    ("ASGD", dict(lambd=0.1, alpha=0.5, t0=5, weight_decay=0.1, maximize=True)),
    ("Adafactor", {}),
    ("Adafactor", dict(beta2_decay=-1.0, eps=(1e-3, 1e-2), d=1.5, weight_decay=0.1, maximize=True)),
    ("Muon", {}),
    ("Muon", dict(weight_decay=0.5, momentum=0.5, nesterov=False, adjust_lr_fn="match_rms_adamw")),
    ("Muon", dict(ns_coefficients=(3.4, -4.7, 2.0), ns_steps=3, adjust_lr_fn="original")),
]
ids = [f"{name}-{'-'.join(options) or 'default'}" for name, options in OPTIONS]
every_option = pytest.mark.parametrize("name, options", OPTIONS, ids=ids)
SHAPES = [(3, 4), (5,), (), (0, 2)]
MUONS_ROUNDING = 4 * 0.05 * 2.0**-7  # at lr 0.05 some updates differ by the last bit of bfloat16
ITS_SHAPES = {"Adafactor": [(3, 4), (5,), (), (2, 3, 2)], "Muon": [(3, 4), (4, 2), (2, 2), (1, 3)]}


def parameters(name="", seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = ITS_SHAPES.get(name, SHAPES)
    return [mg.tensor(rng.standard_normal(shape).astype(dtype), requires_grad=True) for shape in shapes]


def gradients(step, params):
    """For the parameters in one step; some have none in some steps, one never."""
    rng = np.random.default_rng(step + 100)
    dtype = params[0].detach().numpy().dtype
    drawn = [np.asarray(rng.standard_normal(p.shape) * rng.uniform(0.1, 3), dtype=dtype) for p in params]
    return [None if (step + i) % 5 == 3 else g for i, g in enumerate(drawn)]


def run(optimizer, params, steps):
    for step in steps:
        for p, g in zip(params, gradients(step, params), strict=True):
            p.grad = None if g is None else mg.tensor(g)
        optimizer.step()


def torch_twin(torch, params):
    return [torch.tensor(p.detach().numpy().copy(), requires_grad=True) for p in params]


def torch_run(torch, optimizer, params, steps):
    for step in steps:
        for p, g in zip(params, gradients(step, params), strict=True):
            p.grad = None if g is None else torch.tensor(g)
        optimizer.step()


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    torch.set_default_dtype(torch.float64)  # NAdam keeps a product in the default dtype
    yield torch
    torch.set_default_dtype(torch.float32)


@every_option
@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-12), (np.float32, 2e-5)])
def test_like_torch(torch, name, options, dtype, tolerance):
    params = parameters(name, dtype=dtype)
    theirs = torch_twin(torch, params)
    optimizer = getattr(optim, name)(params, lr=0.05, **options)
    reference = getattr(torch.optim, name)(theirs, lr=0.05, **options)
    for step in range(25):
        run(optimizer, params, [step])
        torch_run(torch, reference, theirs, [step])
        for p, q in zip(params, theirs, strict=True):
            assert p.dtype == dtype
            atol = MUONS_ROUNDING if name == "Muon" else tolerance
            np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=tolerance, atol=atol)
    for p in params:
        assert all(v.dtype == dtype for v in optimizer.state[p].values() if isinstance(v, mg.Tensor))


@every_option
def test_state_has_torchs_names(torch, name, options):
    params = parameters(name)
    theirs = torch_twin(torch, params)
    optimizer = getattr(optim, name)(params, lr=0.05, **options)
    reference = getattr(torch.optim, name)(theirs, lr=0.05, **options)
    run(optimizer, params, range(6))
    torch_run(torch, reference, theirs, range(6))
    ours, expected = optimizer.state_dict(), reference.state_dict()
    assert [group["params"] for group in ours["param_groups"]] == [[0, 1, 2, 3]]
    assert ours["state"].keys() == expected["state"].keys()
    for key, values in expected["state"].items():
        assert ours["state"][key].keys() == values.keys()
        for entry, value in values.items():
            mine = ours["state"][key][entry]
            np.testing.assert_allclose(mine.numpy() if isinstance(mine, mg.Tensor) else mine, value, 1e-12, 1e-12)


@every_option
def test_torchs_state_goes_on(torch, name, options):
    """PyTorch's state, with arrays for its tensors."""
    theirs = torch_twin(torch, parameters(name))
    reference = getattr(torch.optim, name)(theirs, lr=0.05, **options)
    torch_run(torch, reference, theirs, range(4))
    state = reference.state_dict()
    state = {
        "state": {k: {n: v.numpy() for n, v in values.items()} for k, values in state["state"].items()},
        "param_groups": state["param_groups"],
    }
    params = [mg.tensor(p.detach().numpy(), requires_grad=True) for p in theirs]
    optimizer = getattr(optim, name)(params, lr=1.0)
    optimizer.load_state_dict(state)
    run(optimizer, params, range(4, 9))
    torch_run(torch, reference, theirs, range(4, 9))
    for p, q in zip(params, theirs, strict=True):
        atol = MUONS_ROUNDING if name == "Muon" else 1e-12
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-12, atol=atol)


@every_option
def test_resumes_bit_identically(tmp_path, name, options):
    params = parameters(name, dtype=np.float32)
    optimizer = getattr(optim, name)(params, lr=0.05, **options)
    run(optimizer, params, range(7))
    mg.save({"params": params, "optimizer": optimizer.state_dict()}, tmp_path / "checkpoint.npz")
    run(optimizer, params, range(7, 20))

    saved = mg.load(tmp_path / "checkpoint.npz")
    again = getattr(optim, name)(saved["params"], lr=9.0)
    again.load_state_dict(saved["optimizer"])
    run(again, saved["params"], range(7, 20))
    for p, q in zip(params, saved["params"], strict=True):
        assert p.detach().numpy().tobytes() == q.detach().numpy().tobytes()


def test_loaded_state_is_a_copy():
    params = parameters()
    optimizer = optim.SGD(params, lr=0.1, momentum=0.9)
    run(optimizer, params, range(2))
    other = optim.SGD(parameters(), lr=0.1)
    other.load_state_dict(optimizer.state_dict())
    before = other.state[other.param_groups[0]["params"][0]]["momentum_buffer"].numpy().copy()
    run(optimizer, params, range(2))
    assert (other.state[other.param_groups[0]["params"][0]]["momentum_buffer"].numpy() == before).all()


def test_groups(torch):
    params = parameters()
    theirs = torch_twin(torch, params)

    def groups(p):
        return [{"params": p[:1], "lr": 0.5}, {"params": p[1], "momentum": 0.0}]

    optimizer = optim.SGD(groups(params), lr=0.01, momentum=0.9)
    reference = torch.optim.SGD(groups(theirs), lr=0.01, momentum=0.9)
    for library, o, p in ((mg, optimizer, params), (torch, reference, theirs)):
        o.add_param_group({"params": iter(p[2:]), "weight_decay": 0.1})
        assert [group["lr"] for group in o.param_groups] == [0.5, 0.01, 0.01], library
    run(optimizer, params, range(6))
    optimizer.param_groups[1]["lr"] = reference.param_groups[1]["lr"] = 0.2
    run(optimizer, params, range(6, 12))
    torch_run(torch, reference, theirs, range(6))
    reference.param_groups[1]["lr"] = 0.2
    torch_run(torch, reference, theirs, range(6, 12))
    ours, expected = optimizer.state_dict()["param_groups"], reference.state_dict()["param_groups"]
    assert [g["params"] for g in ours] == [g["params"] for g in expected] == [[0], [1], [2, 3]]


def test_arguments_and_defaults_equal_torchs(torch):
    for name in sorted(set(optim.__all__) - {"Optimizer", "lr_scheduler", "swa_utils"}):
        ours, theirs = getattr(optim, name), getattr(torch.optim, name)
        assert ours([mg.zeros(1, 1)]).defaults == theirs([torch.zeros(1, 1)]).defaults
        arguments = (inspect.signature(kind).parameters.values() for kind in (ours, theirs))
        ours, theirs = ([(p.name, p.default) for p in ps if p.kind is not p.KEYWORD_ONLY] for ps in arguments)
        assert ours == theirs


def test_named_parameters():
    w, b = parameters()[:2]
    optimizer = optim.SGD([("w", w), ("b", b)], lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["w", "b"]
    assert optimizer.state_dict()["param_groups"][0]["params"] == [0, 1]
    with pytest.raises(ValueError, match="with names or all without"):
        optimizer.add_param_group({"params": [mg.zeros(1)]})


@every_option
def test_layout_of_memory_does_not_matter(name, options):
    transposed = mg.Tensor._wrap(np.asfortranarray(np.arange(12.0).reshape(3, 4))).requires_grad_()
    plain = mg.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)
    optimizer = getattr(optim, name)([transposed, plain], lr=0.1, **options)
    for step in range(3):
        g = np.random.default_rng(step).standard_normal((3, 4))
        transposed.grad, plain.grad = mg.tensor(g), mg.tensor(g)
        optimizer.step()
        assert (transposed.detach().numpy() == plain.detach().numpy()).all()
        assert (plain.grad.numpy() == g).all()  # which is the user's


def test_learning_rate_may_be_a_tensor_or_a_numpy_number():
    results = []
    for lr in (0.1, np.float64(0.1), mg.tensor(0.1, dtype=mg.float64)):
        params = parameters(dtype=np.float32)
        run(optim.Adam(params, lr=lr), params, range(3))
        results.append(params[0].detach().numpy())
        assert results[-1].dtype == np.float32
    assert (results[0] == results[1]).all() and (results[0] == results[2]).all()


def test_a_step_is_noticed_by_a_graph_made_before():
    w = mg.tensor([2.0], requires_grad=True)
    y = w * w
    w.grad = mg.ones(1)
    optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError):
        y.backward()


def test_closure():
    w = mg.tensor([3.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = w * w
        loss.backward()
        return loss

    with mg.no_grad():
        assert optimizer.step(closure).item() == 9
    assert w.item() == pytest.approx(2.4)


def test_zero_grad():
    w = mg.tensor([3.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)
    (w * w).backward()
    kept = w.grad
    optimizer.zero_grad(set_to_none=False)
    assert w.grad.tolist() == [0.0] == kept.tolist()
    optimizer.zero_grad()
    assert w.grad is None


def test_divergence_is_quiet():
    w = mg.tensor([1e30], requires_grad=True)
    w.grad = mg.tensor([1e30])
    optimizer = optim.SGD([w], lr=1e30)
    optimizer.step()
    optimizer.step()
    assert w.item() == -np.inf


def test_deepcopy_and_repr():
    params = parameters()
    optimizer = optim.Adam(params, lr=0.5)
    run(optimizer, params, range(2))
    twin = copy.deepcopy(optimizer)
    assert "Adam (\nParameter Group 0\n    amsgrad: False" in repr(twin)
    assert [v["step"] for v in twin.state.values()] == [v["step"] for v in optimizer.state.values()]
    assert twin.param_groups[0]["params"][0] in twin.state


def test_an_optimizer_of_ones_own():
    class Sign(optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, dict(lr=lr))

        @mg.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    self.state[p]["seen"] = self.state[p].get("seen", 0) + 1
                    p.sub_(group["lr"] * (p.grad / p.grad))

    w = mg.tensor([1.0], requires_grad=True)
    optimizer = Sign([w])
    (w * w).backward()
    optimizer.step()
    assert w.item() == pytest.approx(0.9) and optimizer.state_dict()["state"] == {0: {"seen": 1}}


def leaf():
    return mg.zeros(1, requires_grad=True)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: optim.SGD([]), ValueError, "empty parameter list"),
        (lambda: optim.SGD(leaf()), TypeError, "list of Tensors"),
        (lambda: optim.SGD([np.zeros(1)]), TypeError, "only optimize Tensors, got ndarray"),
        (lambda: optim.SGD([{"params": {leaf()}}]), TypeError, "set has no fixed order"),
        (lambda: optim.SGD([leaf() * 2]), ValueError, "non-leaf"),
        (lambda: optim.SGD([leaf()], lr=-1), ValueError, "SGD: expected lr of 0 or more, got -1"),
        (lambda: optim.SGD([leaf()], momentum=-1), ValueError, "momentum"),
        (lambda: optim.SGD([leaf()], nesterov=True), ValueError, "nesterov needs momentum > 0"),
        (lambda: optim.SGD([leaf()], momentum=0.1, dampening=0.1, nesterov=True), ValueError, "dampening 0"),
        (lambda: optim.Adam([leaf()], betas=(1.0, 0.9)), ValueError, "betas"),
        (lambda: optim.Adam([leaf()], lr=mg.zeros(2)), ValueError, "one element"),
        (lambda: optim.Adadelta([leaf()], rho=2), ValueError, "rho"),
        (lambda: optim.Adam([leaf()], differentiable=True), ValueError, "differentiable"),
        (lambda: optim.Adam([leaf()], capturable=True), RuntimeError, "capturable=True is for graphs of a GPU"),
        (lambda: optim.SGD([leaf()], foreach=True, fused=True), RuntimeError, "at most one of fused=True and foreach"),
        (lambda: optim.SGD([leaf()], differentiable=True, fused=True), RuntimeError, "does not go with differentiable"),
        (lambda: optim.Adam([leaf()], lr=mg.tensor(0.1), foreach=True), ValueError, "Tensor as lr or betas"),
        (lambda: optim.Adam([leaf()], betas=(mg.tensor(0.9), 0.9)), ValueError, "both numbers or both Tensors"),
        (lambda: optim.Rprop([leaf()], etas=(1.0, 0.5)), ValueError, "Rprop: expected etas with 0 < eta_minus"),
        (lambda: optim.Rprop([leaf()], step_sizes=1.0), TypeError, "Rprop: expected step_sizes as two numbers"),
        (lambda: optim.ASGD([leaf()], weight_decay=-0.5), ValueError, "ASGD: expected weight_decay of 0 or more"),
        (lambda: optim.ASGD([leaf()], t0="late"), TypeError, "ASGD: expected a number as t0"),
        (lambda: optim.Adafactor([leaf()], eps=(-1e-30, 1e-3)), ValueError, "Adafactor: expected eps1 of 0 or more"),
        (lambda: optim.Adafactor([leaf()], d=0.0), ValueError, "Adafactor: expected d of 1 or more"),
        (lambda: optim.Adafactor([leaf()], beta2_decay=0.8), ValueError, "Adafactor: expected beta2_decay of 0 or"),
        (lambda: optim.Muon([leaf()]), ValueError, r"Muon: expected parameters of 2 dimensions, got shape \(1,\)"),
        (
            lambda: optim.Muon([mg.zeros(1, 1)], adjust_lr_fn="any"),
            ValueError,
            "Muon: expected adjust_lr_fn 'original'",
        ),
        (lambda: optim.Muon([mg.zeros(1, 1)], ns_steps=100), ValueError, "Muon: expected ns_steps of less than 100"),
        (lambda: optim.Muon([mg.zeros(1, 1)], ns_coefficients=(1, 2)), ValueError, "Muon: expected three"),
        (lambda: optim.SparseAdam([leaf()], lr=0.0), ValueError, "SparseAdam: expected lr and eps above 0"),
        (lambda: optim.Optimizer([leaf()], {"lr": required}), ValueError, "expected a value of lr"),
        (lambda: optim.Adam([leaf()], leanring_rate=1), TypeError, "unexpected keyword argument 'leanring_rate'"),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_hints_of_torch_are_accepted():
    optim.AdamW([leaf()], foreach=False, fused=True, capturable=False, differentiable=False)


def test_muon_takes_in_no_group_that_it_refuses():
    optimizer = optim.Muon([mg.zeros(2, 2)])
    with pytest.raises(ValueError, match="2 dimensions"):
        optimizer.add_param_group({"params": [mg.zeros(2, 2), leaf()]})
    assert len(optimizer.param_groups) == 1


def test_muons_update_is_nearly_orthogonal():
    w = mg.zeros(6, 4, requires_grad=True)
    w.grad = mg.tensor(np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32))
    optim.Muon([w], lr=1.0, adjust_lr_fn="match_rms_adamw", weight_decay=0).step()
    values = np.linalg.svd(w.detach().numpy() / (0.2 * 6**0.5), compute_uv=False)
    assert (0.5 < values).all() and (values < 1.5).all()
    left, _, right = np.linalg.svd(w.grad.numpy(), full_matrices=False)
    assert np.trace(right.T @ left.T @ -w.detach().numpy()) > 0


def test_asgd_averages():
    """From t0 on, "ax" is the mean of the parameters."""
    w = mg.tensor([4.0], dtype=mg.float64, requires_grad=True)
    optimizer = optim.ASGD([w], lr=0.1, t0=2)
    seen = []
    for step in range(8):
        w.grad = mg.tensor([float(step)], dtype=mg.float64)
        optimizer.step()
        seen.append(w.item())
    assert optimizer.state[w]["ax"].item() == pytest.approx(np.mean(seen[3:]))


def test_one_parameter_in_two_groups():
    w = leaf()
    with pytest.raises(ValueError, match="more than one parameter group"):
        optim.SGD([{"params": [w]}, {"params": [w]}], lr=0.1)
    optimizer = optim.SGD([w], lr=0.1)
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": [leaf(), w]})
    assert len(optimizer.param_groups) == 1
    with pytest.warns(UserWarning, match="twice"):
        optim.SGD([w, w], lr=0.1)


@pytest.mark.parametrize(
    "other, message",
    [
        (lambda: [{"params": [leaf()]}, {"params": [leaf()]}], "expected 2 parameter groups, got 1"),
        (lambda: [leaf()], "expected 1 parameters in group 0, got 4"),
        (lambda: [mg.zeros(2, requires_grad=True) for _ in range(4)], r"shape \(3, 4\), the parameter itself \(2,\)"),
    ],
)
def test_state_of_other_parameters(other, message):
    params = parameters()
    optimizer = optim.SGD(params, lr=0.1, momentum=0.9)
    run(optimizer, params, range(1))
    another = optim.SGD(other(), lr=0.5)
    with pytest.raises(ValueError, match=message):
        another.load_state_dict(optimizer.state_dict())
    assert another.param_groups[0]["lr"] == 0.5 and not another.state
    with pytest.raises(ValueError, match="'state' and 'param_groups'"):
        another.load_state_dict({"lr": 3})


def test_groups_are_printed_as_in_pytorch():
    torch = pytest.importorskip("torch")

    def printed(lib):
        groups = [{"params": [lib.zeros(2, requires_grad=True)]}, {"params": [lib.zeros(1)], "lr": 0.5}]
        return repr(lib.optim.SGD(groups, lr=0.1, momentum=0.9))

    assert printed(mg) == printed(torch)


def test_every_optimizer_has_a_row():
    """LBFGS, which needs a closure, has its own file of tests; SparseAdam takes no step."""
    offered = {name for name in optim.__all__ if isinstance(getattr(optim, name), type)}
    missing = offered - {"Optimizer", "LBFGS", "SparseAdam"} - {name for name, _ in OPTIONS}
    assert not missing, f"no row in OPTIONS of this file: {sorted(missing)}"
