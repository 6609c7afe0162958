"""Groups of processes: the world, which is all that MPI has started, and parts of it."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from minigrad.distributed import ending
from minigrad.distributed.launcher import set_environment, started_by_mpi
from minigrad.distributed.mpi import mpi, mpi_with_all_ranks
from minigrad.distributed.waiting import Agreement, Board, DistBackendError, ask, ranks, seconds
from minigrad.kernels import parallel

DEFAULT_TIMEOUT = default_pg_timeout = timedelta(minutes=30)


class ProcessGroup:
    """Some processes, and the channel between them. `init_process_group` and `new_group` make it.

    Attributes
    ----------
    ranks : list of int
        The ranks in the world of its members.
    timeout : float
        How many seconds a call may take.
    """

    def __init__(self, comm: Any, members: list[int], board: Board, timeout: float, name: str, backend: str) -> None:
        self.comm, self.ranks, self.board = comm, members, board
        self.timeout, self.group_name, self.backend = timeout, name, backend
        self.calls = 0  # made so far, by which calls of one kind are told apart
        self.pending: list[Any] = []  # works that nobody may have waited for
        self.world_rank = board.comm.rank
        self.last_tag = mpi().COMM_WORLD.Get_attr(mpi().TAG_UB)
        board.groups[name] = self

    def rank(self) -> int:
        """Return the rank of this process in the group."""
        return int(self.comm.rank)

    def size(self) -> int:
        """Return the number of processes."""
        return int(self.comm.size)

    def name(self) -> str:
        """Return the name of the backend."""
        return self.backend

    def __repr__(self) -> str:
        return f"<ProcessGroup {self.group_name!r} of {ranks(self.ranks)}>"

    def begin(self, what: str) -> tuple[int, Agreement | None]:
        """Count a call that all members make, and ask whether they do; alone there is nobody to ask."""
        self.calls += 1
        return self.calls, Agreement(self, what, self.calls) if self.size() > 1 else None

    def agree(self, what: str, timeout: float | None = None) -> None:
        """Wait until all members have called this."""
        agreement = self.begin(what)[1]
        if agreement is not None:
            agreement.wait(self.timeout if timeout is None else timeout)

    def own_copy(self, name: str) -> ProcessGroup:
        """Return a group of the same members with a channel of its own, for what goes on beside other calls."""
        self.agree(f"new_group of {ranks(self.ranks)} for {name}")
        name = f"{name} {self.calls} of {self.group_name}"
        return ProcessGroup(self.comm.Dup(), self.ranks, self.board, self.timeout, name, self.backend)

    def close(self) -> None:
        """Forget the group."""
        self.board.groups.pop(self.group_name, None)


class _State:
    world: ProcessGroup | None = None
    has_lost: Callable[[], bool] | None = None  # of a world that no mpiexec watches: whether a rank has died


class _Groups(type):
    """The class of `GroupMember`, which knows the default group of the moment."""

    @property
    def WORLD(cls) -> ProcessGroup | None:  # noqa: N802 (PyTorch's name)
        """The default group."""
        return _State.world


class GroupMember(metaclass=_Groups):
    """The default group, and what stands for a group that this process is not in."""

    NON_GROUP_MEMBER = -100


group = GroupMember


def is_available() -> bool:
    """Return whether mpi4py is installed.

    Examples
    --------
    >>> mg.distributed.is_available() in (True, False)
    True
    """
    from importlib.util import find_spec

    return find_spec("mpi4py") is not None


def is_initialized() -> bool:
    """Return whether there is a default group.

    Examples
    --------
    >>> mg.distributed.is_initialized()
    False
    """
    return _State.world is not None


def is_torchelastic_launched() -> bool:
    """Return whether ``mpiexec`` or ``python -m minigrad.distributed.run`` has started this process.

    Examples
    --------
    >>> mg.distributed.is_torchelastic_launched()
    False
    """
    return started_by_mpi()


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: timedelta | None = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
) -> None:
    """Make the default group of all processes that ``mpiexec`` has started: without it, of this one.

    Processes that know their rank and how many they are, by arguments or by ``RANK`` and ``WORLD_SIZE``, need no
    ``mpiexec`` where MPI is MPICH or a relative of it: they find one another by `init_method`.

    Parameters
    ----------
    backend : {"mpi", "gloo"}, optional
        It is MPI in either case.
    init_method : str, optional
        ``"env://"``, the default: rank 0 is at ``MASTER_ADDR`` and ``MASTER_PORT``; ``"tcp://host:port"``; or
        ``"file://path"``, of a file that all see. Not used where ``mpiexec`` has started the processes.
    store : Store, optional
        By which the processes find one another instead of by `init_method`; with `rank` and `world_size`.
    group_name, pg_options, device_id : accepted, as PyTorch does
    timeout : timedelta, optional
        How long to wait for other ranks, by default 30 minutes.
    world_size, rank : int, optional
        What MPI must agree with: as many processes, and each rank once.

    Raises
    ------
    ValueError
        If there is a default group, or the backend is unknown.
    RuntimeError
        If MPI is not installed, there is another number of processes, or not all come in time.

    Examples
    --------
    >>> from minigrad import distributed as dist
    >>> dist.init_process_group("gloo")  # doctest: +SKIP
    >>> dist.get_rank(), dist.get_world_size()  # doctest: +SKIP
    (0, 1)
    """
    if _State.world is not None:
        raise ValueError("init_process_group: there is a default group; call destroy_process_group() first")
    backend = known_backend(backend)
    if store is not None and (rank < 0 or world_size < 1):
        raise ValueError("init_process_group: expected rank and world_size with a store")
    limit = seconds(timeout, DEFAULT_TIMEOUT.total_seconds(), "init_process_group")
    _start_together(rank, world_size, init_method, limit, store)
    everyone = mpi_with_all_ranks(limit).COMM_WORLD
    said = meet(everyone, range(everyone.size), "init_process_group", limit, (rank, world_size, backend))
    order = _order([s[:2] for s in said], everyone.size)
    if len({s[2] for s in said}) > 1:
        raise DistBackendError(
            f"init_process_group: the ranks ask for different backends, {sorted({s[2] for s in said})}"
        )
    comm = everyone.Split(0, order[everyone.rank])
    board = Board(comm.Dup(), _State.has_lost)
    _State.world = ProcessGroup(comm, list(range(comm.size)), board, limit, "the world", backend)
    nearby = everyone.Split_type(mpi().COMM_TYPE_SHARED)
    for name, value in (("RANK", comm.rank), ("WORLD_SIZE", comm.size), ("LOCAL_RANK", nearby.rank)):
        os.environ[name] = str(value)
    os.environ["LOCAL_WORLD_SIZE"] = str(nearby.size)
    _divide_cores(nearby.size)
    ending.install(board, limit)


def _divide_cores(processes: int) -> None:
    """Use no more threads than there are cores for each process of this machine, unless the user has said how many."""
    if "MINIGRAD_NUM_THREADS" not in os.environ:
        share = max(1, parallel.usable_cores() // processes)
        parallel.set_num_threads(min(share, parallel.get_num_threads()))


def known_backend(backend: Any) -> str:
    """Return the name of a backend, which is one for MPI."""
    if backend is None:
        return "mpi"
    names = [part.rpartition(":")[2] for part in str(backend).lower().split(",") if not part.startswith("cuda:")]
    if names and all(name in ("mpi", "gloo") for name in names):
        return names[0]
    if "nccl" in str(backend).lower():
        raise RuntimeError('init_process_group: "nccl" is for GPUs, of which minigrad uses none; pass "gloo" or "mpi"')
    raise ValueError(f'init_process_group: expected "mpi" or "gloo" as backend, got {backend!r}')


def _start_together(rank: int, world_size: int, init_method: str | None, timeout: float, store: Any) -> None:
    """Bring the processes together that a script wants, unless ``mpiexec`` has done so."""
    if init_method is not None and not str(init_method).startswith(("env://", "tcp://", "file://")):
        raise ValueError(f"init_process_group: expected env://, tcp:// or file:// as init_method, got {init_method!r}")
    set_environment()
    if started_by_mpi() or "mpi4py.MPI" in sys.modules:
        return
    size = world_size if world_size > 0 else int(os.environ.get("WORLD_SIZE", 1))
    mine = rank if rank >= 0 else int(os.environ.get("RANK", -1))
    if size > 1 and not 0 <= mine < size:
        raise ValueError(f"init_process_group: expected a rank from 0 to {size - 1}, got {mine}; or use mpiexec")
    if size > 1:
        from minigrad.distributed.rendezvous import meet as meet_others

        _State.has_lost = meet_others(mine, size, init_method, timeout, store)


def _order(said: Sequence[tuple[int, int]], size: int) -> list[int]:
    """Return the rank of each process of MPI: as MPI numbers them, unless the script says otherwise."""
    for _, world_size in said:
        if world_size > 0 and world_size != size:
            raise RuntimeError(
                f"init_process_group: expected world_size={world_size}, and MPI has started {size} processes; "
                f"start them by mpiexec -n {world_size}"
            )
    given = [rank for rank, _ in said]
    if all(rank < 0 for rank in given):
        return list(range(size))
    if sorted(given) != list(range(size)):
        raise RuntimeError(f"init_process_group: expected each rank from 0 to {size - 1} once, got {given}")
    return given


def meet(
    comm: Any, members: Iterable[int], what: str, timeout: float, say: Any = None, names: Sequence[int] | None = None
) -> list[Any]:
    """Return what all members say, or raise and name those who did not come in time, by their ranks or by `names`."""
    others = [rank for rank in members if rank != comm.rank]
    tag = mpi().COMM_WORLD.Get_attr(mpi().TAG_UB) - 1
    sent = [comm.isend(say, rank, tag) for rank in others]
    heard = {comm.rank: say}

    def all_here() -> bool:
        for rank in others:
            if rank not in heard and (message := comm.improbe(rank, tag)) is not None:
                heard[rank] = message.recv()
        return len(heard) == len(others) + 1 and all(request.Test() for request in sent)

    def look(waited: float) -> None:
        if waited > timeout:
            missing = ranks(names[rank] if names else rank for rank in others if rank not in heard)
            raise DistBackendError(f"{what}: {missing} did not come within {timeout:.3g} s")

    ask(all_here, look)
    return [heard[rank] for rank in sorted(heard)]


def destroy_process_group(group: ProcessGroup | None = None) -> None:
    """Forget a group, by default all of them: then there may be another default group.

    Examples
    --------
    >>> mg.distributed.destroy_process_group()  # doctest: +SKIP
    """
    member = the_group("destroy_process_group", group)
    if member is None:
        return
    for work in member.pending:
        work.abandon()
    if member is _State.world:
        member.board.groups.clear()
        _State.world = None
    member.close()


def the_group(call: str, group: Any = None) -> ProcessGroup | None:
    """Return the group that a user means, or None, with a warning, if this process is no member.

    Raises
    ------
    ValueError
        If there is no default group.
    """
    if _State.world is None:
        raise ValueError(f"{call}: there is no default group; call init_process_group() first")
    if group is None:
        return _State.world
    if group == GroupMember.NON_GROUP_MEMBER:
        warnings.warn(f"{call}: this process is not in the group, so nothing happens", UserWarning, stacklevel=3)
        return None
    if not isinstance(group, ProcessGroup):
        raise TypeError(f"{call}: expected a group that new_group() has made, got {type(group).__name__}")
    return group


def new_group(
    ranks: Sequence[int] | None = None,
    timeout: timedelta | None = None,
    backend: str | None = None,
    pg_options: Any = None,
    use_local_synchronization: bool = False,
    group_desc: str | None = None,
    device_id: Any = None,
    sort_ranks: bool = True,
) -> ProcessGroup | int:
    """Return a group of these ranks, by default of all. All processes call it, also those outside.

    Parameters
    ----------
    ranks : sequence of int, optional
    timeout : timedelta, optional
        By default that of the default group.
    backend : {"mpi", "gloo"}, optional
    use_local_synchronization : bool, default False
        Only the members call it.
    sort_ranks : bool, default True
        Number the members by their ranks; else in the order of `ranks`.
    pg_options, group_desc, device_id : accepted, as PyTorch does

    Returns
    -------
    ProcessGroup; for a process that is no member ``GroupMember.NON_GROUP_MEMBER``

    Raises
    ------
    ValueError
        If there is no default group, or a rank is not in it.

    Examples
    --------
    >>> pair = mg.distributed.new_group([0, 1])  # doctest: +SKIP
    """
    world = the_group("new_group")
    assert world is not None
    members = list(range(world.size())) if ranks is None else [int(r) for r in ranks]
    if len(set(members)) < len(members) or any(not 0 <= r < world.size() for r in members):
        raise ValueError(f"new_group: expected different ranks from 0 to {world.size() - 1}, got {members}")
    members = sorted(members) if sort_ranks else members
    kind = world.backend if backend is None else known_backend(backend)
    limit = seconds(timeout, world.timeout, "new_group")
    mine = world.rank() in members
    if use_local_synchronization:
        if mine:
            meet(world.comm, members, f"new_group of ranks {members}", world.timeout)
        name = f"{members}, made apart, {sum(str(members) in known for known in world.board.groups)}"
    else:
        world.agree(f"new_group of ranks {members}")
        name = f"{members}, call {world.calls}"
    if not mine:
        return GroupMember.NON_GROUP_MEMBER
    comm = world.comm.Create_group(world.comm.Get_group().Incl(members))
    return ProcessGroup(comm, members, world.board, limit, name, kind)
