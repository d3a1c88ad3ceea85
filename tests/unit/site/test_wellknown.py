"""The file of RFC 9116, the page for a new password, and what a browser's signal does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.notices import service as notices
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.site import wellknown
from functions.http.wellknown import handler
from tests.unit.core.samples import SHIPPED, association_document

NOW = datetime(2026, 11, 22, 23, 59, 59, 999_000, UTC)
SPOKEN = ("it", "en")
BASE = "https://privacy.example"


def test_the_file_has_every_field_that_is_required_and_whose_it_is() -> None:
    assert wellknown.security_txt("mailto:security@example.org", SPOKEN, BASE, NOW) == (
        "Contact: mailto:security@example.org\n"
        "Expires: 2027-05-21T00:00:00Z\n"
        "Preferred-Languages: it, en\n"
        "Canonical: https://privacy.example/.well-known/security.txt\n"
    )


def test_it_is_the_same_all_day_long() -> None:
    day = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    texts = [
        wellknown.security_txt("tel:+390612345678", SPOKEN, BASE, day + timedelta(minutes=minutes))
        for minutes in range(0, 24 * 60, 30)
    ]
    assert len(set(texts)) == 1
    assert (
        wellknown.security_txt("tel:+390612345678", SPOKEN, BASE, day + timedelta(days=1))
        != texts[0]
    )


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("privacy@example.org", "mailto:privacy@example.org"),
        ("privacy+site@example.org", "mailto:privacy+site@example.org"),
        ("a/b?c@example.org", "mailto:a%2Fb%3Fc@example.org"),
        ("info@perché.example", "mailto:info@perch%C3%A9.example"),
    ],
)
def test_an_address_becomes_a_uri(address: str, uri: str) -> None:
    assert wellknown.mail_to(address) == uri


def asked(path: str) -> dict[str, Any]:
    """The function's answer to a GET."""
    return handler(
        {"requestContext": {"resourcePath": path, "httpMethod": "GET"}, "headers": {}}, None
    )


def test_a_contact_of_its_own_goes_before_the_notice_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setenv("RISERBO_PUBLIC_URL", f"{BASE}/")
    monkeypatch.setattr(notices, "current", lambda: load_published(silent()))
    monkeypatch.setenv("RISERBO_SECURITY_CONTACT", "https://example.org/report")
    answer = asked("/.well-known/security.txt")
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["body"].splitlines()[0] == "Contact: https://example.org/report"
    assert answer["body"].splitlines()[3] == f"Canonical: {BASE}/.well-known/security.txt"


def test_password_managers_are_led_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", BASE)
    answer = asked("/.well-known/change-password")
    assert (answer["statusCode"], answer["body"]) == (302, "")
    assert answer["headers"]["Location"] == f"{BASE}/account/password"


def test_a_statement_of_support_has_the_members_of_the_specification() -> None:
    for honoured in (True, False):
        statement = wellknown.global_privacy_control(honoured=honoured, since=date(2026, 11, 22))
        assert statement == {"gpc": honoured, "lastUpdate": "2026-11-22"}


def silent() -> dict[str, Any]:
    """The shipped notice without a word about the signal."""
    document: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))
    del document["cookies"]["banner"]["signal"]
    return document


def late() -> dict[str, Any]:
    """The shipped notice, in force from a moment that is the day before in UTC."""
    document: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))
    document["effective_at"] = "2026-12-31T23:30:00Z"
    return document


@pytest.mark.parametrize(
    ("document", "gpc", "since"),
    [
        (late(), True, "2027-01-01"),
        (silent(), False, "2026-11-22"),
        (association_document(), False, "2025-03-01"),
    ],
    ids=["says it", "is silent", "has no banner"],
)
def test_the_notice_in_force_decides_about_the_signal(
    monkeypatch: pytest.MonkeyPatch, document: dict[str, Any], gpc: bool, since: str
) -> None:
    notice: Notice = load_published(document)
    monkeypatch.setattr(notices, "current", lambda: notice)
    answer = asked("/.well-known/gpc.json")
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == {"gpc": gpc, "lastUpdate": since}
