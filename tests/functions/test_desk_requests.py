"""The desk answers requests, through the deployed API: a letter's way from its entry to its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from chalicelib import clock
from chalicelib.instants import instant
from tests.functions import desk, letters, people, second_factor
from tests.functions.api import Api, ok, problem
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.test_audit import listed as audited
from tests.functions.waiting import until
from tests.product import product_document

PATH = "/v1/desk/requests"
DAYS = product_document()["requests"]["calendar"]["zone"]
REASON = "Data of eleven years lies in two archives."


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    return people.signed_in(api, decisions={"surveys": "granted"})


def enter(api: Api, staff: Person, **members: Any) -> requests.Response:
    """The desk enters a letter."""
    received = instant(clock.now() - timedelta(days=1))
    body = {"right": "port", "channel": "post", "received_at": received, **members}
    return api.post(PATH, headers=staff.headers, json=body)


def act(api: Api, staff: Person, request: str, action: str, **members: str) -> requests.Response:
    """The desk acts on a request."""
    body = {"action": action, **members}
    return api.post(f"{PATH}/{request}/actions", headers=staff.headers, json=body)


def test_a_letter_from_its_entry_to_its_refusal(api: Api, staff: Person, person: Person) -> None:
    seen = len(api.stack.mails_to(person.email))
    letter = ok(enter(api, staff, email=person.email.upper(), identified_by="Signature."), 201)
    request = letter["id"]
    assert (letter["subject"], letter["channel"]) == (person.subject, "post")
    again = ok(enter(api, staff, subject=person.subject), 200)
    assert again["id"] == request
    found = ok(api.get(PATH, headers=staff.headers, params={"right": "port", "limit": "100"}))
    assert request in {one["id"] for one in found["items"]}
    shown = ok(api.get(f"{PATH}/{request}", headers=staff.headers))
    assert (shown["identified_by"], shown["person"]["state"]) == ("Signature.", "active")
    assert shown["preview"]["done"] == "by_job"
    extended = ok(act(api, staff, request, "extend", ground="complexity", reason=REASON))
    assert extended["extended"]
    wrong = act(api, staff, request, "refuse", ground="compelling_grounds")
    second_factor.refused(wrong, 409, "ground-not-allowed")
    refused = ok(act(api, staff, request, "refuse", ground="not_covered", text="It is on paper."))
    assert (refused["status"], refused["history"][-1]["by"]) == ("refused", "desk")
    second_factor.refused(act(api, staff, request, "approve"), 409, "move-not-allowed")
    own = ok(api.get(f"/v1/requests/{request}", headers=person.headers))
    assert own["status"] == "refused"
    assert [one["text"] for one in own["messages"]] == [REASON, "It is on paper."]
    mails = people.mails(api.stack, person.email, seen + 3)[seen:]
    assert len(mails) == 3  # receipt, extension, refusal
    assert not any(REASON in mail["BodyText"] for mail in mails)
    entries = audited(api, staff, request=request)
    assert [(one["action"], one["outcome"]) for one in entries] == [
        ("request_recorded", "done"),
        ("request_recorded", "joined"),
        ("request_read", "done"),
        ("request_extended", "done"),
        ("request_refused", "done"),
    ]
    at = datetime.fromisoformat(refused["history"][-1]["at"])
    month = f"{at.astimezone(ZoneInfo(DAYS)):%Y-%m}"  # by the stack's clock and the notice's days
    closed = ok(api.get(PATH, headers=staff.headers, params={"closed_in": month, "limit": "100"}))
    assert request in {one["id"] for one in closed["items"]} or closed["next"]
    assert run(api.stack, "infra.audit").returncode == 0


def test_a_copy_is_approved_and_made(api: Api, staff: Person, person: Person) -> None:
    request = ok(enter(api, staff, right="copy", subject=person.subject), 201)["id"]
    assert ok(act(api, staff, request, "approve"))["status"] == "in_progress"
    path = f"/v1/requests/{request}"
    assert until(lambda: ok(api.get(path, headers=person.headers))["status"] == "completed")
    assert ok(api.get(f"{path}/export", headers=person.headers))["url"]


def test_an_objection_is_approved_and_stands(api: Api, staff: Person, person: Person) -> None:
    members = {"right": "object", "purposes": ["improvement"], "subject": person.subject}
    request = ok(enter(api, staff, **members), 201)["id"]
    assert ok(api.get(f"{PATH}/{request}", headers=staff.headers))["person"]["restricted"]
    assert ok(act(api, staff, request, "approve"))["status"] == "completed"
    stands = ok(api.get("/v1/consents", headers=person.headers))["standing"]
    assert stands["improvement"]["decision"] == "objected"


def search(api: Api, staff: Person, **body: str) -> list[dict[str, Any]]:
    """Whom the desk finds."""
    path = "/v1/desk/subjects/search"
    items: list[dict[str, Any]] = ok(api.post(path, headers=staff.headers, json=body))["items"]
    return items


def test_a_letter_of_somebody_without_an_account(api: Api, staff: Person) -> None:
    email = people.new_address()
    assert search(api, staff, email=email) == []
    letter = ok(enter(api, staff, email=email, details="I never signed up.", locale="it"), 201)
    request = letter["id"]
    assert (letter["subject"], letter["status"]) == (request, "received")
    assert ok(enter(api, staff, email=email.upper()), 200)["id"] == request
    shown = ok(api.get(f"{PATH}/{request}", headers=staff.headers))
    assert (shown["details"], shown["person"]["kind"]) == ("I never signed up.", "contact")
    (found,) = search(api, staff, email=email)
    assert (found["kind"], found["requests"][0]["id"]) == ("contact", request)
    assert search(api, staff, request=request) == search(api, staff, subject=request) == [found]
    paused = ok(act(api, staff, request, "pause", ground="identity", text="Who writes?"))
    assert paused["status"] == "paused"
    token = letters.token(letters.wait(api.stack, email, letters.RECEIPT))
    proven = ok(api.post(f"/v1/requests/{request}/verification", json={"token": token}))
    assert proven["request"]["status"] == "in_progress"
    headers = people.bearer(proven["token"])
    path = f"/v1/requests/{request}"
    ok(api.post(f"{path}/messages", headers=headers, json={"text": "It is me."}), 201)
    refused = ok(act(api, staff, request, "refuse", ground="not_covered", text="It is on paper."))
    assert refused["status"] == "refused"
    own = ok(api.get(path, headers=headers))
    assert [one["text"] for one in own["messages"]] == [
        "Who writes?",
        "It is me.",
        "It is on paper.",
    ]
    assert ok(api.post(f"{path}/dispute", headers=headers, json={}))["disputed"]
    assert ok(act(api, staff, request, "complete"))["status"] == "completed"
    paper = ok(enter(api, staff, details="Bea Weiss, Via Po 1, Torino."), 201)
    assert ok(act(api, staff, paper["id"], "complete"))["status"] == "completed"
    assert run(api.stack, "infra.audit").returncode == 0


def test_what_waits_for_a_lost_second_factor_is_taken_up(api: Api, staff: Person) -> None:
    ada = people.signed_in(api)
    second_factor.switched_on(api, ada)
    body = {"right": "object", "purposes": ["improvement"], "email": ada.email}
    request = ok(api.post("/v1/requests", json=body), 202)["id"]
    token = letters.token(letters.wait(api.stack, ada.email, "Confermi la Sua richiesta"))
    waits = ok(api.post(f"/v1/requests/{request}/verification", json={"token": token}))
    assert waits["request"]["status"] == "awaiting_verification"
    second_factor.refused(act(api, staff, request, "approve"), 409, "move-not-allowed")
    assert ok(act(api, staff, request, "resume"))["status"] == "received"
    assert ok(api.get(f"{PATH}/{request}", headers=staff.headers))["person"]["restricted"]
    letters.wait(api.stack, ada.email, letters.RECEIPT)
    assert ok(act(api, staff, request, "approve"))["status"] == "completed"


def test_two_officers_at_once(api: Api, staff: Person) -> None:
    other, asker = desk.officer(api)[0], people.signed_in(api)
    request = ok(enter(api, staff, subject=asker.subject), 201)["id"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda one: act(api, one, request, "refuse", ground="not_covered"), (staff, other)
            )
        )
    assert sorted(one.status_code for one in answers) == [200, 409]
    entries = audited(api, staff, request=request, action="request_refused")
    assert len(entries) == 1


def test_who_may(api: Api, staff: Person, person: Person) -> None:
    request = ok(enter(api, staff, right="erase", subject=person.subject), 201)["id"]
    reader, _ = desk.officer(api, "reader")
    assert ok(api.get(f"{PATH}/{request}", headers=reader.headers))["id"] == request
    second_factor.refused(act(api, reader, request, "note", text="Mine."), 403, "staff-only")
    second_factor.refused(api.get(PATH, headers=person.headers), 403, "staff-only")
    problem(api.get(f"{PATH}/{'z' * 26}", headers=staff.headers), 404)
