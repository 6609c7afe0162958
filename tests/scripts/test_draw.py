"""scripts/draw.py: its answers, its refusals, its command line. The page in a browser: test_draw_page.py."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("tqdm")

import minigrad as mg
from minigrad.scripts import draw, predict, train
from minigrad.scripts.drawing.board import SIDE
from minigrad.scripts.drawing.messages import read_drawing
from minigrad.scripts.drawing.server import LONGEST, BoardServer
from minigrad.scripts.framing import frame_of
from minigrad.vision.datasets import Digits
from minigrad.vision.io import read_image, write_image
from minigrad.vision.transforms import resize

ROOT = Path(__file__).resolve().parents[2]
JSON = {"Content-Type": "application/json"}


def drawings(count, seed=0):
    """Test digits as (label, drawing): of several sizes, at several places of the board, in levels of 0 to 255."""
    random = np.random.default_rng(seed)
    test = Digits(train=False)
    for i in random.permutation(len(test))[:count]:
        size = int(random.integers(50, SIDE))
        top, left = random.integers(0, SIDE - size + 1, 2)
        drawing = np.zeros((SIDE, SIDE))
        drawing[top : top + size, left : left + size] = np.clip(resize(test.data.numpy()[i] / 255, size), 0, 1)
        yield int(test.targets.numpy()[i]), np.round(255 * drawing).astype(int)


def body_of(pixels):
    return json.dumps({"pixels": np.asarray(pixels).tolist()})


def ask(server, method, path, body=None, headers=JSON):
    """Status, headers and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def predicted(server, pixels):
    status, _, body = ask(server, "POST", "/predict", body_of(pixels))
    assert status == 200, body
    return json.loads(body)


# ---- answers ---------------------------------------------------------------------------------------------------------


def test_predictions_are_those_of_predict_py(server, board, tmp_path):
    for _, pixels in drawings(5):
        write_image(pixels.astype(np.uint8), tmp_path / "drawing.png")
        expected = predict.predict(board.classifier, tmp_path / "drawing.png", "dark")
        answer = predicted(server, pixels)
        np.testing.assert_allclose(answer["probabilities"], expected, atol=2e-6)
        assert answer["label"] == board.classes[expected.argmax()]


def test_maps_are_what_the_layers_give(server, board):
    (_, pixels), model = next(drawings(1)), board.classifier.model
    frame = frame_of(board.classifier, pixels / 255)
    expected = [frame[None]]
    layers = [model.c1, model.c3, model.c5, model.f6, model.output]
    handles = [m.register_forward_hook(lambda m, a, output: expected.append(output.numpy()[0])) for m in layers]
    with mg.no_grad():
        model(board.classifier.prepare(np.round(frame * 255).astype(np.uint8)[None]))
    for handle in handles:
        handle.remove()
    described = json.loads(ask(server, "GET", "/model")[2])["layers"]
    assert [layer["name"] for layer in described] == ["input", "c1", "c3", "c5", "f6", "output"]
    answer = predicted(server, pixels)
    assert len(expected) == len(answer["layers"]) == 6
    for layer, about, values in zip(answer["layers"], described, expected, strict=True):
        levels = np.frombuffer(base64.b64decode(layer["data"]), np.uint8).astype(float)
        assert about["shape"] == list(values.shape)
        assert levels.size == np.prod(about["maps"]) >= values.size
        shown = (levels - 128) / 127 * layer["scale"]
        np.testing.assert_allclose(shown[: values.size], values.ravel(), atol=layer["scale"] / 253)
        assert not shown[values.size :].any()
        assert np.abs(values).max() == pytest.approx(layer["scale"], rel=1e-6)


def test_the_test_digits_are_recognized_wherever_they_are_drawn(server):
    hits = sum(predicted(server, pixels)["label"] == str(label) for label, pixels in drawings(100))
    assert hits >= 94


def test_answers_at_the_same_time_are_those_given_one_by_one(server):
    cases = [pixels for _, pixels in drawings(12)]
    alone = [predicted(server, pixels) for pixels in cases]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda pixels: predicted(server, pixels), cases))
    for a, b in zip(alone, together, strict=True):
        assert {**a, "milliseconds": 0} == {**b, "milliseconds": 0}


def test_pictures_are_numbered_and_none_is_overwritten(server):
    _, pixels = next(drawings(1))
    taken = server.folder / "0002.png"
    taken.write_bytes(b"mine")
    files = [Path(json.loads(ask(server, "POST", "/save", body_of(pixels))[2])["file"]) for _ in range(2)]
    assert files == [server.folder / "0001.png", server.folder / "0003.png"]
    assert taken.read_bytes() == b"mine"
    for file in files:
        assert read_image(file, "gray").std() > 10


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css", "/icon.svg"])
def test_the_page_needs_nothing_from_elsewhere(server, path):
    status, headers, body = ask(server, "GET", path)
    assert status == 200 and body
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "Access-Control-Allow-Origin" not in headers
    text = body.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "//" not in text.replace("// ", "")
    status, headers, nothing = ask(server, "HEAD", path)
    assert (status, headers["Content-Length"], nothing) == (200, str(len(body)), b"")


# ---- refusals --------------------------------------------------------------------------------------------------------

BLANK = np.zeros((SIDE, SIDE), int).tolist()


def changed(value):
    return json.dumps({"pixels": [[value, *BLANK[0][1:]], *BLANK[1:]]})


BAD_BODIES = {
    "empty": "",
    "not JSON": "{pixels: 1}",
    "not UTF-8": b'{"pixels": "\xff"}',
    "deep": "[" * 100_000,
    "a list": json.dumps(BLANK),
    "no pixels": "{}",
    "more than pixels": json.dumps({"pixels": BLANK, "more": 1}),
    "a row too few": body_of(BLANK[1:]),
    "a row too many": body_of([*BLANK, BLANK[0]]),
    "a short row": json.dumps({"pixels": [BLANK[0][1:], *BLANK[1:]]}),
    "flat": body_of(np.zeros(SIDE * SIDE, int)),
    "an object": json.dumps({"pixels": {"0": BLANK}}),
    "nan": changed(float("nan")),
    "infinity": changed(float("inf")),
    "1e999": changed(0.5).replace("0.5", "1e999"),
    "many digits": changed(0.5).replace("0.5", "9" * 5000),
    "above": changed(255.5),
    "below": changed(-1),
    "text": changed("1"),
    "true": changed(True),
    "null": changed(None),
    "a list as a pixel": changed([1]),
    "nothing drawn": body_of(BLANK),
}


@pytest.mark.parametrize("path", ["/predict", "/save"])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_what_is_no_drawing_is_a_bad_request(server, body, path):
    before = set(server.folder.iterdir())
    status, _, answer = ask(server, "POST", path, body)
    assert status == 400
    assert json.loads(answer)["error"]
    assert set(server.folder.iterdir()) == before


GOOD = body_of(np.eye(SIDE, dtype=int) * 255)
PLAIN, FORM = {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}
REFUSED = {
    "unknown path": ("GET", "/secret", None, {}, 404),
    "a way out": ("GET", "/../draw.py", None, {}, 404),
    "another file of the folder": ("GET", "/server.py", None, {}, 404),
    "POST to unknown path": ("POST", "/", GOOD, JSON, 405),
    "POST to a page": ("POST", "/page.js", GOOD, JSON, 405),
    "GET": ("GET", "/predict", None, {}, 405),
    "HEAD": ("HEAD", "/save", None, {}, 405),
    "PUT": ("PUT", "/predict", GOOD, JSON, 405),
    "DELETE": ("DELETE", "/", None, {}, 405),
    "OPTIONS": ("OPTIONS", "/predict", None, {}, 405),
    "unheard-of method": ("DRAW", "/predict", GOOD, JSON, 405),
    "unheard-of method and path": ("DRAW", "/", None, {"Host": "evil.example"}, 421),
    "too long": ("POST", "/predict", b" " * (LONGEST + 1), JSON, 413),
    "much too long": ("POST", "/predict", b" " * 3_000_000, JSON, 413),
    "plain text": ("POST", "/predict", GOOD, PLAIN, 415),
    "a form": ("POST", "/save", GOOD, FORM, 415),
    "no type": ("POST", "/predict", GOOD, {}, 415),
    "another host": ("GET", "/", None, {"Host": "evil.example"}, 421),
    "another host's page": ("POST", "/predict", GOOD, {**JSON, "Origin": "http://evil.example"}, 403),
    "a page of no host": ("POST", "/predict", GOOD, {**JSON, "Origin": "null"}, 403),
    "another site without its name": ("POST", "/save", GOOD, {**JSON, "Sec-Fetch-Site": "cross-site"}, 403),
    "a page of another port": ("POST", "/predict", GOOD, {**JSON, "Sec-Fetch-Site": "same-site"}, 403),
    "a user in the host": ("GET", "/", None, {"Host": "127.0.0.1:80@evil"}, 421),
    "a host that begins like ours": ("GET", "/", None, {"Host": "localhost.evil"}, 421),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refused_requests(server, case):
    method, path, body, headers, expected = case
    status, answered, answer = ask(server, method, path, body, headers)
    assert status == expected
    assert answered["Content-Type"] == "application/json"
    assert method == "HEAD" or json.loads(answer)["error"]
    assert (status == 405) == ("Allow" in answered)
    assert ask(server, "POST", "/predict", GOOD)[0] == 200  # it goes on


HEAD = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
RAW = {
    "no length": (HEAD + b"\r\n", 411),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411),
    "length in words": (HEAD + b"Content-Length: two\r\n\r\n{}", 400),
    "negative length": (HEAD + b"Content-Length: -1\r\n\r\n{}", 400),
    "enormous length": (HEAD + b"Content-Length: " + b"9" * 9999 + b"\r\n\r\n{}", 413),
    "less than announced": (HEAD + b"Content-Length: 9\r\n\r\n{}", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 421),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", 400),
    "no request": (b"draw me a sheep\r\n\r\n", 400),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "long address": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
    "long header": (b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
    "a body where none belongs": (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33\r\n\r\nGET /secret HTTP/1.1\r\nHost: a\r\n\r\n",
        400,
    ),
}


@pytest.mark.parametrize("request_and_status", RAW.values(), ids=RAW)
def test_requests_that_no_client_would_send(server, capsys, request_and_status):
    request, expected = request_and_status
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 %d " % expected), answer
    assert answer.count(b"HTTP/1.1") == 1
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
    assert "Traceback" not in capsys.readouterr().err
    assert ask(server, "GET", "/")[0] == 200


def test_a_client_that_goes_away_is_no_error(server, capfd):
    for request in (b"", b"GET / HT", HEAD + b"Content-Length: 9\r\n\r\n{"):
        with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
            connection.sendall(request)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by a reset
    assert ask(server, "GET", "/")[0] == 200
    assert capfd.readouterr().err == ""


def test_a_silent_client_is_given_up(server, monkeypatch):
    monkeypatch.setattr("minigrad.scripts.drawing.server.Handler.timeout", 0.2)
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as connection:
        connection.sendall(HEAD + b"Content-Length: 9\r\n\r\n{")
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 408 ")


def test_many_at_once_are_answered_and_the_silent_make_room(server, monkeypatch):
    """200 connections before any is accepted; then so many silent ones that the first of them have to go."""
    silent = [socket.create_connection(("127.0.0.1", server.server_port), timeout=60) for _ in range(200)]
    for connection in silent:
        connection.sendall(b"GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert all(connection.recv(12) == b"HTTP/1.1 200" for connection in silent)
    before = threading.active_count()
    monkeypatch.setattr("minigrad.scripts.drawing.server.MOST", 210)
    silent += [socket.create_connection(("127.0.0.1", server.server_port), timeout=60) for _ in range(100)]
    assert ask(server, "POST", "/predict", GOOD)[0] == 200
    assert threading.active_count() < before + 50
    for connection in silent:
        connection.close()


def test_requests_on_one_connection_are_answered_in_their_order(server):
    paths = [b"/icon.svg", b"/model", b"/page.css"]
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as connection:
        connection.sendall(b"".join(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n" for path in paths))
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    kinds = re.findall(rb"Content-Type: ([a-z/+]+)", answer)
    assert kinds == [b"image/svg+xml", b"application/json", b"text/css"]


def test_an_error_of_ours_shows_the_client_no_traceback(server, monkeypatch, capsys):
    def fail(drawing):
        raise RuntimeError("secret")

    with monkeypatch.context() as patch:
        patch.setattr(server.board, "look", fail)
        status, _, answer = ask(server, "POST", "/predict", GOOD)
    assert status == 500
    assert b"secret" not in answer and b"Traceback" not in answer
    assert "RuntimeError: secret" in capsys.readouterr().err
    assert ask(server, "POST", "/predict", GOOD)[0] == 200


def test_pixels_keep_their_places():
    pixels = np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % 256
    np.testing.assert_array_equal(read_drawing(body_of(pixels).encode()), pixels / 255)


# ---- the command line ------------------------------------------------------------------------------------------------


def test_the_best_fitting_checkpoint_is_taken(digits_checkpoint, tmp_path, monkeypatch, capsys):
    content = mg.load(digits_checkpoint)
    mnist = [f"{i} - {name}" for i, name in enumerate("zero one two three four five six seven eight nine".split())]
    clothes = [f"garment {i}" for i in range(10)]
    cases = {  # name of the run: data set, classes, accuracy
        "old": ("digits", list("0123456789"), 0.97),
        "new": ("digits", list("0123456789"), 0.97),
        "newest": ("digits", list("0123456789"), 0.5),
        "bad-mnist": ("mnist", mnist, 0.85),
        "clothes": ("fashion", clothes, 0.99),
    }

    def write(name, data, classes, accuracy, time):
        path = tmp_path / name / "best.npz"
        path.parent.mkdir()
        history = [{"val_accuracy": 0.1}, {"val_accuracy": accuracy}]
        description = {**content["description"], "classes": classes, "data": data}
        mg.save({**content, "description": description, "history": history}, path)
        os.utime(path, (1e9 + time, 1e9 + time))
        return path

    paths = [write(name, *case, time) for time, (name, case) in enumerate(cases.items())]
    for name, content_of in (("broken", digits_checkpoint.read_bytes()[:1000]), ("other", b"")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "best.npz").write_bytes(content_of)
    (tmp_path / "unfinished").mkdir()
    assert draw.usable_checkpoints(tmp_path)[0] == paths[1]
    captured = capsys.readouterr()
    assert "the best of 4" in captured.out
    assert all(name in captured.err for name in ("clothes", "broken", "other"))
    good = write("good-mnist", "mnist", mnist, 0.95, -1)
    assert draw.usable_checkpoints(tmp_path)[:2] == [good, paths[1]]
    assert draw.load_board(good).classes == list("0123456789")
    with pytest.raises(ValueError, match="knows the digits"):
        draw.load_board(tmp_path / "clothes/best.npz")
    assert draw.usable_checkpoints(tmp_path / "nowhere") == []


def test_without_a_network_one_is_trained(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    in_full = train.main
    monkeypatch.setattr(train, "main", lambda arguments: in_full([*arguments, "--epochs", "1", "--model", "lenet"]))
    assert draw.main(["--demo", "0"]) == 0
    (path,) = (tmp_path / "runs").glob("*/best.npz")
    layers = draw.load_board(path).blank.layers  # a net of other layers than the one of 1998
    assert [layer.values.shape for layer in layers] == [
        (1, 28, 28), (6, 28, 28), (16, 10, 10), (120,), (84,), (10,),
    ]  # fmt: skip
    assert [layer.maps().shape for layer in layers][-3:] == [(1, 4, 30), (1, 3, 28), (1, 1, 10)]
    first = capsys.readouterr().out
    assert "training one" in first and "test accuracy" in first and "a 0 is taken for" in first
    assert draw.main(["--demo", "6"]) == 0
    assert "training one" not in capsys.readouterr().out
    assert [path.name for path in sorted((tmp_path / "runs/drawings").iterdir())] == ["0001.png", "0002.png"]


def test_a_training_that_was_stopped_ends_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(train, "main", lambda arguments: 130)
    assert draw.main([]) == 130


@pytest.mark.parametrize("arguments", [["--checkpoint", "missing.npz"], ["--port", "65536"], ["--demo", "10"]])
def test_wrong_options(tmp_path, monkeypatch, capsys, digits_checkpoint, arguments):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        draw.main(["--checkpoint", str(digits_checkpoint), *arguments])
    assert end.value.code == 2
    assert arguments[-1] in capsys.readouterr().err


def test_a_taken_port_is_an_error_where_it_was_asked_for(board, server, monkeypatch, capsys):
    assert draw.serve(board, server.server_port, open_browser=False) == 1
    assert f"port {server.server_port}" in capsys.readouterr().err

    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(BoardServer, "serve_forever", interrupted)
    monkeypatch.setattr(draw, "PORT", server.server_port)
    opened = []
    monkeypatch.setattr(draw.webbrowser, "open", opened.append)
    assert draw.serve(board, None, open_browser=True) == 0
    (url,) = opened
    assert url in capsys.readouterr().out
    assert url.startswith("http://127.0.0.1:") and url != server.url


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_cleanly(digits_checkpoint, tmp_path):
    command = [sys.executable, str(ROOT / "scripts/draw.py"), "--checkpoint", str(digits_checkpoint), "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=tmp_path, **pipes) as process:
        port = int(process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200  # and the connection stays open
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        connection.close()
    assert (process.returncode, out.strip(), err) == (0, "ended", "")
