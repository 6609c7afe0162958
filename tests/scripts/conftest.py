"""What several tests of the scripts start from."""

import pytest


@pytest.fixture(scope="session")
def digits_checkpoint(tmp_path_factory):
    """The best.npz of a short training on the bundled digits, which gets nearly all of them right."""
    import train  # here, so that tests without need of it run without matplotlib and tqdm

    folder = tmp_path_factory.mktemp("digits") / "run"
    assert train.main(["--epochs", "8", "--out", str(folder)]) == 0
    return folder / "best.npz"
