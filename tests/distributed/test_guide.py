"""The script of docs/distributed.md: it runs, in two processes as in one with the whole batch."""

import re
import sys
from pathlib import Path

import numpy as np

import minigrad as mg
from minigrad import nn
from tests.distributed.mpi import needs_mpi, run

GUIDE = (Path(__file__).parents[2] / "docs" / "distributed.md").read_text(encoding="utf-8")


@needs_mpi
def test_two_processes_with_16_are_one_with_32(tmp_path):
    (script,) = [block for block in re.findall(r"```python\n(.*?)```", GUIDE, flags=re.S) if ">>>" not in block]
    assert "batch_size=16" in script and '"last.npz"' in script
    printed, weights = [], []
    for size, launcher in ((16, None), (32, [sys.executable])):
        file, checkpoint = tmp_path / f"{size}.py", tmp_path / f"{size}.npz"
        file.write_text(
            script.replace("batch_size=16", f"batch_size={size}").replace('"last.npz"', repr(str(checkpoint)))
        )
        status, output = run(file, 2, launcher=launcher)
        assert status == 0, output
        printed.append(re.findall(r"^epoch (\d): loss (\d\.\d+)$", output, flags=re.M))
        net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
        assert mg.load_checkpoint(checkpoint, net=net)["epoch"] == 2
        weights.append(np.concatenate([p.detach().numpy().ravel() for p in net.parameters()]))
    assert [epoch for epoch, _ in printed[0]] == ["0", "1", "2"]
    np.testing.assert_allclose(np.array(printed[0], float), np.array(printed[1], float), atol=2e-4)
    np.testing.assert_allclose(*weights, atol=1e-5)
