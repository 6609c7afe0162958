"""What several tests of the scripts start from."""

import threading
from pathlib import Path

import pytest


def leave_empty(self, path, *args, **kwargs):
    Path(path).touch()


@pytest.fixture
def undrawn(monkeypatch):
    """Pictures are empty files, for tests that look at none: to draw those of a run takes longer than to train."""
    figure = pytest.importorskip("matplotlib.figure")
    monkeypatch.setattr(figure.Figure, "savefig", leave_empty)


@pytest.fixture(scope="session")
def digits_checkpoint(tmp_path_factory):
    """The best.npz of a short training on the bundled digits, which gets nearly all of them right."""
    from minigrad.scripts import train  # here, so that tests without need of it run without matplotlib and tqdm

    folder = tmp_path_factory.mktemp("digits") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matplotlib.figure.Figure.savefig", leave_empty)
        assert train.main(["--epochs", "8", "--out", str(folder)]) == 0
    return folder / "best.npz"


@pytest.fixture(scope="module")
def board(digits_checkpoint):
    """The drawing board with that network."""
    from minigrad.scripts import draw

    return draw.load_board(digits_checkpoint)


@pytest.fixture(scope="module")
def server(board, tmp_path_factory):
    """The server of the drawing board, at work in another thread."""
    from minigrad.scripts.drawing.server import BoardServer

    with BoardServer(board, 0, tmp_path_factory.mktemp("drawings")) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
