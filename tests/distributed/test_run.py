"""Ways to start: `python -m minigrad.distributed.run`, by `multiprocessing`, by hand, alone; and without an MPI."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import minigrad as mg
from minigrad.distributed import run as launcher
from minigrad.distributed.groups import known_backend
from tests.distributed.mpi import all_passed, needs_meetings, needs_mpi, run

RUN = [sys.executable, "-m", "minigrad.distributed.run"]
MODULE = "tests.distributed.programs.arguments"


@needs_mpi
def test_processes_are_started_and_know_who_they_are():
    ways = [
        ([*RUN, "--nproc-per-node", "2"], ["a", "--b=1"], 0, 2),
        ([*RUN, "--standalone", "--nproc_per_node=2", "--nnodes=1"], ["fail"], 3, 2),
        ([*RUN, "--nproc-per-node=2", "--master-port=29777"], [], 0, 2),
        ([sys.executable], ["alone"], 0, 1),
    ]
    with ThreadPoolExecutor() as threads:
        found = list(threads.map(lambda way: run("arguments.py", 0, *way[1], launcher=way[0]), ways))
    for (way, arguments, status, count), (ended, output) in zip(ways, found, strict=True):
        port = "29777" if "--master-port=29777" in way else "29500"
        assert ended == status, output
        for rank in range(count):
            said = [str(rank), str(rank), str(count), str(count), port] if count > 1 else [None] * 5
            assert f"__main__ {arguments} {said} {[rank, count, 1]}" in output.splitlines(), output
    assert "a process ended with status 3, and the others with it" in found[1][1]


@needs_mpi
def test_modules_are_started():
    found = subprocess.run([*RUN, "--nproc-per-node=2", "-m", MODULE, "x"], capture_output=True, text=True, timeout=60)
    assert found.returncode == 0 and found.stdout.count("__main__ ['x']") == 2, found.stderr


@needs_mpi
@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends a process whose parent was killed")
def test_processes_end_with_what_started_them():
    script = "import os, time; os.write(1, b'%d\\n' % os.getpid()); time.sleep(60)"
    for number in (signal.SIGKILL, signal.SIGHUP):
        child = subprocess.Popen(
            [*RUN, "--nproc-per-node=2", "--no-python", sys.executable, "-c", script], stdout=subprocess.PIPE
        )
        processes = [int(child.stdout.readline()) for _ in range(2)]
        child.send_signal(number)
        child.communicate(timeout=20)
        until = time.monotonic() + 20
        while any(Path(f"/proc/{process}").exists() for process in processes):
            assert time.monotonic() < until, f"they are there after signal {number}"
            time.sleep(0.01)


@needs_mpi
@needs_meetings
def test_scripts_that_start_their_processes_themselves_run_as_they_are(tmp_path):
    port = iter(range(29620, 29640))
    ways = [
        ("spawn", "", f"tcp://127.0.0.1:{next(port)}", 0),
        ("fork", "", f"file://{tmp_path}/meeting", 0),
        ("fork", "", f"store:{tmp_path}/store", 0),
        ("spawn", "raises", f"file://{tmp_path}/raises", 1),
        ("fork", "dies", f"file://{tmp_path}/dies", 9),
    ]
    with ThreadPoolExecutor() as threads:
        found = list(threads.map(lambda way: run("tutorial.py", 0, *way[:3], launcher=[sys.executable]), ways))
    for (how, way, _, status), (ended, output) in zip(ways, found, strict=True):
        assert ended == status, f"{how} {way}: {output}"
        if not way:
            lines = [line.partition(": ")[2] for line in output.splitlines() if " of 2: mean" in line]
            assert len(lines) == 2 and lines[0] == lines[1], output
    assert "spawn: process 1 has failed" in found[3][1] and "KeyError: 'a file'" in found[3][1]
    assert "another rank has died" in found[4][1]


@needs_mpi
def test_spawn_takes_the_processes_that_are_there():
    ended, output = run("tutorial.py", 2, "spawn", "", "env://")
    assert ended == 0 and output.count(" of 2: mean") == 2, output


def hosts_can_be_made():
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("ip") and shutil.which("unshare")


@pytest.fixture
def hosts():
    """Two hosts, which are namespaces of this one with names and networks of their own: commands that run there."""
    names = [f"mg{os.getpid()}{side}" for side in "ab"]
    commands = [
        *(f"ip netns add {name}" for name in names),
        f"ip link add {names[0]} type veth peer name {names[1]}",
        *(f"ip link set {name} netns {name}" for name in names),
        *(f"ip -n {name} addr add 10.89.0.{i + 1}/24 dev {name}" for i, name in enumerate(names)),
        *(f"ip -n {name} link set {device} up" for name in names for device in ("lo", name)),
    ]
    try:
        for command in commands:
            made = subprocess.run(command.split(), capture_output=True, text=True)
            if made.returncode:
                pytest.skip(f"{command}: {made.stderr}")
        own_name = 'hostname "$0" && exec "$@"'
        yield [["ip", "netns", "exec", name, "unshare", "--uts", "sh", "-c", own_name, name] for name in names]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


@needs_mpi
@needs_meetings
@pytest.mark.skipif(not hosts_can_be_made(), reason="needs root, ip and unshare to make two hosts of one")
def test_two_hosts_train_together(hosts):
    where = {"MASTER_ADDR": "10.89.0.1", "MASTER_PORT": "29700", "WORLD_SIZE": "2"}
    with ThreadPoolExecutor() as threads:
        runs = [
            threads.submit(run, "training.py", 0, launcher=[*host, sys.executable], RANK=str(rank), **where)
            for rank, host in enumerate(hosts)
        ]
        found = [ended.result() for ended in runs]
    assert [status for status, _ in found] == [0, 0], found
    assert all_passed("training.py", found[0][1]), found[0][1]


@pytest.mark.parametrize(
    "wrong, words",
    [
        (["--nproc-per-node", "none", "a.py"], "expected a whole number of 1 or more, got 'none'"),
        (["--nnodes", "2", "a.py"], "must be 1"),
        (["--nproc-per-node", "2"], "script"),
    ],
)
def test_wrong_options_are_refused(wrong, words, capsys):
    with pytest.raises(SystemExit):
        launcher.arguments(wrong)
    assert words in capsys.readouterr().err


def test_a_place_without_mpi_says_so(monkeypatch):
    script = (
        "import sys; sys.modules['mpi4py'] = None\n"
        "import minigrad as mg, minigrad.distributed as dist\n"
        "assert 'mpi4py.MPI' not in sys.modules and not dist.is_initialized()\n"
        "try: dist.init_process_group('gloo')\n"
        "except RuntimeError as error: print(error)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert 'init_process_group: minigrad.distributed needs MPI; pip install "minigrad-numpy[mpi]"' in found.stdout, (
        found.stderr
    )


def test_backends():
    assert [known_backend(b) for b in (None, "mpi", "GLOO", "cpu:gloo,cuda:nccl")] == ["mpi", "mpi", "gloo", "gloo"]
    with pytest.raises(RuntimeError, match='"nccl" is for GPUs'):
        known_backend("nccl")
    with pytest.raises(ValueError, match='expected "mpi" or "gloo" as backend, got \'foo\''):
        known_backend("foo")
    with pytest.raises(ValueError, match="expected env://, tcp:// or file:// as init_method"):
        mg.distributed.init_process_group("gloo", init_method="udp://here")
    with pytest.raises(ValueError, match="expected a rank from 0 to 2, got -1"):
        mg.distributed.init_process_group("gloo", world_size=3)
    with pytest.raises(TypeError, match="timedelta"):
        mg.distributed.init_process_group("gloo", timeout=3)
    with pytest.raises(ValueError, match="all_reduce: there is no default group"):
        mg.distributed.all_reduce(mg.ones(1))
