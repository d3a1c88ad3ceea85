"""One POST to a server of somebody else's: bounded in time, no redirects, its answer not read."""

from collections.abc import Mapping
from contextlib import suppress
from logging import ERROR, getLogger
from socket import SHUT_RDWR
from ssl import SSLError
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
"""How long a server may be silent before it is taken to be away."""

WHOLE_SECONDS = 10.0
"""How long all of it may take: a server that says a little now and then is never silent."""


# urllib3 warns of headers that are none, and quotes them with the address.
getLogger("urllib3.connection").setLevel(ERROR)


def post(url: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """Posts a body; None when the answer was a success (2xx), otherwise why it was not, in a word.

    `timeout`, `tls` (no certificate that we trust), `connection`, `protocol` (no HTTP) or the
    status, such as `http_503`. A redirect is no success: the message would go to somebody whom
    nobody named. Of the answer only status and headers are read.
    """
    attempt = _Attempt(url, headers, body)
    # A thread, because looking a name up and a server that trickles know no timeout of a socket.
    thread = Thread(target=attempt.run, daemon=True)
    thread.start()
    thread.join(WHOLE_SECONDS)
    if thread.is_alive():
        attempt.cut()
        return "timeout"
    return attempt.error


class _Attempt:
    """One try, of which `error` tells when it has run."""

    def __init__(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self._url = url
        self._headers = headers
        self._body = body
        self._connection: HTTPConnection | None = None
        self.error: str | None = "protocol"

    def run(self) -> None:
        """Makes the try, and closes the connection whatever comes of it."""
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

        try:
            status = self._answer()
            self.error = None if 200 <= status < 300 else f"http_{status}"
        except NewConnectionError:  # which is a ConnectTimeoutError as well
            self.error = "connection"
        except (ConnectTimeoutError, TimeoutError):
            self.error = "timeout"
        except SSLError:
            self.error = "tls"
        except (HTTPError, OSError):
            self.error = "connection"
        except Exception:  # noqa: BLE001 - the text of any other may quote what was answered
            self.error = "protocol"
        finally:
            if self._connection is not None:
                self._connection.close()

    def cut(self) -> None:
        """Ends a try that takes too long, so that its thread ends too."""
        sock = None if self._connection is None else self._connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)

    def _answer(self) -> int:
        from urllib3.connection import HTTPConnection, HTTPSConnection
        from urllib3.util import parse_url

        where = parse_url(self._url)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        self._connection = kind(where.host or "", where.port, timeout=CONNECT_SECONDS)
        self._connection.connect()
        self._connection.timeout = ANSWER_SECONDS
        self._connection.request(
            "POST", where.request_uri, self._body, self._headers, preload_content=False
        )
        return self._connection.getresponse().status
