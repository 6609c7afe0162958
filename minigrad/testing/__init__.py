"""Tools to prove your code: gradient checks that report, and comparisons that say where and by how much."""

from minigrad.testing.closeness import assert_close
from minigrad.testing.gradients import check_gradients
from minigrad.testing.report import GradientReport
from minigrad.testing.tensor_report import TensorReport

__all__ = ["GradientReport", "TensorReport", "assert_close", "check_gradients"]
