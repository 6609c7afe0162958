"""A rank that goes wrong ends all others in time, with a word on what was wrong with which."""

from concurrent.futures import ThreadPoolExecutor

from tests.distributed.mpi import needs_mpi, run

# the way, the exit statuses that it may have, and what is printed, by how many ranks at least
WAYS = [
    ("killed", {9, 137}, "signal 9", 1),
    ("fails", {1}, "rank 1 has failed: KeyError: 'the file of rank 1'", 1),
    ("leaves", {1}, "rank 1 has ended without it", 1),
    ("exits", {1, 3}, "barrier: rank 1 has ended without it", 1),
    ("late_for_backward", {1}, "not done within 2 s; rank 0 waited; rank 1 did not come", 1),
    ("never_comes", {1}, "monitored_barrier: rank 1 did not come within 1 s", 1),
    ("other_model", {1}, "parameter 2: rank 0 has 1.weight of shape (2, 2), float32; rank 1 has 1.weight of shape", 2),
    ("skips_backward", {1}, "instead, for which it needs this rank", 2),
    ("stops", {1}, "barrier: not done within 2 s; rank 0 waited; rank 1 did not come", 1),
    ("sends_too_much", {1}, "rank 1 has failed: DistBackendError: scatter of float32 from rank 0: expected 8 bytes", 1),
    ("never_begins", {1}, "in init_process_group", 1),
    (
        "other_dtype",
        {1},
        "rank 0: all_reduce of 2 elements of float32 by SUM; rank 1: all_reduce",
        2,
    ),
    (
        "other_op",
        {1},
        "rank 0: all_reduce of 2 elements of float32 by SUM; rank 1: all_reduce",
        2,
    ),
    ("more_calls", {1}, "all_reduce of 2 elements of float32 by SUM: rank 0 has ended without it", 1),
    ("more_steps", {1}, "all_reduce of the gradients of weight to bias: rank 0 has ended without it", 1),
    ("raises_in_backward", {1}, "rank 1 has failed: ArithmeticError: in a hook of rank 1", 1),
    ("catches_what_backward_raises", {1}, "instead, for which it needs this rank", 1),
    ("fails_to_load", {1}, "rank 1 has failed: OSError: sample 4 can't be read", 1),
    ("fails_to_load_in_a_worker", {1}, "rank 1 has failed: OSError: sample 4 can't be read", 1),
    ("stops_in_training", {1}, "not done within 2 s; rank 0 waited; rank 1 did not come", 1),
    ("other_hook", {1}, "instead, for which it needs this rank", 1),
    ("receives_in_vain", {1}, "recv from rank 1: rank 1 has ended without it", 1),
]


@needs_mpi
def test_faults_end_in_time_with_the_right_message():
    """Many at once: they spend their time waiting."""
    with ThreadPoolExecutor(11) as threads:
        found = list(threads.map(lambda way: run("faults.py", 2, way[0], timeout=90), WAYS))
    for (way, statuses, words, count), (status, output) in zip(WAYS, found, strict=True):
        assert status in statuses, f"{way}: status {status}\n{output}"
        assert output.count(words) >= count, f"{way}: {words!r} is not there {count} times\n{output}"
