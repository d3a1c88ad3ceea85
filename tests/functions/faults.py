"""A proxy between this process and the local engine, which forwards calls and misbehaves."""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

_SERVICE: Final = re.compile(r"/([a-z0-9-]+)/aws4_request")
_DROPPED: Final = frozenset({"connection", "content-length", "expect", "transfer-encoding"})
_THROTTLED: Final = (
    b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",'
    b'"message":"slow down"}'
)
_EXPIRED: Final = b'{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"expired"}'
_SKEWED: Final = b'{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"skew"}'
_BROKEN: Final = b'{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}'

READ_TIMEOUT: Final = 1.0
"""Seconds after which a client gives a call up, where answers are late."""


class Mode(StrEnum):
    """The ways in which a service misbehaves."""

    THROTTLE = "throttle"
    ERROR = "500"
    TIMEOUT = "time-out"
    LOST = "lost answer"
    """The call is done, and the connection is closed in place of an answer."""
    AWAY = "away"
    """The connection is closed and nothing is done."""
    DAMAGED = "bad checksum"
    """The answer does not have the checksum that comes with it."""
    EXPIRED = "expired credentials"
    SKEWED = "clock skew"
    """The signature's time is not the service's."""


_REFUSALS: Final = {
    Mode.THROTTLE: (400, _THROTTLED),
    Mode.ERROR: (500, _BROKEN),
    Mode.EXPIRED: (400, _EXPIRED),
    Mode.SKEWED: (400, _SKEWED),
}
"""Answers of a service that does nothing: the status and the body."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A service that misbehaves in one way; any service without a name."""

    mode: Mode
    service: str = ""


class Proxy(ThreadingHTTPServer):
    """The proxy. From the call on that is said by `begin`, the fault's service misbehaves.

    `mails` counts the mails that the engine took, also where the answer is lost. `watch` is called
    with the service, the path and the body of each call, `hear` with what a call in JSON is named,
    such as `DynamoDB_20120810.GetItem`, and its body.
    """

    daemon_threads = True

    def __init__(self, engine: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(engine)
        self.engine = (parts.hostname or "", parts.port or 80)
        self._fault: Fault | None = None
        self._left, self.hits, self.mails = 0, 0, 0
        self._one = threading.Lock()
        self.over = threading.Event()
        self.watch: Callable[[str, str, bytes], object] = lambda _service, _path, _body: None
        self.hear: Callable[[str, bytes], object] = lambda _target, _body: None

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of a client that gave a call up."""

    @property
    def url(self) -> str:
        """The address that clients call in place of the engine's."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def begin(self, fault: Fault, after: int) -> None:
        """Lets so many calls of the fault's service through, and none from then on."""
        with self._one:
            self._fault, self._left, self.hits = fault, after, 0
        self.over.clear()

    def end(self) -> int:
        """Ends the fault; returns how many calls it has met."""
        with self._one:
            self._fault = None
        self.over.set()
        return self.hits

    def mode(self, service: str) -> Mode | None:
        """Returns how the next call of a service goes wrong; None where it goes right."""
        with self._one:
            if self._fault is None or self._fault.service not in ("", service):
                return None
            self._left -= 1
            if self._left >= 0:
                return None
            self.hits += 1
            late = self._fault.mode is Mode.TIMEOUT and self.hits > 1
            return Mode.AWAY if late else self._fault.mode  # one wait a try is enough


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def log_message(self, format: str, *_: object) -> None:
        """Says nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = _SERVICE.search(self.headers.get("Authorization", ""))
        self.server.watch(found[1] if found else "", self.path, body)
        if "X-Amz-Target" in self.headers:
            self.server.hear(self.headers["X-Amz-Target"], body)
        mode = self.server.mode(found[1] if found else "")
        if mode in _REFUSALS:
            self._answer(*_REFUSALS[mode])
            return
        match mode:
            case Mode.AWAY:
                self.close_connection = True
            case Mode.TIMEOUT:
                self.server.over.wait(3 * READ_TIMEOUT)
                self.close_connection = True
            case Mode.DAMAGED:
                answer, content = self._forward(body)
                self._answer(answer.status, content, answer, damaged=True)
            case Mode.LOST:
                self._forward(body)
                self.close_connection = True
            case None:
                answer, content = self._forward(body)
                self._answer(answer.status, content, answer)

    def _forward(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        if b"Action=SendRawEmail" in body:
            self.server.mails += 1
        upstream = HTTPConnection(*self.server.engine, timeout=20)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in _DROPPED}
        try:
            upstream.request(self.command, self.path, body, kept)
            answer = upstream.getresponse()
            return answer, answer.read()
        finally:
            upstream.close()

    def _answer(
        self,
        status: int,
        content: bytes,
        answer: HTTPResponse | None = None,
        *,
        damaged: bool = False,
    ) -> None:
        dropped = {*_DROPPED, "server", "date"} | ({"x-amz-crc32"} if damaged else set())
        self.send_response(status)
        for name, value in () if answer is None else answer.getheaders():
            if name.lower() not in dropped:
                self.send_header(name, value)
        if damaged:
            self.send_header("x-amz-crc32", str(zlib.crc32(content) ^ 1))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815 - names of its base


@contextmanager
def proxied(engine: str) -> Iterator[Proxy]:
    """A proxy to an engine, served by threads of its own."""
    with Proxy(engine) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
