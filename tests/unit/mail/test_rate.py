"""The rate of mails: all workers together keep to the quota, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import settings
from chalicelib.jobs.consumer import NotNow
from chalicelib.jobs.model import LEASE, Task
from chalicelib.mail import rate, service
from chalicelib.mail.service import Refused, Throttled
from chalicelib.publications.service.announcement import PAGE
from chalicelib.storage import clients
from functions.queues import mail
from tests.unit.core.samples import SUBJECT

FUNCTION_SECONDS = 300
"""The time of the function `announcements` (.chalice/config.json)."""

QUOTAS = st.integers(1, 2_000)


@given(QUOTAS, QUOTAS)
def test_all_tellers_together_keep_to_the_share(deployed: int, quota: int) -> None:
    together = rate.pace(quota, deployed) * rate.tellers(deployed)
    assert together <= max(min(quota, deployed) * rate.SHARE, rate.LEAST * rate.MOST_TELLERS) * 1.01


@given(QUOTAS)
def test_workers_are_as_many_as_the_quota_has_work_for(quota: int) -> None:
    assert rate.FEWEST <= rate.tellers(quota) <= rate.MOST_TELLERS
    assert rate.senders(quota) * rate.BY_SENDER <= max(quota, rate.FEWEST * rate.BY_SENDER)
    if rate.tellers(quota) < rate.MOST_TELLERS:
        assert rate.tellers(quota) * rate.BY_TELLER >= quota * rate.SHARE


def test_a_page_ends_before_its_function_also_in_the_sandbox() -> None:
    seconds = PAGE / rate.pace(1, 1)
    assert seconds < FUNCTION_SECONDS < LEASE.total_seconds()


def test_a_quota_that_shrank_is_obeyed() -> None:
    assert rate.pace(14, 200) == pytest.approx(14 * rate.SHARE / rate.tellers(200))


def test_the_rate_is_as_it_was_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISERBO_MAIL_RATE", raising=False)
    assert settings.mail_rate() == rate.DEFAULT
    monkeypatch.setenv("RISERBO_MAIL_RATE", "200")
    assert settings.mail_rate() == 200


class Ses:
    """An SES that answers each mail with a code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def send_raw_email(self, **_: Any) -> None:
        told: Any = {"Error": {"Code": self.code, "Message": "Maximum sending rate exceeded."}}
        raise ClientError(told, "SendRawEmail")


@pytest.mark.parametrize(("code", "expected"), [("Throttling", Throttled), ("Other", ClientError)])
def test_more_than_the_quota_is_told_from_other_errors(
    monkeypatch: pytest.MonkeyPatch, code: str, expected: type[Exception]
) -> None:
    monkeypatch.setattr(service, "rendered", lambda *_: service.Rendered("a@example.com", b""))
    monkeypatch.setattr(clients, "ses", lambda: Ses(code))
    monkeypatch.setenv("RISERBO_MAIL_SENDER", "privacy@site.example")
    with pytest.raises(expected):
        service.send(None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (Throttled(), NotNow),
        (Refused("Throttling", final=False), NotNow),
        (Refused("MessageRejected", final=False), Refused),
    ],
)
def test_a_mail_for_which_there_is_no_quota_is_left_for_later(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, expected: type[Exception]
) -> None:
    def fail(_: Task) -> None:
        raise raised

    monkeypatch.setattr(mail, "_send", fail)
    with pytest.raises(expected):
        mail.send(Task(SUBJECT, "receipt", "target"))
