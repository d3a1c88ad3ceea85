"""HTTP connections to one host of AWS that are kept alive from call to call.

A request is written as one block, and an answer is read by the rules of HTTP/1.1 (RFC 9112) for a
client: a length, chunks, or all until the end. `http.client` would import the parsers of e-mails at
each cold start and run one of them for each answer. A fault of the network is raised as botocore's
error of it, since callers tell passing faults by those.
"""

from __future__ import annotations

import re
import select
import socket
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from chalicelib.storage.transport.place import Place

if TYPE_CHECKING:
    import ssl

_LONGEST_HEAD, _MOST_HEADERS = 65_536, 100
"""Bounds of an answer's head: its bytes, and how many headers as `http.client` has them."""

_BLOCK = 65_536
_HEAD, _LINE = re.compile(rb"\r?\n\r?\n"), re.compile(rb"\r?\n")
"""Ends of a head and of a line; a line feed alone counts too (RFC 9112, section 2.2)."""

_MOST_KEPT = 10
"""Connections that are kept while nobody uses them, as many as botocore keeps."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's status, its headers by names in lower case, and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """Kept connections to a service's host, shared by threads: each takes one for a call.

    Timeouts are seconds, for making a connection and for each wait for an answer.
    """

    def __init__(self, place: Place, connect_timeout: float, read_timeout: float) -> None:
        parts = urlsplit(place.url)
        self.url = place.url
        self.host = parts.netloc
        self.read_timeout = read_timeout
        self._secure = parts.scheme == "https"
        self._address = (parts.hostname or "", parts.port or (443 if self._secure else 80))
        self._authorities = place.authorities
        self._connect_timeout = connect_timeout
        self._idle: list[socket.socket] = []
        weakref.finalize(self, _close, self._idle)

    def post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Sends a POST of `/` and returns the answer, whatever its status.

        Raises botocore's EndpointConnectionError, ConnectTimeoutError, SSLError, ReadTimeoutError
        or ConnectionClosedError.
        """
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = (
            f"POST / HTTP/1.1\r\nHost: {self.host}\r\nAccept-Encoding: identity\r\n"
            f"{lines}Content-Length: {len(body)}\r\n\r\n"
        )
        connection = self._kept() or self._connected()
        try:
            connection.sendall(head.encode("latin-1") + body)
            answer, stays = _read(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | ValueError):
                self._raise_unanswered(error)
            raise
        if stays and len(self._idle) < _MOST_KEPT:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _kept(self) -> socket.socket | None:
        """Returns an idle connection that the other end has not closed meanwhile."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took it
                return None
            waiting = select.poll()
            waiting.register(connection, select.POLLIN)
            if not waiting.poll(0):
                return connection
            connection.close()  # nothing was asked, so what can be read is its end
        return None

    def _connected(self) -> socket.socket:
        from botocore import exceptions

        connection: socket.socket | None = None
        try:
            connection = socket.create_connection(self._address, self._connect_timeout)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._secure:
                trusted = _context(self._authorities)
                connection = trusted.wrap_socket(connection, server_hostname=self._address[0])
        except OSError as error:
            if connection is not None:
                connection.close()
            if isinstance(error, TimeoutError):
                raise exceptions.ConnectTimeoutError(endpoint_url=self.url, error=error) from error
            if self._secure and _is_of_tls(error):
                raise exceptions.SSLError(endpoint_url=self.url, error=error) from error
            raise exceptions.EndpointConnectionError(endpoint_url=self.url, error=error) from error
        connection.settimeout(self.read_timeout)
        return connection

    def _raise_unanswered(self, error: Exception) -> NoReturn:
        from botocore import exceptions

        if isinstance(error, TimeoutError):
            raise exceptions.ReadTimeoutError(endpoint_url=self.url, error=error) from error
        raise exceptions.ConnectionClosedError(
            error=error, request=None, endpoint_url=self.url
        ) from error


class _Received:
    """The bytes of an answer, read from a connection as they are needed.

    Every method raises ValueError where the answer ends too early.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._bytes = connection, bytearray()

    def until(self, end: re.Pattern[bytes]) -> str:
        """Returns the text before the first match of `end`, which is taken too."""
        while (found := end.search(self._bytes, 0, _LONGEST_HEAD)) is None:
            if len(self._bytes) >= _LONGEST_HEAD:
                raise ValueError("a head, or a line, without an end in time")
            self._more()
        text = self._bytes[: found.start()].decode("latin-1")
        del self._bytes[: found.end()]
        return text

    def exactly(self, size: int) -> bytes:
        """Returns as many bytes."""
        while len(self._bytes) < size:
            self._more()
        taken = bytes(self._bytes[:size])
        del self._bytes[:size]
        return taken

    def rest(self) -> bytes:
        """Returns all bytes until the other end closes the connection."""
        while more := self._connection.recv(_BLOCK):
            self._bytes += more
        return bytes(self._bytes)

    def _more(self) -> None:
        more = self._connection.recv(_BLOCK)
        if not more:
            raise ValueError("an answer that ends too early")
        self._bytes += more


def _read(connection: socket.socket) -> tuple[Answer, bool]:
    """Returns an answer, and whether another one may follow on its connection.

    Raises ValueError where it is no answer of HTTP, or ends too early.
    """
    received = _Received(connection)
    start, *lines = received.until(_HEAD).split("\n")
    version, status, _ = (*start.split(maxsplit=2), "", "")[:3]
    if not version.startswith("HTTP/1.") or not status.isdecimal():
        raise ValueError("no answer of HTTP")
    if len(lines) > _MOST_HEADERS:
        raise ValueError("too many headers")
    headers = dict[str, str]()
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    stays = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = b"".join(_chunks(received))
    elif "content-length" in headers:
        body = received.exactly(int(headers["content-length"]))
    else:
        body, stays = received.rest(), False
    return Answer(int(status), headers, body), stays


def _chunks(received: _Received) -> Iterator[bytes]:
    while size := int(received.until(_LINE).partition(";")[0], 16):
        yield received.exactly(size)
        received.until(_LINE)
    while received.until(_LINE):  # trailers say nothing that is needed
        pass


def _close(idle: list[socket.socket]) -> None:
    for connection in idle:
        connection.close()


@cache
def _context(authorities: str | None) -> ssl.SSLContext:
    """Trusts the authorities of a file; without one, those that botocore carries."""
    import ssl

    import botocore

    own = Path(botocore.__file__).with_name("cacert.pem")
    return ssl.create_default_context(cafile=authorities or own)


def _is_of_tls(error: OSError) -> bool:
    import ssl

    return isinstance(error, ssl.SSLError)
