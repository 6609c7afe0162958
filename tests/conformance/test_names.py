"""Whatever is wrong with arguments of a public function or method, the error begins with the name that was called."""

import inspect
import types

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F
from minigrad.ops.declare.declaration import our_name

A, B, C = (2, 3), (4, 5), (7,)  # shapes that do not fit together; each stands for a new Tensor
MISTAKES = [
    ("a",), (None,), ([1, [2]],), (object(),), (A, "a"), (A, None), (A, object()), (A, B), (A, B, C), (A, -7), (A, 2.5),
    (A, 0, "x"), (A, [1, "a"]), (A, B, 1), (A, 1, A), (A, *[1] * 11),
]  # fmt: skip
SPACES = {"mg": mg, "mg.linalg": mg.linalg, "F": F, "Tensor": mg.Tensor}
# They take anything, or nothing but a Tensor; and what changes the state of the whole process is not for a sweep
LEFT_OUT = {"set_default_dtype", "set_num_threads", "manual_seed", "seed", "set_rng_state", "set_printoptions"}
LEFT_OUT |= {"is_tensor", "save", "load", "load_checkpoint", "save_checkpoint", "use_deterministic_algorithms"}
MODULES = ("minigrad.ops.", "minigrad.creation", "minigrad.random", "minigrad.linalg", "minigrad.ops.declare.method")


def functions():
    for space, found in SPACES.items():
        for name in dir(found):
            function = inspect.getattr_static(found, name, None)  # packages are imported when they are asked for
            public = isinstance(function, types.FunctionType) and name[0] != "_" and name not in LEFT_OUT
            if public and function.__module__.startswith(MODULES):
                yield pytest.param(space, name, function, id=f"{space}.{name}")


def beginning(message):
    """The name with which a message begins: of ``linalg.inv: ...``, ``add_() takes ...`` it is inv, add_."""
    return message.replace("(", ":", 1).partition(":")[0].rpartition(".")[2].rstrip("_")


@pytest.mark.parametrize("space, name, function", list(functions()))
def test_an_error_begins_with_the_name_that_was_called(space, name, function):
    refused = 0
    for mistake in MISTAKES:
        if space == "Tensor" and not isinstance(mistake[0], tuple):
            continue
        arguments = [mg.ones(*a) if isinstance(a, tuple) else a for a in mistake]
        try:
            with np.errstate(all="ignore"):
                function(*arguments)
        except (TypeError, ValueError, IndexError, RuntimeError, ArithmeticError) as error:
            assert beginning(str(error)) == name.rstrip("_"), (mistake, str(error))
            refused += 1
        except UserWarning:
            pass
    assert refused


# what is left out on purpose: of CUDA, of other dtypes, of deprecated spellings
NOT_TAKEN = {"cudnn_enabled", "cudnn_enable", "out_dtype", "driver", "implicit", "the_template", "input3", "scale"}
NOT_TAKEN |= {
    "input_scale",
    "dtype",
    "layout",
    "device",
    "pin_memory",
    "memory_format",
    "names",
    "generator",
    "dimname",
}
NOT_TAKEN |= {"random_.from", "random_.to", "copy_.other", "normal.input", "fill_.input", "zero_.input"}
NOT_TAKEN |= {"where.input"}


@pytest.mark.parametrize("space", ["", "linalg", "special", "Tensor"])
def test_every_name_of_an_argument_that_pytorch_takes_is_taken(space):
    torch = pytest.importorskip("torch")
    theirs, ours = (getattr(module, space) if space else module for module in (torch, mg))
    prefix = f"aten::{space}_" if space in ("linalg", "special") else "aten::"
    unknown, tried = [], 0
    for name in dir(ours):
        function = getattr(ours, name, None)
        builtin = isinstance(getattr(theirs, name, None), (types.BuiltinFunctionType, types.MethodDescriptorType))
        if name[0] == "_" or not builtin or not isinstance(function, types.FunctionType):
            continue
        signature = inspect.signature(function).parameters
        parameters = tuple(signature)
        if any(p.kind == p.VAR_KEYWORD for p in signature.values()):
            continue
        for schema in torch._C._jit_get_schemas_for_operator(prefix + name):
            arguments = [a for a in schema.arguments if not a.is_out]
            if not arguments or str(arguments[0].type) != "Tensor":
                continue  # one for Python's numbers or lists
            names = ["input" if a.name == "self" else a.name for a in arguments[space == "Tensor" :]]
            taken = [n for n in names if n not in NOT_TAKEN and f"{name}.{n}" not in NOT_TAKEN]
            unknown += [f"{name}({n}=)" for n in taken if our_name(n, parameters) not in parameters]
            tried += 1
    assert not unknown
    assert tried > 10


def test_names_that_pytorch_takes_are_taken_by_each_kind_of_call():
    torch = pytest.importorskip("torch")
    A = [[4.0, 1.0], [1.0, 3.0]]
    for call in [
        lambda m, t: m.add(x1=t, x2=t),
        lambda m, t: m.exp(x=t),
        lambda m, t: m.softmax(a=t, axis=0),
        lambda m, t: m.linalg.cholesky(input=t),
        lambda m, t: m.linalg.cholesky(input=t, out=m.zeros(2, 2)),
        lambda m, t: m.inverse(input=t),
        lambda m, t: m.cholesky_solve(input=t, input2=t),
        lambda m, t: m.vdot(t[0], other=t[1]),
        lambda m, t: m.broadcast_to(input=t, size=(3, 2, 2)),
        lambda m, t: t.broadcast_to(size=(3, 2, 2)),
        lambda m, t: t.view(size=(4,)),
        lambda m, t: t.reshape(shape=(4,)),
        lambda m, t: t.expand(size=(3, 2, 2)),
        lambda m, t: t.permute(dims=(1, 0)),
        lambda m, t: t.repeat(repeats=(1, 2)),
        lambda m, t: t.tile(dims=(2,)),
        lambda m, t: t.sum_to_size(size=(1, 2)),
        lambda m, t: t.clone().resize_(size=(1, 2)),
        lambda m, t: t.clone().swapaxes_(axis0=0, axis1=1),
        lambda m, t: t.clone().add_(x2=t),
        lambda m, t: m.hsplit(t, sections=2)[1],
        lambda m, t: m.tensor_split(t, indices=(1,))[1],
        lambda m, t: m.special.airy_ai(x=t),
        lambda m, t: m.pinverse(t, rcond=1e-3),
    ]:
        expected = call(torch, torch.tensor(A))
        np.testing.assert_allclose(call(mg, mg.tensor(A)).numpy(), expected.numpy(), rtol=1e-5)
    for call in [lambda: mg.exp(mg.tensor(A), x=mg.tensor(A)), lambda: mg.linalg.inv(A=mg.eye(2), input=mg.eye(2))]:
        with pytest.raises(TypeError, match="x|input"):
            call()
