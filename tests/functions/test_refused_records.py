"""What was kept for a purpose goes by its refusal, through every door of the deployed interface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.consents.service.context import visitor_subject
from chalicelib.instants import instant
from chalicelib.unsubscribe.model import Kind, Scope
from tests.functions import deciding, desk, owners, people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.test_desk_decisions import record as record_letter
from tests.functions.test_messages import MESSAGES, write
from tests.functions.test_records import OTHERS, RECORDING, hand_over, move
from tests.functions.unsubscribing import click, minted
from tests.functions.waiting import until

SITE = "site_measurement"
SURVEYS, AUDIENCE, RECORDED = "surveys", "audience_insight", "call_recording"
AGREED = dict.fromkeys((SURVEYS, AUDIENCE, RECORDED), "granted")
MANY = 55


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def key(stack: DeployedStack) -> str:
    return make_key(stack, "refused", "records,decisions")[1]


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


def consents(api: Api, person: Person, **decisions: str) -> Any:
    body = {"notice_version": api.notice_version(), "decisions": decisions, "source": "banner"}
    return ok(api.post("/v1/consents", headers=person.headers, json=body), 201)


def _consents(api: Api, person: Person, staff: Person) -> None:
    del staff
    consents(api, person, surveys="denied")


def _preferences(api: Api, person: Person, staff: Person) -> None:
    del staff
    decisions = {SURVEYS: "denied"}
    version = api.notice_version()
    ok(owners.prefer(api, person, notice_version=version, decisions=decisions))


def _link(api: Api, person: Person, staff: Person) -> None:
    del staff
    ok(click(api, minted(api.stack, person.subject, Scope(Kind.PURPOSE, SURVEYS))))


def _desk(api: Api, person: Person, staff: Person) -> None:
    ok(record_letter(api, staff, subject=person.subject), 201)


def _request(api: Api, person: Person, staff: Person) -> None:
    del staff
    body = {"right": "withdraw", "purposes": [SURVEYS]}
    made = ok(api.post("/v1/requests", headers=person.headers, json=body), 201)
    assert made["status"] == "completed"


DOORS = {
    "consents": _consents,
    "preferences": _preferences,
    "link": _link,
    "desk": _desk,
    "request": _request,
}


def kept(api: Api, person: Person, kind: str) -> list[tables.Item]:
    return tables.of_kind(tables.partition(api.stack, person.subject), kind)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_an_answer_to_a_survey_goes_and_all_else_stays(
    api: Api, key: str, staff: Person, door: Callable[[Api, Person, Person], None]
) -> None:
    person = people.signed_in(api, decisions=AGREED)
    ok(write(api, person, "survey", fields={"rating": "7"}), 201)
    ok(write(api, person, "feedback"), 201)
    ok(hand_over(api, key, person.subject, purpose=RECORDED, **RECORDING), 201)
    door(api, person, staff)
    dates = {one["form"]["S"]: one["due_event"]["S"] for one in kept(api, person, "message")}
    assert dates == {"survey": "withdrawn", "feedback": "created"}
    (tape,) = kept(api, person, "recording")
    assert tape["due_event"]["S"] == "created"
    fresh = people.sign_in(api, person.email)
    (shown,) = ok(api.get(MESSAGES, headers=fresh.headers))["items"]
    assert shown["kind"] == "feedback"
    assert problem(write(api, fresh, "survey", fields={"rating": "7"}), 409)["reasons"] == [
        "withdrawn"
    ]


def test_the_answer_counts_them_and_the_sweep_removes_them(api: Api, key: str) -> None:
    person = people.signed_in(api, decisions=AGREED)
    leads = [
        ok(hand_over(api, key, person.subject, purpose=AUDIENCE, **OTHERS), 201) for _ in range(3)
    ]
    ok(hand_over(api, key, person.subject, **OTHERS), 201)
    told = consents(api, person, audience_insight="denied")
    others = next(one for one in told["data"] if one["category"] == "third_parties")
    assert others["records"] == {
        "count": 3,
        "erased_at": told["standing"][AUDIENCE]["decided_at"],
    }
    assert {"purpose": "provide_services", "basis": "contract"} in others["kept_for"]
    answer = move(api, key, leads[0]["id"], person.subject, "ended", others["records"]["erased_at"])
    problem(answer, 404)
    api.stack.sweep()
    assert until(lambda: len(kept(api, person, "external")) == 1)


def test_of_a_browser_what_its_pages_told_goes(api: Api) -> None:
    visitor = people.new_visitor()
    headers = people.visitor(visitor)
    for choice in ("granted", "denied"):
        if choice == "denied":
            at = instant(datetime.now(UTC) - timedelta(seconds=1))
            told = {"purpose": SITE, "type": "search", "at": at, "fields": {"search_terms": "Ada"}}
            body = {"events": [told]}
            assert ok(api.post("/v1/activity", headers=headers, json=body), 202)["accepted"] == 1
        deciding.decide(api, headers, **{SITE: choice})
    (item,) = tables.of_kind(tables.partition(api.stack, visitor_subject(visitor)), "activity")
    assert item["due_event"]["S"] == "withdrawn"
    api.stack.sweep()
    subject = visitor_subject(visitor)
    left = partial(tables.of_kind, kind="activity")
    assert until(lambda: not left(tables.partition(api.stack, subject)))


def test_an_opened_mail_moves_the_sign_of_interest_once_a_day(api: Api) -> None:
    person = people.signed_in(api, decisions={"mail_measurement": "granted"})

    def standing() -> tables.Item:
        (found,) = tables.of_kind(tables.partition(api.stack, person.subject), "standing")
        return found

    def tell(purpose: str) -> str:
        at = instant(datetime.now(UTC))
        told = {"purpose": purpose, "type": "open", "at": at, "fields": {"clicks": "1"}}
        ok(api.post("/v1/activity", headers=person.headers, json={"events": [told]}), 202)
        return at

    before = instant(datetime.now(UTC) - timedelta(days=2))
    tables.put(api.stack, {**standing(), "interest_at": {"S": before}})
    tell(SITE)
    assert standing()["interest_at"]["S"] == before, "nobody agreed to that, nor is it a sign"
    first = tell("mail_measurement")
    assert standing()["interest_at"]["S"] == first
    assert tell("mail_measurement") > first
    assert standing()["interest_at"]["S"] == first


def test_many_are_dated_by_the_worker(api: Api, key: str) -> None:
    person = people.signed_in(api, decisions=AGREED)
    for _ in range(MANY):
        ok(hand_over(api, key, person.subject, purpose=AUDIENCE, **OTHERS), 201)
    told = consents(api, person, audience_insight="denied")
    others = next(one for one in told["data"] if one["category"] == "third_parties")
    assert others["records"]["count"] == MANY
    assert not deciding.ask(api, key, person.subject, AUDIENCE)["allowed"]

    def dated() -> bool:
        found = kept(api, person, "external")
        return all(one.get("due_event") == {"S": "withdrawn"} for one in found)

    assert until(dated)
    assert until(lambda: not tables.of_kind(tables.partition(api.stack, person.subject), "job"))
