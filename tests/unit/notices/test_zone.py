"""Days are those of the notice's time zone, and moments are told in it with its name."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta, timezone
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.catalogue import STORED
from chalicelib.errors import NoticeTooOld
from chalicelib.instants import zone_name
from chalicelib.mail.model import Message
from chalicelib.mail.rendering import render
from chalicelib.notices.compiler import NoticeRefused, compile_notice, load_published
from tests.functions.versions import shipped

ROME = ZoneInfo("Europe/Rome")
LATE = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)


def _document(
    effective_at: str, zone: str | None, country: str | None = "IT", also: str | None = None
) -> dict[str, Any]:
    document = copy.deepcopy(shipped())
    document["effective_at"] = effective_at
    named = {"zone": zone, "country": country, also: "else"}
    document["requests"]["calendar"] = {
        name: value for name, value in named.items() if name is not None and value is not None
    }
    return document


def _published_before_calendars(effective_at: str) -> dict[str, Any]:
    document = _document(effective_at, None)
    del document["requests"]["calendar"]
    return document


@pytest.mark.parametrize(
    ("effective_at", "zone", "day"),
    [
        ("2026-11-29T23:30:00Z", "Europe/Rome", date(2026, 11, 30)),
        ("2026-11-30T00:30:00+01:00", "America/New_York", date(2026, 11, 29)),
        ("2026-07-01T22:30:00Z", "Europe/Rome", date(2026, 7, 2)),
    ],
)
def test_a_day_is_that_of_the_calendar(effective_at: str, zone: str, day: date) -> None:
    assert compile_notice(_document(effective_at, zone), STORED).effective_day == day


@pytest.mark.parametrize(
    ("effective_at", "day"),
    [
        ("2026-11-29T23:30:00Z", date(2026, 11, 30)),
        ("2026-11-30T00:30:00+01:00", date(2026, 11, 30)),
    ],
)
def test_without_a_calendar_a_version_has_the_days_of_its_controllers_country(
    effective_at: str, day: date
) -> None:
    notice = load_published(_published_before_calendars(effective_at))
    assert notice.effective_day == day
    assert notice.working_days == ("Asia/Kolkata", "IN")


@pytest.mark.parametrize(
    ("effective_at", "day"),
    [
        ("2026-11-29T23:30:00Z", date(2026, 11, 29)),
        ("2026-11-30T00:30:00+01:00", date(2026, 11, 30)),
    ],
)
def test_of_a_country_that_is_none_days_are_those_of_the_author(
    effective_at: str, day: date
) -> None:
    document = _published_before_calendars(effective_at)
    document["controller"]["country"] = "ZZ"
    notice = load_published(document)
    assert notice.effective_day == day
    with pytest.raises(NoticeTooOld) as refused:
        _ = notice.working_days
    assert refused.value.missing == "requests/calendar/zone"


def test_working_days_are_those_of_the_zone_and_the_country() -> None:
    notice = compile_notice(_document("2026-11-29T23:30:00Z", "Europe/Rome"), STORED)
    assert notice.working_days == ("Europe/Rome", "IT")


@pytest.mark.parametrize(
    ("calendar", "missing"),
    [
        ({"country": "IT"}, "requests/calendar/zone"),
        ({"zone": "Europe/Rome"}, "requests/calendar/country"),
    ],
)
def test_an_old_version_without_working_days_names_what_it_lacks(
    calendar: dict[str, str], missing: str
) -> None:
    document = _published_before_calendars("2026-11-29T23:30:00Z")
    document["requests"]["calendar"] = calendar
    notice = load_published(document)
    with pytest.raises(NoticeTooOld) as refused:
        _ = notice.working_days
    assert refused.value.missing == missing
    assert missing not in str(refused.value)


@pytest.mark.parametrize(
    ("document", "places"),
    [
        (_document(LATE.isoformat(), "Europe/Rome", None), {"/country"}),
        (_document(LATE.isoformat(), None, "IT"), {"/zone"}),
        (_document(LATE.isoformat(), "Europe/Roma", "ZZ"), {"/zone", "/country"}),
        (_document(LATE.isoformat(), "Europe/Rome", "EU"), {"/country"}),
        (_document(LATE.isoformat(), "Europe/Rome", "it"), {"/country"}),
        (_document(LATE.isoformat(), "Europe/Rome", "IT", "city"), {"/city"}),
    ],
)
def test_a_version_without_a_real_zone_and_country_does_not_compile(
    document: dict[str, Any], places: set[str]
) -> None:
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(document, STORED)
    found = refused.value.findings
    assert {finding.pointer for finding in found} == {
        f"/requests/calendar{place}" for place in places
    }
    assert len(found) == len(places)


@pytest.mark.parametrize(
    "zone", ["Europe/Roma", "CET+1", "../etc/passwd", "Europe", "", "europe/rome", "Rome\n"]
)
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(_document("2026-11-29T23:30:00Z", zone), STORED)
    assert {finding.pointer for finding in refused.value.findings} == {"/requests/calendar/zone"}


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        (LATE, "UTC"),
        (LATE.astimezone(ROME), "UTC+01:00 (Europe/Rome)"),
        (datetime(2026, 7, 1, tzinfo=ROME), "UTC+02:00 (Europe/Rome)"),
        (LATE.astimezone(timezone(timedelta(hours=-5))), "UTC-05:00"),
    ],
)
def test_a_zone_is_told_by_offset_and_name(moment: datetime, name: str) -> None:
    assert zone_name(moment) == name


def _mail(locale: str, locales: tuple[str, ...]) -> EmailMessage:
    page = "https://privacy.example/password"
    words = {"country": "FR", "at": LATE, "reset": page, "unsubscribe": page}
    return render(
        Message("new_sign_in", "ada@example.org", locale, words),
        site="Kaveripoint",
        sender="privacy@riserbo.example",
        contact="privacy@kaveripoint.example",
        now=LATE,
        locales=locales,
        zone=ROME,
    )


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("it", "30 novembre 2026, 00:30 UTC+01:00 (Europe/Rome)"),
        ("en", "30 November 2026, 00:30 UTC+01:00 (Europe/Rome)"),
    ],
)
def test_a_mail_tells_a_moment_in_that_zone(locale: str, told: str) -> None:
    assert told in " ".join(_mail(locale, ("it", "en")).get_content().split())


@pytest.mark.parametrize(
    ("locale", "locales", "language"),
    [
        ("it", ("en",), "en"),
        ("it", ("it", "en"), "it"),
        ("de", ("de",), "de"),
        ("pt", ("pt",), "en"),
    ],
)
def test_a_mail_speaks_a_language_of_the_notice(
    locale: str, locales: tuple[str, ...], language: str
) -> None:
    assert _mail(locale, locales)["Content-Language"] == language
