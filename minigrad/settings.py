"""Switches of PyTorch that scripts set before they begin: most change nothing here, and say what holds anyway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad.core import dtypes
from minigrad.core.dtypes import dtype, set_default_dtype

__all__ = [
    "are_deterministic_algorithms_enabled", "compile", "get_autocast_cpu_dtype", "get_autocast_dtype",
    "get_autocast_gpu_dtype", "get_deterministic_debug_mode", "get_float32_matmul_precision",
    "get_num_interop_threads", "is_autocast_cpu_enabled", "is_autocast_enabled",
    "is_deterministic_algorithms_warn_only_enabled", "is_warn_always_enabled", "set_default_tensor_type",
    "set_deterministic_debug_mode", "set_float32_matmul_precision", "set_flush_denormal", "set_num_interop_threads",
    "set_warn_always", "use_deterministic_algorithms",
]  # fmt: skip

_precision = "highest"


def compile(model: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Return `model`, a function or module, as it is: there is no compiler. Decorates with or without options.

    Raises
    ------
    TypeError
        If `model` is neither.

    Examples
    --------
    >>> mg.compile(F.relu) is F.relu
    True
    """
    if model is None:
        return compile
    if not callable(model):
        raise TypeError(f"compile: expected a function or module, got {type(model).__name__}")
    return model


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accept the request and do nothing: the same operations give the same bits here in any case.

    Examples
    --------
    >>> mg.use_deterministic_algorithms(True)
    """


def are_deterministic_algorithms_enabled() -> bool:
    """Return True: see `use_deterministic_algorithms`.

    Examples
    --------
    >>> mg.are_deterministic_algorithms_enabled()
    True
    """
    return True


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Return False: see `use_deterministic_algorithms`.

    Examples
    --------
    >>> mg.is_deterministic_algorithms_warn_only_enabled()
    False
    """
    return False


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Accept the request and do nothing: see `use_deterministic_algorithms`.

    Examples
    --------
    >>> mg.set_deterministic_debug_mode("warn")
    """


def get_deterministic_debug_mode() -> int:
    """Return 2, which stands for "error": what is not deterministic does not occur.

    Examples
    --------
    >>> mg.get_deterministic_debug_mode()
    2
    """
    return 2


def set_float32_matmul_precision(precision: str) -> None:
    """Accept "highest", "high" or "medium" and do nothing: products of float32 have the highest.

    Raises
    ------
    RuntimeError
        For any other word.

    Examples
    --------
    >>> mg.set_float32_matmul_precision("high")
    >>> mg.get_float32_matmul_precision()
    'high'
    >>> mg.set_float32_matmul_precision("highest")
    """
    global _precision
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(
            f"set_float32_matmul_precision: expected 'highest', 'high' or 'medium', got {precision!r}; use 'highest'"
        )
    _precision = precision


def get_float32_matmul_precision() -> str:
    """Return what `set_float32_matmul_precision` was given last.

    Examples
    --------
    >>> mg.get_float32_matmul_precision()
    'highest'
    """
    return _precision


def set_flush_denormal(mode: bool) -> bool:
    """Return False: numbers near 0 keep their value, as if the processor could not flush them.

    Examples
    --------
    >>> mg.set_flush_denormal(True)
    False
    """
    return False


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by the name of a type of tensors, as old scripts do.

    Raises
    ------
    TypeError
        If it is not a floating type of tensors on the CPU.

    Examples
    --------
    >>> mg.set_default_tensor_type("torch.DoubleTensor")
    >>> mg.tensor(0.5).dtype
    minigrad.float64
    >>> mg.set_default_tensor_type(mg.FloatTensor)
    """
    names = {"HalfTensor": "float16", "FloatTensor": "float32", "DoubleTensor": "float64"}
    name = t if isinstance(t, str) else f"minigrad.{getattr(t, '__name__', t)}"
    library, _, kind = name.rpartition(".")
    if library not in ("torch", "minigrad") or kind not in names or getattr(t, "__module__", "").endswith("cuda"):
        raise TypeError(f"set_default_tensor_type: expected a type such as 'torch.FloatTensor', got {t!r}")
    set_default_dtype(dtype(names[kind]))


def set_num_interop_threads(num: int) -> None:
    """Accept a number of threads that run operations side by side: none do.

    Raises
    ------
    RuntimeError
        If it is not positive.

    Examples
    --------
    >>> mg.set_num_interop_threads(1)
    """
    if not isinstance(num, int) or num < 1:
        raise RuntimeError(f"set_num_interop_threads: expected a positive int, got {num!r}")


def get_num_interop_threads() -> int:
    """Return 1: operations run one after another.

    Examples
    --------
    >>> mg.get_num_interop_threads()
    1
    """
    return 1


def set_warn_always(b: bool) -> None:
    """Accept the wish and keep it: how often a warning is shown, Python's ``warnings`` decide.

    Examples
    --------
    >>> mg.set_warn_always(False)
    """
    global _always
    _always = bool(b)


_always = False


def is_warn_always_enabled() -> bool:
    """Return what `set_warn_always` was given last.

    Examples
    --------
    >>> mg.is_warn_always_enabled()
    False
    """
    return _always


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Return False: see `minigrad.amp`.

    Examples
    --------
    >>> mg.is_autocast_enabled()
    False
    """
    return False


def get_autocast_dtype(device_type: str) -> dtypes.dtype:
    """Return what PyTorch would compute in: float16 on a GPU, and bfloat16, which is not here, on the CPU.

    Examples
    --------
    >>> mg.get_autocast_dtype("cuda")
    minigrad.float16
    """
    return dtypes.float16 if str(device_type).startswith("cuda") else dtypes.bfloat16


def get_autocast_gpu_dtype() -> dtypes.dtype:
    """Return ``get_autocast_dtype("cuda")``.

    Examples
    --------
    >>> mg.get_autocast_gpu_dtype()
    minigrad.float16
    """
    return get_autocast_dtype("cuda")


def get_autocast_cpu_dtype() -> dtypes.dtype:
    """Return ``get_autocast_dtype("cpu")``.

    Examples
    --------
    >>> mg.get_autocast_cpu_dtype()
    minigrad.bfloat16
    """
    return get_autocast_dtype("cpu")


def is_autocast_cpu_enabled() -> bool:
    """Return False: see `minigrad.amp`.

    Examples
    --------
    >>> mg.is_autocast_cpu_enabled()
    False
    """
    return False
