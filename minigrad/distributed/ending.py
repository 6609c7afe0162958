"""The end of a process: it tells the others, so that they do not wait for it in vain."""

from __future__ import annotations

import atexit
import os
import sys
import time
from types import TracebackType

from minigrad.distributed.mpi import mpi
from minigrad.distributed.waiting import Board, Notice

GRACE = 2.0  # seconds in which the others can print their own errors, after one has failed
PAUSE = 0.002  # seconds between two looks at whether they have ended


class _Ending:
    board: Board | None = None
    process = 0
    error: str | None = None


def install(board: Board) -> None:
    """Tell the ranks of a board when this process ends, and how."""
    if _Ending.board is None:
        before = sys.excepthook

        def failed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            before(kind, error, trace)
            if os.getpid() == _Ending.process:
                _tell_failure(f"{kind.__name__}: {error}")

        sys.excepthook = failed
        atexit.register(_leave)
    _Ending.board, _Ending.process = board, os.getpid()


def _tell_failure(error: str) -> None:
    _Ending.error = error
    assert _Ending.board is not None
    _Ending.board.tell(Notice("failed", what=error), range(_Ending.board.comm.size))


def _leave() -> None:
    """Wait for the others to end, too, as MPI does: but after an error only for a while, and end them all then."""
    board = _Ending.board
    if board is None or os.getpid() != _Ending.process:
        return
    everyone = [rank for rank in range(board.comm.size) if rank != board.comm.rank]
    if _Ending.error is None:
        board.tell(Notice("left"), everyone)
    until = time.monotonic() + GRACE if _Ending.error else float("inf")
    while not all(map(board.ended, everyone)):
        board.listen()
        if until == float("inf") and any(board.failed(rank) for rank in everyone):
            until = time.monotonic() + GRACE
        if time.monotonic() > until:
            sys.stdout.flush()
            sys.stderr.flush()
            mpi().COMM_WORLD.Abort(1)
        time.sleep(PAUSE)
