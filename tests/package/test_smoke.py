"""The smoke test tells a server that is not this software from one that works."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.notices.model import Notice
from infra.preflight import check_notice
from infra.smoke import SmokeTest, Unhealthy
from infra.stages import Target
from tests.product import PRODUCT


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


@pytest.fixture(scope="module")
def notice() -> Notice:
    return check_notice(PRODUCT, Target("dev", "eu-south-1", "111122223333", {}))


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [
        (b"", 503, "GET /v1/health: 503"),
        (b"<html>", 200, "another shape"),
        (b"[]", 200, "another shape"),
        (json.dumps({"notice": "2026-11-22"}).encode(), 200, "POST /v1/consents: 200"),
    ],
)
def test_what_is_not_this_software_is_unhealthy(
    server: str,
    notice: Notice,
    monkeypatch: pytest.MonkeyPatch,
    said: bytes,
    status: int,
    why: str,
) -> None:
    monkeypatch.setattr(_Answering, "said", said)
    monkeypatch.setattr(_Answering, "status", status)
    with pytest.raises(Unhealthy, match=why):
        SmokeTest(server, 0).run(notice)


def test_nobody_there_is_unhealthy(notice: Notice) -> None:
    with pytest.raises(Unhealthy, match="GET /v1/health"):
        SmokeTest("http://127.0.0.1:9", 0).run(notice)
