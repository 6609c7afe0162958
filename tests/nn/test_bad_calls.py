"""What containers, modules and attention refuse, and what they accept: as PyTorch, by the kind of error."""

import warnings
from collections import OrderedDict

import numpy as np
import pytest

import minigrad

MAKERS = {
    "seq": lambda t: t.nn.Sequential(t.nn.Linear(2, 3), t.nn.ReLU()),
    "listed": lambda t: t.nn.ModuleList([t.nn.Linear(2, 3), t.nn.ReLU()]),
    "named": lambda t: t.nn.ModuleDict({"a": t.nn.Linear(2, 3), "b": t.nn.ReLU()}),
    "weights": lambda t: t.nn.ParameterList([t.ones(2), t.zeros(3)]),
    "by_name": lambda t: t.nn.ParameterDict({"a": t.ones(2), "b": t.zeros(3)}),
    "net": lambda t: t.nn.ModuleDict({"a": t.nn.Linear(2, 3), "deep": t.nn.Sequential(t.nn.BatchNorm1d(2))}),
    "one": lambda t: t.ones(1),
    "relu": lambda t: t.nn.ReLU(),
}

# Each is written for both libraries, which are called `t`.
CALLS = {
    "Sequential": """
        t.nn.Sequential(1); t.nn.Sequential([relu]); t.nn.Sequential(t.nn.ReLU); t.nn.Sequential({"a": relu})
        t.nn.Sequential(OrderedDict(a=1)); t.nn.Sequential(OrderedDict([("a.b", relu)]))
        t.nn.Sequential(OrderedDict([(1, relu)])); t.nn.Sequential(OrderedDict([("", relu)])); seq[2]; seq["a"]
        seq[1.0]; seq.__setitem__(2, relu); seq.__setitem__(0, 1); seq.__delitem__(5); seq.append(1); seq.extend(1)
        seq.extend([1]); seq.insert(0, 1); seq.insert(0, None); seq.insert(5, relu); seq.insert("a", relu); seq.pop(5)
        seq.pop(); seq + 1; seq + [relu]; seq + listed; seq + seq; seq * 0; seq * 1.5; 2 * seq; seq.__iadd__([relu])
        seq.__iadd__(listed); seq.__iadd__(1); seq.__imul__(0); seq(1); t.nn.Sequential()(); seq.append(relu)
    """,
    "ModuleList": """
        t.nn.ModuleList(1); t.nn.ModuleList([1]); t.nn.ModuleList("ab"); t.nn.ModuleList([None]); listed[2]
        listed["a"]; listed[None]; listed[True]; listed.__setitem__(0, 1); listed.__setitem__(5, relu)
        listed.__delitem__(5); listed.append(1); listed.extend(relu); listed.extend([1]); listed.pop(5); listed + 1
        listed + [1]; listed(1); listed.__iadd__(None); listed.insert("a", relu); listed.extend(named)
        listed + [relu]
    """,
    "ModuleDict": """
        named["c"]; named[0]; named[None]; named.__setitem__("a", 1); named.__setitem__(1, relu); named(1)
        named.__setitem__("a.b", relu); named.__setitem__("", relu); named.__setitem__("keys", relu)
        named.__delitem__("c"); named.pop("c"); named.pop(0); named.pop("c", None); named.update(1); named.update([1])
        named.update([("a",)]); named.update([("a", 1)]); named.update("ab"); named.update([("c", relu, 3)])
        named.get("a"); t.nn.ModuleDict(1); t.nn.ModuleDict([relu]); t.nn.ModuleDict({1: relu}); [] in named
        t.nn.ModuleDict(listed); named.update({"c": relu})
    """,
    "ParameterList": """
        weights[2]; weights["a"]; weights[None]; weights.__setitem__(2, one); weights.extend(1); weights.extend(one)
        weights.__delitem__(0); weights.append(t.tensor(1)); weights(1); weights(); weights + 1; t.nn.ParameterList(1)
        t.nn.ParameterList([t.tensor([True])]); weights.__iadd__(one); t.nn.ParameterList([1]); weights.append("a")
    """,
    "ParameterDict": """
        by_name["c"]; by_name[0]; by_name.__setitem__(0, one); by_name.__setitem__("a.b", one); by_name.pop("c")
        by_name.__setitem__("", one); by_name.__setitem__("keys", one); by_name.__setitem__("c", t.tensor([1]))
        by_name.__delitem__("c"); by_name.pop("c", None); by_name.update(1); by_name.update([1]); by_name.update("ab")
        by_name.update([("a",)]); by_name | 1; 1 | by_name; by_name(1); t.nn.ParameterDict(1); by_name.get(0)
        t.nn.ParameterDict({1: one}); by_name.setdefault("c"); by_name.fromkeys(1); t.nn.ParameterDict().popitem()
    """,
    "Module": """
        net.requires_grad_(1); net.requires_grad_(None); net.to(t.float64, t.float32); net.to(copy=True)
        net.to(t.int32); net.type(t.int64); net.type("a"); net.type(None); net.type(t.float64)
        net.to_empty(device="a"); net.train(1); net.to_empty(); net.to(1); net.to([1]); net.to(memory_format=1)
        net.apply(1); net.load_state_dict(1); net.load_state_dict({}); net.state_dict(destination=1)
        net.get_parameter("z"); net.get_buffer("a.weight"); net.get_submodule("a.z"); net.get_parameter("a")
        net.set_submodule("", relu); net.set_submodule("a", 1); net.register_buffer("a", one)
        net.register_buffer("x", 1); net.register_parameter("x", one); net.add_module(1, relu)
        net.add_module("x.y", relu); net.__setattr__("a", 1); net.__delattr__("z"); net.forward(1); t.nn.Module(1)
        net.register_load_state_dict_post_hook(lambda m, k: 5), net.load_state_dict(net.state_dict())
        t.nn.Parameter(one, requires_grad=None); t.nn.Parameter(one, 1); t.nn.Parameter(t.tensor([1]))
        one.requires_grad_(1); t.nn.UninitializedParameter() + 1; one.__setattr__("requires_grad", 1)
        t.nn.Unflatten(1, 3); t.nn.Unflatten(1, (1.5,)); t.nn.Unflatten(1, "ab"); net._get_name()
    """,
    "attention": """
        attention(x, x, x, attn_mask=mask.half()); attention(x, x, x, attn_mask=mask.double())
        attention(x, x, x, attn_mask=mask.long(), is_causal=True, need_weights=False)
        attention(x, x, x, attn_mask=mask.bool()[:2], key_padding_mask=padding.long())
        attention(x, x, x, padding.long(), is_causal=True); attention(x, x, x, padding.half(), attn_mask=mask)
        attention(x, x, x, padding, attn_mask=mask.half()); attention(x, x, x, padding.half()); attention(x, x)
        attention(x, x, x, padding.bool(), attn_mask=mask.half(), need_weights=False); attention(x[:, :, 1:], x, x)
        attention(x, x, x, padding.double()); attention(x, x, x[1:]); sdpa(x, x, x, is_causal=1)
        sdpa(x, x, x, enable_gqa=None); sdpa(x, x, x[0, 0]); sdpa(one, one, one); sdpa(x, x, x, mask[:2, :2].half())
        sdpa(x, x, x, mask[:2, :2].double()); sdpa(x.double(), x.double(), x.double(), mask[:2, :2])
        sdpa(x.half(), x.half(), x.half(), mask[:2, :2]); sdpa(x, x, x, mask[:2, :2].long())
        sdpa(x, x, x, mask, is_causal=True); sdpa(x, x, x, mask); t.nn.MultiheadAttention(4, -1)
        t.nn.TransformerEncoderLayer(4, -1); t.nn.TransformerDecoderLayer(-4, 2); t.nn.Transformer(4, 0)
        t.nn.TransformerEncoderLayer(4, 3); t.nn.TransformerEncoderLayer(4, 2, activation="a")
    """,
}


def kind_of(lib, call):
    """Return the names of the error's classes, or the shape and dtype or class of what is returned."""
    names = {name: make(lib) for name, make in MAKERS.items()}
    x, mask, padding = (lib.tensor(np.ones(shape, np.float32)) for shape in ((3, 2, 4), (3, 3), (2, 3)))
    names |= {"t": lib, "OrderedDict": OrderedDict, "x": x, "mask": mask, "padding": padding}
    names |= {"attention": lib.nn.MultiheadAttention(4, 2), "sdpa": lib.nn.functional.scaled_dot_product_attention}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch deprecates masks of two kinds, which it takes
            result = eval(call, names)
    except Exception as error:
        return [kind.__name__ for kind in type(error).__mro__]
    first = result[0] if isinstance(result, tuple) and result else result
    return (
        (tuple(first.shape), str(first.dtype).rpartition(".")[2])
        if isinstance(first, lib.Tensor)
        else type(first).__name__
    )


@pytest.mark.parametrize("family", CALLS)
def test_the_kind_of_error_is_pytorchs(family):
    torch = pytest.importorskip("torch")
    calls = [call.strip() for line in CALLS[family].strip().splitlines() for call in line.split("; ")]
    differ = {}
    for call in calls:
        ours, theirs = kind_of(minigrad, call), kind_of(torch, call)
        if ours != theirs and not (isinstance(ours, list) and isinstance(theirs, list) and theirs[0] in ours):
            differ[call] = ours, theirs
    assert not differ
