"""A process that brings others together, where no ``mpiexec`` does: rank 0 starts it, by the path of this file.

MPICH and its relatives learn of one another by a few lines of text, the first version of the process management
interface (PMI), which a launcher answers. This answers them. When one of the processes dies it hangs up on all, and
ends those of this machine that have not ended by themselves some seconds later.

It is a process of its own, as a library that starts holds Python's lock; and it imports nothing but Python's own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time

GRACE = 5.0  # seconds in which the others can print that one has died


class Manager:
    """The answers to `size` processes, each of which has a connection."""

    def __init__(self, listener: socket.socket, size: int, timeout: float) -> None:
        self.size = size
        self.name = f"minigrad-{os.getpid()}-{time.time_ns()}"  # of shared memory, too
        self.connections: dict[int, socket.socket] = {}
        self.processes: dict[int, int] = {}  # the numbers of those of this machine that run
        self._values: dict[str, str] = {}
        self._at_barrier = 0
        self._lock = threading.Lock()
        until = time.monotonic() + timeout
        while len(self.connections) < size:
            listener.settimeout(max(until - time.monotonic(), 0.01))
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                break
            connection.settimeout(None)
            rank, process, host = line(connection).split()
            self.connections[int(rank)] = connection
            if host == socket.gethostname():
                self.processes[int(rank)] = int(process)
        listener.close()
        self.missing = sorted(set(range(size)) - set(self.connections))

    def run(self) -> None:
        """Answer until all have ended."""
        self._tell_all("missing " + ", ".join(map(str, self.missing)) if self.missing else "all here")
        threads = [threading.Thread(target=self._serve, args=(rank,)) for rank in self.connections]
        for thread in () if self.missing else threads:
            thread.start()
        for thread in () if self.missing else threads:
            thread.join()

    def _tell_all(self, words: str) -> None:
        for connection in self.connections.values():
            with contextlib.suppress(OSError):
                connection.sendall(words.encode() + b"\n")

    def _serve(self, rank: int) -> None:
        connection = self.connections[rank]
        with contextlib.suppress(OSError):
            while request := line(connection):
                words = dict(word.split("=", 1) for word in request.split() if "=" in word)
                if words["cmd"] == "barrier_in":
                    self._barrier()
                elif words["cmd"] == "abort":
                    break
                else:
                    connection.sendall(self._answer(words).encode() + b"\n")
                if words["cmd"] == "finalize":
                    self.processes.pop(rank, None)
                    return
        self.processes.pop(rank, None)  # it has died
        for other in self.connections.values():
            with contextlib.suppress(OSError):
                other.shutdown(socket.SHUT_RDWR)
        time.sleep(GRACE)
        for process in list(self.processes.values()):
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)

    def _answer(self, words: dict[str, str]) -> str:
        command = words["cmd"]
        if command == "put":
            self._values[words["key"]] = words["value"]
        value = self._values.get(words.get("key", ""))
        return {
            "init": "cmd=response_to_init pmi_version=1 pmi_subversion=1 rc=0",
            "get_maxes": "cmd=maxes kvsname_max=256 keylen_max=64 vallen_max=1024",
            "get_appnum": "cmd=appnum appnum=0",
            "get_my_kvsname": f"cmd=my_kvsname kvsname={self.name}",
            "get_universe_size": f"cmd=universe_size size={self.size}",
            "put": "cmd=put_result rc=0 msg=success",
            "get": "cmd=get_result rc=-1 msg=unknown" if value is None else f"cmd=get_result rc=0 msg=x value={value}",
            "finalize": "cmd=finalize_ack",
        }.get(command, f"cmd={command}_result rc=-1")

    def _barrier(self) -> None:
        with self._lock:
            self._at_barrier += 1
            if self._at_barrier == self.size:
                self._at_barrier = 0
                self._tell_all("cmd=barrier_out")


def line(connection: socket.socket) -> str:
    """Return the next line, without its end; an empty one at the end of all."""
    found = bytearray()
    while (byte := connection.recv(1)) not in (b"", b"\n"):
        found += byte
    return found.decode()


def main(number: str, size: str, timeout: str) -> None:
    """Bring `size` processes together that connect to the socket with this number."""
    if os.name == "posix":
        os.setsid()  # a Ctrl-C is for the others, who tell when they end
    Manager(socket.socket(fileno=int(number)), int(size), float(timeout)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
