"""The base of optimizers: parameter groups, state, saving and loading both, and the walk over the parameters."""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from threading import get_ident
from typing import Any, ClassVar, TypeVar, overload

import numpy as np

from minigrad.autograd import enable_grad
from minigrad.core.tensor import Tensor
from minigrad.graph.versions import bump
from minigrad.kernels.errstate import silent
from minigrad.optim.hooks import (
    Hooked,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
    with_hooks,
)
from minigrad.optim.options import as_number, check_betas, is_number
from minigrad.optim.packing import Plan
from minigrad.overriding import speaks_for

__all__ = ["Optimizer", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]

_RULES_NUMBERS = ("step", "mu_product", "eta", "mu")  # what rules keep for a whole parameter
# Options that only some optimizers have: a state with one that is unknown here is another optimizer's.
_TELLING = {
    "alpha", "amsgrad", "beta2_decay", "betas", "centered", "dampening", "decoupled_weight_decay", "etas", "lambd",
    "lr_decay", "max_iter", "momentum", "momentum_decay", "nesterov", "ns_steps", "rho",
}  # fmt: skip

Loss = TypeVar("Loss")


class _Required:
    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()  # the default of an option that every parameter group must have


class Optimizer(Hooked):
    """Base of the optimizers.

    A subclass defines `_update`, the rule on plain arrays. Rules are elementwise: to them an array may be one
    parameter, or several that lie end to end. A user's subclass may define `step` instead, as in PyTorch.

    Parameters
    ----------
    params : iterable of Tensor, of (name, Tensor), or of dict
        What to optimize: leaves; or groups, dicts with ``"params"`` and options that differ from the defaults.
    defaults : dict
        The options of groups that don't say otherwise.

    Attributes
    ----------
    param_groups : list of dict
        Each with its ``"params"`` (a list of Tensors) and all options. Options may be changed between steps.
    state : dict of dict
        By parameter: what the rule remembers, such as momentum buffers.

    Raises
    ------
    TypeError
        If `params` is a single Tensor, a set, or holds something else than Tensors.
    ValueError
        If there is no parameter, one is not a leaf, or is in two groups.

    Examples
    --------
    >>> w, b = mg.ones(2, requires_grad=True), mg.zeros(1, requires_grad=True)
    >>> optimizer = optim.SGD([{"params": [w]}, {"params": [b], "lr": 1.0}], lr=0.1)
    >>> ((w * w).sum() + b).sum().backward()
    >>> optimizer.step()
    >>> w, b
    (tensor([0.8000, 0.8000], requires_grad=True), tensor([-1.], requires_grad=True))
    """

    _keeps: ClassVar[frozenset[str]]  # of a class with a rule: the names of what that remembers of a parameter
    _elementwise: ClassVar[bool] = True  # whether an array may be several parameters, or a part of one, to the rule

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(f"{type(self).__name__}: expected a list of Tensors, got one Tensor; write [tensor]")
        if not isinstance(params, Iterable):
            got = (
                "a function; call it"
                if callable(params) and not hasattr(params, "parameters")
                else type(params).__name__
            )
            raise TypeError(f"{type(self).__name__}: expected parameters, such as model.parameters(), got {got}")
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._step_count = 0
        self._hooks = {}
        self._buffers: dict[Any, np.ndarray] = {}
        self._plans: dict[int, Plan] = {}
        groups = list(params)
        if not groups:
            raise ValueError(
                f"{type(self).__name__}: got an empty parameter list; is it a used-up generator, or "
                "a model whose layers are not attributes of it?"
            )
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize more parameters: a dict with ``"params"`` and options that differ from the defaults.

        Raises
        ------
        TypeError, ValueError
            As the constructor does. The optimizer is unchanged then.
        """
        name = type(self).__name__
        if not isinstance(param_group, dict) or "params" not in param_group:
            raise TypeError(f"{name}: expected a parameter group, a dict with 'params', got {param_group!r:.80}")
        params = param_group["params"]
        if isinstance(params, (set, frozenset)):
            raise TypeError(f"{name}: a set has no fixed order, and state is saved by number; use a list")
        items = [params] if isinstance(params, Tensor) else list(params)
        names = [item[0] for item in items if isinstance(item, tuple)]
        params = [item[1] if isinstance(item, tuple) else item for item in items]
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(f"{name}: can only optimize Tensors, got {type(p).__name__} among the parameters")
            if not (p.is_leaf or p.retains_grad):
                raise ValueError(f"{name}: can't optimize a non-leaf Tensor; optimize what it was computed from")
        if len(names) not in (0, len(params)) or any(bool(names) != ("param_names" in g) for g in self.param_groups):
            raise ValueError(f"{name}: expected all parameters with names or all without")
        ids = {id(p) for p in params}
        if any(id(p) in ids for group in self.param_groups for p in group["params"]):
            raise ValueError(f"{name}: some parameters appear in more than one parameter group")
        if len(ids) < len(params):
            warnings.warn(f"{name}: a parameter appears twice in a group and is updated twice", stacklevel=3)
        for key, default in self.defaults.items():
            if default is required and key not in param_group:
                raise ValueError(f"{name}: expected a value of {key} in the parameter group; it has no default")
        self._check_types(param_group)
        named = {"param_names": names} if names else {}
        self.param_groups.append({**self.defaults, **param_group, "params": params, **named})

    def _check_types(self, group: Mapping[str, Any], where: str = "") -> None:
        """Raise TypeError for an option of a group that is of another type than the rule needs."""
        for key, default in self.defaults.items() if self._is_known else ():
            if key == "betas":
                check_betas(where or type(self).__name__, group.get(key, default))
            elif is_number(default):
                as_number(where or type(self).__name__, key, group.get(key, default))

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, before every backward that must not add to them.

        Parameters
        ----------
        set_to_none : bool, default True
            Set each ``.grad`` to None, so that a parameter that gets no gradient is not updated; else fill it with 0.
        """
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None
                elif p._grad is not None:
                    p._grad = p._grad.detach() if p._grad._requires_grad else p._grad
                    p._grad._data.fill(0)
                    bump(p._grad._data)

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], Loss]) -> Loss: ...
    @with_hooks
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss anew, with its gradients.

        Returns
        -------
        What `closure` returned, else None.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self._update_all()
        return loss

    @silent
    def _update_all(self) -> None:
        plans = [self._plan(i, group["params"]) for i, group in enumerate(self.param_groups)]
        for plan, group in zip(plans, self.param_groups, strict=True):
            plan.update(self._update, self.state, group)

    def _plan(self, i: int, params: Iterable[Tensor]) -> Plan:
        """Return how the parameters of group `i` that have gradients are updated."""
        params = [p for p in params if p._grad is not None]
        plan = self._plans.get(i)
        if plan is None or not plan.fits(params, self.state):
            for p in params:
                if not p._data.flags.writeable:
                    raise RuntimeError(
                        f"{type(self).__name__}.step: a parameter of shape {tuple(p.shape)} in group {i} has read-only "
                        "memory, as expand() and some arrays have it; optimize a clone() of it"
                    )
            plan = self._plans[i] = Plan(params)
        elif (
            self._elementwise and not plan.arranged
        ):  # the parameters have gradients for the second time, so more steps will follow
            plan.arrange(self.state, self._is_known)
        return plan

    def _update(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change the parameter `p` in place, given its gradient `g`, which stays as it is."""
        raise NotImplementedError(f"{type(self).__name__}: an optimizer defines step()")

    # ---- for the rules ---------------------------------------------------------------------------------------------

    def _gradient(self, p: np.ndarray, g: np.ndarray, group: dict[str, Any]) -> np.ndarray:
        """Return the gradient of what is minimised: -g to maximize, and weight_decay * p added.

        Decoupled weight decay shrinks `p` itself instead.
        """
        decay = float(group["weight_decay"])
        if decay and group.get("decoupled_weight_decay"):
            p *= 1 - float(group["lr"]) * decay
        elif decay:
            s = self._scratch(p, 1)
            join = np.subtract if group["maximize"] else np.add
            return join(np.multiply(p, decay, out=s), g, out=s)
        return np.negative(g, out=self._scratch(p, 1)) if group["maximize"] else g

    def _scratch(self, like: np.ndarray, which: int = 0) -> np.ndarray:
        """Return an array shaped like `like` that holds anything; the thread's next parameter gets its memory again."""
        key = which, like.dtype, get_ident()
        flat = self._buffers.get(key)
        if flat is None or flat.size < like.size:
            flat = self._buffers[key] = np.empty(like.size, like.dtype)
        return flat[: like.size].reshape(like.shape)

    # ---- saving ----------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        # views would become separate arrays in a copy; hooks are this optimizer's own
        return {**self.__dict__, "_buffers": {}, "_plans": {}, "_hooks": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what `__getstate__` gave, or the part of it that `load_state_dict` has found to fit."""
        self.__dict__.update(state)

    def state_dict(self) -> dict[str, Any]:
        """Return all that determines the steps to come, but the parameters: in PyTorch's format, parameters as numbers.

        Returns
        -------
        dict
            ``{"state": {number: dict}, "param_groups": [dict]}``. It refers to the state, which the next step changes.
        """
        for hook in self._hooks_for("state_dict_pre"):
            hook(self)
        params = [p for group in self.param_groups for p in group["params"]]
        numbers = {id(p): i for i, p in reversed(list(enumerate(params)))}
        state = {numbers.get(id(p), p): values for p, values in self.state.items() if values}
        groups = [{**group, "params": [numbers[id(p)] for p in group["params"]]} for group in self.param_groups]
        saved: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in self._hooks_for("state_dict_post"):
            replaced = hook(self, saved)
            saved = saved if replaced is None else replaced
        return saved

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from where `state_dict()` was called. Everything is copied; buffers take their parameter's dtype.

        For parameters in float16 the dtype is float32, in which they are updated, and then rounded.

        Raises
        ------
        ValueError, TypeError
            If it is the state of other parameters (another number of groups or of parameters, or other shapes), or of
            another kind of optimizer. The optimizer is unchanged then.

        Notes
        -----
        The state of PyTorch's optimizer of the same name will do.
        """
        name = f"{type(self).__name__}.load_state_dict"
        if isinstance(state_dict, Mapping):
            state_dict = dict(state_dict)
        for hook in self._hooks_for("load_state_dict_pre"):
            replaced = hook(self, state_dict)
            state_dict = state_dict if replaced is None else replaced
        if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= state_dict.keys():
            raise ValueError(f"{name}: expected a dict with 'state' and 'param_groups', got {state_dict!r:.80}")
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError(f"{name}: expected {len(self.param_groups)} parameter groups, got {len(saved)}")
        params: dict[Any, Tensor] = {}
        for i, (group, theirs) in enumerate(zip(self.param_groups, saved, strict=True)):
            if not isinstance(theirs, Mapping) or "params" not in theirs:
                raise ValueError(f"{name}: expected dicts with 'params' as param_groups, got {theirs!r:.80}")
            if len(group["params"]) != len(theirs["params"]):
                expected = f"expected {len(group['params'])} parameters in group {i}"
                raise ValueError(f"{name}: {expected}, got {len(theirs['params'])}")
            params.update(zip(theirs["params"], group["params"], strict=True))
        groups = [
            {**group, **self._loaded_options(group, theirs, name), "params": group["params"]}
            for group, theirs in zip(self.param_groups, saved, strict=True)
        ]
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for key, values in state_dict["state"].items():
            if key in params:
                p = params[key]
                loaded = {k: self._loaded(v, p, k, f"{name}: {k} of parameter {key}") for k, v in values.items()}
                state[p] = {k: v for k, v in loaded.items() if v is not None} if self._is_known else loaded
            else:
                state[key] = copy.deepcopy(values)
        self.__setstate__({"state": state, "param_groups": groups})
        self._plans = {}  # a first step turns the numbers that PyTorch saves as 0-dim tensors into numbers
        for hook in self._hooks_for("load_state_dict_post"):
            hook(self)

    @property
    def _is_known(self) -> bool:
        """Whether it does what its class says: a user's `step` or rule may keep whatever it likes."""
        return speaks_for(self, "_keeps", "_update") and speaks_for(self, "_keeps", "step")

    def _loaded_options(self, own: dict[str, Any], theirs: Mapping[str, Any], where: str) -> dict[str, Any]:
        options = {key: as_tensor(value) for key, value in theirs.items()}
        if self._is_known:
            if other := sorted((theirs.keys() & _TELLING) - own.keys()):
                raise ValueError(
                    f"{where}: {type(self).__name__} has no {', '.join(other)}; it is another optimizer's state"
                )
            self._check_types({key: options.get(key, own.get(key)) for key in self.defaults}, where)
        return options

    def _loaded(self, value: Any, p: Tensor, key: str, where: str) -> Any:
        value = as_tensor(value)
        if type(self).step is Optimizer.step and isinstance(value, Tensor) and value.ndim:
            self._check_shape(value, p, key, where)
        if not self._is_known:
            return Tensor._wrap(value._data.astype(p.dtype)) if isinstance(value, Tensor) and key != "step" else value
        if key not in self._keeps:
            keeps = ", ".join(sorted(self._keeps))
            raise ValueError(f"{where}: {type(self).__name__} keeps only {keeps}; it is another optimizer's state")
        if value is None:
            return None
        if key in _RULES_NUMBERS:
            return as_number(where, key, value)
        if not isinstance(value, Tensor):
            raise TypeError(f"{where}: expected a Tensor, got {type(value).__name__}")
        self._check_shape(value, p, key, where)
        return Tensor._wrap(value._data.astype(np.promote_types(p._data.dtype, np.float32)))

    def _check_shape(self, value: Tensor, p: Tensor, key: str, where: str) -> None:
        shape = self._state_shape(key, tuple(p.shape))
        if value.shape != shape:
            itself = "the parameter itself" if shape == p.shape else "the rule expects"
            raise ValueError(f"{where} has shape {tuple(value.shape)}, {itself} {shape}")

    def _state_shape(self, key: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of what the rule keeps as `key` for a parameter of this shape."""
        return shape

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines += [""] * bool(i) + [f"Parameter Group {i}"]
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


def as_tensor(value: Any) -> Any:
    """Return a copy; an array of any kind, PyTorch's too, as a Tensor."""
    if isinstance(value, (Tensor, str)) or not hasattr(value, "__array__") or isinstance(value, np.generic):
        return copy.deepcopy(value)
    return Tensor._wrap(np.asarray(value).copy())
