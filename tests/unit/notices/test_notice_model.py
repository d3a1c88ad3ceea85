"""The compiled notice answers what the functions ask of it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.notices.model import (
    FieldRef,
    LegalBasis,
    Notice,
    Period,
    UndeclaredField,
    UndeclaredRetention,
)

ROME_SUMMER = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period(days=7), "2026-02-25T10:30:00+00:00", "2026-03-04T10:30:00+00:00"),
        (Period(months=1), "2026-01-31T00:00:00+00:00", "2026-02-28T00:00:00+00:00"),
        (Period(months=1), "2028-01-31T00:00:00+00:00", "2028-02-29T00:00:00+00:00"),
        (Period(months=24), "2026-11-22T09:00:00+00:00", "2028-11-22T09:00:00+00:00"),
        (Period(months=3), "2026-11-30T00:00:00+00:00", "2027-02-28T00:00:00+00:00"),
        (Period(years=1), "2028-02-29T12:00:00+00:00", "2029-02-28T12:00:00+00:00"),
        (Period(years=10), "2026-11-22T23:59:59+02:00", "2036-11-22T23:59:59+02:00"),
        (Period(years=2, months=6), "2026-08-31T00:00:00+00:00", "2029-02-28T00:00:00+00:00"),
        (Period(months=1, days=1), "2026-01-31T00:00:00+00:00", "2026-03-01T00:00:00+00:00"),
    ],
)
def test_a_period_is_counted_on_the_calendar(period: Period, start: str, end: str) -> None:
    assert period.after(datetime.fromisoformat(start)) == datetime.fromisoformat(end)


def test_starts_that_are_equal_keep_their_own_offsets() -> None:
    late = datetime.fromisoformat("2026-01-31T23:30:00+00:00")
    early = datetime.fromisoformat("2026-02-01T00:30:00+01:00")
    assert early == late
    ends = [Period(months=1).after(one).isoformat() for one in (late, early, late)]
    first, other = "2026-02-28T23:30:00+00:00", "2026-03-01T00:30:00+01:00"
    assert ends == [first, other, first]


def test_a_period_keeps_the_offset_of_its_start() -> None:
    start = datetime(2026, 6, 30, 23, 30, tzinfo=ROME_SUMMER)
    assert Period(months=8).after(start).isoformat() == "2027-02-28T23:30:00+02:00"


def test_an_end_beyond_the_calendar_is_the_last_moment() -> None:
    start = datetime(9990, 1, 1, tzinfo=UTC)
    assert Period(years=100).after(start) == datetime.max.replace(tzinfo=UTC)


def test_a_period_of_nothing_ends_at_once() -> None:
    start = datetime(2026, 11, 22, 9, 30, 0, 123_000, UTC)
    assert Period(days=0).after(start) == start
    assert not Period(days=0)
    assert Period(months=1)


@pytest.mark.parametrize("parts", [{"days": -1}, {"months": 2, "days": -1}])
def test_a_period_does_not_go_back_in_time(parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="back in time"):
        Period(**parts)


def test_declared_fields_may_be_stored(notice: Notice) -> None:
    notice.refuse_undeclared("profile", ["mail", "full_name", "number"])
    notice.refuse_undeclared("profile", ["mail"], "member")
    notice.refuse_undeclared("request", ["details", "status"])


@pytest.mark.parametrize(
    ("kind", "fields", "group", "refused"),
    [
        ("profile", ["mail", "shoe_size", "iban"], None, ("iban", "shoe_size")),
        ("profile", ["mail"], "plot", ("mail",)),
        ("profile", ["mail"], "no_such_category", ("mail",)),
        ("diary", ["mail"], None, ()),
    ],
)
def test_what_the_notice_does_not_declare_is_not_stored(
    notice: Notice, kind: str, fields: list[str], group: str | None, refused: tuple[str, ...]
) -> None:
    with pytest.raises(UndeclaredField) as caught:
        notice.refuse_undeclared(kind, fields, group)
    assert (caught.value.kind, caught.value.fields) == (kind, refused)


def test_a_retention_rule_is_found_by_kind_and_event(notice: Notice) -> None:
    rule = notice.rule("standing", "registered")
    assert (rule.id, rule.then) == ("standing_unverified", "erase")
    assert rule.ends(datetime(2025, 12, 25, tzinfo=UTC)) == datetime(2026, 1, 4, tzinfo=UTC)
    assert notice.rule("standing", "last_activity").survives.keys() == {"entry"}


@pytest.mark.parametrize(("kind", "event"), [("standing", "issued"), ("diary", "created")])
def test_a_rule_that_the_notice_lacks_is_an_error(notice: Notice, kind: str, event: str) -> None:
    with pytest.raises(UndeclaredRetention) as caught:
        notice.rule(kind, event)
    assert (caught.value.kind, caught.value.event) == (kind, event)


def test_choices_are_the_purposes_that_need_consent(notice: Notice) -> None:
    assert list(notice.choices) == ["newsletter"]
    assert notice.purposes["newsletter"].needs_consent
    assert not notice.purposes["membership"].needs_consent


def test_text_falls_back_to_the_first_locale(notice: Notice) -> None:
    bilingual = dataclasses.replace(notice, locales=("it", "en"))
    assert bilingual.text({"it": "Buongiorno", "en": "Good day"}, "en") == "Good day"
    assert bilingual.text({"it": "Buongiorno", "en": "Good day"}, "de") == "Buongiorno"


def test_a_purpose_carries_what_its_basis_needs(notice: Notice) -> None:
    duty, rota = notice.purposes["rights_and_proof"], notice.purposes["water_rota"]
    assert duty.basis is LegalBasis.LEGAL_OBLIGATION
    assert duty.act is not None
    assert duty.interest is None
    assert rota.basis == "legitimate_interest"
    assert rota.interest is not None


def test_a_field_is_written_with_its_category() -> None:
    reference = FieldRef.parse("member.mail")
    assert reference == FieldRef("member", "mail")
    assert str(reference) == "member.mail"
    with pytest.raises(ValueError, match=r"category\.field"):
        FieldRef.parse("mail")
