"""state_dict and load_state_dict."""

import copy

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn


def net():
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1, bias=False))


def snapshot(module):
    return {key: t.numpy().copy() for key, t in module.state_dict().items()}


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


def test_round_trip_in_place():
    a, b = net(), net()
    a(mg.randn(8, 2))
    parameters, arrays = list(b.parameters()), [p._data for p in b.parameters()]
    assert repr(b.load_state_dict(a.state_dict())) == "<All keys matched successfully>"
    assert same(snapshot(a), snapshot(b))
    assert all(p is q for p, q in zip(parameters, b.parameters(), strict=True))
    assert all(p._data is q for p, q in zip(b.parameters(), arrays, strict=True))


def test_arrays_and_other_dtypes_are_converted():
    a = net()
    given = {k: v.astype(np.float64) for k, v in snapshot(a).items()}
    given["1.num_batches_tracked"] = np.array([7])  # a scalar, as old files have it
    b = net()
    b.load_state_dict(given)
    assert b[0].weight.dtype == mg.float32 and b[1].num_batches_tracked.item() == 7
    assert b[1].num_batches_tracked.dtype == mg.int64
    np.testing.assert_array_equal(b[0].weight.detach(), a[0].weight.detach())


def test_state_dict_shares_memory_and_takes_options():
    a = nn.Linear(2, 1)
    state = a.state_dict(prefix="fc.")
    assert list(state) == ["fc.weight", "fc.bias"] and not state["fc.weight"].requires_grad
    state["fc.weight"].zero_()
    assert (a.weight == 0).all()
    into = {}
    assert a.state_dict(destination=into) is into
    assert a.state_dict(keep_vars=True)["weight"] is a.weight


def test_all_problems_at_once_and_nothing_half_loaded():
    model = net()
    before = snapshot(model)
    given = {k: v * 0 + 9 for k, v in before.items()}
    del given["0.bias"], given["1.running_var"]
    given["2.weight"] = np.zeros((1, 4))
    given["1.weight"] = "text"
    given["9.weight"] = np.zeros(1)
    with pytest.raises(RuntimeError) as caught:
        model.load_state_dict(given)
    message = str(caught.value)
    for part in (
        "load_state_dict of Sequential",
        "missing: '0.bias', '1.running_var'",
        "unexpected: '9.weight'",
        "2.weight: size mismatch: (1, 4) is given, the model has (1, 3)",
        "1.weight: expected a Tensor or an array, got str",
        "strict=False",
    ):
        assert part in message
    assert same(snapshot(model), before)


def test_not_strict():
    model = net()
    given = snapshot(net())
    missing = given.pop("0.bias")
    given["more"] = missing
    result = model.load_state_dict(given, strict=False)
    assert result.missing_keys == ["0.bias"] and result.unexpected_keys == ["more"] and "more" in repr(result)
    given["0.weight"] = np.zeros((2, 3))
    before = snapshot(model)
    with pytest.raises(RuntimeError, match="size mismatch"):
        model.load_state_dict(given, strict=False)
    assert same(snapshot(model), before)
    with pytest.raises(TypeError, match="expected a dict of tensors, got list"):
        model.load_state_dict([1])


def test_loading_after_forward_is_noticed_by_backward():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    loss = model(mg.ones(1, 2)).sum()
    model.load_state_dict(snapshot(model))
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


def test_assign_replaces_the_tensors():
    model = nn.Linear(2, 1).requires_grad_(False)
    given = {"weight": np.ones((1, 2)), "bias": mg.zeros(1)}
    model.load_state_dict(given, assign=True)
    assert model.weight.dtype == mg.float64 and isinstance(model.weight, nn.Parameter)
    assert not model.weight.requires_grad and model.weight is model._parameters["weight"]
    assert model.bias._data is given["bias"]._data


def test_pytorchs_checkpoint_loads_as_it_is():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1, bias=False))
    theirs(torch.randn(8, 2))
    ours = net()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[key].numpy(), value.numpy())


# ---- lazy ------------------------------------------------------------------------------------------------------------


def test_lazy_layers_learn_their_inputs():
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(5))
    early = list(model.parameters())
    assert repr(model[3]) == "LazyLinear(in_features=0, out_features=5, bias=True)"
    assert repr(early[0]) == "<UninitializedParameter>"
    with pytest.raises(RuntimeError, match="shape is not known yet; call the module once"):
        early[0].shape  # noqa: B018
    again = copy.deepcopy(model).double()
    model.train()(mg.ones(2, 3, 5, 5))
    assert [type(m).__name__ for m in model] == ["Conv2d", "BatchNorm2d", "Flatten", "Linear"]
    assert [tuple(p.shape) for p in early] == [(4, 3, 3, 3), (4,), (4,), (4,), (5, 36), (5,)]
    assert all(a is b for a, b in zip(early, model.parameters(), strict=True))
    assert model[3].weight.abs().max() <= 1 / 6 and type(early[0]) is nn.Parameter
    again.load_state_dict(model.state_dict())
    again(mg.ones(2, 3, 5, 5, dtype=mg.float64))
    np.testing.assert_array_equal(again[3].weight.detach(), model[3].weight.detach())
    assert again[3].weight.dtype == mg.float64 and again[3].in_features == 36


def test_a_state_without_shapes_does_not_load():
    with pytest.raises(RuntimeError, match="not initialized"):
        nn.Linear(2, 3).load_state_dict(nn.LazyLinear(3).state_dict())


def test_state_dict_takes_arguments_by_place_as_it_once_did():
    layer, found = nn.Linear(2, 1), {}
    with pytest.warns(FutureWarning, match="by name"):
        assert layer.state_dict(found, "a.", True) is found
    assert list(found) == ["a.weight", "a.bias"] and found["a.weight"] is layer.weight
    with pytest.warns(FutureWarning), pytest.raises(TypeError, match="at most 3"):
        layer.state_dict({}, "", False, 1)
    assert nn.Buffer(layer.weight).requires_grad and not nn.Buffer(mg.ones(1)).requires_grad


class Lazy(nn.modules.lazy.LazyModuleMixin):
    def __init__(self):
        super().__init__()
        self.scale = nn.UninitializedParameter()

    def initialize_parameters(self, input, factor=1.0):
        if factor:
            self.scale.materialize(input.shape[-1:])
            nn.init.constant_(self.scale, factor)

    def forward(self, input, factor=1.0):
        return input * self.scale


def test_a_lazy_module_of_a_users_own():
    lazy = Lazy()
    lazy.load_state_dict(Lazy().state_dict())
    assert lazy.has_uninitialized_params()
    with pytest.raises(RuntimeError, match="UninitializedParameter: the shape is not known yet"):
        print(lazy.scale.shape)
    with pytest.raises(ValueError, match="UninitializedParameter: the shape is not known yet"):
        mg.empty_like(lazy.scale)
    with pytest.raises(RuntimeError, match="Lazy.initialize_parameters: .* no shape yet"):
        lazy(mg.ones(3), factor=0)
    assert lazy(mg.ones(3), factor=2.0).tolist() == [2, 2, 2]
