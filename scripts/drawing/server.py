"""The server of the page: the standard library's, for this machine only.

``GET /model`` describes a network, the best, or with ``?net=1`` and so on another one. ``POST /predict`` and ``POST
/save`` take a drawing (see messages.py) and answer with what it makes of it, and with the file of the picture.
Whatever is wrong with a request is answered by ``{"error": why}`` with a status of 400 to 499.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import socket
import socketserver
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from minigrad.scripts.drawing.board import Answer, Board
from minigrad.scripts.drawing.messages import describe_answer, describe_board, read_drawing
from minigrad.scripts.drawing.picture import picture, write_numbered

HOST = "127.0.0.1"
NAMES = re.compile(rf"({re.escape(HOST)}|localhost)(:[0-9]{{1,5}})?", re.IGNORECASE)  # what Host may say
MOST = 256  # connections at once; each has a thread
LONGEST = 2**18  # bytes of a request; a drawing of numbers with three digits has 50,000
FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
METHODS = {**dict.fromkeys([*FILES, "/model"], ("GET", "HEAD")), **dict.fromkeys(["/predict", "/save"], ("POST",))}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class BoardServer(ThreadingHTTPServer):
    """A server of `board`, and others to choose from, at http://127.0.0.1:`port`, that puts pictures into `folder`."""

    daemon_threads = True
    request_queue_size = MOST  # of connections that come faster than they are accepted
    allow_reuse_address = os.name != "nt"  # where Windows would let two servers have one port

    def __init__(self, board: Board, port: int, folder: Path, others: Sequence[Board] = ()) -> None:
        self.board, self.boards, self.folder = board, [board, *others], folder
        self.drawing_lock = threading.Lock()
        self.open_lock, self.open = threading.Lock(), dict[socket.socket, None]()  # the one that asked last is last
        super().__init__((HOST, port), Handler)

    def server_bind(self) -> None:
        """Bind without HTTPServer's question for the name of this machine, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def save(self, answer: Answer, board: Board) -> Path:
        """Write the picture of an answer of `board`."""
        with self.drawing_lock:
            return write_numbered(picture(answer, board.classes, board.title), self.folder)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread. Where there are too many, the one that has been silent for longest is closed."""
        with self.open_lock:
            self.open[request] = None
            if len(self.open) > MOST:
                oldest = next(iter(self.open))
                del self.open[oldest]
                with contextlib.suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)  # its thread reads the end, and goes
        super().process_request(request, client_address)

    def asks(self, request: socket.socket) -> None:
        """Move a connection that has sent a request to the end: it is the last one to be closed."""
        with self.open_lock:
            if request in self.open:
                self.open[request] = self.open.pop(request)

    def shutdown_request(self, request: Any) -> None:
        with self.open_lock:
            self.open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors of clients that have gone away."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Refused(Exception):
    """A request that gets no answer but a status, a reason and perhaps a header."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status, self.headers = status, headers


class Handler(BaseHTTPRequestHandler):
    """The answers to one connection's requests."""

    protocol_version = default_request_version = "HTTP/1.1"  # 0.9, the default, has no status to answer with
    timeout = 30  # seconds without a byte
    disable_nagle_algorithm = True  # which holds the body of an answer back for 40 ms
    server: BoardServer

    def do_GET(self) -> None:
        try:
            kind, body = self.reply()
        except Refused as in_place_error:
            self.refuse(in_place_error.status, str(in_place_error), **in_place_error.headers)
        except ConnectionError:
            self.close_connection = True
        except Exception:
            traceback.print_exc()
            self.refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "an error in the server, which its terminal shows")
        else:
            self.send(HTTPStatus.OK, kind, body)

    do_HEAD = do_POST = do_GET

    def reply(self) -> tuple[str, bytes]:
        """Return content type and body of the answer. Raises Refused."""
        self.server.asks(self.connection)
        self.check_sender()
        path = self.path.partition("?")[0]
        if path not in METHODS:
            raise Refused(HTTPStatus.NOT_FOUND, f"there is no {path}")
        if self.command not in METHODS[path]:
            allowed = ", ".join(METHODS[path])
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes {allowed}, not {self.command}", Allow=allowed)
        if self.command != "POST" and (
            "Transfer-Encoding" in self.headers or self.headers.get("Content-Length", "0") != "0"
        ):
            raise Refused(HTTPStatus.BAD_REQUEST, f"{self.command} takes no body")
        if path in FILES:
            name, kind = FILES[path]
            return kind, (Path(__file__).parent / name).read_bytes()
        board, titles = self.board(), [board.title for board in self.server.boards]
        message = describe_board(board, titles) if path == "/model" else self.answer_drawing(path, board)
        return "application/json", json.dumps(message).encode()

    def board(self) -> Board:
        """Return the network that the query names, or the first. Raises Refused."""
        named = re.search(r"[?&]net=([0-9]{1,4})(&|$)", self.path)
        number = int(named[1]) if named else 0
        if number >= len(self.server.boards):
            raise Refused(HTTPStatus.NOT_FOUND, f"there is no network {number}")
        return self.server.boards[number]

    def check_sender(self) -> None:
        """Refuse pages of other hosts, also those whose name has been made to mean this machine."""
        hosts = self.headers.get_all("Host", [])
        if len(hosts) > 1:
            raise Refused(HTTPStatus.BAD_REQUEST, f"expected one Host, got {len(hosts)}")
        host = "".join(hosts)
        if not NAMES.fullmatch(host):
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, f"this is {self.server.url}, not {host or 'a nameless host'}")
        own = all(origin == f"http://{host}" for origin in self.headers.get_all("Origin", []))
        sites = set(self.headers.get_all("Sec-Fetch-Site", []))  # browsers send it, also without an Origin
        if not own or (self.command == "POST" and not sites <= {"same-origin"}):
            raise Refused(HTTPStatus.FORBIDDEN, "only the page of this server may ask")

    def answer_drawing(self, path: str, board: Board) -> dict[str, Any]:
        body = self.body()
        started = time.perf_counter()
        try:
            answer = board.look(read_drawing(body))
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
        if path == "/predict":
            return describe_answer(answer, board.classes, 1e3 * (time.perf_counter() - started))
        file = self.server.save(answer, board)
        return {"file": str(file), "png": base64.b64encode(file.read_bytes()).decode("ascii")}

    def body(self) -> bytes:
        """Return the body of a request. Raise Refused unless its header says it is JSON of a known length."""
        if self.headers.get_content_type() != "application/json":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "expected Content-Type: application/json")
        length = self.headers.get("Content-Length")
        if length is None or "Transfer-Encoding" in self.headers:
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "expected a Content-Length")
        if not (length.isascii() and length.isdigit()):
            raise Refused(HTTPStatus.BAD_REQUEST, f"expected a number as Content-Length, got {length}")
        if len(length) > 9 or int(length) > LONGEST:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"expected at most {LONGEST} bytes, got {length}")
        try:
            body = self.rfile.read(int(length))
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, f"the announced {length} bytes did not come") from None
        if len(body) < int(length):
            raise Refused(HTTPStatus.BAD_REQUEST, f"expected the announced {length} bytes, got {len(body)}")
        return body

    def send(self, status: HTTPStatus, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status: int, why: str, **headers: str) -> None:
        """Answer with an error and end the connection: what follows on it may be the body of the refused request."""
        self.close_connection = True
        body = json.dumps({"error": why}).encode()
        self.send(HTTPStatus(status), "application/json", body, Connection="close", **headers)
        try:  # closed with something unread, the connection would be reset and the answer lost
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            for _ in range(64):
                if not self.rfile.read1(2**16):
                    break
        except OSError:
            pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the base class refuses: malformed requests, and methods without a function here."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self.do_GET()
        else:
            self.refuse(code, message or HTTPStatus(code).phrase)

    def version_string(self) -> str:
        return "minigrad"

    def log_message(self, format: str, *args: Any) -> None:
        """Do nothing: there is a request for every stroke."""
