"""Answers to what scripts ask of the libraries that move data: here it is MPI, by any of two names."""

from __future__ import annotations

from typing import Any

from minigrad.distributed.groups import is_available


class Backend(str):
    """A name of a backend, in small letters.

    Examples
    --------
    >>> mg.distributed.Backend("GLOO") == mg.distributed.Backend.GLOO
    True
    """

    UNDEFINED = "undefined"
    GLOO = "gloo"
    MPI = "mpi"
    NCCL = "nccl"
    UCC = "ucc"
    XCCL = "xccl"

    def __new__(cls, name: str) -> Backend:
        if not isinstance(name, str):
            raise ValueError(f"Backend: expected a str, got {name!r}")
        return super().__new__(cls, name.lower())


def is_backend_available(backend: str) -> bool:
    """Return whether `init_process_group` takes this name.

    Examples
    --------
    >>> mg.distributed.is_backend_available("nccl")
    False
    """
    return backend.lower() in ("gloo", "mpi") and is_available()


def is_gloo_available() -> bool:
    """Return whether there is MPI, which "gloo" stands for.

    Examples
    --------
    >>> mg.distributed.is_gloo_available() == mg.distributed.is_available()
    True
    """
    return is_available()


def is_mpi_available() -> bool:
    """Return whether there is MPI.

    Examples
    --------
    >>> mg.distributed.is_mpi_available() == mg.distributed.is_available()
    True
    """
    return is_available()


def is_nccl_available() -> bool:
    """Return False: there are no GPUs.

    Examples
    --------
    >>> mg.distributed.is_nccl_available()
    False
    """
    return False


def is_ucc_available() -> bool:
    """Return False.

    Examples
    --------
    >>> mg.distributed.is_ucc_available()
    False
    """
    return False


def is_xccl_available() -> bool:
    """Return False.

    Examples
    --------
    >>> mg.distributed.is_xccl_available()
    False
    """
    return False


def get_default_backend_for_device(device: Any) -> str:
    """Return "gloo", as PyTorch does for a CPU.

    Examples
    --------
    >>> mg.distributed.get_default_backend_for_device("cpu")
    'gloo'
    """
    return "gloo"
