"""Functions of functions: their gradients, Jacobians, products with vectors, and calls on batches, by `torch.func`."""

from minigrad.func.batches import vmap
from minigrad.func.modules import functional_call, replace_all_batch_norm_modules_, stack_module_state
from minigrad.func.transforms import (
    functionalize,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    vjp,
)

__all__ = [
    "functional_call",
    "functionalize",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "vjp",
    "vmap",
]
