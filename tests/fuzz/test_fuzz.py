"""Damaged files are refused by the error that a reader documents: they crash, hang and run nothing, and take no memory.

The long version takes ten minutes: ``python -m pytest -m long tests/fuzz``.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.readers import READERS

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits a process's memory as Linux does")


def reports(folder, count, *readers, before="pass"):
    program = f"from tests.fuzz import __main__ as fuzz; {before}; fuzz.main(*fuzz.sys.argv[1:])"
    command = [sys.executable, "-c", program, str(folder), str(count), "0", *readers]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {report["reader"]: report for report in map(json.loads, done.stdout.splitlines())}


def check(report, count):
    assert not report["faults"], "\n".join(report["faults"])
    assert report["of"] == count and report["peak_mb"] < 500
    assert report["refused"] > count / 10 or report["reader"] == "skipped-images"


def test_damaged_files_are_refused(tmp_path):
    pytest.importorskip("PIL")
    found = reports(tmp_path, 100, *READERS)
    assert found.keys() == READERS.keys()
    for report in found.values():
        check(report, 100)


@pytest.mark.long
@pytest.mark.parametrize("reader", READERS)
def test_ten_thousand_damaged_files_are_refused(reader, tmp_path):
    check(reports(tmp_path, 10_000, reader)[reader], 10_000)


FAULTY = {
    "crash": "fuzz.os.kill(fuzz.os.getpid(), 11)",
    "undocumented": "{}[path]",
    "unnamed": "int('x')",
    "memory": "bytearray(1 << 32)",
    "program": "fuzz.os.system('true')",
    "hang": "[fuzz.signal.alarm(1), fuzz.time.sleep(5)]",
}


def test_faulty_readers_are_found(tmp_path):
    """Each as a reader that documents ValueError, and turns even a lack of memory into it."""
    program = "try: {}\nexcept MemoryError as error: raise ValueError(path) from error"
    before = "from tests.fuzz.readers import Reader; fault = lambda text: lambda: Reader([bytes(9)], "
    before += "lambda path: exec(text, {'fuzz': fuzz, 'path': path}), (ValueError,), []); fuzz.READERS.update({"
    before += ", ".join(f"{name!r}: fault({program.format(text)!r})" for name, text in FAULTY.items()) + "})"
    found = reports(tmp_path, 1, *FAULTY, before=before)
    for name in FAULTY:
        assert found[name]["faults"], name
    for name, words in {"memory": "MemoryError", "undocumented": "KeyError", "unnamed": "does not name"}.items():
        assert words in found[name]["faults"][0]
