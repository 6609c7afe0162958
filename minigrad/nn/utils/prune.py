"""Pruning: parameters multiplied by masks of zeros and ones; the original ones go on being trained."""

from __future__ import annotations

import abc
import numbers
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from minigrad.autograd import no_grad
from minigrad.core.tensor import Tensor
from minigrad.creation import ones_like, zeros_like
from minigrad.nn.module import Module
from minigrad.nn.utils.convert_parameters import parameters_to_vector
from minigrad.random import rand, rand_like

__all__ = [
    "BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer",
    "RandomStructured", "RandomUnstructured", "custom_from_mask", "global_unstructured", "identity", "is_pruned",
    "l1_unstructured", "ln_structured", "random_structured", "random_unstructured", "remove",
]  # fmt: skip


class BasePruningMethod(abc.ABC):
    """Base of the ways to prune: a hook that multiplies a parameter by its mask before each call of the module.

    A subclass defines ``PRUNING_TYPE``, one of 'unstructured', 'structured' (it has a `dim`) and 'global', and
    `compute_mask`.
    """

    PRUNING_TYPE: ClassVar[str] = ""
    _tensor_name: str | None = None

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, str(self._tensor_name), self.apply_mask(module))

    @abc.abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return the mask for `t`, the scores of importance: 0 wherever `default_mask` is 0, and where it prunes."""

    def apply_mask(self, module: Module) -> Tensor:
        """Return the original parameter of `module` multiplied by its mask."""
        if self._tensor_name is None:
            raise RuntimeError(f"prune: {type(module).__name__} has not been pruned")
        original, mask = getattr(module, f"{self._tensor_name}_orig"), getattr(module, f"{self._tensor_name}_mask")
        return mask.to(original.dtype) * original

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> BasePruningMethod:
        """Prune the parameter `name` of `module`, in addition to what has been pruned there before.

        Parameters
        ----------
        module : Module
        name : str
        *args, **kwargs
            For the constructor.
        importance_scores : Tensor of the parameter's shape, optional
            What the mask is computed from, instead of the parameter.

        Returns
        -------
        BasePruningMethod
            The hook: of this class, or a `PruningContainer` if there was one already.
        """
        hooks = module._forward_pre_hooks
        found = [(n, hook) for n, hook in hooks.items() if _is_for(hook, name)]
        method: BasePruningMethod = cls(*args, **kwargs)
        method._tensor_name = name
        value = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != value.shape:
            raise ValueError(
                f"prune: expected importance_scores of the parameter's shape {tuple(value.shape)}, "
                f"got {tuple(importance_scores.shape)}"
            )
        before = found[0][1] if found else None
        if before is not None:
            container = before if isinstance(before, PruningContainer) else PruningContainer(before)
            container.add_pruning_method(method)
            method = container
        mask = getattr(module, f"{name}_mask").detach().clone() if found else ones_like(value)
        with no_grad():
            scores = (value if importance_scores is None else importance_scores).detach()
            mask = method.compute_mask(scores, default_mask=mask)
        if not found:
            delattr(module, name)
            module.register_parameter(f"{name}_orig", value)
        module.register_buffer(f"{name}_mask", mask)
        for number, _ in found:
            del hooks[number]
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """Return `t` multiplied by the mask that is computed from it, or from `importance_scores`."""
        if importance_scores is not None and importance_scores.shape != t.shape:
            raise ValueError(
                f"prune: expected importance_scores of shape {tuple(t.shape)}, got {tuple(importance_scores.shape)}"
            )
        scores = t if importance_scores is None else importance_scores
        return t * self.compute_mask(scores.detach(), ones_like(t) if default_mask is None else default_mask)

    def remove(self, module: Module) -> None:
        """Make the parameter an ordinary one again, which stays pruned."""
        value, name = self.apply_mask(module).detach(), str(self._tensor_name)
        original = getattr(module, f"{name}_orig")
        for attribute in (name, f"{name}_orig", f"{name}_mask"):
            if hasattr(module, attribute):
                delattr(module, attribute)
        original.data = value
        setattr(module, name, original)


def _is_for(hook: Any, name: str) -> bool:
    return isinstance(hook, BasePruningMethod) and hook._tensor_name == name


class PruningContainer(BasePruningMethod):
    """Several ways to prune one after the other: each among what the ones before have left."""

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Add the next one, which must be for the same parameter."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"PruningContainer: expected a BasePruningMethod, got {type(method).__name__}")
        if method._tensor_name != self._tensor_name:
            raise ValueError(
                f"PruningContainer: expected a method for {self._tensor_name!r}, got one for {method._tensor_name!r}"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, index: Any) -> Any:
        return self._pruning_methods[index]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Return `default_mask` with what the last method prunes of the rest."""
        method = self._pruning_methods[-1]
        mask = default_mask.to(t.dtype).clone()
        part = _left(method, default_mask)
        mask[part] = method.compute_mask(t[part], default_mask=default_mask[part]).to(mask.dtype)
        return mask


def _left(method: BasePruningMethod, mask: Tensor) -> Any:
    """Return the index of what a method has to consider."""
    if method.PRUNING_TYPE == "unstructured":
        return mask == 1
    if method.PRUNING_TYPE == "global":
        return (slice(None),) * mask.ndim
    if method.PRUNING_TYPE != "structured":
        raise ValueError(f"prune: expected a PRUNING_TYPE that is known, got {method.PRUNING_TYPE!r}")
    dim = getattr(method, "dim", None)
    if dim is None:
        raise AttributeError("prune: a structured pruning method needs an attribute dim")
    if not -mask.ndim <= dim < mask.ndim:
        raise IndexError(f"prune: dim {dim} is out of range for a tensor of {mask.ndim} dimensions")
    dim %= mask.ndim
    keeps = mask.sum([d for d in range(mask.ndim) if d != dim]) != 0
    return (slice(None),) * dim + (keeps,)


# ---- the ways --------------------------------------------------------------------------------------------------------


class Identity(BasePruningMethod):
    """Prune nothing: the parameter gets a mask of ones."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask


class _Amount(BasePruningMethod):
    """Base of those that prune a number of elements or slices, or a part of them."""

    def __init__(self, amount: float) -> None:
        if not isinstance(amount, (int, float, numbers.Real)):
            raise TypeError(f"prune: expected a number as amount, got {type(amount).__name__}")
        self.is_part = not isinstance(amount, (int, numbers.Integral))
        if amount < 0 or self.is_part and amount > 1:
            raise ValueError(f"prune: expected amount as an integer of 0 or more, or a part from 0 to 1, got {amount}")
        self.amount: float = amount

    def _count(self, available: int) -> int:
        if self.is_part:
            return round(self.amount * available)
        if self.amount > available:
            raise ValueError(f"prune: expected an amount of at most {available}, got {self.amount}")
        return int(self.amount)


class _Unstructured(_Amount):
    PRUNING_TYPE = "unstructured"

    def _scores(self, t: Tensor) -> Tensor:
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        count = self._count(t.numel())
        mask = default_mask.clone().contiguous()
        if count:
            mask.view(-1)[self._scores(t).reshape(-1).topk(count, largest=False).indices] = 0
        return mask


class RandomUnstructured(_Unstructured):
    """Prune elements at random."""

    def _scores(self, t: Tensor) -> Tensor:
        return rand_like(t)


class L1Unstructured(_Unstructured):
    """Prune the elements with the smallest absolute values."""

    def _scores(self, t: Tensor) -> Tensor:
        return t.abs()


class _Structured(_Amount):
    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def _scores(self, t: Tensor, others: list[int]) -> Tensor:
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.ndim <= 1:
            raise ValueError(f"prune: expected a tensor of 2 dimensions or more, got shape {tuple(t.shape)}")
        if not -t.ndim <= self.dim < t.ndim:
            raise IndexError(f"prune: dim {self.dim} is out of range for shape {tuple(t.shape)}")
        dim, size = self.dim % t.ndim, t.shape[self.dim]
        count = self._count(size)
        if not count:
            return default_mask
        kept = self._scores(t, [d for d in range(t.ndim) if d != dim]).topk(size - count).indices
        mask = zeros_like(t)
        mask[(slice(None),) * dim + (kept,)] = 1
        return mask * default_mask.to(mask.dtype)


class RandomStructured(_Structured):
    """Prune slices along `dim` at random."""

    def _scores(self, t: Tensor, others: list[int]) -> Tensor:
        return rand(t.shape[self.dim])


class LnStructured(_Structured):
    """Prune the slices along `dim` with the smallest norms of order `n`."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _scores(self, t: Tensor, others: list[int]) -> Tensor:
        return t.norm(self.n, dim=others)


class CustomFromMask(BasePruningMethod):
    """Prune by a given mask."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if default_mask.shape != self.mask.shape:
            raise ValueError(
                f"prune: expected a mask of shape {tuple(default_mask.shape)}, got {tuple(self.mask.shape)}"
            )
        return default_mask * self.mask.to(default_mask.dtype)


# ---- functions -------------------------------------------------------------------------------------------------------


def identity(module: Module, name: str) -> Module:
    """Give a parameter a mask of ones; returns `module`.

    Examples
    --------
    >>> layer = nn.utils.prune.identity(nn.Linear(2, 3), "bias")
    >>> layer.bias_mask
    tensor([1., 1., 1.])
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune elements of a parameter at random; returns `module`.

    Parameters
    ----------
    module : Module
    name : str
    amount : int, or float from 0 to 1
        How many of them, or which part.

    Examples
    --------
    >>> layer = nn.utils.prune.random_unstructured(nn.Linear(2, 3), "weight", amount=1)
    >>> layer.weight_mask.sum()
    tensor(5.)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prune the elements of a parameter that are smallest; returns `module`.

    Parameters
    ----------
    module : Module
    name : str
        The parameter is then this name with ``_orig``; the one with ``_mask`` is a buffer.
    amount : int, or float from 0 to 1
        How many of them, or which part.
    importance_scores : Tensor, optional
        Whose absolute values tell which are smallest, instead of the parameter's.

    Raises
    ------
    TypeError, ValueError
        If `amount` is none.

    Examples
    --------
    >>> layer = nn.utils.prune.l1_unstructured(nn.Linear(2, 3), "weight", amount=0.5)
    >>> int((layer.weight == 0).sum())
    3
    >>> sorted(layer.state_dict())
    ['bias', 'weight_mask', 'weight_orig']
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune slices of a parameter along `dim` at random; returns `module`.

    Examples
    --------
    >>> layer = nn.utils.prune.random_structured(nn.Linear(2, 3), "weight", amount=1, dim=0)
    >>> layer.weight_mask.sum()
    tensor(4.)
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Prune the slices of a parameter along `dim` with the smallest norms of order `n`; returns `module`.

    Examples
    --------
    >>> layer = nn.utils.prune.ln_structured(nn.Linear(2, 3), "weight", amount=1, n=2, dim=0)
    >>> layer.weight_mask.sum()
    tensor(4.)
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: Callable[..., BasePruningMethod],
    importance_scores: dict[tuple[Module, str], Tensor] | None = None,
    **kwargs: Any,
) -> None:
    """Prune several parameters as if they were one.

    Parameters
    ----------
    parameters : pairs of a module and a name
    pruning_method : class of unstructured pruning
    importance_scores : dict, optional
        By pair, what masks are computed from instead of the parameter.
    **kwargs
        For `pruning_method`.

    Raises
    ------
    TypeError
        If the parameters are no pairs, the scores no dict, or the method is not unstructured.

    Examples
    --------
    >>> from minigrad.nn.utils import prune
    >>> net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    >>> pairs = [(net[0], "weight"), (net[1], "weight")]
    >>> prune.global_unstructured(pairs, prune.L1Unstructured, amount=4)
    >>> int((net[0].weight == 0).sum() + (net[1].weight == 0).sum())
    4
    """
    if not isinstance(parameters, Iterable):
        raise TypeError(f"global_unstructured: expected pairs of module and name, got {type(parameters).__name__}")
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        raise TypeError(f"global_unstructured: expected a dict of importance_scores, got {type(scores).__name__}")
    pairs = list(parameters)
    values = [getattr(module, name) for module, name in pairs]
    masks = [getattr(m, f"{name}_mask", ones_like(v)) for (m, name), v in zip(pairs, values, strict=True)]
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(f"global_unstructured: expected unstructured pruning, got {method.PRUNING_TYPE!r}")
    with no_grad():
        given = parameters_to_vector([scores.get(pair, v) for pair, v in zip(pairs, values, strict=True)])
        mask = PruningContainer(method).compute_mask(given, parameters_to_vector(masks))
    start = 0
    for (module, name), value in zip(pairs, values, strict=True):
        custom_from_mask(module, name, mask[start : start + value.numel()].reshape(value.shape))
        start += value.numel()


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune a parameter by `mask`; returns `module`.

    Examples
    --------
    >>> layer = nn.utils.prune.custom_from_mask(nn.Linear(5, 3), "bias", mask=mg.tensor([0, 1, 0]))
    >>> layer.bias_mask
    tensor([0., 1., 0.])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def remove(module: Module, name: str) -> Module:
    """Make a pruned parameter an ordinary one again, which stays pruned; returns `module`.

    Raises
    ------
    ValueError
        If it has not been pruned.

    Examples
    --------
    >>> layer = nn.utils.prune.l1_unstructured(nn.Linear(2, 3), "weight", amount=0.5)
    >>> sorted(nn.utils.prune.remove(layer, "weight").state_dict())
    ['bias', 'weight']
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"prune.remove: {name!r} of {type(module).__name__} has not been pruned")


def is_pruned(module: Module) -> bool:
    """Return whether anything within `module` is pruned.

    Examples
    --------
    >>> nn.utils.prune.is_pruned(nn.Linear(2, 3))
    False
    """
    hooked = [m for m in module.modules() if m._hooks is not None]
    return any(isinstance(hook, BasePruningMethod) for m in hooked for hook in m._forward_pre_hooks.values())
