"""Give damaged files to a reader in a process of its own, and report what it must not do, as JSON.

    python -m tests.fuzz FOLDER COUNT SEED READER [READER ...]

A reader must not crash, hang, start a program or write elsewhere, raise what it does not document, leave the name of
the file out of an error, or ask for more memory than it may, even where it is refused.
"""

import inspect
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from tests.fuzz.readers import READERS, files

_MOST_MEMORY = 400 << 20  # more than the largest image that is decoded takes
_SECONDS = 10
_PROGRAMS = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "subprocess.Popen", "socket.connect")


def fuzz(name, count, seed, folder):
    """What `count` files do to a reader: figures, and the first faults."""
    make = READERS[name]
    reader = make(folder) if inspect.signature(make).parameters else make()
    path, faults, refused, slowest, unwanted = folder / "damaged.npz", [], 0, 0.0, []

    def hook(event, arguments):
        writes = event == "open" and arguments[1] and set("wxa+") & set(arguments[1])
        if event in _PROGRAMS or (writes and not os.fspath(arguments[0]).startswith(str(folder))):
            unwanted.append(event)

    sys.addaudithook(hook)
    warnings.simplefilter("ignore")
    for number, content in enumerate(files(reader, count, seed)):
        path.write_bytes(content)
        started = time.perf_counter()
        signal.alarm(_SECONDS)
        fault = None
        try:
            reader.read(path)
        except reader.errors as error:
            refused += 1
            fault = _fault(error, path, reader.errors)
        except Exception:
            fault = traceback.format_exc()
        signal.alarm(0)
        slowest = max(slowest, time.perf_counter() - started)
        if fault or unwanted:
            faults.append(f"file {number}: {fault or unwanted}")
            (folder / f"fault-{number}").write_bytes(content)
            unwanted.clear()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return {"refused": refused, "of": count, "slowest": slowest, "peak_mb": peak, "faults": faults[:5]}


def _fault(error, path, documented):
    """What is wrong with an error of the documented type, if anything is."""
    if type(error) not in documented:
        return f"{type(error).__name__}, which is none of {documented}: {error}"
    if path.stem not in str(error) and "digits" not in str(error) and "batch" not in str(error):
        return f"does not name the file: {error}"
    cause = error
    while cause := cause.__cause__ or cause.__context__:
        if isinstance(cause, MemoryError):
            return "".join(traceback.format_exception(error))
    return None


def main(folder, count, seed, *names):
    for name in names:
        place = Path(tempfile.mkdtemp(dir=folder))
        child = os.fork()  # a memory limit, a crash and a hang are of one reader alone
        if child == 0:
            size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + _MOST_MEMORY,) * 2)
            print(json.dumps({"reader": name, **fuzz(name, int(count), int(seed), place)}), flush=True)
            os._exit(0)
        if status := os.waitpid(child, 0)[1]:
            print(json.dumps({"reader": name, "faults": [f"ended by {os.waitstatus_to_exitcode(status)}: {place}"]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
