"""Makes one POST to a recipient's server: with time limits, no redirects, the body not read.

The host's addresses are looked up once and checked, and the connection goes to a checked address: a
name that resolves differently a moment later cannot redirect it.
"""

from collections.abc import Mapping
from contextlib import suppress
from logging import ERROR, getLogger
from socket import SHUT_RDWR, SOCK_STREAM, getaddrinfo
from ssl import SSLError
from threading import Thread
from typing import TYPE_CHECKING

from chalicelib.webhooks.destination import is_public

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.util import Url

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
"""Longest silence of a server before a timeout."""

WHOLE_SECONDS = 10.0
"""Longest time of the whole POST, since a server that sends a little at a time is never silent."""

MAX_ADDRESSES = 3
"""Number of a host's addresses that are tried, in the order of the resolver."""

UNFIT = "unfit_address"
"""The error of a host that has an address outside of the public internet."""


# urllib3 warns of malformed headers, and quotes them with the address.
getLogger("urllib3.connection").setLevel(ERROR)


class UnfitAddress(OSError):
    """A host has an address outside of the public internet."""


def post(url: str, headers: Mapping[str, str], body: bytes, *, anywhere: bool) -> str | None:
    """Posts a body; returns None where the answer was a success (2xx), else the reason in a word.

    The reasons: `timeout`, `tls` (no certificate that this stage trusts), `connection`, `protocol`
    (no HTTP), `unfit_address` (an address of the host is not public, and `anywhere` is False) or
    the status, such as `http_503`. A redirect is no success: the message would go to a host that no
    operator registered. Only the status and headers of the answer are read.
    """
    attempt = _Attempt(url, headers, body, anywhere=anywhere)
    # A thread, since neither a look-up of a name nor a trickling server is bounded by a socket's
    # timeout.
    thread = Thread(target=attempt.run, daemon=True)
    thread.start()
    thread.join(WHOLE_SECONDS)
    if thread.is_alive():
        attempt.cut()
        return "timeout"
    return attempt.error


class _Attempt:
    """One try; `error` holds its outcome after `run`."""

    def __init__(
        self, url: str, headers: Mapping[str, str], body: bytes, *, anywhere: bool
    ) -> None:
        self._url = url
        self._anywhere = anywhere
        self._headers = headers
        self._body = body
        self._connection: HTTPConnection | None = None
        self.error: str | None = "protocol"

    def run(self) -> None:
        """Makes the try and closes the connection in any case."""
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

        try:
            status = self._answer()
            self.error = None if 200 <= status < 300 else f"http_{status}"
        except UnfitAddress:
            self.error = UNFIT
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
        """Shuts down a try that takes too long, so that its thread ends too."""
        sock = None if self._connection is None else self._connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)

    def _answer(self) -> int:
        from urllib3.util import parse_url

        where = parse_url(self._url)
        connection = self._connected(where)
        connection.timeout = ANSWER_SECONDS
        # The connection knows only an address; this header names the site.
        headers = {"Host": where.netloc or "", **self._headers}
        connection.request("POST", where.request_uri, self._body, headers, preload_content=False)
        return connection.getresponse().status

    def _connected(self, where: "Url") -> "HTTPConnection":
        """Returns a connection to the first address that takes one; else raises the last error.

        Raises UnfitAddress before anything is sent, also where only one of several is not public.
        """
        from urllib3.exceptions import HTTPError

        host = (where.host or "").strip("[]")
        port = where.port or (443 if where.scheme == "https" else 80)
        found = getaddrinfo(host, port, type=SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._anywhere and not all(map(is_public, addresses)):
            raise UnfitAddress
        failed: Exception = OSError("the host has no address")
        for address in addresses[:MAX_ADDRESSES]:
            connection = self._connection = _connection(where, host, address, port)
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                failed = error
            else:
                return connection
        raise failed


def _connection(where: "Url", host: str, address: str, port: int) -> "HTTPConnection":
    """Returns a connection to one address, which must show a certificate for the host."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if where.scheme != "https":
        return HTTPConnection(address, port, timeout=CONNECT_SECONDS)
    return HTTPSConnection(address, port, timeout=CONNECT_SECONDS, server_hostname=host)
