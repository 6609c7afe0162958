"""A meeting of processes that no ``mpiexec`` has started, such as those of `multiprocessing`, by PyTorch's means.

Rank 0 starts the process in manager.py, and the others find it where ``MASTER_ADDR`` and ``MASTER_PORT`` or the
`init_method` say. MPICH and its relatives, started after that, see one world.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from minigrad.distributed import manager
from minigrad.distributed.launcher import PORT
from minigrad.distributed.store import Store
from minigrad.distributed.waiting import DistNetworkError, ranks

# what MPICH's library reads: a launcher further up must not be heard
_OF_LAUNCHERS = ("PMI_FD", "PMI_PORT", "PMI_ID", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS")
_PLACE = "minigrad/rank 0"  # the key of a store under which rank 0 says where it listens
PAUSE = 0.02  # seconds between two attempts to reach rank 0


def meet(rank: int, size: int, init_method: str | None, timeout: float, store: Store | None) -> Callable[[], bool]:
    """Bring `size` processes together, so that MPI, which must be started after this, sees them.

    Returns
    -------
    function that returns whether one of them has died

    Raises
    ------
    DistNetworkError
        If they do not all come in time.
    """
    if rank == 0:
        listener = _listener(init_method, store)
        arguments = [str(listener.fileno()), str(size), str(timeout)]
        subprocess.Popen(
            [sys.executable, "-I", manager.__file__, *arguments], pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL
        )
        connection = socket.create_connection(("127.0.0.1", listener.getsockname()[1]))
        listener.close()
    else:
        connection = _reach(init_method, timeout, store)
    connection.sendall(f"{rank} {os.getpid()} {socket.gethostname()}\n".encode())
    connection.settimeout(timeout + 5)
    answer = manager.line(connection)
    connection.settimeout(None)
    if answer != "all here":
        missing = ranks(map(int, answer.removeprefix("missing ").split(", "))) if answer else "rank 0"
        raise DistNetworkError(f"init_process_group: {missing} did not come within {timeout:.3g} s")
    for name in _OF_LAUNCHERS:
        os.environ.pop(name, None)
    if rank == 0 and store is None and (path := _file(init_method)):
        os.remove(path)  # so that the next run does not take it for its own
    watched = connection.dup()
    os.environ.update(PMI_FD=str(connection.detach()), PMI_RANK=str(rank), PMI_SIZE=str(size))
    return lambda: _has_ended(watched)


def _has_ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _listener(init_method: str | None, store: Store | None) -> socket.socket:
    """Return what rank 0 listens with; a file or a store that it shares with the others says where."""
    path = _file(init_method)
    port = 0 if path or store is not None else _address(init_method)[1]
    try:
        listener = socket.create_server(("", port))
    except OSError as error:
        raise DistNetworkError(f"init_process_group: rank 0 can't listen on port {port}: {error}") from error
    place = f"{socket.gethostname()} {listener.getsockname()[1]}"
    if store is not None:
        store.set(_PLACE, place)
    elif path:
        with open(f"{path}.new", "w") as file:
            file.write(place)
        os.replace(f"{path}.new", path)
    return listener


def _file(init_method: str | None) -> str:
    where = urlsplit(init_method or "env://")
    return where.path if where.scheme == "file" else ""


def _address(init_method: str | None, store: Store | None = None) -> tuple[str, int]:
    """Return where rank 0 is, or will be."""
    path, place = _file(init_method), ""
    if store is not None:
        place = store.get(_PLACE).decode()
    elif path:
        with open(path) as file:
            place = file.read()
    if store is not None or path:
        host, port = place.split()
        return "127.0.0.1" if host == socket.gethostname() else host, int(port)
    where = urlsplit(init_method or "env://")
    if where.scheme == "tcp":
        return where.hostname or "127.0.0.1", where.port or PORT
    return os.environ.get("MASTER_ADDR", "127.0.0.1"), int(os.environ.get("MASTER_PORT", PORT))


def _reach(init_method: str | None, timeout: float, store: Store | None) -> socket.socket:
    """Return a connection to rank 0, which may not be there yet."""
    until = time.monotonic() + timeout
    while True:
        try:
            return socket.create_connection(_address(init_method, store), timeout=max(until - time.monotonic(), 0.1))
        except (OSError, ValueError) as error:
            if time.monotonic() > until:
                raise DistNetworkError(
                    f"init_process_group: rank 0 did not come within {timeout:.3g} s ({error})"
                ) from error
            time.sleep(PAUSE)
