"""Asking for the rights that the desk answers: recorded once, joined, and closed to what is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions import letters, people, sinks, tables
from tests.functions.api import Api, ok, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once
from tests.functions.waiting import until

REQUESTS = "/v1/requests"
BODIES: list[dict[str, Any]] = [
    {"right": "review", "details": "Please look again."},
    {"right": "rectify", "changes": {"support": {"details": "I called on Monday."}}},
    {"right": "object", "purposes": ["improvement"]},
    {"right": "erase", "categories": ["interaction"]},
    {"right": "restrict", "purposes": ["improvement"], "ground": "accuracy"},
]


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


def followed(request: dict[str, Any], *messages: dict[str, Any]) -> dict[str, Any]:
    """The request as its person reads it alone."""
    return {**request, "messages": list(messages)}


def ask(api: Api, person: Person, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    found: dict[str, Any] = ok(api.post(REQUESTS, headers=person.headers, json=body), status)
    return found


def test_each_right_is_received_on_the_clock_and_listed(api: Api, ada: Person) -> None:
    made = [ask(api, ada, body) for body in BODIES]
    for body, one in zip(BODIES, made, strict=True):
        assert (one["right"], one["status"]) == (body["right"], "received")
        assert (one["channel"], one["outcome"]) == ("website", None)
        assert one["purposes"] == body.get("purposes", [])
        assert one["categories"] == body.get("categories", [])
        assert one["due_on"] > one["received_on"] == one["clock"]["counted_from"]
        assert ok(api.get(f"{REQUESTS}/{one['id']}", headers=ada.headers)) == followed(one)
    listed = ok(api.get(REQUESTS, headers=ada.headers))["items"]
    assert sorted(one["id"] for one in listed) == sorted(one["id"] for one in made)
    held = tables.of_kind(tables.partition(api.stack, ada.subject), "request")
    assert {one["lane"]["S"].partition("#")[0] for one in held} == {"deadline"}
    dates = {one["sk"]["S"].rpartition("#")[2]: one["answer_due_at"]["S"] for one in held}
    assert dates == {one["id"]: one["due_at"] for one in made}


def test_words_and_corrections_are_sealed(api: Api, ada: Person) -> None:
    ask(api, ada, {**BODIES[1], "details": "My married name."})
    (held,) = tables.of_kind(tables.partition(api.stack, ada.subject), "request")
    assert sinks.found_in([("item", repr(held).encode())], ["on Monday", "married"]) == []
    assert "sealed" in held


def test_asking_again_joins_the_open_request_and_adds_what_is_new(api: Api, ada: Person) -> None:
    first = ask(api, ada, {"right": "restrict", "purposes": ["improvement"], "details": "One."})
    same = ask(api, ada, {"right": "restrict", "purposes": ["improvement"]}, 200)
    assert same == first
    more = {"right": "restrict", "purposes": ["research"], "details": "Two.", "ground": "claims"}
    joined = ask(api, ada, more, 200)
    assert (joined["id"], joined["due_at"]) == (first["id"], first["due_at"])
    assert joined["received_at"] == first["received_at"]
    assert joined["purposes"] == ["improvement", "research"]
    assert [one["event"] for one in joined["history"]] == ["submit", "join"]
    assert ok(api.get(f"{REQUESTS}/{first['id']}", headers=ada.headers)) == followed(joined)
    again = ask(api, ada, more, 200)
    assert again == joined


def test_ten_at_once_leave_one(api: Api, ada: Person) -> None:
    body = {"right": "erase"}
    act = lambda: api.post(REQUESTS, headers=ada.headers, json=body)  # noqa: E731
    answers = at_once([act] * 10)
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(tables.of_kind(tables.partition(api.stack, ada.subject), "request")) == 1


def test_everything_wrong_is_said_at_once(api: Api, ada: Person) -> None:
    body = {"right": "port", "purposes": ["nothing"], "ground": "spite", "more": 1}
    found = problem(api.post(REQUESTS, headers=ada.headers, json=body), 400)
    assert {"/purposes/0", "/ground"} <= {error["pointer"] for error in found["errors"]}
    assert tables.of_kind(tables.partition(api.stack, ada.subject), "request") == []


class TestWritten:
    def test_a_message_is_sealed_and_shown_and_the_history_is_in_words(
        self, api: Api, ada: Person
    ) -> None:
        made = ask(api, ada, {"right": "review", "locale": "en"})
        path = f"{REQUESTS}/{made['id']}"
        body = {"text": "The messages\r\nof last year."}
        sent = ok(api.post(f"{path}/messages", headers=ada.headers, json=body), 201)
        assert [one["event"] for one in sent["history"]] == ["submit", "message"]
        assert sent["history"][1]["text"] == "You wrote a message."
        said = {"by": "person", "text": "The messages\nof last year."}
        said["at"] = sent["history"][1]["at"]
        assert ok(api.get(path, headers=ada.headers)) == followed(sent, said)
        held = tables.of_kind(tables.partition(api.stack, ada.subject), "request_message")
        assert len(held) == 1
        assert sinks.found_in([("item", repr(held).encode())], ["last year"]) == []
        for text in ("", " ", "\x07", "x" * 4001):
            problem(api.post(f"{path}/messages", headers=ada.headers, json={"text": text}), 400)
        stranger = people.signed_in(api)
        problem(api.post(f"{path}/messages", headers=stranger.headers, json=body), 404)
        problem(api.post(f"{path}/messages", json=body), 401)
        ok(api.call("DELETE", path, headers=ada.headers))
        found = problem(api.post(f"{path}/messages", headers=ada.headers, json=body), 409)
        assert found["type"].endswith(":move-not-allowed")

    def test_an_answer_is_disputed_once_and_the_request_is_open_again(
        self, api: Api, ada: Person
    ) -> None:
        waits = f"{REQUESTS}/{ask(api, ada, BODIES[0])['id']}"
        early = problem(api.post(f"{waits}/dispute", headers=ada.headers, json={}), 409)
        assert early["type"].endswith(":move-not-allowed")
        made = ask(api, ada, {"right": "copy"})
        path = f"{REQUESTS}/{made['id']}"
        assert until(lambda: closed(api, ada, path))
        body = {"text": "Something is missing."}
        found = ok(api.post(f"{path}/dispute", headers=ada.headers, json=body))
        assert (found["status"], found["outcome"], found["disputed"]) == (
            "in_progress",
            "completed",
            True,
        )
        assert found["completed_at"] is None
        problem(api.post(f"{path}/dispute", headers=ada.headers, json=body), 409)
        told = ok(api.get(path, headers=ada.headers))["messages"]
        assert [one["text"] for one in told] == ["Something is missing."]
        assert ask(api, ada, {"right": "copy"}, 200)["id"] == made["id"]


class TestLate:
    def test_is_told_once_and_limits_what_it_is_about(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        made = ask(api, ada, {"right": "object", "purposes": ["improvement"]})
        contact = ok(api.get("/v1/notice"))["document"]["controller"]["email"]

        def warned() -> list[dict[str, Any]]:
            mails = right_clock.mails_to(contact)
            return [mail for mail in mails if made["id"] in mail["BodyText"]]

        right_clock.move_clock(40 * 86_400)
        assert right_clock.run_schedule("deadlines")["delay"] >= 1
        letter = letters.wait(right_clock, ada.email, letters.DELAY)
        assert f"Numero: {made['id']}" in letters.text(letter)
        assert until(warned)
        assert right_clock.run_schedule("deadlines")["delay"] == 0
        letters.all_sent(right_clock, ada.subject)
        assert len(letters.about(right_clock, ada.email, letters.DELAY)) == len(warned()) == 1
        again = people.sign_in(api, ada.email)
        now = ok(api.get(f"{REQUESTS}/{made['id']}", headers=again.headers))
        assert now["overdue"]
        assert [one["event"] for one in now["history"]] == ["submit", "delay"]
        (held,) = tables.of_kind(tables.partition(right_clock, ada.subject), "restriction")
        assert len(held["restrictions"]["L"]) == 2  # from receipt on, and for the delay


class TestCancelled:
    def test_is_closed_and_makes_room_for_another(self, api: Api, ada: Person) -> None:
        first = ask(api, ada, {**BODIES[1], "details": "My married name."})
        path = f"{REQUESTS}/{first['id']}"
        done = ok(api.call("DELETE", path, headers=ada.headers))
        assert (done["status"], done["outcome"]) == ("cancelled", "cancelled")
        assert [(one["event"], one["by"]) for one in done["history"]] == [
            ("submit", "person"),
            ("cancel", "person"),
        ]
        assert done["completed_at"] == done["history"][1]["at"]
        assert ok(api.get(path, headers=ada.headers)) == followed(done)
        (held,) = tables.of_kind(tables.partition(api.stack, ada.subject), "request")
        assert (held["lane"]["S"].partition("#")[0], held["due_event"]["S"]) == ("rule", "closed")
        assert ask(api, ada, BODIES[1])["id"] != first["id"]

    def test_cannot_be_cancelled_again(self, api: Api, ada: Person) -> None:
        path = f"{REQUESTS}/{ask(api, ada, BODIES[0])['id']}"
        done = ok(api.call("DELETE", path, headers=ada.headers))
        found = problem(api.call("DELETE", path, headers=ada.headers), 409)
        assert found["type"].endswith(":move-not-allowed")
        assert ok(api.get(path, headers=ada.headers)) == followed(done)

    def test_is_nobody_elses(self, api: Api, ada: Person) -> None:
        path = f"{REQUESTS}/{ask(api, ada, BODIES[0])['id']}"
        stranger = people.signed_in(api)
        problem(api.call("DELETE", path, headers=stranger.headers), 404)
        problem(api.call("DELETE", path), 401)
        assert ok(api.get(path, headers=ada.headers))["status"] == "received"

    def test_copy_is_answered_or_cancelled_and_never_both(self, api: Api, ada: Person) -> None:
        path = f"{REQUESTS}/{ask(api, ada, {'right': 'copy'})['id']}"
        said = api.call("DELETE", path, headers=ada.headers).status_code
        now = until(lambda: closed(api, ada, path))
        assert now is not None
        assert now["status"] == ("cancelled" if said == 200 else "completed")
        exports = tables.of_kind(tables.partition(api.stack, ada.subject), "export")
        assert len(exports) == (0 if said == 200 else 1)
        assert ask(api, ada, {"right": "copy"})["id"] != now["id"]


def closed(api: Api, person: Person, path: str) -> dict[str, Any] | None:
    """The request once it is closed."""
    found: dict[str, Any] = ok(api.get(path, headers=person.headers))
    return None if found["completed_at"] is None else found
