"""Things that programs of checks share."""

import contextlib
import traceback

import numpy as np

import minigrad as mg
import minigrad.distributed as dist


def run_all(namespace, *arguments):
    """Call every function of this namespace whose name starts with `check_`: all on all ranks, or none is right."""
    mg.manual_seed(0)
    for name, function in list(namespace.items()):
        if name.startswith("check_"):
            try:
                function(*arguments)
                error = ""
            except BaseException:
                error = traceback.format_exc()
            errors = [None] * dist.get_world_size()
            dist.all_gather_object(errors, error)
            if any(errors):
                raise SystemExit("\n".join(f"{name} on rank {i}: {e}" for i, e in enumerate(errors) if e))
            if dist.get_rank() == 0:
                print("passed", name, flush=True)


def of_rank(rank, shape=(2, 3), dtype="float32"):
    """An array that every rank can make for every other."""
    rng = np.random.default_rng(rank)
    if dtype == "bool":
        return rng.random(shape) < 0.5
    return rng.integers(0, 9, shape).astype(dtype) if "int" in dtype else rng.standard_normal(shape).astype(dtype)


def tensor(array):
    return mg.from_numpy(np.array(array))


@contextlib.contextmanager
def raises(kind, words):
    try:
        yield
    except kind as error:
        assert words in str(error), f"{words!r} is not in {str(error)!r}"
    else:
        raise AssertionError(f"no {kind.__name__} with {words!r}")
