"""Stores: small tables of bytes that processes share, by a server of one of them, by a file, or within one process.

All do the same by `_OPERATIONS`, each of which changes a table at once or not at all. Waiting is asking again.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from minigrad.distributed.waiting import DistNetworkError, DistStoreError, seconds

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["FileStore", "HashStore", "PrefixStore", "Store", "TCPStore"]

Table = dict[bytes, bytes]

PAUSE = 0.005  # seconds between two questions
MOST_BYTES = 1 << 30  # of one message: a stranger who connects must not fill the memory
_MEMBERS = b"init/"  # where processes that share a store are counted, as PyTorch's do


def _compare_set(table: Table, key: bytes, expected: bytes, desired: bytes) -> list[bytes]:
    if table.get(key, b"") == expected:
        table[key] = desired
    return [table.get(key, expected)]


def _add(table: Table, key: bytes, amount: bytes) -> list[bytes]:
    table[key] = b"%d" % (int(table.get(key, b"0")) + int(amount))
    return [table[key]]


def _set(table: Table, *pairs: bytes) -> list[bytes]:
    table.update(zip(pairs[::2], pairs[1::2], strict=True))
    return []


def _append(table: Table, key: bytes, value: bytes) -> list[bytes]:
    table[key] = table.get(key, b"") + value
    return []


_OPERATIONS: dict[bytes, Callable[..., list[bytes]]] = {
    b"set": _set,
    b"get": lambda table, *keys: [table[key] for key in keys] if all(key in table for key in keys) else [],
    b"check": lambda table, *keys: [b"yes"] if all(key in table for key in keys) else [],
    b"add": _add,
    b"append": _append,
    b"compare_set": _compare_set,
    b"delete": lambda table, key: [b"yes"] if table.pop(key, None) is not None else [],
    b"keys": lambda table: list(table),
}


class Store:
    """A table of bytes by names, which processes share: the base of `TCPStore`, `FileStore` and `HashStore`."""

    _timeout = 300.0

    def _do(self, operation: bytes, *arguments: bytes) -> list[bytes]:
        raise NotImplementedError(f"{type(self).__name__}: use a TCPStore, FileStore or HashStore, or define _do")

    def _key(self, key: Any) -> bytes:
        if not isinstance(key, str):
            raise TypeError(f"{type(self).__name__}: expected a str as key, got {type(key).__name__}")
        return key.encode()

    @property
    def timeout(self) -> timedelta:
        """How long `get` and `wait` wait."""
        return timedelta(seconds=self._timeout)

    def set_timeout(self, timeout: timedelta) -> None:
        """Set how long `get` and `wait` wait."""
        self._timeout = seconds(timeout, 0, "set_timeout")

    def set(self, key: str, value: str | bytes) -> None:
        """Give a key a value."""
        self._do(b"set", self._key(key), _bytes(value))

    def get(self, key: str) -> bytes:
        """Return the value of a key: wait until there is one.

        Raises
        ------
        DistStoreError
            If there is none within the timeout.
        """
        return self.multi_get([key])[0]

    def multi_get(self, keys: Sequence[str]) -> list[bytes]:
        """Return the values of several keys: wait until all are there."""
        names = [self._key(key) for key in keys]
        found: list[bytes] = []

        def done() -> bool:
            found[:] = self._do(b"get", *names)
            return len(found) == len(names)

        self._until(done, self._timeout, keys)
        return found

    def multi_set(self, keys: Sequence[str], values: Sequence[str | bytes]) -> None:
        """Give several keys a value each, at once."""
        pairs = [(self._key(key), _bytes(value)) for key, value in zip(keys, values, strict=True)]
        self._do(b"set", *[part for pair in pairs for part in pair])

    def add(self, key: str, amount: int) -> int:
        """Add to the number that is the value of a key, by default 0; return the sum.

        Raises
        ------
        ValueError
            If the value is no number.
        """
        return int(self._do(b"add", self._key(key), b"%d" % amount)[0])

    def append(self, key: str, value: str | bytes) -> None:
        """Put bytes behind the value of a key."""
        self._do(b"append", self._key(key), _bytes(value))

    def compare_set(self, key: str, expected_value: str | bytes, desired_value: str | bytes) -> bytes:
        """Give a key a value if it has the expected one, or none and an empty one is expected; return what it has."""
        return self._do(b"compare_set", self._key(key), _bytes(expected_value), _bytes(desired_value))[0]

    def check(self, keys: Sequence[str]) -> bool:
        """Return whether all these keys have values."""
        return bool(self._do(b"check", *map(self._key, keys)))

    def wait(self, keys: Sequence[str], timeout: timedelta | None = None) -> None:
        """Wait until all these keys have values.

        Raises
        ------
        DistStoreError
            If they don't within the timeout.
        """
        names = [self._key(key) for key in keys]
        self._until(lambda: bool(self._do(b"check", *names)), seconds(timeout, self._timeout, "wait"), keys)

    def _until(self, done: Callable[[], bool], limit: float, keys: Sequence[str]) -> None:
        until = time.monotonic() + limit
        while not done():
            if time.monotonic() > until:
                raise DistStoreError(f"{type(self).__name__}: {', '.join(keys)} not set within {limit:.3g} s")
            time.sleep(PAUSE)

    def delete_key(self, key: str) -> bool:
        """Take a key out; return whether it was there."""
        return bool(self._do(b"delete", self._key(key)))

    def num_keys(self) -> int:
        """Return how many keys there are; where processes are counted, that counts as one."""
        return len(self._do(b"keys"))

    def list_keys(self) -> list[str]:
        """Return the keys."""
        return [key.decode() for key in self._do(b"keys")]

    def has_extended_api(self) -> bool:
        """Return True: there are `append`, `multi_get` and `multi_set`."""
        return True


def _bytes(value: Any) -> bytes:
    if not isinstance(value, (str, bytes)):
        raise TypeError(f"Store: expected str or bytes as value, got {type(value).__name__}")
    return value.encode() if isinstance(value, str) else value


class HashStore(Store):
    """A store of the threads of one process.

    Examples
    --------
    >>> store = mg.distributed.HashStore()
    >>> store.set("name", "value")
    >>> store.get("name"), store.add("count", 2)
    (b'value', 2)
    """

    def __init__(self) -> None:
        self._table: Table = {}
        self._lock = threading.Lock()

    def _do(self, operation: bytes, *arguments: bytes) -> list[bytes]:
        with self._lock:
            return _OPERATIONS[operation](self._table, *arguments)


class FileStore(Store):
    """A store in a file that all processes see; it is left there.

    Parameters
    ----------
    file_name : path
    world_size : int, optional
        How many processes there are; not used.

    Examples
    --------
    >>> import tempfile, os
    >>> store = mg.distributed.FileStore(os.path.join(tempfile.mkdtemp(), "store"), 1)
    >>> store.compare_set("name", "", "value")
    b'value'
    """

    def __init__(self, file_name: str, world_size: int = -1) -> None:
        if fcntl is None:
            raise RuntimeError("FileStore: this system can't lock files; use a TCPStore")
        self.path = os.fspath(file_name)
        self._do(b"add", _MEMBERS, b"1")

    def _do(self, operation: bytes, *arguments: bytes) -> list[bytes]:
        with self._opened() as file:
            text = file.read()
            before = json.loads(text) if text else {}
            table = {key.encode("latin-1"): value.encode("latin-1") for key, value in before.items()}
            found = _OPERATIONS[operation](table, *arguments)
            after = {key.decode("latin-1"): value.decode("latin-1") for key, value in table.items()}
            if after != before:
                file.seek(0)
                file.truncate()
                json.dump(after, file)
        return found

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Any]:
        with open(self.path, "a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file


class TCPStore(Store):
    """A store of processes on any machines, of which the master holds the table.

    Anybody who reaches its port can read and change it: use it within a network that you trust.

    Parameters
    ----------
    host_name, port : str, int
        Where the master is; with port 0 it takes a free one, which its attribute `port` names.
    world_size : int, optional
        How many processes there are: with `wait_for_workers` the master waits for them.
    is_master : bool, default False
    timeout : timedelta, default 5 minutes
    wait_for_workers : bool, default True
    multi_tenant, master_listen_fd, use_libuv : accepted, as PyTorch does

    Raises
    ------
    DistNetworkError
        If the master can't listen, or is not reached within the timeout.
    DistStoreError
        If not all workers come within the timeout.

    Examples
    --------
    >>> store = mg.distributed.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    >>> other = mg.distributed.TCPStore("127.0.0.1", store.port)
    >>> other.set("name", "value")
    >>> store.get("name")
    b'value'
    """

    def __init__(
        self,
        host_name: str,
        port: int,
        world_size: int | None = None,
        is_master: bool = False,
        timeout: timedelta = timedelta(seconds=300),
        wait_for_workers: bool = True,
        multi_tenant: bool = False,
        master_listen_fd: int | None = None,
        use_libuv: bool = True,
    ) -> None:
        self._timeout = seconds(timeout, 300, "TCPStore")
        self.host, self.port = host_name, int(port)
        self._lock = threading.Lock()
        self._server = _Server(self.port) if is_master else None
        if self._server is not None:
            self.port = self._server.port
            weakref.finalize(self, self._server.close)
        self._connection = self._reach()
        weakref.finalize(self, self._connection.close)
        if world_size is not None and world_size > 0:
            self._do(b"add", _MEMBERS, b"1")
            if is_master and wait_for_workers:
                everyone = [b"%d" % world_size]
                self._until(
                    lambda: self._do(b"get", _MEMBERS) == everyone, self._timeout, [f"all {world_size} workers"]
                )

    def _reach(self) -> socket.socket:
        until = time.monotonic() + self._timeout
        host = "127.0.0.1" if self._server is not None else self.host
        while True:
            try:
                connection = socket.create_connection((host, self.port), max(until - time.monotonic(), 0.1))
                connection.settimeout(None)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection
            except OSError as error:
                if time.monotonic() > until:
                    where = f"{self.host}:{self.port}"
                    raise DistNetworkError(
                        f"TCPStore: {where} not reached within {self._timeout:.3g} s ({error})"
                    ) from error
                time.sleep(PAUSE)

    def _do(self, operation: bytes, *arguments: bytes) -> list[bytes]:
        try:
            with self._lock:
                _send(self._connection, [operation, *arguments])
                status, *found = _receive(self._connection)
        except OSError as error:
            raise DistNetworkError(f"TCPStore: the master at {self.host}:{self.port} has ended ({error})") from error
        if status != b"ok":
            raise ValueError(f"TCPStore: {status.decode()}")
        return found


class _Server:
    """The table of a TCPStore, and a thread for each process that asks."""

    def __init__(self, port: int) -> None:
        try:
            self._listener = socket.create_server(("", port))
        except OSError as error:
            raise DistNetworkError(f"TCPStore: can't listen on port {port}: {error}") from error
        self.port = self._listener.getsockname()[1]
        self._store = HashStore()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # which ends the thread

    def _accept(self) -> None:
        with contextlib.suppress(OSError), self._listener:
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while True:
                operation, *arguments = _receive(connection)
                try:
                    answer = [b"ok", *self._store._do(operation, *arguments)]
                except (KeyError, TypeError, ValueError) as error:
                    answer = [str(error).encode() or b"error"]
                _send(connection, answer)


def _send(connection: socket.socket, parts: Sequence[bytes]) -> None:
    lengths = [struct.pack("!I", len(part)) + part for part in parts]
    connection.sendall(struct.pack("!I", len(parts)) + b"".join(lengths))


def _receive(connection: socket.socket) -> list[bytes]:
    (count,) = struct.unpack("!I", _exactly(connection, 4))
    return [_exactly(connection, *struct.unpack("!I", _exactly(connection, 4))) for _ in range(count)] or [b""]


def _exactly(connection: socket.socket, size: int) -> bytes:
    if size > MOST_BYTES:
        raise ConnectionError(f"a message of {size} bytes")
    found = bytearray()
    while len(found) < size:
        part = connection.recv(min(size - len(found), 1 << 20))
        if not part:
            raise ConnectionError("hung up")
        found += part
    return bytes(found)


class PrefixStore(Store):
    """A part of another store, in which all keys begin with `prefix` and a slash.

    Examples
    --------
    >>> store = mg.distributed.HashStore()
    >>> mg.distributed.PrefixStore("mine", store).set("name", "value")
    >>> store.get("mine/name")
    b'value'
    """

    def __init__(self, prefix: str, store: Store) -> None:
        self.prefix, self.underlying_store = prefix, store
        self._timeout = store._timeout

    def _key(self, key: Any) -> bytes:
        return self.prefix.encode() + b"/" + super()._key(key)

    def _do(self, operation: bytes, *arguments: bytes) -> list[bytes]:
        return self.underlying_store._do(operation, *arguments)
