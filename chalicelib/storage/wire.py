"""HTTP connections to one host of AWS that are kept alive from call to call.

A request is written as one block: `http.client` would write head and body apart, in two packets and
with a check of each header, and all headers here are this package's own. Its reader of answers is
used as it is. A fault of the network is raised as botocore's error of it, since callers
tell passing faults by those.
"""

from __future__ import annotations

import http.client
import select
import socket
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from chalicelib.storage.place import Place

if TYPE_CHECKING:
    import ssl

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
        self._name, self._port = parts.hostname or "", parts.port
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
        response = http.client.HTTPResponse(connection, method="POST")
        try:
            connection.sendall(head.encode("latin-1") + body)
            response.begin()
            answer = Answer(
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                response.read(),
            )
        except BaseException as error:
            response.close()  # it reads from the socket, which stays open as long as that does
            connection.close()
            if isinstance(error, OSError | http.client.HTTPException):
                self._raise_unanswered(error)
            raise
        if response.will_close or len(self._idle) >= _MOST_KEPT:
            connection.close()
        else:
            self._idle.append(connection)
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

        made = self._connection()
        try:
            made.connect()
        except TimeoutError as error:
            raise exceptions.ConnectTimeoutError(endpoint_url=self.url, error=error) from error
        except OSError as error:
            if self._secure and _is_of_tls(error):
                raise exceptions.SSLError(endpoint_url=self.url, error=error) from error
            raise exceptions.EndpointConnectionError(endpoint_url=self.url, error=error) from error
        connection: socket.socket = made.sock
        connection.settimeout(self.read_timeout)
        return connection

    def _connection(self) -> http.client.HTTPConnection:
        name, port, timeout = self._name, self._port, self._connect_timeout
        if not self._secure:
            return http.client.HTTPConnection(name, port, timeout=timeout)
        context = _context(self._authorities)
        return http.client.HTTPSConnection(name, port, timeout=timeout, context=context)

    def _raise_unanswered(self, error: Exception) -> NoReturn:
        from botocore import exceptions

        if isinstance(error, TimeoutError):
            raise exceptions.ReadTimeoutError(endpoint_url=self.url, error=error) from error
        raise exceptions.ConnectionClosedError(
            error=error, request=None, endpoint_url=self.url
        ) from error


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
