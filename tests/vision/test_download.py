"""Downloads from a server on this machine that serves whole, wrong, half and no files."""

import gzip
import hashlib

import pytest

from minigrad.vision import download
from minigrad.vision.datasets import MNIST
from tests.vision.conftest import respond
from tests.vision.datasets.test_mnist import NAMES, contents

CONTENT = bytes(range(256)) * 300
PACKED = gzip.compress(CONTENT, mtime=0)


@pytest.mark.parametrize("checksum", [hashlib.sha256(CONTENT), hashlib.md5(CONTENT), hashlib.md5(PACKED)])
@pytest.mark.parametrize("length", [len(PACKED), None])
def test_a_file_arrives_whole(server, tmp_path, checksum, length):
    server.pages["/a.gz"] = lambda request: respond(request, PACKED, length)
    path = tmp_path / "new" / "a.gz"
    download.download([server.url], path, checksum.hexdigest())
    assert path.read_bytes() == PACKED and list(path.parent.iterdir()) == [path]


def broken_off(request):
    respond(request, PACKED[:100], len(PACKED))


BAD = {
    "truncated": (broken_off, f"ended after 100 of {len(PACKED)} bytes"),
    "truncated, length unknown": (lambda r: respond(r, PACKED[:100], None), "truncated or corrupt"),
    "another file": (gzip.compress(b"another"), "checksum"),
    "an error page": (b"<html>not here</html>", "checksum"),
    "missing": (None, "404"),
}


@pytest.mark.parametrize("page, message", BAD.values(), ids=BAD)
def test_a_bad_transfer_leaves_nothing_and_says_why(server, tmp_path, page, message):
    server.pages["/a.gz"] = page
    with pytest.raises(RuntimeError, match=message) as error:
        download.download([server.url], tmp_path / "a.gz", hashlib.sha256(CONTENT).hexdigest())
    assert not list(tmp_path.iterdir())
    assert "a.gz could not be downloaded" in str(error.value) and f"put it into {tmp_path}" in str(error.value)


def test_no_server(tmp_path):
    with pytest.raises(RuntimeError, match="could not be downloaded:\n  http://127.0.0.1:9/a.gz: .*refused"):
        download.download(["http://127.0.0.1:9/"], tmp_path / "a.gz", "0" * 64)
    assert not list(tmp_path.iterdir())


def test_a_bad_mirror_is_passed_over(server, tmp_path):
    server.pages["/bad/a.gz"] = broken_off
    server.pages["/good/a.gz"] = PACKED
    mirrors = [server.url + "none/", server.url + "bad/", server.url + "good/"]
    download.download(mirrors, tmp_path / "a.gz", hashlib.sha256(CONTENT).hexdigest())
    assert [path.name for path in tmp_path.iterdir()] == ["a.gz"] and len(server.asked) == 3


def test_an_interrupt_leaves_nothing_and_the_old_file_alone(server, tmp_path, monkeypatch):
    import contextlib

    @contextlib.contextmanager
    def interrupting(name, total):
        def advance(count):
            assert len(list(tmp_path.iterdir())) == 2  # the old file, and what has come so far
            raise KeyboardInterrupt

        yield advance

    server.pages["/a.gz"] = PACKED
    (tmp_path / "a.gz").write_bytes(b"old")
    monkeypatch.setattr(download, "_progress", interrupting)
    with pytest.raises(KeyboardInterrupt):
        download.download([server.url], tmp_path / "a.gz", hashlib.sha256(CONTENT).hexdigest())
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_mnist_downloads_what_is_missing_once(server, tmp_path, monkeypatch):
    raw = contents()
    server.pages.update({f"/{name}": gzip.compress(content) for name, content in raw.items()})
    monkeypatch.setattr(MNIST, "mirrors", (server.url,))
    monkeypatch.setattr(MNIST, "checksums", {name: hashlib.sha256(c).hexdigest() for name, c in raw.items()})
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / NAMES[0]).write_bytes(gzip.compress(raw[NAMES[0]]))
    assert len(MNIST(tmp_path, download=True)) == 6
    assert server.asked == [f"/{name}" for name in NAMES[1:]]
    assert len(MNIST(tmp_path, train=False, download=True)) == 6 and len(server.asked) == 3
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
