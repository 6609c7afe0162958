"""Stores: what PyTorch's do, for each kind; several processes at once; and what goes wrong."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest

import minigrad.distributed as dist

MOMENT = timedelta(milliseconds=30)


KINDS = {
    "hash": lambda path: dist.HashStore(),
    "tcp": lambda path: dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False),
    "file": lambda path: dist.FileStore(str(path / "store"), 1),
    "prefix": lambda path: dist.PrefixStore("part", dist.HashStore()),
}


def story(library, store):
    """All that the calls return, or the kind of error that they raise."""
    calls = [
        lambda: store.set("a", "1"),
        lambda: store.get("a"),
        lambda: store.set("b", b"\x00\xff"),
        lambda: store.get("b"),
        lambda: [store.add("n", 5), store.add("n", -7), store.get("n")],
        lambda: [store.compare_set("x", "", "new"), store.compare_set("x", "other", "newer"), store.get("x")],
        lambda: [store.compare_set("x", "new", "newer"), store.compare_set("y", "expected", "new"), store.check(["y"])],
        lambda: [store.append("a", "23"), store.append("z", "4"), store.get("a"), store.get("z")],
        lambda: [store.multi_set(["p", "q"], ["1", "2"]), store.multi_get(["q", "p"])],
        lambda: [store.check(["a", "p"]), store.check(["a", "none"])],
        lambda: [store.delete_key("a"), store.delete_key("a"), store.check(["a"])],
        lambda: store.wait(["p", "q"]),
        lambda: store.wait(["p", "none"], MOMENT),
        lambda: [store.timeout, store.set_timeout(MOMENT), store.timeout],
        lambda: store.get("none"),
        lambda: store.add("x", 1),
        lambda: store.set("k", 5),
        lambda: store.set(5, "k"),
        lambda: store.has_extended_api(),
        lambda: store.num_keys(),
    ]
    found = []
    for call in calls:
        try:
            found.append(call())
        except Exception as error:
            found.append("DistStoreError" if isinstance(error, library.DistStoreError) else type(error).__name__)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_stores_do_what_those_of_pytorch_do(kind, tmp_path):
    """As one kind of theirs does: the connection of another does not outlive an error, and the third can't append."""
    theirs = pytest.importorskip("torch.distributed")
    expected = story(theirs, theirs.HashStore())
    expected[-1] += kind == "file"  # which counts its processes in a key
    assert story(dist, KINDS[kind](tmp_path)) == expected


def test_a_store_of_several_processes(tmp_path):
    """Two others add to the numbers of two stores at the same time, and wait for one another."""
    store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    script = (
        "import sys, minigrad.distributed as dist\n"
        "for store in (dist.TCPStore('127.0.0.1', int(sys.argv[1])), dist.FileStore(sys.argv[2])):\n"
        "    store.add('here', 1)\n"
        "    while store.add('here', 0) < 2: pass\n"
        "    for _ in range(50): store.add('sum', 2)\n"
    )
    path = tmp_path / "store"
    others = [subprocess.Popen([sys.executable, "-c", script, str(store.port), str(path)]) for _ in range(2)]
    assert [other.wait(60) for other in others] == [0, 0]
    assert store.add("sum", 0) == 200 and dist.FileStore(path).get("sum") == b"200"


def test_the_master_waits_for_its_workers():
    stores = []
    master = threading.Thread(
        target=lambda: stores.append(dist.TCPStore("127.0.0.1", 29717, 2, True, timedelta(seconds=20)))
    )
    master.start()
    worker = dist.TCPStore("127.0.0.1", 29717, 2, timeout=timedelta(seconds=20))
    master.join(20)
    assert stores[0].num_keys() == 1 and stores[0].port == worker.port
    with pytest.raises(dist.DistStoreError, match="all 2 workers not set within 0.03 s"):
        dist.TCPStore("127.0.0.1", 0, 2, True, MOMENT)


def test_what_goes_wrong():
    with pytest.raises(dist.DistNetworkError, match="127.0.0.1:1 not reached within 0.03 s"):
        dist.TCPStore("127.0.0.1", 1, timeout=MOMENT)
    store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    with pytest.raises(dist.DistNetworkError, match=f"can't listen on port {store.port}"):
        dist.TCPStore("127.0.0.1", store.port, is_master=True)
    with pytest.raises(TypeError, match="timedelta"):
        dist.TCPStore("127.0.0.1", 0, is_master=True, timeout=3)
    with pytest.raises(ValueError, match="rank and world_size with a store"):
        dist.init_process_group("gloo", store=store)
