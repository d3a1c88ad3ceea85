"""A rehearsal tells a server that is not this software from one that works."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from boto3 import Session

from infra.rehearsal.deployed import Deployed, Unhealthy
from infra.rehearsal.journey import Rehearsal


class _Answering(BaseHTTPRequestHandler):
    """Says the same to everything."""

    said = b""
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.said)))
        self.end_headers()
        self.wfile.write(self.said)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Stays silent."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def rehearse(url: str) -> None:
    Rehearsal(Deployed(Session(), {}, url, pause=0), lambda _line: None).run()


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [
        (b"", 503, "^step service: GET /v1/health: 503"),
        (b"<html>", 200, "no JSON"),
        (b"[]", 200, "another shape"),
        (json.dumps({"notice": "2026-11-22"}).encode(), 200, "another shape: KeyError"),
        (json.dumps({"notice": "2026-11-22", "document": {}}).encode(), 200, "another shape"),
    ],
)
def test_what_is_not_this_software_is_unhealthy(
    server: str, monkeypatch: pytest.MonkeyPatch, said: bytes, status: int, why: str
) -> None:
    monkeypatch.setattr(_Answering, "said", said)
    monkeypatch.setattr(_Answering, "status", status)
    with pytest.raises(Unhealthy, match=why):
        rehearse(server)


def test_nobody_there_is_unhealthy() -> None:
    with pytest.raises(Unhealthy, match="GET /v1/health"):
        rehearse("http://127.0.0.1:9")
