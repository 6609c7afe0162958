"""The end of a process: it tells the others, so that they do not wait for it in vain."""

from __future__ import annotations

import atexit
import multiprocessing
import multiprocessing.util
import os
import sys
import time
import traceback
from types import TracebackType

from minigrad.distributed.mpi import mpi
from minigrad.distributed.waiting import Board, Notice

GRACE = 2.0  # seconds in which the others can print their own errors, after one has failed
PAUSE = 0.002  # seconds between two looks at whether they have ended


class _Ending:
    board: Board | None = None
    process = 0
    failed = False
    story = ""


def install(board: Board) -> None:
    """Tell the ranks of a board when this process ends, and how."""
    if _Ending.board is None and multiprocessing.parent_process() is None:
        before = sys.excepthook

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            before(kind, error, trace)
            if os.getpid() == _Ending.process:
                _tell_failure(error)

        sys.excepthook = hook
        atexit.register(_leave)
    elif _Ending.board is None:
        multiprocessing.util.Finalize(None, _leave_child, exitpriority=0)
    _Ending.board, _Ending.process = board, os.getpid()


def _tell_failure(error: BaseException) -> None:
    _Ending.failed = True
    assert _Ending.board is not None
    words = f"{type(error).__name__}: {error}"
    _Ending.board.tell(Notice("failed", what=words), range(_Ending.board.comm.size))


def _leave_child() -> None:
    """Leave a process of `multiprocessing`, which ends without Python's own end: within what it raises, if it does."""
    error = sys.exc_info()[1]
    if error is not None and not (isinstance(error, SystemExit) and not error.code):
        _Ending.story = traceback.format_exc()  # to be printed, if there is no time for others to print it
        _tell_failure(error)
    _leave()
    mpi().Finalize()


def _leave() -> None:
    """Wait for the others to end, too, as MPI does: but after an error only for a while, and end them all then."""
    board = _Ending.board
    if board is None or os.getpid() != _Ending.process:
        return
    everyone = [rank for rank in range(board.comm.size) if rank != board.comm.rank]
    if not _Ending.failed:
        board.tell(Notice("left"), everyone)
    until = time.monotonic() + GRACE if _Ending.failed else float("inf")
    while not all(map(board.ended, everyone)):
        board.listen()
        if until == float("inf") and (board.has_lost() or any(map(board.failed, everyone))):
            until = time.monotonic() + GRACE
        if time.monotonic() > until:
            print(_Ending.story, end="", file=sys.stderr, flush=True)
            sys.stdout.flush()
            os._exit(1) if board.has_lost() else mpi().COMM_WORLD.Abort(1)
        time.sleep(PAUSE)
