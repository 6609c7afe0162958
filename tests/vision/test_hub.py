"""Weights by their addresses, from a server on this machine; whose code is refused."""

import hashlib
import io

import pytest

import minigrad as mg
from minigrad import hub


@pytest.fixture
def weights(server, tmp_path):
    content = io.BytesIO()
    mg.save({"w": mg.arange(3.0)}, content)
    name = f"net-{hashlib.sha256(content.getvalue()).hexdigest()[:8]}.npz"
    server.pages["/" + name] = content.getvalue()
    hub.set_dir(tmp_path)
    yield server, name
    hub.set_dir(None)


def test_weights_are_downloaded_once(weights, tmp_path):
    server, name = weights
    for _ in range(2):
        state = hub.load_state_dict_from_url(server.url + name, check_hash=True, map_location="cpu")
        assert state["w"].tolist() == [0, 1, 2]
    assert len(server.asked) == 1 and [p.name for p in (tmp_path / "checkpoints").iterdir()] == [name]
    assert hub.load_state_dict_from_url(server.url + name, tmp_path / "own", file_name="a.npz")["w"].tolist()
    assert (tmp_path / "own" / "a.npz").is_file()


def test_another_file_is_refused_and_nothing_stays(weights, tmp_path):
    server, name = weights
    server.pages["/net-00000000.npz"] = server.pages["/" + name]
    with pytest.raises(RuntimeError, match="expected a SHA-256 that begins with 00000000, got"):
        hub.load_state_dict_from_url(server.url + "net-00000000.npz", check_hash=True)
    assert not list((tmp_path / "checkpoints").iterdir())


@pytest.mark.parametrize("name", ["load", "list", "help"])
def test_code_of_others_is_refused(name):
    with pytest.raises(RuntimeError, match=f"hub.{name}: repositories hold code"):
        getattr(hub, name)("pytorch/vision", "resnet18")


def test_the_folder_is_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("MINIGRAD_HOME", str(tmp_path))
    assert mg.hub.get_dir() == str(tmp_path / "hub")
