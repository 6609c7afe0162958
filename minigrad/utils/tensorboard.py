"""Curves, images and texts for TensorBoard, written by the package tensorboardX."""

from __future__ import annotations

import os
import warnings
from typing import Any

from minigrad.core.tensor import Tensor

__all__ = ["SummaryWriter"]


class SummaryWriter:
    """The writer of tensorboardX, whose methods ``add_...`` take Tensors where they take arrays.

    Parameters
    ----------
    log_dir : path, optional
        The folder for its files; ``runs/`` and the time where omitted.
    comment, purge_step, max_queue, flush_secs, filename_suffix
        As tensorboardX has them.

    Raises
    ------
    ImportError
        Without tensorboardX: ``pip install 'minigrad-numpy[tensorboard]'``.

    Examples
    --------
    >>> from minigrad.utils.tensorboard import SummaryWriter
    >>> with SummaryWriter("runs/first") as writer:  # doctest: +SKIP
    ...     writer.add_scalar("loss", mg.tensor(0.5), 1)
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:
        try:
            from tensorboardX import SummaryWriter as Writer
        except ImportError as error:
            raise ImportError(
                "SummaryWriter: it needs the package tensorboardX: pip install 'minigrad-numpy[tensorboard]', "
                "or pip install tensorboardX"
            ) from error
        folder = None if log_dir is None else os.fspath(log_dir)
        self._writer = Writer(folder, comment, purge_step, max_queue, flush_secs, filename_suffix)

    def __getattr__(self, name: str) -> Any:
        if name == "_writer":
            raise AttributeError(name)  # while it is made, or unpickled
        found = getattr(self._writer, name)
        if not name.startswith("add_"):
            return found
        return lambda *args, **kwargs: found(*_plain(args), **_plain(kwargs))

    @property
    def log_dir(self) -> str:
        """The folder for its files."""
        return str(self._writer.logdir)

    def get_logdir(self) -> str:
        """Return `log_dir`."""
        return self.log_dir

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: Any = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """Write one number; how it is stored is tensorboardX's choice, whatever `new_style` and `double_precision`."""
        self._writer.add_scalar(tag, _plain(scalar_value), global_step=_plain(global_step), walltime=walltime)

    def add_hparams(
        self,
        hparam_dict: dict[str, Any],
        metric_dict: dict[str, Any],
        hparam_domain_discrete: dict[str, list[Any]] | None = None,
        run_name: str | None = None,
        global_step: Any = None,
    ) -> None:
        """Write the settings of a run and its results; `hparam_domain_discrete` is not written."""
        if not isinstance(hparam_dict, dict) or not isinstance(metric_dict, dict):
            raise TypeError("add_hparams: expected hparam_dict and metric_dict as dicts")
        self._writer.add_hparams(
            _plain(hparam_dict), _plain(metric_dict), name=run_name, global_step=_plain(global_step)
        )

    def add_graph(self, *args: Any, **kwargs: Any) -> None:
        """Warn that nothing is written: the graph of a result is drawn by ``minigrad.viz``."""
        warnings.warn("add_graph: minigrad writes no graph for TensorBoard; minigrad.viz draws one", stacklevel=2)

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *error: Any) -> None:
        self._writer.close()


def _plain(value: Any) -> Any:
    """Return `value` with arrays, or numbers, in the place of Tensors, also in lists, tuples and dicts of them."""
    if isinstance(value, Tensor):
        return value.numpy(force=True) if value.ndim else value.item()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return type(value)(map(_plain, value)) if type(value) in (list, tuple) else value
