"""`Idempotency-Key`: a repeated POST gets the first answer, and has one effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from chalicelib.instants import instant
from functions.http.site import OPERATIONS
from tests.functions import desk, letters, people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import all_mail_is_out
from tests.functions.together import at_once

CAPTURE, BROWSER = "/v1/consents", people.visitor(people.new_visitor())
DISCLOSURES, RECORD, RECORDS = "/v1/disclosures", "/v1/desk/decisions", "/v1/records"
SAVE, PUBLISH = desk.NOTICES, f"{desk.NOTICES}/publish"
IDEMPOTENT = tuple(operation.path for operation in OPERATIONS if operation.idempotent)
PATHS = tuple(path for path in IDEMPOTENT if path != PUBLISH)
"""What is published concerns everybody: test_version_lifecycle does it, on a stack of its own."""

MESSAGE, DISPUTE = "/v1/requests/{id}/messages", "/v1/requests/{id}/dispute"
ENTER, ACT = "/v1/desk/requests", "/v1/desk/requests/{id}/actions"
HOLD, WRITE, TELL = "/v1/desk/holds", "/v1/messages", "/v1/activity"
ABOUT_ONE = (MESSAGE, DISPUTE, ACT)
"""Operations on a request, which somebody makes first."""
SIGNED_IN = ("/v1/requests", SAVE, RECORD, ENTER, ACT, HOLD, WRITE)
BY_ADDRESS = ("/v1/accounts/verification/resend", "/v1/password-resets")


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture(scope="module")
def site(stack: DeployedStack) -> str:
    """A key of the site's own."""
    return make_key(stack, "idempotent", "disclosures,records")[1]


def body_for(api: Api, path: str) -> dict[str, Any]:
    """A body that the operation accepts."""
    if path in (DISCLOSURES, RECORDS):
        return _by_a_system(api, path)
    if path == "/v1/accounts":
        return people.registration(api, people.new_address())
    if path in (WRITE, TELL):
        return _of_a_person(api, path)
    if path in BY_ADDRESS:
        return {"email": people.new_address()}
    if path == "/v1/consents":
        return {
            "notice_version": api.notice_version(),
            "decisions": {"site_measurement": "granted"},
            "source": "banner",
        }
    if path in (RECORD, ENTER, HOLD):
        return _at_the_desk(api, path)
    if path in (MESSAGE, DISPUTE):
        return {"text": "One more thing."}
    if path == ACT:
        return {"action": "note", "text": "Called."}
    if path == SAVE:
        return {"document": {"version": "2033-03-03", "nonsense": people.new_address()}}
    return {"right": "copy"}


def _of_a_person(api: Api, path: str) -> dict[str, Any]:
    if path == WRITE:
        return {"kind": "support", "text": "It does not work."}
    ok(api.post(CAPTURE, headers=BROWSER, json=body_for(api, CAPTURE)), 201)
    told = {"purpose": "site_measurement", "type": "search", "fields": {"search_terms": "A train"}}
    return {"events": [{**told, "at": instant(datetime.now(UTC) - timedelta(seconds=1))}]}


def _by_a_system(api: Api, path: str) -> dict[str, Any]:
    if path == RECORDS:
        return {
            "subject": people.signed_in(api).subject,
            "category": "third_parties",
            "fields": {"from_partners": "A lead."},
            "origin": "Fairs and Halls Srl",
            "occurred_at": instant(datetime.now(UTC) - timedelta(days=1)),
        }
    decided = ok(api.post("/v1/consents", json=body_for(api, "/v1/consents")), 201)
    return {
        "subject": decided["entry_id"].partition(".")[0],
        "recipient": "measurement_providers",
        "category": "device",
        "purpose": "site_measurement",
    }


def _at_the_desk(api: Api, path: str) -> dict[str, Any]:
    yesterday = instant(datetime.now(UTC) - timedelta(days=1))
    if path == RECORD:
        return {
            "email": people.signed_in(api).email,
            "decisions": {"surveys": "denied"},
            "channel": "phone",
            "received_at": yesterday,
        }
    subject = people.signed_in(api).subject
    if path == ENTER:
        return {"subject": subject, "right": "review", "channel": "post", "received_at": yesterday}
    return {
        "subject": subject,
        "classes": ["account"],
        "ground": "dispute",
        "reason": "The letter of 20 November is disputed.",
        "until": instant(datetime.now(UTC) + timedelta(days=100)),
    }


def headers_for(path: str, person: Person, key: str, site: str = "") -> dict[str, str]:
    """The headers of a caller with a key."""
    who = person.headers if path in SIGNED_IN else {}
    if path in (CAPTURE, TELL):
        who = BROWSER
    if path in (DISCLOSURES, RECORDS):
        who = people.bearer(site)
    return {**who, "Idempotency-Key": key}


def aimed(
    api: Api, path: str, person: Person, key: str, site: str = ""
) -> tuple[str, dict[str, str]]:
    """The address of an operation, and the headers of a caller who may use it with a key."""
    if path not in ABOUT_ONE:
        return path, headers_for(path, person, key, site)
    asker = people.signed_in(api)
    right = "opt_out" if path == DISPUTE else "review"  # the one is answered at once
    asked = ok(api.post("/v1/requests", headers=asker.headers, json={"right": right}), 201)
    caller = person if path == ACT else asker
    return path.format(id=asked["id"]), {**caller.headers, "Idempotency-Key": key}


def stored(stack: DeployedStack) -> list[tables.Item]:
    """The remembered answers."""
    return tables.all_of(stack, "idempotency")


def made_by(stack: DeployedStack, act: Callable[[], requests.Response]) -> tables.Item:
    """The remembered answer that an act leaves."""
    before = {item["pk"]["S"] for item in stored(stack)}
    assert act().ok
    (made,) = [item for item in stored(stack) if item["pk"]["S"] not in before]
    return made


def effects(stack: DeployedStack) -> dict[str, int]:
    """How many items there are of each kind that a POST makes."""
    found = [item for table in tables.TABLES for item in tables.scan(stack, table)]
    kinds = [item["kind"]["S"] for item in found if "kind" in item]
    of_people = (
        "standing",
        "entry",
        "request",
        "request_message",
        "disclosure",
        "external",
        "hold",
        "message",
        "activity",
    )
    made = (*of_people, "audit", "limit", "idempotency")
    return {kind: kinds.count(kind) for kind in made}


@pytest.mark.parametrize("path", PATHS)
def test_a_repetition_gets_the_same_bytes_and_does_nothing(
    api: Api, person: Person, site: str, path: str
) -> None:
    body, (address, headers) = body_for(api, path), aimed(api, path, person, "repeated", site)
    first = api.post(address, json=body, headers=headers)
    assert first.ok, first.text
    before = effects(api.stack)
    again = api.post(address, json=body, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers.get("Location") == first.headers.get("Location")
    assert effects(api.stack) == before


def test_there_are_all_that_make_something() -> None:
    others = {"/v1/accounts", "/v1/consents", "/v1/requests", DISCLOSURES, RECORD, *BY_ADDRESS}
    made = {SAVE, PUBLISH, ENTER, HOLD, WRITE, RECORDS, TELL}
    assert set(IDEMPOTENT) == {*made, *ABOUT_ONE, *others}


@pytest.mark.parametrize(
    ("path", "about"),
    [
        ("/v1/accounts/verification/resend", letters.VERIFY),
        ("/v1/password-resets", letters.RESET),
    ],
)
def test_a_mail_asked_for_twice_with_one_key_comes_once(api: Api, path: str, about: str) -> None:
    email, token = people.pending(api)
    if path == "/v1/password-resets":
        ok(api.post("/v1/accounts/verification", json=people.proof(token)))
    before = len(letters.about(api.stack, email, about))
    for _ in range(3):
        ok(api.post(path, json={"email": email}, headers={"Idempotency-Key": "twice"}), 202)
    letters.wait(api.stack, email, about, before + 1)
    all_mail_is_out(api.stack)
    assert len(letters.about(api.stack, email, about)) == before + 1


def test_the_token_of_a_new_browser_is_given_to_nobody_else(api: Api) -> None:
    """Two strangers of one network, whose site says `accept-all` for a key."""
    body, headers = body_for(api, CAPTURE), {"Idempotency-Key": "accept-all"}
    before = effects(api.stack)["idempotency"]
    one, other = (ok(api.post(CAPTURE, json=body, headers=headers), 201) for _ in "ab")
    assert one["visitor"] != other["visitor"]
    assert effects(api.stack)["idempotency"] == before
    changed = {**body, "decisions": {"site_measurement": "denied"}}
    ok(api.post(CAPTURE, json=changed, headers=headers), 201)


def test_no_remembered_answer_to_whose_session_ended(api: Api) -> None:
    person = people.signed_in(api)
    headers = {**person.headers, "Idempotency-Key": "ended"}
    calls = [(path, body_for(api, path)) for path in ("/v1/requests", CAPTURE)]
    assert [api.post(path, json=body, headers=headers).status_code for path, body in calls] == [
        201,
        201,
    ]
    assert api.delete("/v1/sessions", headers=person.headers).status_code == 204
    for path, body in calls:
        problem(api.post(path, json=body, headers=headers), 401)


@pytest.mark.parametrize("path", [path for path in PATHS if path != RECORD])
def test_another_payload_is_refused(api: Api, person: Person, site: str, path: str) -> None:
    address, headers = aimed(api, path, person, "other-payload", site)
    body = body_for(api, path)
    assert api.post(address, json=body, headers=headers).ok
    before = effects(api.stack)
    anew = path in (*BY_ADDRESS, SAVE)
    changed = {"category": "cookies"} if path == DISCLOSURES else {"locale": "en"}
    if path in ABOUT_ONE:
        changed = {"text": "Another thing."}
    if path == RECORDS:
        changed = {"origin": "Others Srl"}
    if path == TELL:
        changed = {"events": body["events"] * 2}
    if path == HOLD:
        changed = {"reason": "Another one."}
    other = body_for(api, path) if anew else {**body, **changed}
    problem(api.post(address, json=other, headers=headers), 422)
    assert effects(api.stack) == before


def test_another_refusal_at_the_desk_counts_with_whatever_key(api: Api, person: Person) -> None:
    headers = headers_for(RECORD, person, "other-refusal")
    first, other = body_for(api, RECORD), body_for(api, RECORD)
    ok(api.post(RECORD, json=first, headers=headers), 201)
    counted = ok(api.post(RECORD, json=other, headers=headers), 201)
    assert counted["standing"]["surveys"]["decision"] == "denied"
    assert "another request" in counted["overlooked"][0]["detail"]


def test_the_order_of_members_is_no_other_payload(api: Api) -> None:
    body, headers = body_for(api, CAPTURE), {**BROWSER, "Idempotency-Key": "order"}
    first = ok(api.post("/v1/consents", json=body, headers=headers), 201)
    turned = dict(reversed(body.items()))
    assert ok(api.post("/v1/consents", json=turned, headers=headers), 201) == first


def test_a_key_is_the_callers_own(api: Api, person: Person) -> None:
    other = people.signed_in(api)
    ids = {
        ok(api.post("/v1/requests", json={"right": "copy"}, headers=headers), 201)["id"]
        for headers in (
            headers_for("/v1/requests", person, "mine"),
            headers_for("/v1/requests", other, "mine"),
        )
    }
    assert len(ids) == 2


def test_while_the_first_is_in_flight_the_second_is_a_conflict(api: Api) -> None:
    body, headers = body_for(api, "/v1/accounts"), {"Idempotency-Key": "in-flight"}
    item = made_by(api.stack, lambda: api.post("/v1/accounts", json=body, headers=headers))
    tables.put(api.stack, _unanswered(item, timedelta(seconds=30)))
    before = effects(api.stack)
    problem(api.post("/v1/accounts", json=body, headers=headers), 409)
    assert effects(api.stack) == before


def test_a_key_whose_holder_died_is_free_again(api: Api) -> None:
    body, headers = body_for(api, "/v1/accounts"), {"Idempotency-Key": "died"}
    item = made_by(api.stack, lambda: api.post("/v1/accounts", json=body, headers=headers))
    tables.put(api.stack, _unanswered(item, timedelta(seconds=-1)))
    ok(api.post("/v1/accounts", json=body, headers=headers), 202)


def _unanswered(item: tables.Item, left: timedelta) -> tables.Item:
    """The item as it is while the first request runs."""
    running = {name: value for name, value in item.items() if name != "sealed"}
    ends = instant(datetime.now(UTC) + left)
    return {**running, "status": {"N": "0"}, "expires_at": {"S": ends}}


def test_many_at_once_have_one_effect(api: Api) -> None:
    email = people.new_address()
    body, headers = people.registration(api, email), {"Idempotency-Key": "at-once"}
    before = effects(api.stack)["standing"]

    def register() -> requests.Response:
        return Api(api.stack).post("/v1/accounts", json=body, headers=headers)

    answers = at_once([register] * 4)
    statuses = {answer.status_code for answer in answers}
    assert 202 in statuses
    assert statuses <= {202, 409}
    assert effects(api.stack)["standing"] == before + 1
    people.mails(api.stack, email)


def test_a_refusal_gives_the_key_back(api: Api) -> None:
    headers = {**BROWSER, "Idempotency-Key": "refused"}
    body = body_for(api, "/v1/consents")
    wrong = {**body, "notice_version": "2001-01-01"}
    problem(api.post("/v1/consents", json=wrong, headers=headers), 422)
    ok(api.post("/v1/consents", json=body, headers=headers), 201)


def test_after_a_day_the_key_is_free(right_clock: DeployedStack, api: Api) -> None:
    body, headers = body_for(api, "/v1/consents"), {**BROWSER, "Idempotency-Key": "next-day"}
    first = ok(api.post("/v1/consents", json=body, headers=headers), 201)
    right_clock.move_clock(24 * 3600 + 60)
    second = ok(api.post("/v1/consents", json=body, headers=headers), 201)
    assert second["entry_id"] != first["entry_id"]


@pytest.mark.parametrize("key", ["", "with space", "è", "k" * 129])
def test_a_key_that_cannot_be_one_is_refused(api: Api, key: str) -> None:
    body = body_for(api, "/v1/consents")
    refused = api.post(
        "/v1/consents",
        json=body,
        headers={"Idempotency-Key": key.encode().decode("latin-1")},
    )
    assert problem(refused, 400)["errors"][0]["pointer"] == "/header/Idempotency-Key"


def test_what_is_remembered_holds_neither_token_nor_key(api: Api) -> None:
    key, token = "a-key-of-the-client", BROWSER["Riserbo-Visitor"]
    headers, answers = {**BROWSER, "Idempotency-Key": key}, []

    def capture() -> requests.Response:
        answers.append(api.post(CAPTURE, json=body_for(api, CAPTURE), headers=headers))
        return answers[0]

    item = made_by(api.stack, capture)
    text = repr(item)
    assert token not in text
    assert key not in text
    assert answers[0].json()["entry_id"].encode() not in item["sealed"]["B"]
    # A guess at what was asked cannot be tried out: the stored hash is keyed with the client's key.
    for guess in (token, key):
        assert hashlib.sha256(guess.encode()).hexdigest() not in text
