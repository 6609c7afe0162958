"""Archives are unpacked whole and inside their folder, or not at all."""

import io
import shutil
import tarfile

import pytest

from minigrad.vision.archives import unpack

WHOLE = {"set/a.txt": b"new", "set/inside/b.bin": bytes(range(256)) * 999}


def member(name, kind=tarfile.REGTYPE, content=b"", target=""):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname, info.mode = kind, len(content), target, 0o777
    return info, io.BytesIO(content)


def packed(path, *members):
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            archive.addfile(info, content)
    return path


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def whole(tmp_path):
    members = [member("set", tarfile.DIRTYPE), *[member(name, content=content) for name, content in WHOLE.items()]]
    return packed(tmp_path / "set.tar.gz", *members)


@pytest.fixture
def target(tmp_path):
    (tmp_path / "target").mkdir()
    return tmp_path / "target"


def test_all_of_it_comes_out(whole, target):
    unpack(whole, target)
    assert files(target) == WHOLE and [p.name for p in target.iterdir()] == ["set"]
    assert not (target / "set/a.txt").stat().st_mode & 0o111  # nothing is made a program


def test_a_folder_is_made_where_there_is_none(whole, tmp_path):
    unpack(whole, tmp_path / "new" / "place")
    assert files(tmp_path / "new" / "place") == WHOLE


def test_what_is_there_is_completed(whole, target):
    (target / "set").mkdir()
    (target / "set/a.txt").write_bytes(b"old")
    (target / "set/mine.txt").write_bytes(b"mine")
    unpack(whole, target)
    assert files(target) == {**WHOLE, "set/mine.txt": b"mine"}


TRAPS = {
    "a symbolic link": member("set/link", tarfile.SYMTYPE, target="/etc/passwd"),
    "a symbolic link inside": member("set/link", tarfile.SYMTYPE, target="a.txt"),
    "a link to a folder": member("set/link", tarfile.SYMTYPE, target=".."),
    "a hard link": member("set/link", tarfile.LNKTYPE, target="set/a.txt"),
    "a pipe": member("set/pipe", tarfile.FIFOTYPE),
    "a character device": member("set/device", tarfile.CHRTYPE),
    "a block device": member("set/device", tarfile.BLKTYPE),
}
OUTSIDE = {
    "an absolute path": "{}/outside.txt",
    "up": "../outside.txt",
    "up from inside": "set/../../outside.txt",
    "up at the end": "set/..",
    "absolute on Windows": "\\outside.txt",
    "up on Windows": "set\\..\\..\\outside.txt",
    "a drive": "C:outside.txt",
    "a drive and a path": "C:/outside.txt",
}


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_links_and_devices_are_refused(trap, tmp_path, target):
    archive = packed(tmp_path / "a.tar.gz", member("set/a.txt", content=b"a"), trap)
    with pytest.raises(RuntimeError, match=rf"a.tar.gz: .*'{trap[0].name}' in it is a link or a device"):
        unpack(archive, target)
    assert not list(target.iterdir())


@pytest.mark.parametrize("name", OUTSIDE.values(), ids=OUTSIDE)
def test_names_that_lead_outside_are_refused(name, tmp_path, target):
    trap = member("", content=b"outside")
    trap[0].name = name.format(tmp_path)
    archive = packed(tmp_path / "a.tar.gz", member("set/a.txt", content=b"a"), trap)
    with pytest.raises(RuntimeError, match="in it leads out of the folder"):
        unpack(archive, target)
    assert not list(target.iterdir()) and {p.name for p in tmp_path.iterdir()} == {"a.tar.gz", "target"}


TWICE = [member("a", content=b"2"), member("a", tarfile.DIRTYPE), member("a/b", content=b"2")]


@pytest.mark.parametrize("second", TWICE, ids=["file", "folder", "inside"])
def test_a_member_does_not_replace_another(second, tmp_path, target):
    with pytest.raises(RuntimeError, match="a whole .tar.gz archive"):
        unpack(packed(tmp_path / "a.tar.gz", member("a", content=b"1"), second), target)
    assert not list(target.iterdir())


DAMAGE = {
    "truncated": lambda content: content[:-200],
    "truncated early": lambda content: content[:100],
    "corrupt": lambda content: content[:200] + bytes(200) + content[400:],
    "empty": lambda content: b"",
    "another kind of file": lambda content: b"<html>not here</html>",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_archive_leaves_nothing(damage, whole, target):
    whole.write_bytes(damage(whole.read_bytes()))
    with pytest.raises(RuntimeError, match="set.tar.gz: expected a whole .tar.gz archive .*; delete it and get"):
        unpack(whole, target)
    assert not list(target.iterdir())


def test_an_interrupt_leaves_what_there_was(whole, target, monkeypatch):
    def interrupted(source, file):
        file.write(source.read(2))
        raise KeyboardInterrupt

    (target / "old.txt").write_bytes(b"old")
    monkeypatch.setattr(shutil, "copyfileobj", interrupted)
    with pytest.raises(KeyboardInterrupt):
        unpack(whole, target)
    assert files(target) == {"old.txt": b"old"} and len(list(target.iterdir())) == 1


def test_a_full_disk_is_no_fault_of_the_archive(whole, target, monkeypatch):
    def full(source, file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        unpack(whole, target)
    assert not list(target.iterdir())
