"""A server on this machine, to download from."""

import http.server
import threading

import pytest


@pytest.fixture
def server():
    """A server with a dict of pages: bytes, or a function that is given the request."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            page = pages.get(self.path)
            if callable(page):
                page(self)
            elif page is None:
                self.send_error(404)
            else:
                respond(self, page, len(page))

        def log_message(self, *_):
            pass

    pages, asked = {}, []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        httpd.pages, httpd.asked = pages, asked
        httpd.url = f"http://127.0.0.1:{httpd.server_port}/"
        yield httpd
        httpd.shutdown()
        thread.join()


def respond(request, body, length):
    request.send_response(200)
    if length is not None:
        request.send_header("Content-Length", str(length))
    request.end_headers()
    request.wfile.write(body)
