"""Hooks of steps and of states."""

import copy

import pytest

import minigrad as mg
from minigrad import optim
from minigrad.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook


def leaf():
    return mg.tensor([1.0], requires_grad=True)


def test_hooks_of_steps_run_in_order_around_the_step():
    w = leaf()
    w.grad = mg.ones(1)
    optimizer, seen = optim.SGD([w], lr=0.5), []

    def note(word):
        return lambda o, args, kwargs: seen.append((word, o is optimizer, args[0] is optimizer, w.item()))

    optimizer.register_step_post_hook(note("after"))
    last = optimizer.register_step_pre_hook(note("before"))
    everywhere = [register_optimizer_step_pre_hook(note("all")), register_optimizer_step_post_hook(note("all after"))]
    optimizer.step()
    assert seen == [(word, True, True, 1.0) for word in ("all", "before")] + [
        (word, True, True, 0.5) for word in ("after", "all after")
    ]
    for handle in [*everywhere, last]:
        handle.remove()
    seen.clear()
    optimizer.step()
    assert [word for word, *_ in seen] == ["after"]


def test_a_pre_hook_may_replace_the_arguments():
    optimizer = optim.SGD([leaf()], lr=0.5)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((o,), {"closure": lambda: "replaced"}))
    assert optimizer.step(lambda: "given") == "replaced"
    optimizer = optim.SGD([leaf()], lr=0.5)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: "wrong")
    with pytest.raises(RuntimeError, match=r"step pre-hook of SGD: expected None or a tuple \(args, kwargs\)"):
        optimizer.step()


class Mine(optim.Adam):
    def step(self, closure=None):
        return super().step(closure)


class Own(optim.Optimizer):
    def __init__(self, params):
        super().__init__(params, {"lr": 0.5})

    def step(self, closure=None):
        return "stepped"


@pytest.mark.parametrize("kind", [Mine, Own, optim.Adam, optim.LBFGS])
def test_hooks_run_once_for_every_kind_of_optimizer(kind):
    w = leaf()
    optimizer, seen = kind([w]), []
    optimizer.register_step_pre_hook(lambda *_: seen.append("before"))
    optimizer.register_step_post_hook(lambda *_: seen.append("after"))
    result = optimizer.step(lambda: (w * 0).sum())
    assert seen == ["before", "after"] and (kind is Own) == (result == "stepped")
    with pytest.warns(UserWarning, match="skips the first learning rate"):
        optim.lr_scheduler.StepLR(kind([leaf()]), 3).step()
    optim.lr_scheduler.StepLR(optimizer, 3).step()  # which has stepped


def test_a_step_that_fails_leaves_hooks_in_order():
    optimizer, seen = optim.SGD([leaf()], lr=0.5), []
    optimizer.register_step_post_hook(lambda *_: seen.append("after"))
    with pytest.raises(ZeroDivisionError):
        optimizer.step(lambda: 1 / 0)
    optimizer.step()
    assert seen == ["after"]


def test_hooks_of_states():
    optimizer, seen = optim.SGD([leaf()], lr=0.5), []
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("pre 1"))
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("pre 0"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "note": 1})
    optimizer.register_state_dict_post_hook(lambda o, state: seen.append(sorted(state)))
    optimizer.register_load_state_dict_pre_hook(lambda o, state: seen.append(state.pop("note")))
    optimizer.register_load_state_dict_pre_hook(
        lambda o, state: {**state, "param_groups": [{**state["param_groups"][0], "lr": 0.25}]}
    )
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append(o.param_groups[0]["lr"]))
    state = optimizer.state_dict()
    assert state["note"] == 1 and seen == ["pre 0", "pre 1", ["note", "param_groups", "state"]]
    optimizer.load_state_dict(state)
    assert seen[3:] == [1, 0.25] and state["note"] == 1  # hooks see a copy


def test_copies_have_no_hooks():
    optimizer = optim.SGD([leaf()], lr=0.5)
    optimizer.register_step_pre_hook(lambda *_: pytest.fail("the original's"))
    copy.deepcopy(optimizer).step()
