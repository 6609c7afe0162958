"""A trainer: the loop of a training run, with what a run needs beside it, for those who do not write their own.

The plain loop of ten lines is the way to learn, and is all that many scripts need. `Trainer` adds what they get by and
by: averages over each epoch, validation, checkpoints from which a run goes on to the bit, early stopping, schedules.
"""

from minigrad.training.trainer import Diverged, Trainer, accuracy

__all__ = ["Diverged", "Trainer", "accuracy"]
