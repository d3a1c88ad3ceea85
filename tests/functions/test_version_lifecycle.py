"""From two publications at once to the version that follows: on a stack of its own."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.instants import instant
from chalicelib.jobs.rounds.model import BETWEEN_PASSES
from chalicelib.storage import keys
from tests.functions import desk, people, second_factor, tables, versions
from tests.functions.api import Api, ok, problem
from tests.functions.people import Person
from tests.functions.second_factor import Device
from tests.functions.stack import deployed
from tests.functions.test_audit import listed as audited
from tests.functions.together import at_once
from tests.functions.versions import TOLD, Document
from tests.functions.waiting import until

REVIEWS = "/v1/desk/reviews"
SHORTER = {"months": 1}
"""How long the choices of a browser are kept from then on; the shipped notice says 24 months."""


@dataclass
class Desk:
    """A stack, and who works at its desk; the tests follow one another."""

    api: Api
    staff: Person
    device: Device
    document: Document
    decided: tuple[str, str] = ("", "")
    """A browser's token, and the entry of what was decided there before the version followed."""

    def signs_in_again(self) -> None:
        """Sessions end sooner than people have to be told of a change."""
        body = {"email": self.staff.email, "password": people.PASSWORD, "code": self.device.code()}
        token = ok(self.api.post("/v1/sessions", json=body), 201)["token"]
        self.staff = Person(self.staff.email, token, self.staff.subject)

    def later(self, by: timedelta) -> None:
        """It is later by so much, and a minute, by the clock of the stack."""
        second_factor.go_on(self.api.stack, int(by.total_seconds()) + 60)

    def status(self, version: str) -> str:
        listed = ok(self.api.get("/v1/notices"))["items"]
        return next(str(one["status"]) for one in listed if one["version"] == version)


@pytest.fixture(scope="module")
def at_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        api = Api(stack)
        document = versions.changed(versions.following(timedelta(days=16)))
        versions.named(document["retention"], "visitor_choices")["period"] = SHORTER
        versions.named(document["retention"], "closed_request")["then"] = "review"
        yield Desk(api, *desk.officer(api), document)


@pytest.fixture(scope="module")
def browser(at_desk: Desk) -> str:
    """The subject of somebody who decided in a browser, before there was another version."""
    api, token = at_desk.api, people.new_visitor()
    body = {
        "notice_version": api.notice_version(),
        "decisions": {"site_measurement": "denied"},
        "source": "banner",
    }
    entry = ok(api.post("/v1/consents", headers=people.visitor(token), json=body), 201)["entry_id"]
    at_desk.decided = (token, entry)
    return str(entry).partition(".")[0]


def test_of_two_publications_at_once_one_is_made(at_desk: Desk, browser: str) -> None:
    other = {**deepcopy(at_desk.document), "version": f"{at_desk.document['version']}.1"}
    colleague, their_device = desk.officer(at_desk.api)
    # Both codes are of one time: the clock goes on for a code, which would make the other one old.
    code, their_code = desk.fresh_code(at_desk.device), their_device.shown()
    own, theirs = at_once(
        [
            lambda: desk.publish(at_desk.api, at_desk.staff, document=at_desk.document, code=code),
            lambda: desk.publish(at_desk.api, colleague, document=other, code=their_code),
        ]
    )
    answers = [own, theirs]
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (made,) = (answer.json() for answer in answers if answer.status_code == 201)
    (refused,) = (answer for answer in answers if answer.status_code == 409)
    assert problem(refused, 409)["type"].rpartition(":")[2] in ("publishing", "version-waiting")
    at_desk.document = at_desk.document if made["version"] == at_desk.document["version"] else other
    listed = [one["version"] for one in ok(at_desk.api.get("/v1/notices"))["items"]]
    assert listed == [made["version"], at_desk.api.notice_version()]
    assert at_desk.status(made["version"]) == "scheduled"


def test_what_is_published_is_published_once(at_desk: Desk) -> None:
    again = problem(desk.publish(at_desk.api, at_desk.staff, document=at_desk.document), 409)
    assert again["type"].endswith(":already-published")
    changed = {**at_desk.document, "text_date": "2020-01-01"}
    other = problem(desk.publish(at_desk.api, at_desk.staff, document=changed), 409)
    assert other["type"].endswith(":already-published")
    later = versions.following(timedelta(days=20))
    waits = problem(desk.publish(at_desk.api, at_desk.staff, document=later), 409)
    assert waits["type"].endswith(":version-waiting")


@pytest.mark.parametrize(
    ("version", "pointers"),
    [("2026-01-01", ["/version"]), ("2026-11-22", ["/version"])],
)
def test_a_version_has_to_come_after_the_one_in_force(
    at_desk: Desk, version: str, pointers: list[str]
) -> None:
    document = {**versions.following(timedelta(days=20)), "version": version}
    refused = desk.publish(at_desk.api, at_desk.staff, document=document)
    assert refused.status_code in (409, 422)
    if refused.status_code == 422:
        assert [one["pointer"] for one in refused.json()["errors"]] == pointers


def test_who_proves_an_address_while_it_waits_is_told(at_desk: Desk) -> None:
    api = at_desk.api
    newcomer = people.signed_in(api, decisions={TOLD: "granted"})
    other = people.signed_in(api, decisions={TOLD: "denied"})
    for person, of_the_processor in ((newcomer, True), (other, False)):
        found = until(lambda one=person: told(api, one))  # type: ignore[misc]
        assert [one["version"] for one in found] == [at_desk.document["version"]]
        (mail,) = (one for one in mails(at_desk, person) if found[0]["version"] in one["BodyText"])
        assert ("Sondaggi Srl" in " ".join(mail["BodyText"].split())) is of_the_processor


def test_it_takes_effect_and_what_it_keeps_for_less_time_gets_its_new_date(
    at_desk: Desk, browser: str
) -> None:
    stack = at_desk.api.stack
    assert standing(at_desk, browser)["due_at"] > in_days(700)
    at_desk.signs_in_again()
    desk.all_told(at_desk.api, at_desk.staff, at_desk.document["version"])
    assert stack.run_schedule("activation") == {"activated": 0}
    effective = datetime.fromisoformat(at_desk.document["effective_at"])
    stack.move_clock(int((effective - datetime.now(UTC)).total_seconds()) + 120)
    assert at_desk.status(at_desk.document["version"]) == "in_force"
    assert stack.run_schedule("activation") == {"activated": 1}
    assert stack.run_schedule("activation") == {"activated": 0}
    at_desk.signs_in_again()
    counted = until(lambda: walks(at_desk, "pass", 2), seconds=60)
    assert counted, following(at_desk)
    assert standing(at_desk, browser)["due_at"] > in_days(700), "it is counted first"
    at_desk.later(BETWEEN_PASSES)
    stack.run_schedule("relay")
    moved = until(lambda: walks(at_desk, "status", "complete"), seconds=60)
    assert moved, following(at_desk)
    assert in_days(27) < standing(at_desk, browser)["due_at"] < in_days(32)
    (rule,) = (one for one in moved["rules"] if one["rule"] == "visitor_choices")
    assert (rule["status"], rule["moved"], rule["moves"]) == ("applies", 1, 1)
    assert (moved["left"], moved["waiting"]) == (0, 0)


def test_what_nobody_has_to_confirm_is_not_confirmed(at_desk: Desk) -> None:
    body = {"version": at_desk.document["version"], "rule": "visitor_choices", "erases": 1}
    for wrong in ({}, {"version": "2031-01-01"}, {"rule": "no_such_rule"}):
        answer = at_desk.api.post(
            f"{desk.NOTICES}/confirm", headers=at_desk.staff.headers, json={**body, **wrong}
        )
        problem(answer, 404)


def test_what_a_person_has_to_decide_about_waits_for_the_desk(at_desk: Desk) -> None:
    """The version has a person look at requests that were answered long ago."""
    api, person = at_desk.api, people.signed_in(at_desk.api)
    for name in ("kept", "gone"):
        answered(api, person, name)
    api.stack.sweep()
    shown = ok(api.get(REVIEWS, headers=at_desk.staff.headers))["items"]
    found = {one["record"]: one for one in shown if one["subject"] == person.subject}
    assert found.keys() == {"kept", "gone"}
    assert {one["rule"] for one in found.values()} == {"closed_request"}
    end = instant(clock.now() + timedelta(days=200))
    for name, said in (
        ("kept", {"decision": "keep", "until": end}),
        ("gone", {"decision": "erase"}),
    ):
        body = {"reason": "The file 2026-114.", **said}
        path = f"{REVIEWS}/{found[name]['id']}"
        decided = ok(api.post(path, headers=at_desk.staff.headers, json=body))
        assert (decided["decision"], decided["by"]) == (said["decision"], at_desk.staff.subject)
    api.stack.sweep()
    items = tables.partition(api.stack, person.subject, "RecordsTable")
    left = [one["sk"]["S"].rsplit("#", 1)[1] for one in tables.of_kind(items, "request")]
    assert left == ["kept"]
    assert ok(api.get(REVIEWS, headers=at_desk.staff.headers))["items"] == []
    assert "2026-114" not in repr(items)
    actions = [one["action"] for one in audited(api, at_desk.staff, subject=person.subject)]
    assert actions == ["review_kept", "review_erased"]


def test_a_receipt_is_about_the_version_that_was_decided_on(at_desk: Desk, browser: str) -> None:
    token, entry = at_desk.decided
    receipt = at_desk.api.get(f"/v1/receipts/{entry}", headers=people.visitor(token))
    words = ok(receipt)["content"]["pii_processing"]["privacy_notice"]
    assert words["version"] != at_desk.document["version"] == at_desk.api.notice_version()
    before = ok(at_desk.api.get(f"/v1/notices/{words['version']}"))
    assert (words["digest"], words["effective_at"]) == (before["digest"], before["effective_at"])


def test_then_the_next_version_may_follow(at_desk: Desk) -> None:
    at_desk.signs_in_again()
    document = {**at_desk.document, **dates(timedelta(days=40))}
    body = {"document": document, "code": desk.fresh_code(at_desk.device)}
    headers = {**at_desk.staff.headers, "Idempotency-Key": "sent"}
    first, again = (
        at_desk.api.post(f"{desk.NOTICES}/publish", headers=headers, json=body) for _ in range(2)
    )
    made = ok(first, 201)
    assert (again.status_code, again.content) == (201, first.content)
    assert at_desk.status(made["version"]) == "scheduled"
    assert at_desk.status(at_desk.document["version"]) == "in_force"


def following(at_desk: Desk) -> Any:
    """How the records follow the version."""
    return desk.announcement(at_desk.api, at_desk.staff, at_desk.document["version"])["dates"]


def walks(at_desk: Desk, name: str, value: object) -> Any:
    """The same, once a member of it has a value."""
    found = following(at_desk)
    return found if found[name] == value else None


def answered(api: Api, person: Person, name: str) -> None:
    """A request of somebody's that was answered six years ago."""
    closed = clock.now() - timedelta(days=6 * 366)
    item = {
        "pk": f"S#{person.subject}",
        "sk": f"evidence#request#{name}",
        "kind": "request",
        "right": "port",
        "status": "completed",
        "received_at": instant(closed),
        "lane": keys.lane("rule", f"S#{person.subject}"),
        "due_at": instant(clock.now() - timedelta(days=1)),
        "due_event": "closed",
        "due_since": instant(closed),
    }
    api.stack.client("dynamodb").put_item(
        TableName=api.stack.outputs["RecordsTable"],
        Item={"v": {"N": "1"}, **{key: {"S": value} for key, value in item.items()}},
    )


def told(api: Api, person: Person) -> Any:
    """What somebody was told of, once it was sent."""
    found = ok(api.get("/v1/account/notices", headers=person.headers))["items"]
    return found if found and found[0]["status"] == "sent" else None


def dates(ahead: timedelta) -> Document:
    following = versions.following(ahead)
    return {name: following[name] for name in ("version", "effective_at")}


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def standing(at_desk: Desk, subject: str) -> dict[str, str]:
    (found,) = tables.of_kind(tables.partition(at_desk.api.stack, subject), "standing")
    return {name: str(next(iter(value.values()))) for name, value in found.items()}


def mails(at_desk: Desk, person: Person) -> list[dict[str, Any]]:
    return at_desk.api.stack.mails_to(person.email)
