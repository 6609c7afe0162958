"""Parametrizations that are often used: weight normalization, spectral normalization, orthogonal matrices."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from minigrad.autograd import no_grad
from minigrad.core.tensor import Tensor
from minigrad.creation import eye, zeros
from minigrad.nn.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from minigrad.nn.module import Module
from minigrad.nn.utils.parametrize import register_parametrization
from minigrad.ops.distances import normalize
from minigrad.ops.joining import cat
from minigrad.ops.solving import solve
from minigrad.random import randn

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def _tensor_of(function: str, module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"{function}: {type(module).__name__} has no parameter or buffer {name!r}")
    return weight


# ---- weight normalization --------------------------------------------------------------------------------------------


def norm_except_dim(v: Tensor, dim: int | None) -> Tensor:
    """Return the norms of the slices along `dim`, as sizes of 1 elsewhere; of all of it where `dim` is None or -1."""
    if dim is None or dim == -1:
        return v.norm()
    if not -v.ndim <= dim < v.ndim:
        raise IndexError(f"weight_norm: dim {dim} is out of range for shape {tuple(v.shape)}")
    return v.square().sum([d for d in range(v.ndim) if d != dim % v.ndim], keepdim=True).sqrt()


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except_dim(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Make a tensor the product of its direction and its length, which are trained apart (Salimans and Kingma, 2016).

    ``weight = g * v / norm(v)``, with g in ``parametrizations.weight.original0`` and v in ``original1``.

    Parameters
    ----------
    module : Module
    name : str, default 'weight'
    dim : int, optional
        The dimension along which each slice has a length of its own; None is one length for all.

    Returns
    -------
    Module
        `module`.

    Raises
    ------
    ValueError
        If there is no such tensor.

    Examples
    --------
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(20, 40))
    >>> layer.parametrizations.weight.original0.shape
    Size([40, 1])
    """
    _tensor_of("weight_norm", module, name)
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module._register_load_state_dict_pre_hook(functools.partial(_rename, name))
    return module


def _rename(name: str, state: dict[str, Any], prefix: str, *_: Any) -> None:
    """Accept what the older `nn.utils.weight_norm` has saved."""
    old = [f"{prefix}{name}_{part}" for part in "gv"]
    if all(key in state for key in old):
        for i, key in enumerate(old):
            state[f"{prefix}parametrizations.{name}.original{i}"] = state.pop(key)


# ---- spectral normalization ------------------------------------------------------------------------------------------


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """Return `weight` as a matrix whose rows are the slices along `dim`."""
    return (weight.movedim(dim, 0) if dim else weight).flatten(1)


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(f"spectral_norm: expected dim within {-weight.ndim} to {weight.ndim - 1}, got {dim}")
        if n_power_iterations <= 0:
            raise ValueError(f"spectral_norm: expected n_power_iterations of 1 or more, got {n_power_iterations}")
        self.dim, self.eps = dim % weight.ndim, eps
        if weight.ndim > 1:
            self.n_power_iterations = n_power_iterations
            with no_grad():
                matrix = as_matrix(weight, self.dim)
                for key, size in zip(("_u", "_v"), matrix.shape, strict=True):
                    self.register_buffer(key, normalize(randn(size, dtype=weight.dtype), dim=0, eps=eps))
            self._iterate(matrix, 15)

    @no_grad()
    def _iterate(self, matrix: Tensor, times: int) -> None:
        for _ in range(times):
            self._u.copy_(normalize(matrix @ self._v, dim=0, eps=self.eps))
            self._v.copy_(normalize(matrix.T @ self._u, dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._iterate(matrix.detach(), self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()
        return weight / (u @ (matrix @ v))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a tensor by its greatest singular value (Miyato et al., 2018), estimated by power iteration.

    Parameters
    ----------
    module : Module
    name : str, default 'weight'
    n_power_iterations : int, default 1
        Per call in training mode.
    eps : float
    dim : int, optional
        The dimension of the outputs: 0, or 1 for transposed convolutions, by default.

    Returns
    -------
    Module
        `module`.

    Raises
    ------
    ValueError
        If there is no such tensor, or no iteration is made.

    Examples
    --------
    >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(20, 40))
    >>> abs(mg.linalg.matrix_norm(layer.weight, 2).item() - 1) < 0.2
    True
    """
    weight = _tensor_of("spectral_norm", module, name)
    dim = output_dim(module) if dim is None else dim
    register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
    return module


def output_dim(module: Module) -> int:
    """Return the dimension of the outputs in the module's weight."""
    return int(isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)))


# ---- orthogonal matrices ---------------------------------------------------------------------------------------------


class _Orthogonal(Module):
    """Matrices with orthonormal columns, or rows if there are more columns; wide ones are transposed meanwhile."""

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        self.shape, self.orthogonal_map, self.use_trivialization = weight.shape, orthogonal_map, use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        wide = X.shape[-2] < X.shape[-1]
        X = X.mT if wide else X
        Q = self._by_reflections(X) if self.orthogonal_map == "householder" else self._by_rotation(X)
        if self.use_trivialization:
            Q = self.base @ Q
        return Q.mT if wide else Q

    def _by_rotation(self, X: Tensor) -> Tensor:
        n, k = X.shape[-2:]
        X = X.tril()
        if n > k:
            X = cat([X, zeros(*X.shape[:-2], n, n - k, dtype=X.dtype)], -1)
        A = X - X.mT
        if self.orthogonal_map == "cayley":
            identity = eye(n, dtype=A.dtype)
            return solve(identity - A / 2, identity + A / 2)[..., :k]
        return _exponential(A)[..., :k]

    def _by_reflections(self, X: Tensor) -> Tensor:
        A = X.tril(-1)
        tau = 2.0 / (1.0 + A.square().sum(-2))
        return _product_of_reflections(A, tau) * X.detach().diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    @no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        if Q.shape != self.shape:
            raise ValueError(f"orthogonal: expected the shape {tuple(self.shape)}, got {tuple(Q.shape)}")
        tall = Q.mT if Q.shape[-2] < Q.shape[-1] else Q
        n, k = tall.shape[-2:]
        if self.use_trivialization:
            self.base = _completed(tall) if n > k or not _is_orthogonal(tall) else tall.clone()
            return -eye(*Q.shape[-2:], dtype=Q.dtype).expand(Q.shape).clone()
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                f"orthogonal: {self.orthogonal_map} can't be assigned to with use_trivialization=False"
            )
        reflectors, tau = _reflectors(tall)
        signs = np.sign(np.diagonal(reflectors, axis1=-2, axis2=-1)) * np.where(tau == 0, -1, 1)
        i = np.arange(k)
        reflectors[..., i, i] = signs
        result = Tensor._wrap(reflectors)
        return result.mT if tall is not Q else result


def _exponential(A: Tensor) -> Tensor:
    """Return the exponential of skew-symmetric matrices: a Taylor series for a part of each, squared again."""
    norm = float(np.abs(A._data).sum(-1).max(initial=0))
    halvings = max(0, math.ceil(math.log2(norm / 0.5))) if 0.5 < norm < math.inf else 0
    identity, part = eye(A.shape[-1], dtype=A.dtype), A / 2**halvings
    result = identity
    for i in range(13, 0, -1):  # 0.5**14 / 14! is below the rounding of float64
        result = identity + part @ result / i
    for _ in range(halvings):
        result = result @ result
    return result


def _product_of_reflections(A: Tensor, tau: Tensor) -> Tensor:
    """Return the first columns of the product of ``1 - tau[i] * v v.T``, v = column i of A with a 1 at i."""
    n, k = A.shape[-2:]
    v = A.tril(-1) + eye(n, k, dtype=A.dtype)
    Q = eye(n, k, dtype=A.dtype)
    for i in reversed(range(k)):
        column = v[..., i : i + 1]
        Q = Q - tau[..., i, None, None] * (column @ (column.mT @ Q))
    return Q


def _reflectors(A: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return R with the reflectors below its diagonal, and their factors, as LAPACK's geqrf does."""
    h, tau = np.linalg.qr(A._data, mode="raw")
    return np.array(np.swapaxes(h, -1, -2), A._data.dtype), np.array(tau, A._data.dtype)


def _completed(tall: Tensor) -> Tensor:
    """Return a square orthogonal matrix whose first columns span those of `tall`."""
    n, k = tall.shape[-2:]
    square = cat([tall, randn(*tall.shape[:-2], n, n - k, dtype=tall.dtype)], -1) if n > k else tall
    q, r = np.linalg.qr(square._data)
    signs = np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]  # of the diagonal of R, which is then positive
    return Tensor._wrap(np.asarray(q * signs, square._data.dtype))


def _is_orthogonal(square: Tensor) -> bool:
    n = square.shape[-1]
    eps = 10 * n * float(np.finfo(square._data.dtype).eps)
    return bool((square.mT @ square).allclose(eye(n, dtype=square.dtype), atol=eps))


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep a matrix orthogonal: its columns, or of a wide one its rows, are orthonormal (Lezcano-Casado, 2019).

    Parameters
    ----------
    module : Module
    name : str, default 'weight'
        Of more than two dimensions the last two are the matrices.
    orthogonal_map : {'matrix_exp', 'cayley', 'householder'}, optional
        How it is made of a matrix: the exponential of a skew-symmetric one A, ``(1 + A/2) / (1 - A/2)``, or a product
        of reflections. By default 'matrix_exp' for square ones, 'householder' for others.
    use_trivialization : bool, default True
        Multiply it by a fixed orthogonal matrix, ``parametrizations.weight[0].base``, at which it begins.

    Returns
    -------
    Module
        `module`.

    Raises
    ------
    ValueError
        If there is no such tensor, it is no matrix, or the map is another one.

    Examples
    --------
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(20, 40))
    >>> (layer.weight.T @ layer.weight).allclose(mg.eye(20), atol=1e-5)
    True
    """
    weight = _tensor_of("orthogonal", module, name)
    if weight.ndim < 2:
        raise ValueError(f"orthogonal: expected a matrix, got shape {tuple(weight.shape)}")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in ("matrix_exp", "cayley", "householder"):
        raise ValueError(
            f"orthogonal: expected orthogonal_map 'matrix_exp', 'cayley' or 'householder', got {orthogonal_map!r}"
        )
    made = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    register_parametrization(module, name, made, unsafe=True)
    return module
