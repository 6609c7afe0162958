"""Whatever is wrong with arguments of a public function or method, the error begins with the name that was called."""

import inspect
import types

import numpy as np
import pytest

import minigrad as mg
import minigrad.nn.functional as F

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
            function = inspect.getattr_static(found, name)
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
