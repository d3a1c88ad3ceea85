"""Connections that are kept, lost or refused: over the network, by either way."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore import exceptions
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.storage import connection
from chalicelib.storage.transport.place import Place
from chalicelib.storage.transport.wire import Answer, Wire
from tests.functions import faults
from tests.functions.faults import Fault, Mode, Proxy, proxied

WAYS = ("", "botocore")
FOUND = {"Item": {"pk": {"S": "a"}, "sealed": {"B": "AAE="}}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Engine

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def log_message(self, format: str, *_: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heads.append([(name, value) for name, value in self.headers.items()])
        self.server.bodies.append(json.loads(body))
        content = json.dumps(FOUND).encode()
        self.send_response(200)
        if self.server.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            content = b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = self.server.closing


class _Engine(ThreadingHTTPServer):
    """Answers each call in the same way, and keeps what it was sent."""

    daemon_threads = True
    chunked = closing = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections = 0
        self.heads: list[list[tuple[str, str]]] = []
        self.bodies: list[Any] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def engine() -> Iterator[_Engine]:
    with _Engine() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def proxy(engine: _Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr(connection, "READ_TIMEOUT_SECONDS", faults.READ_TIMEOUT)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with proxied(engine.url) as made:
        yield made


def client(url: str, way: str) -> Any:
    environment = {
        "AWS_ACCESS_KEY_ID": "unit",
        "AWS_SECRET_ACCESS_KEY": "unit",
        "AWS_DEFAULT_REGION": "eu-south-1",
        "AWS_ENDPOINT_URL": url,
        "RISERBO_TRANSPORT": way,
    }
    with patch.dict("os.environ", environment, clear=True):
        return connection.connection.__wrapped__().client


def outcome(of: Any) -> Any:
    """What a caller is told: an item, or the error by its class and its text."""
    try:
        return of._make_api_call("GetItem", {"TableName": "a", "Key": {"pk": {"S": "a"}}})["Item"]
    except exceptions.ClientError as error:
        return ("ClientError", error.response["Error"]["Code"], str(error))
    except exceptions.BotoCoreError as error:
        return type(error).__name__


def test_the_head_is_botocores_in_names_order_and_length(engine: _Engine) -> None:
    for way in WAYS:
        outcome(client(engine.url, way))
    ours, theirs = engine.heads
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    own = {"User-Agent", "X-Amz-Date", "Authorization", "amz-sdk-invocation-id"}
    assert {one for one in ours if one[0] not in own} == {
        one for one in theirs if one[0] not in own
    }


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("after", [0, 1], ids=["on the first call", "on a kept connection"])
def test_a_fault_has_the_same_outcome_by_either_way(proxy: Proxy, mode: Mode, after: int) -> None:
    seen = list[Any]()
    for way in WAYS:
        found = client(proxy.url, way)
        proxy.begin(Fault(mode), after)
        outcomes = [outcome(found) for _ in range(1 + after)]
        seen.append((outcomes, proxy.end(), outcome(found)))
    assert seen[0] == seen[1]
    assert seen[0][2] == {"pk": {"S": "a"}, "sealed": {"B": b"\0\1"}}


@pytest.mark.parametrize("chunked", [False, True])
def test_one_connection_serves_many_calls(engine: _Engine, *, chunked: bool) -> None:
    engine.chunked = chunked
    found = client(engine.url, "")
    for _ in range(5):
        assert outcome(found) == {"pk": {"S": "a"}, "sealed": {"B": b"\0\1"}}
    assert engine.connections == 1


def test_a_connection_that_the_service_closed_is_not_used_again(engine: _Engine) -> None:
    engine.closing = True  # without a word of it in the answer's head
    found = client(engine.url, "")
    for _ in range(3):
        assert outcome(found) == {"pk": {"S": "a"}, "sealed": {"B": b"\0\1"}}
    assert len(engine.bodies) <= engine.connections + 1  # nothing was asked twice


def test_threads_share_a_client_and_never_a_connection(engine: _Engine) -> None:
    found, seen = client(engine.url, ""), list[Any]()
    threads = [
        threading.Thread(target=lambda: seen.extend(outcome(found) for _ in range(20)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [{"pk": {"S": "a"}, "sealed": {"B": b"\0\1"}}] * 160
    assert engine.connections <= 8


def test_nobody_at_the_other_end() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with patch("time.sleep"):
            assert [outcome(client(url, way)) for way in WAYS] == ["EndpointConnectionError"] * 2


def test_an_end_that_does_not_answer_a_connection() -> None:
    wire = Wire(Place("eu-south-1", "http://127.0.0.1:1"), 0.1, 0.1)
    with (
        patch("socket.create_connection", side_effect=TimeoutError),
        pytest.raises(exceptions.ConnectTimeoutError),
    ):
        wire.post({}, b"")


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n"
)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate of 127.0.0.1 that it signed itself, in files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "unit")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files = folder / "key.pem", folder / "certificate.pem"
    files[0].write_bytes(key.private_bytes(*private))
    files[1].write_bytes(made.public_bytes(pem))
    return files


def test_a_service_is_called_by_tls_and_trusted_by_its_authority_alone(
    engine: _Engine, tmp_path: Path
) -> None:
    key, certificate = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    engine.socket = context.wrap_socket(engine.socket, server_side=True)
    url = engine.url.replace("http", "https")
    trusting = Wire(Place("eu-south-1", url, str(certificate)), 2, 2)
    for _ in range(3):
        assert json.loads(trusting.post({}, b"{}").body) == FOUND
    assert engine.connections == 1
    with pytest.raises(exceptions.SSLError):
        Wire(Place("eu-south-1", url), 2, 2).post({}, b"{}")


def _said(said: bytes) -> Any:
    """What is made of the bytes that a service says before it closes the connection."""
    with socket.create_server(("127.0.0.1", 0)) as service:

        def serve() -> None:
            one, _ = service.accept()
            with one:
                one.recv(65_536)
                one.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            return Wire(Place("a", f"http://127.0.0.1:{service.getsockname()[1]}"), 2, 2).post(
                {}, b"{}"
            )
        finally:
            thread.join()


@pytest.mark.parametrize(
    ("said", "status", "headers", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, {"content-length": "2"}, b"{}"),
        (b"HTTP/1.1 503\r\n\r\nall of it", 503, {}, b"all of it"),
        (b"HTTP/1.0 200 OK\nA:  b \na: c\n\n", 200, {"a": "b, c"}, b""),
        (CHUNKED, 200, {"transfer-encoding": "chunked"}, b"{}"),
    ],
)
def test_answers_are_read_as_http_frames_them(
    said: bytes, status: int, headers: dict[str, str], body: bytes
) -> None:
    assert _said(said) == Answer(status, headers, body)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: three\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"a%d: b\r\n" % one for one in range(200)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_counts_as_lost(said: bytes) -> None:
    with pytest.raises(exceptions.ConnectionClosedError):
        _said(said)


def test_a_certificate_of_nobody_is_refused(engine: _Engine) -> None:
    url = engine.url.replace("http", "https")
    wire = Wire(Place("eu-south-1", url), 2, 2)
    with pytest.raises(exceptions.SSLError):  # the engine does not speak TLS
        wire.post({}, b"{}")
