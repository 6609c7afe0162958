"""Files of weights by their addresses: torch.hub, as far as it runs nobody's code."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlparse

from minigrad.saving.files import load as read
from minigrad.vision.download import transfer

__all__ = ["download_url_to_file", "get_dir", "help", "list", "load", "load_state_dict_from_url", "set_dir"]

_HASH = re.compile(r"-([a-f0-9]{8,})\.")  # in names such as resnet18-f37072fd.pth
_dir: str | None = None


def get_dir() -> str:
    """Return the folder of downloaded files: what `set_dir` says, or ``hub`` in MINIGRAD_HOME, or in the user's cache.

    Examples
    --------
    >>> from minigrad import hub
    >>> hub.set_dir("weights")
    >>> hub.get_dir()
    'weights'
    >>> hub.set_dir(None)
    """
    cache = os.environ.get("XDG_CACHE_HOME", os.path.join("~", ".cache"))
    home = os.environ.get("MINIGRAD_HOME", os.path.join(cache, "minigrad"))
    return os.path.expanduser(os.path.join(home, "hub")) if _dir is None else _dir


def set_dir(d: str | os.PathLike[str] | None) -> None:
    """Set the folder of downloaded files; None for the usual one."""
    global _dir
    _dir = None if d is None else os.path.expanduser(os.fspath(d))


def download_url_to_file(
    url: str, dst: str | os.PathLike[str], hash_prefix: str | None = None, progress: bool = True
) -> None:
    """Download a file. It is written under another name and renamed when it is complete.

    Parameters
    ----------
    url : str
    dst : path
    hash_prefix : str, optional
        What the SHA-256 of the file has to begin with.
    progress : bool
        Without effect: a bar is shown on a terminal where tqdm is installed.

    Raises
    ------
    RuntimeError
        If the file has another SHA-256, or the transfer ends early.

    Examples
    --------
    >>> from minigrad import hub
    >>> hub.download_url_to_file("https://example.org/net.pth", "net.pth")  # doctest: +SKIP
    """
    path = Path(dst)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        transfer(url, part, path.name)
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        if not digest.startswith(hash_prefix or ""):
            raise RuntimeError(f"download_url_to_file: expected a SHA-256 that begins with {hash_prefix}, got {digest}")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def load_state_dict_from_url(
    url: str,
    model_dir: str | os.PathLike[str] | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = True,
) -> Any:
    """Return what a file of weights holds, which is downloaded if it is not in the folder yet.

    Parameters
    ----------
    url : str
    model_dir : path, optional
        The folder; ``checkpoints`` in `get_dir` where omitted.
    map_location, progress : without effect
    check_hash : bool, default False
        Whether the name of the file, such as ``net-f37072fd.pth``, says how its SHA-256 begins.
    file_name : str, optional
        The name of the file in the folder; that of the address where omitted.
    weights_only : bool, default True
        Refuse whole models.

    Raises
    ------
    RuntimeError
        If the file cannot be read, or has another SHA-256.

    Examples
    --------
    >>> from minigrad import hub
    >>> hub.load_state_dict_from_url("https://example.org/net-0123abcd.pth", check_hash=True)  # doctest: +SKIP
    """
    folder = Path(get_dir(), "checkpoints") if model_dir is None else Path(model_dir)
    path = folder / (file_name or os.path.basename(urlparse(url).path))
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        found = _HASH.search(path.name) if check_hash else None
        download_url_to_file(url, path, found and found[1], progress)
    return read(path, weights_only=weights_only)


def _refuse(name: str) -> NoReturn:
    raise RuntimeError(
        f"hub.{name}: repositories hold code that was written for PyTorch; make the net here, load its weights by "
        "hub.load_state_dict_from_url(url)"
    )


def load(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise RuntimeError: code in repositories is written for PyTorch."""
    _refuse("load")


def list(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise RuntimeError, as `load`."""
    _refuse("list")


def help(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise RuntimeError, as `load`."""
    _refuse("help")
