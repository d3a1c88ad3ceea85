"""The desk records refusals that came by letter or phone, through the deployed API."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import requests
import rfc8785

from chalicelib import clock
from chalicelib.consents.desk import recorded_by
from chalicelib.consents.service.context import visitor_subject
from chalicelib.instants import instant
from tests.functions import desk, ledger, people, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.unit.core.samples import shipped

PATH = "/v1/desk/decisions"
AGREED = {"surveys": "granted", "products_email": "granted"}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture
def person(api: Api) -> Person:
    return people.signed_in(api, decisions=AGREED)


def days_ago(days: float) -> str:
    """An instant in the past, as a client writes it."""
    return instant(clock.now() - timedelta(days=days))


def letter(**members: Any) -> dict[str, Any]:
    """A body, but for who it is about."""
    return {
        "decisions": {"surveys": "denied"},
        "channel": "post",
        "received_at": days_ago(2),
        "reference": "2026/118",
        **members,
    }


def record(api: Api, staff: Person, **members: Any) -> requests.Response:
    """The desk records a letter."""
    return api.post(PATH, headers=staff.headers, json=letter(**members))


def of(api: Api, person: Person) -> list[dict[str, Any]]:
    """A person's ledger, as they read it."""
    items: list[dict[str, Any]] = ok(api.get("/v1/consents/ledger", headers=person.headers))[
        "items"
    ]
    return items


def test_a_letter_withdraws_denies_and_objects(api: Api, staff: Person, person: Person) -> None:
    said = {"surveys": "denied", "products_post": "denied", "improvement": "objected"}
    answer = ok(record(api, staff, email=person.email.upper(), decisions=said), 201)
    stands = {name: one["decision"] for name, one in answer["standing"].items()}
    assert stands == {
        "surveys": "withdrawn",
        "products_post": "denied",
        "improvement": "objected",
        "products_email": "granted",
    }
    assert answer["entry_id"] == f"{person.subject}.2"
    shown = ok(api.get("/v1/consents", headers=person.headers))["standing"]
    assert shown == answer["standing"]


def test_its_person_reads_how_it_came_and_can_check_it(
    api: Api, staff: Person, person: Person
) -> None:
    received = days_ago(2)
    ok(record(api, staff, subject=person.subject, received_at=received), 201)
    entry = of(api, person)[-1]
    assert (entry["source"], entry["channel"]) == ("desk", "post")
    assert entry["desk"] == {
        "received_at": received,
        "reference": "2026/118",
        "by": recorded_by(person.subject, staff.subject),
    }
    sealed = ("salt", "decisions", "locale", "channel", "desk")
    opened = {name: entry[name] for name in sealed}
    assert entry["commitment"] == hashlib.sha256(rfc8785.dumps(opened)).hexdigest()
    assert staff.subject not in repr(entry)


def test_nothing_of_it_lies_in_the_clear(api: Api, staff: Person, person: Person) -> None:
    ok(record(api, staff, subject=person.subject), 201)
    kept = repr(tables.partition(api.stack, person.subject))
    assert staff.subject not in kept
    assert "2026/118" not in kept
    assert ledger.standing(api.stack, person.subject).head


def test_its_person_is_told_once(api: Api, staff: Person, person: Person) -> None:
    seen = len(api.stack.mails_to(person.email))
    said = {"surveys": "denied", "improvement": "objected"}
    for _ in range(2):
        first = ok(record(api, staff, subject=person.subject, decisions=said), 201)
        again = ok(record(api, staff, email=person.email, decisions=said), 201)
        assert again["entry_id"] == first["entry_id"] == f"{person.subject}.2"
    mail = people.mails(api.stack, person.email, seen + 1)[-1]
    text = " ".join(mail["BodyText"].split())
    for purpose in said:
        assert f"- {shipped().text(shipped().purposes[purpose].title, 'it')} " in text
    assert len(of(api, person)) == 2
    assert len(api.stack.mails_to(person.email)) == seen + 1


def test_a_browser_without_account_is_known_by_its_id(api: Api, staff: Person) -> None:
    token = people.new_visitor()
    body = {
        "notice_version": api.notice_version(),
        "decisions": {"site_measurement": "granted"},
        "source": "banner",
    }
    ok(api.post("/v1/consents", headers=people.visitor(token), json=body), 201)
    subject = visitor_subject(token)
    said = {"site_measurement": "denied"}
    answer = ok(record(api, staff, subject=subject, decisions=said), 201)
    assert answer["standing"]["site_measurement"]["decision"] == "withdrawn"
    assert tables.of_kind(tables.partition(api.stack, subject), "job") == []


def test_who_is_not_known(api: Api, staff: Person) -> None:
    problem(record(api, staff, subject="z" * 26), 404)
    problem(record(api, staff, email="nobody.at.all@example.com"), 404)


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"decisions": {"surveys": "granted"}}, ["/decisions/surveys"]),
        ({"decisions": {"surveys": "objected"}}, ["/decisions/surveys"]),
        ({"decisions": {"improvement": "denied"}}, ["/decisions/improvement"]),
        ({"decisions": {"run_account": "denied"}}, ["/decisions/run_account"]),
        ({"decisions": {"nonsense": "denied"}}, ["/decisions/nonsense"]),
        ({"decisions": {}}, ["/decisions"]),
        ({"channel": "pigeon"}, ["/channel"]),
        ({"received_at": days_ago(-1)}, ["/received_at"]),
        ({"received_at": days_ago(5 * 366)}, ["/received_at"]),
        ({"received_at": "yesterday"}, ["/received_at"]),
        ({"reference": "Ada Lovelace"}, ["/reference"]),
        ({"reference": "x" * 65}, ["/reference"]),
        ({"email": "ada@example.com"}, [""]),
        ({"subject": None}, ["/subject"]),
        (
            {"decisions": {"surveys": "granted"}, "channel": 1, "received_at": days_ago(-1)},
            ["/channel", "/decisions/surveys", "/received_at"],
        ),
    ],
)
def test_what_does_not_fit_is_told_at_once(
    api: Api, staff: Person, members: dict[str, Any], found: list[str]
) -> None:
    answer = record(api, staff, **{"subject": "z" * 26, **members})
    assert pointers(problem(answer, 400)) == found
