"""What people do on a website, as its pages tell it through the deployed interface."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import requests

from chalicelib.consents.service.context import visitor_subject
from chalicelib.instants import instant
from tests.functions import copies, deciding, desk, people, sinks, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once
from tests.unit.core.samples import shipped

PATH, SITE = "/v1/activity", "site_measurement"
CARD = "4111 1111 1111 1111"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    """Somebody signed in who agreed to the measurement of the site."""
    person = people.signed_in(api)
    deciding.decide(api, person.headers, **{SITE: "granted"})
    return person


@pytest.fixture
def token(api: Api) -> str:
    """The token of a browser that agreed to it."""
    found = people.new_visitor()
    deciding.decide(api, people.visitor(found), **{SITE: "granted"})
    return found


def event(at: datetime | None = None, **members: Any) -> dict[str, Any]:
    at = at or datetime.now(UTC) - timedelta(seconds=1)
    fields = {"search_terms": "A quiet harbour"}
    told = {"purpose": SITE, "type": "search", "at": instant(at), "fields": fields}
    return {**told, **members}


def tell(api: Api, headers: dict[str, str], *events: dict[str, Any]) -> requests.Response:
    return api.post(PATH, headers=headers, json={"events": list(events)})


def stored(api: Api, subject: str) -> list[tables.Item]:
    return tables.of_kind(tables.partition(api.stack, subject), "activity")


def classes(api: Api, subject: str) -> set[str]:
    return {one["sk"]["S"] for one in tables.partition(api.stack, subject, "KeysTable")}


def dropped(answer: requests.Response) -> list[tuple[int, str]]:
    return [(one["index"], one["reason"]) for one in ok(answer, 202)["dropped"]]


def test_over_midnight_a_batch_is_two_sealed_records(api: Api, token: str) -> None:
    began, subject = sinks.now(), visitor_subject(token)
    zone = shipped().zone
    today = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight = (today - timedelta(days=3)).astimezone(UTC)
    told = [event(midnight + timedelta(minutes=minute)) for minute in range(-12, 13)]
    assert ok(tell(api, people.visitor(token), *told), 202) == {"accepted": 25, "dropped": []}
    items = sorted(stored(api, subject), key=lambda one: str(one["due_at"]["S"]))
    rule = shipped().rule("activity", "created")
    firsts = [midnight - timedelta(minutes=12), midnight]
    assert [one["due_at"]["S"] for one in items] == [instant(rule.ends(one)) for one in firsts]
    assert all("sealed" in one for one in items)
    assert classes(api, subject) == {"evidence", "marketing"}
    assert sinks.found_in(sinks.everywhere(api.stack, began), ["A quiet harbour"]) == []


def test_of_a_browser_that_was_never_asked_there_is_no_trace(api: Api) -> None:
    headers = {**people.visitor(people.new_visitor()), "Idempotency-Key": "never-asked"}
    before = tables.everything(api.stack)
    for _ in range(2):
        assert dropped(tell(api, headers, event(), event())) == [
            (0, "not_asked"),
            (1, "not_asked"),
        ]
    assert tables.everything(api.stack) == before


def test_nobody_is_refused(api: Api) -> None:
    problem(tell(api, {}, event()), 401)
    problem(tell(api, people.bearer(f"{'a' * 26}.{'A' * 43}"), event()), 401)


@pytest.mark.parametrize("who", ["account", "browser"])
def test_after_a_withdrawal_was_acknowledged_nothing_is_kept(
    api: Api, ada: Person, token: str, who: str
) -> None:
    headers = ada.headers if who == "account" else people.visitor(token)
    subject = ada.subject if who == "account" else visitor_subject(token)
    ok(tell(api, headers, event()), 202)
    known = {one["sk"]["S"] for one in stored(api, subject)}
    assert len(known) == 1
    deciding.decide(api, headers, **{SITE: "denied"})
    assert dropped(tell(api, headers, event())) == [(0, "withdrawn")]
    assert {one["sk"]["S"] for one in stored(api, subject)} <= known


def test_each_event_is_judged_alone(api: Api, ada: Person) -> None:
    answer = tell(
        api,
        ada.headers,
        event(),
        event(purpose="promotion"),
        event(purpose="no_such_purpose"),
        event(fields={"shoe_size": "44"}),
        event(fields={"search_terms": f"pay {CARD}"}),
        event(),
    )
    assert ok(answer, 202)["accepted"] == 2
    assert dropped(answer) == [
        (1, "not_asked"),
        (2, "undeclared"),
        (3, "undeclared"),
        (4, "undeclared"),
    ]
    assert len(stored(api, ada.subject)) == 1
    assert "marketing" in classes(api, ada.subject)


@pytest.mark.parametrize(
    ("events", "wrong"),
    [
        ([], ["/events"]),
        ([event()] * 101, ["/events"]),
        ([event(), event(at=datetime.now(UTC) + timedelta(hours=1))], ["/events/1/at"]),
        ([event(at=datetime.now(UTC) - timedelta(days=31))], ["/events/0/at"]),
        ([event(type="a b")], ["/events/0/type"]),
        ([event(purpose="No such")], ["/events/0/purpose"]),
        ([event(fields={"search_terms": 7})], ["/events/0/fields/search_terms"]),
        ([event(fields={"search_terms": ["x"]})], ["/events/0/fields/search_terms"]),
        ([event(fields={"shoe_size": {"eu": 44}})], ["/events/0/fields/shoe_size"]),
        ([event(fields={"Search": "x"})], ["/events/0/fields"]),
        ([event(fields={f"f{number}": "x" for number in range(51)})], ["/events/0/fields"]),
        ([{**event(), "subject": "a" * 26}], ["/events/0/subject"]),
    ],
)
def test_what_does_not_fit(
    api: Api, ada: Person, events: list[dict[str, Any]], wrong: list[str]
) -> None:
    assert sorted(set(pointers(problem(tell(api, ada.headers, *events), 400)))) == wrong
    assert stored(api, ada.subject) == []


def test_ten_first_ones_at_once_leave_one_key_that_opens_them(api: Api, ada: Person) -> None:
    for answer in at_once([partial(tell, Api(api.stack), ada.headers, event())] * 10):
        assert ok(answer, 202)["accepted"] == 1
    assert len(stored(api, ada.subject)) == 10
    copied = copies.download(api, ada, copies.ready(api, ada, locale="en"))
    found = copied.fields("activity")
    assert [one["search_terms"] for one in found] == ["A quiet harbour"] * 10
    assert {one["type"] for one in found} == {"search"}


def test_is_taken_along_and_goes_with_its_category(api: Api, ada: Person) -> None:
    ok(tell(api, ada.headers, event(), event()), 202)
    taken = copies.download(api, ada, copies.ready(api, ada, "port", locale="en"))
    assert taken.fields("activity") == [{"search_terms": "A quiet harbour"}] * 2
    body = {"right": "erase", "categories": ["interaction"]}
    asked = ok(api.post("/v1/requests", headers=ada.headers, json=body), 201)["id"]
    actions, staff = f"/v1/desk/requests/{asked}/actions", desk.officer(api)[0]
    ok(api.post(actions, headers=staff.headers, json={"action": "approve"}))
    copies.completed(api, asked, ada.headers)
    assert stored(api, ada.subject) == []
    assert "marketing" not in classes(api, ada.subject)
