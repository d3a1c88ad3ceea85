"""Messages through the deployed interface: kept, listed, copied, taken along, and erased."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.functions import copies, deciding, desk, people, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import make_key
from tests.functions.people import Person, bearer
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once
from tests.functions.waiting import until

MESSAGES, TEXT = "/v1/messages", "<b>My parrot</b> & {{ 7 * 7 }} is loud"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    """Somebody who agreed to surveys."""
    return people.signed_in(api, decisions={"surveys": "granted"})


def write(api: Api, person: Person, kind: str = "support", **members: Any) -> requests.Response:
    """Writes a message."""
    body = {"kind": kind, "text": TEXT, **members}
    return api.post(MESSAGES, headers=person.headers, json=body)


def kept(api: Api, person: Person) -> list[tables.Item]:
    """The messages of somebody in the table."""
    return tables.of_kind(tables.partition(api.stack, person.subject), "message")


def test_what_is_written_is_listed_copied_taken_along_and_erased(
    api: Api, stack: DeployedStack
) -> None:
    person, staff = people.signed_in(api), desk.officer(api)[0]
    made = ok(write(api, person, "feedback", fields={"rating": "7"}), 201)
    assert made["ends_from"] == "closed"
    (shown,) = ok(api.get(MESSAGES, headers=person.headers))["items"]
    assert (shown["id"], shown["kind"], shown["text"]) == (made["id"], "feedback", TEXT)
    assert shown["fields"] == {"rating": "7"}
    assert (shown["ends_at"], shown["closed_at"]) == (None, None)
    assert shown["reviewed_at"] > shown["written_at"]
    assert not [line for line in tables.everything(stack) if "My parrot" in line]
    copied = copies.download(api, person, copies.ready(api, person))
    (told,) = copied.items("message")
    assert TEXT in str(told)
    assert "<b>My parrot</b>" not in copied.page
    assert "&lt;b&gt;My parrot&lt;/b&gt;" in copied.page
    taken = copies.download(api, person, copies.ready(api, person, "port"))
    assert TEXT in str(taken.items("message"))
    body = {"right": "erase"}
    request = ok(api.post("/v1/requests", headers=person.headers, json=body), 201)["id"]
    actions = f"/v1/desk/requests/{request}/actions"
    ok(api.post(actions, headers=staff.headers, json={"action": "approve"}))
    assert until(lambda: not kept(api, person), seconds=60)
    assert until(lambda: not _keys(api, person, "support"))


def _keys(api: Api, person: Person, name: str) -> list[tables.Item]:
    found = tables.partition(api.stack, person.subject, "KeysTable")
    return [item for item in found if item["sk"]["S"] == name]


def test_of_ten_first_ones_at_once_one_makes_the_key(api: Api) -> None:
    person = people.signed_in(api)
    answers = at_once([lambda: write(Api(api.stack), person)] * 10)
    assert {answer.status_code for answer in answers} == {201}
    assert len(_keys(api, person, "support")) == 1
    shown = ok(api.get(MESSAGES, headers=person.headers))["items"]
    assert [one["text"] for one in shown] == [TEXT] * 10
    first = ok(api.get(MESSAGES, headers=person.headers, params={"limit": 6}))
    rest = ok(api.get(MESSAGES, headers=person.headers, params={"cursor": first["next"]}))
    assert {one["id"] for one in (*first["items"], *rest["items"])} == {one["id"] for one in shown}


def test_nobody_without_a_session_writes_or_reads(api: Api) -> None:
    body = {"kind": "support", "text": TEXT}
    problem(api.post(MESSAGES, json=body), 401)
    problem(api.get(MESSAGES), 401)
    browser = people.visitor(people.new_visitor())
    assert problem(api.post(MESSAGES, headers=browser, json=body), 409)["reasons"][0] == "erased"
    assert ok(api.get(MESSAGES, headers=browser))["items"] == []


def test_a_survey_is_taken_as_long_as_its_yes_stands(api: Api, ada: Person) -> None:
    answer = {"fields": {"rating": "9"}}
    assert problem(write(api, ada, "contest"), 409)["reasons"] == ["not_asked"]
    ok(write(api, ada, "survey", **answer), 201)
    before = len(kept(api, ada))
    deciding.decide(api, ada.headers, surveys="denied")
    assert problem(write(api, ada, "survey", **answer), 409)["reasons"] == ["withdrawn"]
    assert len(kept(api, ada)) == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"kind": "registration"}, {"/kind"}),
        ({"text": "x" * 4001}, {"/text"}),
        ({"fields": {"shoe_size": "44"}}, {"/fields/shoe_size"}),
        ({"fields": {"rating": "9"}}, {"/fields/rating"}),
        ({"kind": "survey"}, {"/fields/rating"}),
        ({"fields": {"topic": ["a"]}}, {"/fields/topic"}),
        ({"attachment": "aGVsbG8="}, {"/attachment"}),
        ({"locale": "tlh"}, {"/locale"}),
    ],
)
def test_what_no_form_has_is_refused(
    api: Api, ada: Person, body: dict[str, Any], expected: set[str]
) -> None:
    before = len(kept(api, ada))
    refused = problem(write(api, ada, **{"kind": "support", **body}), 400)
    assert set(pointers(refused)) == expected
    assert len(kept(api, ada)) == before


def test_more_than_64_kib_are_refused(api: Api, ada: Person) -> None:
    before = len(kept(api, ada))
    problem(write(api, ada, locale="x" * 65_536), 413)
    assert len(kept(api, ada)) == before


def test_a_system_closes_a_message_once_and_ends_it(api: Api) -> None:
    person, key = people.signed_in(api), make_key(api.stack, "closing", "records")[1]
    made = ok(write(api, person), 201)["id"]
    place, headers = f"/v1/records/{made}", bearer(key)
    (shown,) = ok(api.get(MESSAGES, headers=person.headers))["items"]
    body = {"subject": person.subject, "event": "closed", "at": shown["written_at"]}
    first = ok(api.call("PATCH", place, headers=headers, json=body))
    assert first["ends_at"][4:] == shown["written_at"][4:]
    assert int(first["ends_at"][:4]) == int(shown["written_at"][:4]) + 2
    assert ok(api.call("PATCH", place, headers=headers, json=body)) == first
    (shown,) = ok(api.get(MESSAGES, headers=person.headers))["items"]
    assert (shown["ends_at"], shown["ends_from"]) == (first["ends_at"], None)
    body["event"] = "ended"
    assert pointers(problem(api.call("PATCH", place, headers=headers, json=body), 400)) == [
        "/event"
    ]
    ended = f"{place}?subject={person.subject}"
    assert api.delete(ended, headers=headers).status_code == 204
    problem(api.delete(ended, headers=headers), 404)
    assert kept(api, person) == []
    assert _keys(api, person, "support") == []


def test_a_survey_answered_by_a_browser_that_then_signs_in(api: Api, stack: DeployedStack) -> None:
    person, token = people.signed_in(api), people.new_visitor()
    browser = people.visitor(token)
    body = {"kind": "survey", "text": TEXT, "fields": {"rating": "9"}}
    problem(api.post(MESSAGES, headers=browser, json=body), 409)
    deciding.decide(api, browser, surveys="granted")
    keyed = {**browser, "Idempotency-Key": people.new_visitor()}
    made = ok(api.post(MESSAGES, headers=keyed, json=body), 201)
    assert ok(api.post(MESSAGES, headers=keyed, json=body), 201) == made
    (shown,) = ok(api.get(MESSAGES, headers=browser))["items"]
    assert (shown["id"], shown["text"]) == (made["id"], TEXT)
    assert not [line for line in tables.everything(stack) if "My parrot" in line]
    other = {"kind": "support", "text": TEXT}
    assert problem(api.post(MESSAGES, headers=browser, json=other), 409)["reasons"] == [
        "unverified"
    ]
    known = {"email": person.email, "password": people.PASSWORD}
    ok(api.post("/v1/sessions", headers=browser, json=known), 201)
    assert until(lambda: [one["sk"]["S"] for one in kept(api, person)])
    (joined,) = ok(api.get(MESSAGES, headers=person.headers))["items"]
    assert joined == shown
    assert ok(api.get(MESSAGES, headers=browser))["items"] == []


def test_of_ten_first_ones_of_a_browser_at_once_one_makes_the_key(
    api: Api, stack: DeployedStack
) -> None:
    browser = people.visitor(people.new_visitor())
    subject = deciding.decide(api, browser, surveys="granted").partition(".")[0]
    body = {"kind": "survey", "text": TEXT, "fields": {"rating": "9"}}
    answers = at_once([lambda: Api(stack).post(MESSAGES, headers=browser, json=body)] * 10)
    assert {answer.status_code for answer in answers} == {201}
    keys = [item["sk"]["S"] for item in tables.partition(stack, subject, "KeysTable")]
    assert keys.count("support") == 1
    assert [one["text"] for one in ok(api.get(MESSAGES, headers=browser))["items"]] == [TEXT] * 10


def test_a_browser_that_is_erased_takes_its_messages_along(api: Api, stack: DeployedStack) -> None:
    browser = people.visitor(people.new_visitor())
    subject = deciding.decide(api, browser, surveys="granted").partition(".")[0]
    body = {"kind": "survey", "text": "Only here: quokka.", "fields": {"rating": "9"}}
    ok(api.post(MESSAGES, headers=browser, json=body), 201)
    assert tables.of_kind(tables.partition(stack, subject), "message")
    ok(api.post("/v1/requests", headers=browser, json={"right": "erase"}), 201)
    assert until(
        lambda: not tables.of_kind(tables.partition(stack, subject), "message"), seconds=60
    )
    keys = tables.partition(stack, subject, "KeysTable")
    assert "support" not in {item["sk"]["S"] for item in keys}
    assert ok(api.get(MESSAGES, headers=browser))["items"] == []


def by_address(api: Api, email: str, **members: Any) -> requests.Response:
    """Writes a message with an address alone."""
    return api.post(MESSAGES, json={"kind": "support", "text": TEXT, "email": email, **members})


def test_by_an_address_it_joins_once_the_address_is_proven(api: Api, stack: DeployedStack) -> None:
    person, stranger = people.signed_in(api), people.new_address()
    before = len(stack.mails_to(person.email))
    answers = [by_address(api, email) for email in (person.email, stranger)]
    bodies = [ok(answer, 202) for answer in answers]
    assert [one.keys() for one in bodies] == [{"id", "status"}] * 2
    assert {one["status"] for one in bodies} == {"awaiting_verification"}
    assert ok(api.get(MESSAGES, headers=person.headers))["items"] == []
    made, waiting = (one["id"] for one in bodies)
    keyed = {"Idempotency-Key": people.new_visitor()}
    body = {"kind": "support", "text": "Once.", "email": people.new_address()}
    first = [ok(api.post(MESSAGES, headers=keyed, json=body), 202) for _ in range(2)]
    assert first[0] == first[1]
    assert len(tables.partition(stack, first[0]["id"], "KeysTable")) == 1
    said = "\n".join(tables.everything(stack))
    assert "My parrot" not in said
    assert stranger not in said
    mail = people.mails(stack, person.email, before + 1)[-1]
    assert "parrot" not in mail["BodyText"]
    token, path = people.link_token(mail), f"{MESSAGES}/{made}/verification"
    shown = api.get("/messages", params={"token": token})
    assert shown.status_code == 200
    assert "parrot" not in shown.text
    problem(api.post(f"{MESSAGES}/{waiting}/verification", json={"token": token}), 422)
    assert ok(api.post(path, json={"token": token})) == {"id": made, "in_account": True}
    (own,) = ok(api.get(MESSAGES, headers=person.headers))["items"]
    assert (own["id"], own["text"], own["ends_from"]) == (made, TEXT, "closed")
    problem(api.post(path, json={"token": token}), 422)
    problem(api.post(path, headers=person.headers, json={}), 404)
    assert tables.of_kind(tables.partition(stack, waiting), "message")[0]["due_event"] == {
        "S": "registered"
    }


def test_a_stranger_who_registers_finds_it_by_the_session(api: Api, stack: DeployedStack) -> None:
    email = people.new_address()
    made = ok(by_address(api, email), 202)["id"]
    path = f"{MESSAGES}/{made}/verification"
    token = people.link_token(people.mails(stack, email)[0])
    assert ok(api.post(path, json={"token": token}))["in_account"] is False
    people.register(api, email)
    mails = people.mails(stack, email, 2)
    mail = next(one for one in mails if f"{api.base_url}/verification?" in one["BodyText"])
    ok(api.post("/v1/accounts/verification", json=people.proof(people.link_token(mail))))
    person = people.sign_in(api, email)
    problem(api.post(path, json={}), 401)
    assert ok(api.post(path, headers=person.headers, json={}))["in_account"] is True
    (own,) = ok(api.get(MESSAGES, headers=person.headers))["items"]
    assert own["id"] == made
    assert tables.partition(stack, made, "KeysTable") == []


def test_an_address_is_for_forms_without_consent_and_for_nobody_signed_in(api: Api) -> None:
    person = people.signed_in(api)
    answer = by_address(api, "a@example.com", kind="survey", fields={"rating": "9"})
    assert problem(answer, 409)["reasons"] == ["not_asked"]
    both = write(api, person, email="a@example.com")
    assert pointers(problem(both, 400)) == ["/email"]
    for email in ("", "nobody", "a@b@c", "x" * 250 + "@example.com"):
        assert set(pointers(problem(by_address(api, email), 400))) == {"/email"}


def test_an_address_that_had_its_share_of_mails_has_to_wait(api: Api) -> None:
    email, answers = people.new_address(), list[requests.Response]()
    while not answers or (answers[-1].status_code == 202 and len(answers) < 30):
        answers.append(by_address(api, email))
    problem(answers[-1], 429)
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_the_desk_reads_them_for_one_open_request(api: Api) -> None:
    person, staff = people.signed_in(api), desk.officer(api)[0]
    ok(write(api, person, "feedback", fields={"rating": "7"}), 201)
    body = {"right": "review"}
    request = ok(api.post("/v1/requests", headers=person.headers, json=body), 201)["id"]
    path = f"/v1/desk/requests/{request}/messages"
    problem(api.get(path, headers=person.headers), 403)
    problem(api.get(path), 401)
    (read,) = ok(api.get(path, headers=staff.headers))["items"]
    assert (read["text"], read["fields"]) == (TEXT, {"rating": "7"})
    audited = ok(api.get("/v1/desk/audit", headers=staff.headers, params={"request": request}))
    assert "messages_read" in {one["action"] for one in audited["items"]}
    refusal = {"action": "refuse", "ground": "not_identified"}
    ok(api.post(f"/v1/desk/requests/{request}/actions", headers=staff.headers, json=refusal))
    problem(api.get(path, headers=staff.headers), 409)


def asked_by_address(api: Api, email: str, right: str) -> tuple[str, Person]:
    """A request that was made with an address and is proven: its id, and who follows it."""
    request = ok(api.post("/v1/requests", json={"right": right, "email": email}), 202)["id"]
    path, page = f"/v1/requests/{request}/verification", f"/requests/{request}/confirm"

    def mailed() -> list[dict[str, Any]]:
        return [one for one in api.stack.mails_to(email) if page in one["BodyText"]]

    proof = {"token": people.link_token(until(mailed)[0])}
    return request, Person(email, ok(api.post(path, json=proof))["token"], request)


def test_a_request_by_the_address_reaches_what_was_sent_with_it(
    api: Api, stack: DeployedStack
) -> None:
    email, staff = people.new_address(), desk.officer(api)[0]
    made = ok(by_address(api, email), 202)["id"]
    token = people.link_token(people.mails(stack, email)[0])
    ok(api.post(f"{MESSAGES}/{made}/verification", json={"token": token}))
    request, owner = asked_by_address(api, email, "copy")
    copied = copies.download(api, owner, copies.completed(api, request, owner.headers))
    assert TEXT in str(copied.items("message"))
    request, _ = asked_by_address(api, email, "erase")
    (read,) = ok(api.get(f"/v1/desk/requests/{request}/messages", headers=staff.headers))["items"]
    assert read["text"] == TEXT
    actions = f"/v1/desk/requests/{request}/actions"
    ok(api.post(actions, headers=staff.headers, json={"action": "approve"}))
    assert until(lambda: not tables.of_kind(tables.partition(stack, made), "message"), seconds=60)
    assert until(lambda: not tables.partition(stack, made, "KeysTable"))
