"""How a mail is handed over: patiently, or once only; and how many a mailing may send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail import rate, service
from chalicelib.mail.model import Message
from chalicelib.mail.service import Quota, Refused
from chalicelib.storage import clients
from tests.unit.core.samples import shipped


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clients as they are, with nobody at the other end."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "unit")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unit")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("RISERBO_MAIL_SENDER", "privacy@site.example")
    clients._client.cache_clear()
    yield
    clients._client.cache_clear()


def message() -> Message:
    words: dict[str, Any] = {
        "version": "2027-03-08",
        "effective_at": shipped().effective_at,
        "changes": ["A change."],
        "more": 0,
        "ask": [],
        "difference": "https://privacy.example/notice/2027-03-08/changes",
    }
    return Message("notice_changed", "ada@example.com", "en", words)


class Attempts:
    """Counts how often a client sends, and answers so that it would send again if it may."""

    def __init__(self, client: Any, answer: Any) -> None:
        self.count = 0
        self._answer = answer
        client.meta.events.register("before-send.ses", self)

    def __call__(self, request: Any, **_: object) -> Any:
        self.count += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer(request)


def unavailable(request: Any) -> Any:
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    body = b"<ErrorResponse><Error><Code>ServiceUnavailable</Code></Error></ErrorResponse>"

    class Raw:
        def stream(self, **_: object) -> Iterator[bytes]:
            yield body

    return AWSResponse(request.url, 503, HTTPHeaders(), Raw())


LOST = [ReadTimeoutError(endpoint_url="ses"), EndpointConnectionError(endpoint_url="ses")]


@pytest.mark.parametrize("answer", [LOST[0], unavailable], ids=["timeout", "503"])
def test_what_must_not_come_twice_is_handed_over_once(real: None, answer: Any) -> None:
    attempts = Attempts(clients.ses_once(), answer)
    with pytest.raises((ReadTimeoutError, ClientError)):
        service.send_once(service.rendered(message(), shipped()))
    assert attempts.count == 1


def test_without_a_connection_it_was_not_handed_over_for_certain(real: None) -> None:
    attempts = Attempts(clients.ses_once(), LOST[1])
    with pytest.raises(Refused) as refused:
        service.send_once(service.rendered(message(), shipped()))
    assert (refused.value.reason, refused.value.final) == ("EndpointConnectionError", False)
    assert attempts.count == 1


def test_every_other_mail_is_handed_over_again(real: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.time.sleep", lambda _: None)
    monkeypatch.setattr("time.sleep", lambda _: None)
    attempts = Attempts(clients.ses(), LOST[0])
    with pytest.raises(ReadTimeoutError):
        service.send(message(), shipped())
    assert attempts.count == clients.ATTEMPTS > 1


def test_the_two_clients_are_two(real: None) -> None:
    configs: list[Any] = [clients.ses_once().meta.config, clients.ses().meta.config]
    retries = [config.retries for config in configs]
    assert [one["total_max_attempts"] for one in retries] == [1, clients.ATTEMPTS]


class Ses:
    """SES that answers one thing."""

    def __init__(self, code: str = "", status: int = 400, **quota: float) -> None:
        self.code, self.status, self.quota = code, status, quota

    def get_send_quota(self) -> dict[str, float]:
        return self.quota

    def send_raw_email(self, **_: object) -> None:
        told: Any = {
            "Error": {"Code": self.code},
            "ResponseMetadata": {"HTTPStatusCode": self.status},
        }
        raise ClientError(told, "SendRawEmail")


@pytest.mark.parametrize(
    ("code", "final"),
    [
        ("MessageRejected", False),
        ("InvalidParameterValue", True),
        ("Throttling", False),
        ("AccountSendingPausedException", False),
        ("MailFromDomainNotVerifiedException", False),
        ("AccessDenied", False),
        ("ExpiredToken", False),
    ],
)
def test_what_ses_refuses(
    real: None, monkeypatch: pytest.MonkeyPatch, code: str, final: bool
) -> None:
    monkeypatch.setattr(clients, "ses_once", lambda: Ses(code))
    with pytest.raises(Refused) as refused:
        service.send_once(service.rendered(message(), shipped()))
    assert (refused.value.reason, refused.value.final) == (code, final)


def test_a_fault_of_ses_says_nothing(real: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ses_once", lambda: Ses("InternalFailure", 500))
    with pytest.raises(ClientError):
        service.send_once(service.rendered(message(), shipped()))


@pytest.mark.parametrize(
    ("most", "sent", "a_second", "quota"),
    [
        (-1.0, 12.0, 14.0, Quota(None, 14 * rate.SHARE / 2)),
        (200.0, 0.0, 1.0, Quota(160, 0.4)),
        (200.0, 159.0, 1.0, Quota(1, 0.4)),
        (200.0, 160.0, 1.0, Quota(0, 0.4)),
        (200.0, 199.0, 1.0, Quota(0, 0.4)),
        (50_000.0, 12_345.0, 14.0, Quota(27_655, 14 * rate.SHARE / 2)),
        (0.0, 0.0, 0.0, Quota(0, 0.1)),
    ],
)
def test_the_quota_less_what_others_need(
    monkeypatch: pytest.MonkeyPatch, most: float, sent: float, a_second: float, quota: Quota
) -> None:
    found = Ses(Max24HourSend=most, SentLast24Hours=sent, MaxSendRate=a_second)
    monkeypatch.setattr(clients, "ses", lambda: found)
    assert service.quota() == quota


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 500))
def test_a_mailing_leaves_a_fifth_to_the_mails_people_wait_for(
    most: int, sent: int, a_second: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = Ses(Max24HourSend=most, SentLast24Hours=sent, MaxSendRate=a_second)
        patch.setattr(clients, "ses", lambda: found)
        quota = service.quota()
    assert quota.today is not None
    assert quota.today >= 0
    assert not quota.today or sent + quota.today <= most * rate.SHARE
    assert 0 < quota.a_second <= max(a_second * rate.SHARE / 2, rate.LEAST)
