"""The registration form obeys the notice's minimum age: by a date of birth, or a confirmation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.accounts.contract.registration import FORM_DESCRIPTION, REGISTER
from chalicelib.accounts.service.forms import described
from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Age, Notice
from tests.unit.core.samples import association_document

NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
"""It is the first of December already at the association's, which lies east of Greenwich here."""


def of_age(birth_date: bool) -> Notice:
    document = association_document()
    document["minors"] = {"origin": "published", "text": {"en": "From sixteen."}, "age": 16}
    document["requests"]["calendar"] = {"zone": "Europe/Rome", "country": "IT"}
    if birth_date:
        born = {"id": "born", "title": {"en": "Date of birth"}, "type": "date", "max": 10}
        document["categories"][0]["items"].append(born)
        document["records"][3]["fields"]["member"].append("born")
        document["forms"][0]["required"].append("member.born")
        document["minors"]["birth_date"] = "member.born"
    return compile_notice(document, STORED)


def found(notice: Notice, **members: Any) -> set[str]:
    """The places of all findings about a registration; one that is missing stands at its holder."""
    given: dict[str, Any] = {
        "email": "ada@example.com",
        "password": "tre pini e un cancello",
        "profile": {"member": {"full_name": "Ada"}},
        "locale": "en",
        "notice_version": "2025-03-01",
        "decisions": {},
    }
    body = {**given, **members}
    schema = REGISTER.body_schema(lambda: notice)
    assert schema is not None
    assert REGISTER.check is not None
    places = {
        "/" + "/".join(str(step) for step in one.absolute_path)
        for one in Draft202012Validator(schema).iter_errors(body)
    }
    return places | {one.pointer for one in REGISTER.check(notice, body, NOW)}


@pytest.mark.parametrize(
    ("members", "places"),
    [
        ({}, {"/"}),
        ({"of_age": False}, {"/of_age"}),
        ({"of_age": "yes"}, {"/of_age"}),
        ({"of_age": True}, set()),
    ],
)
def test_without_a_date_people_confirm_it(members: dict[str, Any], places: set[str]) -> None:
    assert found(of_age(birth_date=False), **members) == places


@pytest.mark.parametrize(
    ("born", "places"),
    [
        ("2010-12-01", set()),
        ("2010-12-02", {"/profile/member/born"}),
        ("1980-01-01", set()),
        ("2026-12-31", {"/profile/member/born"}),
        ("long ago", {"/profile/member/born"}),
    ],
)
def test_by_the_date_of_birth_it_is_reckoned_on_the_notices_days(
    born: str, places: set[str]
) -> None:
    profile = {"member": {"full_name": "Ada", "born": born}}
    assert found(of_age(birth_date=True), profile=profile) == places


def test_a_confirmation_is_not_asked_beside_the_date() -> None:
    profile = {"member": {"full_name": "Ada", "born": "1980-01-01"}}
    assert found(of_age(birth_date=True), profile=profile, of_age=True) == {"/"}


@pytest.mark.parametrize(("birth_date", "by"), [(False, "of_age"), (True, "member.born")])
def test_the_form_tells_it(birth_date: bool, by: str) -> None:
    told = described(of_age(birth_date), "en")
    assert told["age"] == {"least": 16, "by": by}
    schema: Any = FORM_DESCRIPTION.answers[200].schema
    Draft202012Validator(schema).validate(told)


def test_nothing_is_asked_where_the_notice_states_no_age() -> None:
    notice = compile_notice(association_document(), STORED)
    assert "age" not in described(notice, "en")
    assert found(notice) == set()
    assert found(notice, of_age=True) == {"/"}


def test_somebody_born_on_a_leap_day_is_older_in_march() -> None:
    assert not Age(17).reached(date(2008, 2, 29), date(2025, 2, 28))
    assert Age(17).reached(date(2008, 2, 29), date(2025, 3, 1))
