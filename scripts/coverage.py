"""Count what exists here of PyTorch's public names, family by family: ``python scripts/coverage.py`` writes the table.

Needs PyTorch, whose installed version is asked for its names. The table is ``docs/coverage.md``.
"""

from __future__ import annotations

import importlib
import inspect
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import minigrad
from minigrad.core import absent

PAGE = Path(minigrad.__file__).parent.parent / "docs" / "coverage.md"
FAMILIES = {
    "torch": "functions and types of the package",
    "torch.Tensor": "methods and attributes",
    "torch.autograd": "differentiation",
    "torch.autograd.graph": "the graph",
    "torch.distributions": "probability",
    "torch.func": "functions of functions",
    "torch.linalg": "linear algebra",
    "torch.nn": "layers and losses",
    "torch.nn.functional": "their functions",
    "torch.nn.init": "initial values",
    "torch.nn.utils": "tools for modules",
    "torch.nn.utils.parametrizations": "parametrizations",
    "torch.nn.utils.prune": "pruning",
    "torch.nn.utils.rnn": "packed sequences",
    "torch.optim": "optimizers",
    "torch.optim.lr_scheduler": "schedulers",
    "torch.optim.swa_utils": "averages of weights",
    "torch.quasirandom": "even points",
    "torch.signal.windows": "windows",
    "torch.special": "special functions",
    "torch.utils.checkpoint": "checkpoints",
    "torch.utils.data": "data",
}
# why a name is not here, by what is in it; the first that fits counts
REASONS = {
    "numbers are real here": r"complex|^[cz]?fft|stft|^eig$|eigvals$|lobpcg|^polar$|^symeig$|cfloat|cdouble|chalf",
    "tensors are dense here": r"sparse|hsmm|hspmm|dsmm|saddmm|smm$|spmm|coalesce|_indices_copy$|indices$|values",
    "there are no quantized tensors": r"quant|^q_|qint|quint|qscheme|int_repr|fbgemm|observ|fake_|^ao$|int4|int8|_mm$",
    "for other devices or libraries": r"cudnn|miopen|mkldnn|cuda|xla|xpu|ipu|mtia|maia|vulkan|ideep|nccl|mkl|mps|hash_",
    "dimensions have no names": r"name[sd]?$|^align|refine|rename",
    "programs are not compiled or exported": r"jit|[sS]cript|fx|export|trace|compile|sym_|^Sym|library|package|parse_|"
    r"_ir|^cond$|_loop$|type_|^fork$|^wait$",
    "parts of PyTorch's inside": r"_backward|_symint|native_|^batch_norm_|Type$|Storage$|_cell$|^(gru|lstm|rnn)"
    r"|Dispatch|^u?int\d$|^bits?\d*(x\d)?$|^float[48]|Interface|Future|Tag$|Error|Event$|Stream|DataPipe|datapipe"
    r"|^conv_tbc|autocast|_validation|override",
}


def names_of(module: str) -> Iterator[str]:
    """Yield the names that PyTorch offers its users in a module or class."""
    import torch

    if module == "torch.Tensor":
        yield from (n for n in dir(torch.Tensor) if n[0] != "_")
        return
    live = importlib.import_module(module)
    for name in sorted(getattr(live, "__all__", None) or dir(live)):
        value = getattr(live, name, None)
        home = getattr(value, "__module__", None) or module
        foreign = not home.startswith("torch") or home in ("torch._C", "torch.overrides", "torch._jit_internal")
        if name[0] == "_" or isinstance(value, types.ModuleType) or foreign and inspect.isclass(value):
            continue
        if isinstance(value, torch.dtype) or callable(value) and (value.__doc__ or module != "torch"):
            if not (foreign and home.startswith("torch.")) and home != "torch._jit_internal":
                yield name


def reason(name: str) -> str:
    """Return why a name is not here, or an empty string for what is simply missing."""
    if name in absent.FUNCTIONS or name in absent.METHODS:
        return (absent.FUNCTIONS | absent.METHODS)[name]
    return next((why for why, pattern in REASONS.items() if re.search(pattern, name)), "")


def counted(module: str) -> tuple[int, list[str], list[str]]:
    """Return how many names exist here, which are missing, and which are left out on purpose."""
    ours: Any = minigrad
    for part in module.split(".")[1:]:
        ours = getattr(ours, part)
    missing: list[str] = []
    left_out: list[str] = []
    found = 0
    for name in dict.fromkeys(names_of(module)):
        if hasattr(ours, name):
            found += 1
        else:
            (left_out if reason(name) else missing).append(name)
    return found, missing, left_out


def page() -> str:
    """Return the text of the table."""
    import torch

    version = torch.__version__.partition("+")[0]
    rows, details = [], []
    for module, what in FAMILIES.items():
        found, missing, left_out = counted(module)
        name = module.replace("torch", "minigrad", 1)
        rows.append(f"| `{name}` | {what} | {found} | {len(missing)} | {len(left_out)} |")
        if missing:
            details.append(f"- `{name}`: {', '.join(missing)}")
    return f"""# What exists of PyTorch

The public names of PyTorch {version}, asked of the installed package by `python scripts/coverage.py`, which wrote this
page. *Left out* are names that a CPU library of real, dense numbers has no use for: complex, sparse and quantized
tensors, other devices, compilers, and parts of PyTorch's inside. That a name exists says that it can be called; that
it does the same is tested in `tests/`.

| here | | exist | missing | left out |
|---|---|---|---|---|
{chr(10).join(rows)}

## Missing

{chr(10).join(details)}
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
