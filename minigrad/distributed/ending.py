"""The end of a process: it tells the others, so that they do not wait for it in vain."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import multiprocessing.util
import os
import sys
import time
import traceback
from types import TracebackType

from minigrad.distributed.mpi import mpi
from minigrad.distributed.waiting import Board, Notice, ranks

GRACE = 2.0  # seconds in which the others can print their own errors, after one has failed
PAUSE = 0.002  # seconds between two looks at whether they have ended


class _Ending:
    board: Board | None = None
    process = 0
    failed = False
    story = ""
    timeout = 0.0


def install(board: Board, timeout: float) -> None:
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
    _Ending.board, _Ending.process, _Ending.timeout = board, os.getpid(), timeout


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
    _flush()  # a launcher may end all as soon as one has ended with an error
    everyone = [rank for rank in range(board.comm.size) if rank != board.comm.rank]
    if not _Ending.failed:
        board.tell(Notice("left"), everyone)
    began = time.monotonic()
    until = began + GRACE if _Ending.failed else float("inf")
    late = began + _Ending.timeout
    while not all(map(board.ended, everyone)):
        board.listen()
        now = time.monotonic()
        if until == float("inf") and (board.has_lost() or any(map(board.failed, everyone))):
            until = now + GRACE
            _say(board, f"ends early: {_story_of_others(board, everyone)}")
        if now > until:
            print(_Ending.story, end="", file=sys.stderr, flush=True)
            os._exit(1) if board.has_lost() else mpi().COMM_WORLD.Abort(1)
        if now > late:  # whoever is missing may have work to do, so nobody ends it
            late = float("inf")
            missing = ranks(rank for rank in everyone if not board.ended(rank))
            _say(board, f"has ended, and has waited {_Ending.timeout:.3g} s for {missing}")
        time.sleep(PAUSE)


def _say(board: Board, words: str) -> None:
    print(f"minigrad.distributed: rank {board.comm.rank} {words}", file=sys.stderr, flush=True)


def _story_of_others(board: Board, everyone: list[int]) -> str:
    """Return what is known of the rank that failed, for one that has no error of its own to show."""
    told = [f"rank {rank} has failed: {board.heard[rank][0].what}" for rank in everyone if board.failed(rank)]
    return told[0] if told else "another rank has died"


def _flush() -> None:
    for file in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # it may be closed, or None
            file.flush()
