"""Print what a script is started with, before anything is initialized and after it."""

import os
import sys

import minigrad as mg
import minigrad.distributed as dist

said = [os.environ.get(name) for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE")]
dist.init_process_group()
print(__name__, sys.argv[1:], *said, "is", dist.get_rank(), dist.get_world_size(), mg.get_num_threads(), flush=True)
dist.barrier()
sys.exit(3 if "fail" in sys.argv else 0)
