"""The desk's pages of notices as a server in this process: a browser opens them, tables are played.

A publication there changes no other test's notice, and its rounds are done when a test says so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from functions.http import desk_notices, site
from tests.unit.publications.noticeboard import LIST, ONE
from tests.unit.web.sample import CONTEXT, event

HOST: Final = "localhost"
_ONE_AT_A_TIME: Final = threading.Lock()
"""Tables in memory take one request at a time."""


class _Handler(BaseHTTPRequestHandler):
    """Hands a request to the function, as API Gateway would."""

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode("ascii"))

    def _answer(self, body: str | None) -> None:
        address = urlsplit(self.path)
        function, path, parameters = _routed(address.path)
        sent = event(
            self.command, path, body, dict(self.headers), parse_qs(address.query), parameters
        )
        with _ONE_AT_A_TIME:
            answer: dict[str, Any] = function(sent, CONTEXT)
        text = answer["body"].encode()
        self.send_response(answer["statusCode"])
        for name, values in answer.get("multiValueHeaders", {}).items():
            for value in values:
                self.send_header(name, value)
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:  # the function logs
        return


def _routed(path: str) -> tuple[Any, str, dict[str, str]]:
    """The function that serves an address, its path and parameters."""
    if path.startswith("/assets/"):
        return site.handler, "/assets/{name}", {"name": path.removeprefix("/assets/")}
    if not path.startswith(LIST):
        return site.handler, "/{proxy+}", {"proxy": path.strip("/")}
    version, _, rest = path.removeprefix(LIST).strip("/").partition("/")
    if not version:
        return desk_notices.handler, LIST, {}
    return desk_notices.handler, ONE + (f"/{rest}" if rest else ""), {"version": version}


@contextmanager
def served() -> Iterator[str]:
    """The pages at an address of their own, which it gives."""
    server = ThreadingHTTPServer((HOST, 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
