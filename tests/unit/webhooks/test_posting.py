"""One POST, to real sockets: every way in which it can fail has its word, and its end."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.webhooks.service import transport
from chalicelib.webhooks.service.transport import MAX_ADDRESSES, post
from tests.receiver import Receiver, receiving

HEADERS = {"Content-Type": "application/json", "webhook-id": "msg_1"}
BODY = b'{"type":"subject.erased"}'


def posted(receiver: Receiver, path: str = "") -> str | None:
    return post(receiver.url + path, HEADERS, BODY, anywhere=True)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience is short."""
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 1.0)


def test_it_arrives_as_it_was_sent(receiver: Receiver) -> None:
    assert posted(receiver, "?for=us") is None
    (found,) = receiver.received
    assert (found.path, found.body) == ("/told?for=us", BODY)
    assert found.headers["webhook-id"] == "msg_1"
    assert found.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_a_success_is_one(receiver: Receiver, status: int) -> None:
    receiver.otherwise = status
    assert posted(receiver) is None


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 429, 500, 503])
def test_any_other_status_is_none(receiver: Receiver, status: int) -> None:
    receiver.otherwise = status
    assert posted(receiver) == f"http_{status}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    with receiving() as other:
        receiver.otherwise, receiver.headers = status, {"Location": other.url}
        assert posted(receiver) == f"http_{status}"
        assert other.received == []
    assert len(receiver.received) == 1


@pytest.mark.usefixtures("hurried")
def test_who_says_nothing_is_waited_for_only_so_long(receiver: Receiver) -> None:
    receiver.otherwise = lambda _: time.sleep(3)
    began = time.monotonic()
    assert posted(receiver) == "timeout"
    assert time.monotonic() - began < 1


def trickle(connection: socket.socket) -> None:
    """An answer that never ends to begin: never silent for long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X")
        time.sleep(0.05)


@pytest.mark.usefixtures("hurried")
def test_who_trickles_does_not_hold_the_worker(receiver: Receiver) -> None:
    receiver.otherwise = trickle
    before = threading.active_count()
    began = time.monotonic()
    assert posted(receiver) == "timeout"
    assert time.monotonic() - began < 2
    ends = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.05)
    assert threading.active_count() <= before  # nothing of it goes on


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def test_a_body_is_not_read(receiver: Receiver) -> None:
    receiver.otherwise = endless
    began = time.monotonic()
    assert posted(receiver) is None
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (b"", "connection"),
        (b"220 mail.example ESMTP\r\n", "protocol"),
        (b"HTTP/1.1 9999 What\r\n\r\n", "protocol"),
        (b"HTTP/1.1 abc\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n", "protocol"),
        (b"HTTP/1.1 200 " + b"x" * 100_000 + b"\r\n\r\n", "protocol"),
    ],
)
def test_what_is_no_http_is_told_from_no_connection(
    receiver: Receiver, answer: bytes, word: str
) -> None:
    receiver.otherwise = lambda connection: connection.sendall(answer)
    assert posted(receiver) == word


def test_what_is_answered_is_never_logged(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    told = b"HTTP/1.1 200 OK\r\nno header at all: ada@example.org\r\n ada\r\nada\r\n\r\n"
    receiver.otherwise = lambda connection: connection.sendall(told)
    posted(receiver)
    printed = capsys.readouterr()
    assert "ada" not in caplog.text + printed.out + printed.err


def test_where_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/", HEADERS, BODY, anywhere=True) == "connection"
    assert post("http://no.such.host.invalid/", HEADERS, BODY, anywhere=True) == "connection"


@contextmanager
def certified(folder: Path, name: str) -> Iterator[tuple[Receiver, Path]]:
    """A server whose certificate for a name only itself vouches for, and that certificate."""
    key, issuer = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(issuer)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = folder / "server.pem"
    kept.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(kept)
    with receiving(tls) as listening:
        yield listening, kept


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[Receiver]:
    """A server whose certificate nobody vouches for."""
    with certified(tmp_path, "localhost") as (listening, _):
        yield listening


def test_without_a_certificate_that_we_trust_nothing_is_sent(untrusted: Receiver) -> None:
    assert post(f"https://localhost:{untrusted.port}/", HEADERS, BODY, anywhere=True) == "tls"
    assert untrusted.received == []


def test_what_speaks_no_tls_is_sent_nothing(receiver: Receiver) -> None:
    assert post(f"https://127.0.0.1:{receiver.port}/", HEADERS, BODY, anywhere=True) == "tls"
    assert receiver.received == []


@pytest.mark.parametrize("failing", [RuntimeError("ada"), KeyError("ada")])
def test_whatever_else_goes_wrong_is_a_word_too(
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failing: Exception,
) -> None:
    def fails(_: object) -> int:
        raise failing

    answer: Callable[[object], int] = fails
    monkeypatch.setattr(transport._Attempt, "_answer", answer)
    assert posted(receiver) == "protocol"
    printed = capsys.readouterr()
    assert "ada" not in printed.out + printed.err


class Names:
    """A resolver that says what it is told, once for each question."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []
        monkeypatch.setattr(transport, "getaddrinfo", self._answer)

    def _answer(self, host: str, port: int, type: int) -> list[tuple[object, ...]]:
        self.asked.append(host)
        return [(0, type, 0, "", (address, port)) for address in self._answers.pop(0)]


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["9.9.9.9", "127.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"]],
)
def test_a_name_that_leads_inside_is_sent_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    Names(monkeypatch, addresses)
    url = f"http://told.example.org:{receiver.port}/"
    assert post(url, HEADERS, BODY, anywhere=False) == "unfit_address"
    assert receiver.received == []


def test_a_name_is_asked_for_once_and_the_checked_address_is_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "is_public", lambda address: address == "127.0.0.1")
    names = Names(monkeypatch, ["127.0.0.1"])  # asked again, it would have no answer
    url = f"http://told.example.org:{receiver.port}/"
    assert post(url, HEADERS, BODY, anywhere=False) is None
    assert names.asked == ["told.example.org"]
    (found,) = receiver.received
    assert found.headers["host"] == f"told.example.org:{receiver.port}"


def test_the_next_address_is_tried_where_one_does_not_answer(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [f"127.0.0.{number}" for number in range(2, 2 + MAX_ADDRESSES)]
    url = f"http://told.example.org:{receiver.port}/"
    Names(monkeypatch, [*away[1:], "127.0.0.1"], [*away, "127.0.0.1"], [])
    assert post(url, HEADERS, BODY, anywhere=True) is None
    assert post(url, HEADERS, BODY, anywhere=True) == "connection"
    assert post(url, HEADERS, BODY, anywhere=True) == "connection"
    assert len(receiver.received) == 1


@pytest.mark.parametrize(("name", "expected"), [("told.example.org", None), ("example.net", "tls")])
def test_the_certificate_must_be_the_names_and_not_the_addresss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, expected: str | None
) -> None:
    with certified(tmp_path, "told.example.org") as (listening, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        Names(monkeypatch, ["127.0.0.1"])
        url = f"https://{name}:{listening.port}/"
        assert post(url, HEADERS, BODY, anywhere=True) == expected
        assert len(listening.received) == (0 if expected else 1)
