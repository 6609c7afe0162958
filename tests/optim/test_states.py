"""States of PyTorch's optimizers, of other optimizers and of users' own; options that are wrong."""

import copy
import inspect
import itertools

import numpy as np
import pytest

import minigrad as mg
from minigrad import optim

CLASSES = (
    "SGD", "Adam", "AdamW", "Adamax", "NAdam", "RMSprop", "Adagrad", "Adadelta", "RAdam", "Rprop", "ASGD", "Adafactor",
)  # fmt: skip
VARIANTS = [
    *((name, {}) for name in CLASSES),
    *((name, {"weight_decay": 0.1, "maximize": True}) for name in CLASSES if name != "Rprop"),
    ("SGD", {"momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("Adam", {"amsgrad": True, "betas": (0.5, 0.7)}),
    ("AdamW", {"amsgrad": True}),
    ("NAdam", {"decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.5}),
]
VALUES = [np.linspace(-2, 2, 6).reshape(2, 3), np.array(1.5), np.array([0.5, -0.5])]


def parameters(lib):
    return [lib.tensor(v, dtype=lib.float64, requires_grad=True) for v in VALUES]


def grouped(lib, name, options):
    params = parameters(lib)
    return params, getattr(lib.optim, name)(
        [{"params": params[:1], "lr": 0.03}, {"params": params[1:]}], lr=0.1, **options
    )


def run(optimizer, params, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        sum((p**4 + p).sum() for p in params).backward()
        optimizer.step()


@pytest.mark.parametrize("done", [0, 1, 3])
@pytest.mark.parametrize("name, options", VARIANTS, ids=str)
def test_pytorchs_state_goes_on_as_in_pytorch(name, options, done):
    torch = pytest.importorskip("torch")
    theirs, optimizer = grouped(torch, name, options)
    run(optimizer, theirs, done)
    ours, own = grouped(mg, name, {})
    for p, q in zip(ours, theirs, strict=True):
        p.data = mg.from_numpy(q.detach().numpy().copy())
    own.load_state_dict(optimizer.state_dict())
    run(optimizer, theirs, 4)
    run(own, ours, 4)
    for p, q in zip(ours, theirs, strict=True):
        rtol = 1e-6 if name == "ASGD" else 1e-7  # they keep a float32: NAdam a product, ASGD its step size
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=rtol)
    again = grouped(mg, name, {})[1]
    again.load_state_dict(copy.deepcopy(own.state_dict()))


def kind(name):
    return "Adam" if name == "AdamW" else name  # whose states are each other's


@pytest.mark.parametrize("done", [0, 2])
def test_the_state_of_another_optimizer_is_refused(done):
    for one, other in itertools.permutations(CLASSES, 2):
        params, saved = grouped(mg, one, {"momentum": 0.9} if one in ("SGD", "RMSprop") else {})
        run(saved, params, done)
        target = grouped(mg, other, {})[1]
        before = repr(target.state_dict())
        if kind(one) == kind(other):
            target.load_state_dict(saved.state_dict())
            continue
        hints = {"foreach", "fused", "capturable", "differentiable", "maximize"}
        if not done and not set(saved.param_groups[0]) - set(target.param_groups[0]) - hints:
            continue  # nothing tells them apart yet
        if one == "RAdam" and kind(other) in ("Adam", "NAdam"):
            continue  # nothing ever does: they have all that it has
        with pytest.raises(ValueError, match=f"{other}.load_state_dict.*another optimizer's state"):
            target.load_state_dict(saved.state_dict())
        assert repr(target.state_dict()) == before


@pytest.mark.parametrize(
    "change, error",
    [
        (lambda s: s["state"][0].update(exp_avg="text"), TypeError),
        (lambda s: s["state"][0].update(exp_avg=mg.ones(3, 2)), ValueError),
        (lambda s: s["state"][0].update(exp_avg=mg.tensor(1.0)), ValueError),
        (lambda s: s["state"][0].update(step="one"), TypeError),
        (lambda s: s["state"][0].update(step=mg.ones(2)), ValueError),
        (lambda s: s["param_groups"][0].update(lr="a"), TypeError),
        (lambda s: s["param_groups"][0].update(betas=(0.9,)), ValueError),
        (lambda s: s["param_groups"][0].pop("params"), ValueError),
        (lambda s: s["param_groups"].__setitem__(0, None), ValueError),
    ],
)
def test_damaged_states_are_refused_and_nothing_is_changed(change, error):
    params, optimizer = grouped(mg, "Adam", {})
    run(optimizer, params, 2)
    state = copy.deepcopy(optimizer.state_dict())
    before = repr(optimizer.state_dict())
    change(state)
    with pytest.raises(error, match="Adam.load_state_dict"):
        optimizer.load_state_dict(state)
    assert repr(optimizer.state_dict()) == before


def test_a_users_optimizer_keeps_what_it_likes():
    class Mine(optim.Adam):
        def step(self, closure=None):
            super().step(closure)
            for group in self.param_groups:
                for p in group["params"]:
                    self.state[p]["mine"] = {"note": "text"}

    p = mg.ones(2, requires_grad=True)
    optimizer, again = Mine([p], betas=(0.5, 0.6)), Mine([mg.ones(2, requires_grad=True)])
    run(optimizer, [p], 2)
    again.load_state_dict(optimizer.state_dict())
    assert next(iter(again.state.values()))["mine"] == {"note": "text"} and again.param_groups[0]["betas"] == (0.5, 0.6)


# ---- options --------------------------------------------------------------------------------------------------------


def wrong_options():
    for name in CLASSES:
        for option, parameter in inspect.signature(getattr(optim, name)).parameters.items():
            if option == "betas":
                wrong = [
                    0.9,
                    (0.9,),
                    (0.9, 0.99, 0.999),
                    ("a", 0.9),
                    (0.9, 1.0),
                    (-0.1, 0.9),
                    (0.9, float("nan")),
                    "ab",
                ]
            elif type(parameter.default) in (int, float):
                wrong = ["a", None, [0.1], mg.ones(2), float("nan"), -1.0]
                wrong = wrong[:-2] if option in ("dampening", "lambd", "alpha", "t0") and name != "RMSprop" else wrong
                wrong = wrong[:-1] if option == "beta2_decay" else wrong
            else:
                continue
            yield from ((name, option, value) for value in wrong)


@pytest.mark.parametrize("name, option, value", list(wrong_options()), ids=repr)
def test_a_wrong_option_is_refused_when_it_is_given(name, option, value):
    with pytest.raises((TypeError, ValueError), match=f"^{name}: .*{option}"):
        getattr(optim, name)([mg.ones(2, requires_grad=True)], **{option: value})
    if isinstance(value, (str, list, type(None))) or option == "betas" and value != "ab":
        optimizer = getattr(optim, name)([mg.ones(2, requires_grad=True)])
        with pytest.raises((TypeError, ValueError), match=f"^{name}: .*{option}"):
            optimizer.add_param_group({"params": [mg.ones(2, requires_grad=True)], option: value})
        assert len(optimizer.param_groups) == 1


def test_a_step_on_read_only_memory_changes_nothing():
    p, q = mg.ones(2, requires_grad=True), mg.ones(1).expand(3).requires_grad_()
    optimizer = optim.SGD([{"params": [p]}, {"params": [q]}], lr=0.1)
    (p.sum() + q.sum()).backward()
    with pytest.raises(RuntimeError, match=r"SGD.step: a parameter of shape \(3,\) in group 1 has read-only memory"):
        optimizer.step()
    assert p.tolist() == [1, 1]


def test_setstate_of_a_subclass_is_asked_and_has_a_super():
    class Older(mg.optim.SGD):
        def __setstate__(self, state):
            super().__setstate__(state)
            for group in self.param_groups:
                group.setdefault("since", 2)

    w = mg.nn.Parameter(mg.ones(1))
    for renewed in (copy.deepcopy, lambda o: o.load_state_dict(o.state_dict()) or o):
        new = renewed(Older([w], lr=0.1))
        assert new.param_groups[0]["since"] == 2 and new.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("name", ["Adam", "AdamW", "NAdam", "RAdam", "RMSprop", "Adadelta"])
def test_a_gradient_whose_square_overflows_stops_no_parameter(name):
    """As in PyTorch, which multiplies by 1 - beta first: with an infinite mean square nothing would move again."""
    torch = pytest.importorskip("torch")

    def steps(m):
        p = m.nn.Parameter(m.ones(1))
        optimizer = getattr(m.optim, name)([p], lr=0.1)
        for gradient in (3e19, 1.0, 1.0):
            p.grad = m.tensor([gradient])
            optimizer.step()
        return p.item()

    assert steps(mg) == pytest.approx(steps(torch), rel=1e-4) and steps(mg) != 1
