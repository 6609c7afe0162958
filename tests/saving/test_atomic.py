"""Files are replaced whole or not at all: every call may fail, every process may be killed."""

import errno
import io
import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import minigrad as mg
from minigrad.saving import atomic
from minigrad.saving.safetensors import load_file, save_file

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions, pipes and signals are POSIX's")

OLD, NEW = {"w": mg.zeros(3)}, {"w": mg.ones(30_000), "b": mg.ones(9_000)}
KINDS = {
    "save": (mg.save, mg.load),
    "save_file": (save_file, load_file),
    "save_checkpoint": (lambda obj, path: mg.save_checkpoint(path, **obj), mg.load),
}


class Failure:
    """From the n-th call of any of the functions on, they fail."""

    def __init__(self, monkeypatch, error, n):
        self.error, self.left, self.reached = error, n, False
        for module, name in [(os, "fsync"), (os, "replace"), (os, "chmod"), (os, "listdir"), (atomic.fcntl, "flock")]:
            monkeypatch.setattr(module, name, self.wrap(getattr(module, name)))
        failing = self

        class File(io.FileIO):
            def write(self, content):
                return failing.wrap(super().write)(content)

        monkeypatch.setattr(
            atomic, "open", self.wrap(lambda path, mode: io.BufferedWriter(File(path, mode))), raising=False
        )

    def wrap(self, function):
        def call(*args):
            self.left -= 1
            if self.left < 0:
                self.reached = True
                raise self.error
            return function(*args)

        return call


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EACCES, KeyboardInterrupt])
def test_every_call_may_fail(code, kind, tmp_path, monkeypatch):
    save, load = KINDS[kind]
    path, failures = tmp_path / "file", 0
    for n in range(1000):
        save(OLD, path)
        error = KeyboardInterrupt() if code is KeyboardInterrupt else OSError(code, os.strerror(code))
        raised = None
        with monkeypatch.context() as patch:
            failure = Failure(patch, error, n)
            try:
                save(NEW, path)
            except (OSError, KeyboardInterrupt) as caught:
                raised = caught
        if isinstance(raised, OSError):
            assert (raised.errno, raised.filename) == (code, str(path)) and "save" in str(raised)
        assert failure.reached or not raised
        found, expected = load(path), [NEW] if raised is None else [OLD, NEW] if code is KeyboardInterrupt else [OLD]
        assert any(np.array_equal(found["w"], obj["w"]) for obj in expected)
        assert os.listdir(tmp_path) == ["file"]
        failures += raised is not None
        if not failure.reached:
            break
    assert failures > 5 and n < 999  # writes, at least, and each of the others


def test_a_file_that_grows_too_large(tmp_path):
    for kind, (save, load) in KINDS.items():
        save(OLD, tmp_path / kind)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
        try:
            with pytest.raises(OSError, match=f"File too large: '{tmp_path / kind}'"):
                save(NEW, tmp_path / kind)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert load(tmp_path / kind)["w"].tolist() == [0, 0, 0]
    assert sorted(os.listdir(tmp_path)) == sorted(KINDS)


def test_the_folder_cannot_be_opened(tmp_path, monkeypatch):
    original = os.open

    def refuse(path, *args, **kwargs):
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return original(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    mg.save(OLD, tmp_path / "file")
    assert mg.load(tmp_path / "file")["w"].tolist() == [0, 0, 0]


NAMES = ["a", ".hidden", "with space", "new\nline", "naïve ф", os.fsdecode(b"\xff\xfe"), "x" * 255, "ф" * 127, "a.tmp",
         ".a.0123abcd.tmp", "*", "-"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names(name, tmp_path):
    class PathLike:
        def __fspath__(self):
            return str(tmp_path / name)

    for number, path in enumerate([tmp_path / name, str(tmp_path / name), os.fsencode(tmp_path / name), PathLike()]):
        mg.save(number, path)
        assert mg.load(path) == number and os.listdir(tmp_path) == [name]


def refused(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    yield "", FileNotFoundError, "expected the name of a file"
    yield b"", FileNotFoundError, "expected the name of a file"
    yield str(tmp_path / "a\0b"), FileNotFoundError, "expected the name of a file"
    yield tmp_path / "folder", IsADirectoryError, "not of a folder"
    yield f"{tmp_path}/folder/", IsADirectoryError, "not of a folder"
    yield f"{tmp_path}/new/", IsADirectoryError, "not of a folder"
    yield ".", IsADirectoryError, "not of a folder"
    yield "/", IsADirectoryError, "not of a folder"
    yield tmp_path / "missing" / "file", FileNotFoundError, "there is no folder .*missing; make it"
    yield tmp_path / "file" / "file", FileNotFoundError, "there is no folder .*file; make it"
    yield tmp_path / "loop", OSError, "loop"
    yield tmp_path / ("x" * 256), OSError, "too long"
    yield 3, TypeError, "expected a path or a binary file, got int"
    yield None, TypeError, "expected a path or a binary file, got NoneType"
    yield [], TypeError, "expected a path or a binary file, got list"
    yield open(os.devnull, "w"), TypeError, "got one of text"


def test_what_is_no_name_of_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path, kind, message in refused(tmp_path):
        before = sorted(os.listdir(tmp_path))
        with pytest.raises(kind, match=f"^(.Errno .*)?save: .*{message}"):
            mg.save(1, path)
        assert sorted(os.listdir(tmp_path)) == before and os.path.islink(tmp_path / "loop")
        getattr(path, "close", int)()


def test_what_is_no_regular_file_is_written_to(tmp_path):
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    mg.save({"a": 1}, pipe)
    reader.join()
    assert mg.load(io.BytesIO(found[0])) == {"a": 1} and stat.S_ISFIFO(pipe.stat().st_mode)


def test_permissions_stay(tmp_path):
    mg.save(1, tmp_path / "file")
    for mode in (0o600, 0o664):
        (tmp_path / "file").chmod(mode)
        mg.save(2, tmp_path / "file")
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_links_to_nothing_yet(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "link").symlink_to("inside/file")
    mg.save(1, tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and mg.load(tmp_path / "inside" / "file") == 1


# ---- temporary files of processes that were killed -------------------------------------------------------------------

STUCK = """
import os, sys, time
import minigrad as mg
os.fsync = lambda handle: (print("writing", flush=True), time.sleep(60))
mg.save({"w": mg.ones(9)}, sys.argv[1])
"""


def temporary(folder):
    return sorted(name for name in os.listdir(folder) if name.endswith(".tmp"))


def test_what_killed_processes_leave_is_removed_and_nothing_else(tmp_path):
    for name in ("last.npz", "best.npz"):
        mg.save(0, tmp_path / name)
    foreign = [".other.0123abcd.tmp", "last.npz.0123abcd.tmp", ".last.npz.tmp"]
    for name in foreign:  # of a program that saves "other", and what looks like nothing of ours
        (tmp_path / name).touch()
    command = [sys.executable, "-c", STUCK]
    processes = [
        subprocess.Popen([*command, tmp_path / name], cwd=ROOT, stdout=subprocess.PIPE)
        for name in ("last.npz", "best.npz")
    ]
    for process in processes:
        process.stdout.readline()
    assert len(temporary(tmp_path)) == 3 + 2
    mg.save(1, tmp_path / "last.npz")
    assert len(temporary(tmp_path)) == 3 + 2  # both are still being written
    for process, left in zip(processes, (1, 0), strict=True):
        process.kill()
        process.communicate()
        mg.save(2, tmp_path / "last.npz")
        assert len(temporary(tmp_path)) == 3 + left
    assert temporary(tmp_path) == sorted(foreign)


def test_a_stale_file_of_a_long_name_is_removed(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "remove", lambda path: None)  # as if killed
        patch.setattr(os, "replace", lambda source, target: os.fspath(None))
        with pytest.raises(TypeError):
            mg.save(1, tmp_path / ("x" * 255))
    assert len(temporary(tmp_path)) == 1
    mg.save(1, tmp_path / ("x" * 255))
    assert os.listdir(tmp_path) == ["x" * 255]


def test_threads_may_save_the_same_file(tmp_path):
    errors = []

    def run(number):
        try:
            for _ in range(20):
                mg.save({"w": mg.full((50,), number)}, tmp_path / "file")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and os.listdir(tmp_path) == ["file"]
    assert len(set(mg.load(tmp_path / "file")["w"].tolist())) == 1
