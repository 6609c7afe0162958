"""Grids of processes: `init_device_mesh` gives ranks places along named dimensions, each with groups along it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrad.core.tensor import Tensor
from minigrad.distributed.groups import (
    GroupMember,
    ProcessGroup,
    init_process_group,
    is_initialized,
    new_group,
)
from minigrad.distributed.ranks import get_rank, get_world_size

__all__ = ["DeviceMesh", "init_device_mesh"]


class DeviceMesh:
    """A grid of ranks. All processes make it together, as they make groups: one for each line of the grid.

    Parameters
    ----------
    device_type : {"cpu"}
    mesh : Tensor or nested lists of int
        The rank at each place, every one once.
    mesh_dim_names : tuple of str, optional

    Raises
    ------
    ValueError
        If a rank is there twice, or there are not as many names as dimensions.
    RuntimeError
        If there are more places than processes, or for another type of device.

    Examples
    --------
    >>> mesh = mg.distributed.init_device_mesh("cpu", (2, 2), mesh_dim_names=("dp", "tp"))  # doctest: +SKIP
    >>> mg.distributed.all_reduce(mg.ones(2), group=mesh.get_group("dp"))  # doctest: +SKIP
    >>> mesh["tp"].get_local_rank()  # doctest: +SKIP
    1
    """

    def __init__(self, device_type: str, mesh: Any, *, mesh_dim_names: Sequence[str] | None = None) -> None:
        self._places = places = np.asarray(mesh.numpy() if isinstance(mesh, Tensor) else mesh, np.int64)
        _check(device_type, places, mesh_dim_names)
        self.device_type = device_type
        self.mesh_dim_names = None if mesh_dim_names is None else tuple(mesh_dim_names)
        self._groups: list[Any] = []
        for dim in range(places.ndim):
            lines = np.moveaxis(places, dim, -1).reshape(-1, places.shape[dim])
            groups = [new_group(line.tolist(), sort_ranks=False) for line in lines]
            self._groups.append(next((g for g in groups if isinstance(g, ProcessGroup)), GroupMember.NON_GROUP_MEMBER))

    @property
    def mesh(self) -> Tensor:
        """The rank at each place."""
        return Tensor._wrap(self._places.copy())

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._places.ndim

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each dimension."""
        return self._places.shape

    def size(self, mesh_dim: int | None = None) -> int:
        """Return the number of ranks, in all or along a dimension."""
        return self._places.size if mesh_dim is None else self._places.shape[mesh_dim]

    def get_rank(self) -> int:
        """Return the rank of this process in the world."""
        return get_rank()

    def get_coordinate(self) -> list[int] | None:
        """Return the place of this process, None if it has none."""
        found = np.argwhere(self._places == get_rank())
        return [int(i) for i in found[0]] if len(found) else None

    def _dim(self, call: str, mesh_dim: int | str | None) -> int:
        if mesh_dim is None:
            if self.ndim > 1:
                raise RuntimeError(f"{call}: expected a mesh_dim, as the mesh has {self.ndim} dimensions")
            return 0
        if isinstance(mesh_dim, str):
            if mesh_dim not in (self.mesh_dim_names or ()):
                raise KeyError(f"{call}: expected one of {self.mesh_dim_names} as mesh_dim, got {mesh_dim!r}")
            return (self.mesh_dim_names or ()).index(mesh_dim)
        if not -self.ndim <= mesh_dim < self.ndim:
            raise IndexError(f"{call}: expected a mesh_dim below {self.ndim}, got {mesh_dim}")
        return mesh_dim % self.ndim

    def get_group(self, mesh_dim: int | str | None = None) -> Any:
        """Return the group of the ranks in line with this one along a dimension, by default the only one."""
        return self._groups[self._dim("get_group", mesh_dim)]

    def get_all_groups(self) -> list[Any]:
        """Return the group along each dimension."""
        return list(self._groups)

    def get_local_rank(self, mesh_dim: int | str | None = None) -> int:
        """Return the place of this process along a dimension."""
        dim, place = self._dim("get_local_rank", mesh_dim), self.get_coordinate()
        if place is None:
            raise RuntimeError("get_local_rank: this process is not in the mesh")
        return place[dim]

    def __getitem__(self, names: str | tuple[str, ...]) -> DeviceMesh:
        """Return the part of the grid along these dimensions that this process is in; it has the same groups."""
        names = (names,) if isinstance(names, str) else tuple(names)
        dims = [self._dim("DeviceMesh", name) for name in names]
        if not names or sorted(set(dims)) != dims:
            raise KeyError(f"DeviceMesh: expected names in the order of {self.mesh_dim_names}, got {names}")
        place = self.get_coordinate() or [0] * self.ndim
        part: DeviceMesh = object.__new__(DeviceMesh)
        part._places = self._places[tuple(slice(None) if dim in dims else place[dim] for dim in range(self.ndim))]
        part.device_type, part.mesh_dim_names = self.device_type, names
        part._groups = [self._groups[dim] for dim in dims]
        return part

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DeviceMesh)
            and np.array_equal(self._places, other._places)
            and self.mesh_dim_names == other.mesh_dim_names
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.mesh_dim_names))

    def __repr__(self) -> str:
        names = "" if self.mesh_dim_names is None else f", mesh_dim_names={self.mesh_dim_names}"
        return f"DeviceMesh({self.device_type!r}, {self._places.tolist()}{names})"


def _check(device_type: str, places: np.ndarray, names: Sequence[str] | None) -> None:
    if device_type != "cpu":
        raise RuntimeError(f'DeviceMesh: expected "cpu" as device_type, as there are no GPUs here, got {device_type!r}')
    if not places.ndim or np.unique(places).size < places.size:
        raise ValueError(f"DeviceMesh: expected each rank once, got {places.tolist()}")
    if names is not None and (len(names) != places.ndim or len(set(names)) < len(names)):
        raise ValueError(f"DeviceMesh: expected {places.ndim} different mesh_dim_names, got {tuple(names)}")
    if places.min() < 0 or places.max() >= get_world_size():
        raise RuntimeError(
            f"DeviceMesh: expected ranks below {get_world_size()}, got {places.tolist()}; start more processes"
        )


def init_device_mesh(
    device_type: str,
    mesh_shape: Sequence[int],
    *,
    mesh_dim_names: Sequence[str] | None = None,
    backend_override: Any = None,
) -> DeviceMesh:
    """Return a grid of this shape of all processes, row by row; make the default group if there is none.

    Parameters
    ----------
    device_type : {"cpu"}
    mesh_shape : tuple of int
    mesh_dim_names : tuple of str, optional
    backend_override : accepted, as PyTorch does

    Raises
    ------
    RuntimeError
        If there are more places than processes, or for another type of device.

    Examples
    --------
    >>> mesh = mg.distributed.init_device_mesh("cpu", (2, 2), mesh_dim_names=("dp", "tp"))  # doctest: +SKIP
    """
    if not is_initialized():
        init_process_group()
    shape = tuple(mesh_shape)
    return DeviceMesh(device_type, np.arange(int(np.prod(shape))).reshape(shape), mesh_dim_names=mesh_dim_names)
