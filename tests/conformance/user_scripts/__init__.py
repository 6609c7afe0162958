"""PyTorch scripts that run with the import changed: what runs one with either library, and what compares the results.

A script is a function as a user would write it, from ``import torch`` on. With minigrad it is run while every name
``torch.*`` imports the module ``minigrad.*``. The default dtype is float64, so that what it returns must agree closely;
what it prints must be the same text. Data and initial weights come from NumPy, see `array` and `start`.
"""

import contextlib
import importlib
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

SCRIPTS: dict[str, Callable[[], Any]] = {}


def script(function: Callable[[], Any]) -> Callable[[], Any]:
    """Register a script by its name."""
    if function.__name__ in SCRIPTS:
        raise ValueError(f"two scripts are called {function.__name__}")
    SCRIPTS[function.__name__] = function
    return function


# ---- for the scripts -------------------------------------------------------------------------------------------------


def array(*shape: int, seed: int = 0) -> np.ndarray:
    """Standard normal numbers, the same for both libraries."""
    return np.random.default_rng(seed).standard_normal(shape)


def labels(size: int, classes: int, seed: int = 0) -> np.ndarray:
    """Integers below `classes`."""
    return np.random.default_rng(seed).integers(0, classes, size)


def start(model: Any, seed: int = 1) -> Any:
    """Give the parameters of a module values that are the same for both libraries; returns the module."""
    import torch

    for i, p in enumerate(model.parameters()):
        p.data.copy_(torch.from_numpy(array(*p.shape, seed=seed + i) / max(p[0].numel(), 4) ** 0.5))
    return model


# ---- with either library ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def imported_as_torch(package: str) -> Iterator[None]:
    """Let ``import torch.*`` give the modules of `package`."""
    importlib.import_module(package)
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "torch"}
    if package != "torch":
        for name in before:
            del sys.modules[name]
        for name, module in list(sys.modules.items()):
            first, dot, rest = name.partition(".")
            if first == package:
                sys.modules["torch" + dot + rest] = module
    try:
        yield
    finally:
        if package != "torch":
            for name in [name for name in sys.modules if name.partition(".")[0] == "torch"]:
                del sys.modules[name]
            sys.modules.update(before)


def run(function: Callable[[], Any], package: str) -> tuple[Any, str]:
    """What a script returns, as plain containers of NumPy arrays, and what it prints."""
    output = io.StringIO()
    with imported_as_torch(package):
        import torch

        torch.set_default_dtype(torch.float64)
        torch.manual_seed(0)
        try:
            with contextlib.redirect_stdout(output):
                result = plain(function())
        finally:
            torch.set_default_dtype(torch.float32)
    return result, output.getvalue().replace("torch.", "").replace("minigrad.", "")


def plain(value: Any) -> Any:
    """Tensors as arrays, mappings as dicts, sequences as lists."""
    if hasattr(value, "requires_grad"):
        return value.detach().numpy().copy()
    if isinstance(value, Mapping):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def compare(result: Any, expected: Any, where: str = "result") -> None:
    """Raise AssertionError where two results of `run` differ: in structure, dtypes, or numbers beyond 1e-10."""
    assert type(result) is type(expected), where
    if isinstance(expected, dict):
        assert list(result) == list(expected), where
        for name in expected:
            compare(result[name], expected[name], f"{where}[{name!r}]")
    elif isinstance(expected, list):
        assert len(result) == len(expected), where
        for i, (r, e) in enumerate(zip(result, expected, strict=True)):
            compare(r, e, f"{where}[{i}]")
    elif isinstance(expected, (float, np.ndarray)):
        expected = np.asarray(expected)
        assert np.asarray(result).dtype == expected.dtype, where
        tolerance = 2e-5 if expected.dtype == np.float32 else 1e-10
        np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance / 100, err_msg=where)
    else:
        assert result == expected, where
