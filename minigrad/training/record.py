"""The record of a training run: averages over an epoch, the history of epochs, the best one, and how all this is shown.

Nothing here knows a model. `Trainer` adds what learns.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterable, Sized
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from minigrad.saving.together import is_first

Row = dict[str, float]


class Record:
    """The epochs of a run, past and present; see `Trainer`, whose attributes these are."""

    def __init__(
        self, folder: str | os.PathLike[str] | None, monitor: str | None, patience: int | None, progress: bool
    ) -> None:
        self.monitor, self.patience = monitor, patience
        self.folder = None if folder is None else Path(folder)
        self.progress, self.main = progress, is_first()
        self.history: list[Row] = []
        self.epochs = 0  # to train in all
        self.batch, self.seen = 0, 0  # batches done in the present epoch, and their rows
        self.totals: dict[str, float] = {}  # over those, by column

    def _make_folder(self) -> None:
        assert self.folder is not None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            advice = "choose another folder for this Trainer"
            raise type(error)(error.errno, f"Trainer: {error.strerror}; {advice}", str(self.folder)) from None

    # ---- the present epoch -----------------------------------------------------------------------------------------

    def count(self, values: Row, rows: int) -> None:
        """Add the means over the `rows` of a batch to the averages of the epoch."""
        self.seen += rows
        for name, value in values.items():
            self.totals[name] = self.totals.get(name, 0.0) + value * rows

    def averages(self) -> Row:
        """Return the means over the present epoch so far."""
        return {name: total / self.seen for name, total in self.totals.items()}

    def averages_of_epoch(self) -> Row:
        """Return the means over an epoch that is done: over what all processes have seen, if there are several."""
        return self.averages()

    # ---- the epochs that are done ----------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or the last ones were in vain."""
        if len(self.history) >= self.epochs:
            return True
        return bool(self.patience and self.history) and self._since_best() >= (self.patience or 0)

    def score(self, row: Row) -> Any:
        """Return what is greater for a better epoch; nan counts as the worst."""
        name = self._monitored(row)
        value = -row[name] if name.endswith(("loss", "error")) else row[name]
        return -math.inf if math.isnan(value) else value

    @property
    def best(self) -> Row:
        """The row of the best epoch, the first among equals."""
        return max(self.history, key=self.score)

    def _since_best(self) -> int:
        return len(self.history) - 1 - self.history.index(self.best)

    def _monitored(self, row: Row) -> str:
        name = self.monitor or ("val_loss" if "val_loss" in row else "train_loss")
        if name not in row:
            raise ValueError(f"Trainer: expected monitor to be one of {', '.join(row)}, got {name!r}")
        return name

    def write_metrics(self) -> None:
        """Write the history as metrics.csv, whole or not at all."""
        if self.folder is None or not self.main:
            return
        part = self.folder / "metrics.csv.part"
        with part.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(name for row in self.history for name in row)))
            writer.writeheader()
            writer.writerows(self.history)
        os.replace(part, self.folder / "metrics.csv")

    # ---- showing ---------------------------------------------------------------------------------------------------

    def _name(self, number: int) -> str:
        return f"epoch {number:>{len(str(self.epochs))}}/{self.epochs}"

    def _bar(self, train: Iterable[Any]) -> Any:
        """Return the progress bar of an epoch, that of a notebook in a notebook; or a context of None."""
        if not (self.progress and self.main):
            return nullcontext()
        try:
            from tqdm.auto import tqdm
        except ModuleNotFoundError:
            return nullcontext()
        total = len(train) if isinstance(train, Sized) else None
        name = self._name(len(self.history) + 1)
        return tqdm(total=total, initial=self.batch, desc=name, unit="batch", leave=False)

    def _show(self, row: Row, best: bool) -> None:
        """Print the line of an epoch."""
        if not (self.progress and self.main):
            return
        parts = [
            " ".join([word, *shown({k.removeprefix(part): v for k, v in row.items() if k.startswith(part)})])
            for word, part in (("training", "train_"), ("validation", "val_"))
            if f"{part}loss" in row
        ]
        print("   ".join([self._name(len(self.history)), *parts, *["best"] * best]))


def shown(values: Row) -> list[str]:
    """Return each name with its value: accuracies in percent."""
    return [f"{k} {v:.2%}" if k.endswith("accuracy") else f"{k} {v:.4f}" for k, v in values.items()]
