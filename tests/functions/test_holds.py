"""Holds through the deployed API: what is held stays, and goes once nothing holds it any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests

from chalicelib import clock
from chalicelib.instants import instant
from chalicelib.storage import keys
from tests.functions import desk, people, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.test_audit import listed as audited

HOLDS = "/v1/desk/holds"
REASON = "The claim of 3 November: file 2026-114."
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture
def person(api: Api) -> Person:
    return people.signed_in(api)


def place(api: Api, staff: Person, person: Person, **members: Any) -> requests.Response:
    """The desk places a hold."""
    body = {
        "subject": person.subject,
        "ground": "claims",
        "reason": REASON,
        "until": instant(clock.now() + 300 * DAY),
        **({} if "records" in members else {"classes": ["account"]}),
        **members,
    }
    return api.post(HOLDS, headers=staff.headers, json=body)


def lift(api: Api, staff: Person, hold: str) -> requests.Response:
    """The desk lifts one."""
    return api.delete(f"{HOLDS}/{hold}", headers=staff.headers)


def due(api: Api, person: Person, *names: str) -> None:
    """Records of the person that no purpose uses any more and that were due yesterday."""
    since = clock.now() - 100 * DAY
    for name in names:
        item = {
            "pk": f"S#{person.subject}",
            "sk": f"account#profile#{name}",
            "kind": "profile",
            "lane": keys.lane("rule", f"S#{person.subject}"),
            "due_at": instant(clock.now() - DAY),
            "due_event": "withdrawn",
            "due_since": instant(since),
        }
        api.stack.client("dynamodb").put_item(
            TableName=api.stack.outputs["RecordsTable"],
            Item={"v": {"N": "1"}, **{key: {"S": value} for key, value in item.items()}},
        )


def left(api: Api, person: Person) -> dict[str, str | None]:
    """The records of the kind that are left, and the lane of each."""
    items = tables.of_kind(tables.partition(api.stack, person.subject, "RecordsTable"), "profile")
    return {
        item["sk"]["S"].rsplit("#", 1)[1]: item["lane"]["S"] if "lane" in item else None
        for item in items
    }


def test_a_hold_from_its_beginning_to_its_end(api: Api, staff: Person, person: Person) -> None:
    due(api, person, "held", "other")
    records = [{"kind": "profile", "id": "held"}]
    made = place(api, staff, person, records=records)
    shown = ok(made, 201)
    assert made.headers["Location"] == f"{HOLDS}/{shown['id']}"
    assert (shown["records"], shown["reason"], shown["by"]) == (records, REASON, staff.subject)
    found = {"subject": person.subject}
    search = api.post("/v1/desk/subjects/search", headers=staff.headers, json=found)
    assert ok(search)["items"][0]["held"]

    api.stack.sweep()
    assert left(api, person)["held"] is None
    assert "other" not in left(api, person)

    again = place(api, staff, person, records=records, reason="Still pending.")
    assert (again.status_code, again.json()["id"]) == (200, shown["id"])
    listed = ok(api.get(HOLDS, headers=staff.headers, params={"limit": "100"}))["items"]
    assert [one["reason"] for one in listed if one["id"] == shown["id"]] == [None]
    (own,) = ok(api.get(HOLDS, headers=staff.headers, params=found))["items"]
    assert own["reason"] == "Still pending."

    assert lift(api, staff, shown["id"]).status_code == 204
    assert problem(lift(api, staff, shown["id"]), 404)
    assert left(api, person)["held"] is not None
    api.stack.sweep()
    assert "held" not in left(api, person)
    assert tables.of_kind(tables.partition(api.stack, person.subject), "hold") == []
    assert not ok(api.post("/v1/desk/subjects/search", headers=staff.headers, json=found))["items"][
        0
    ]["held"]
    actions = [one["action"] for one in audited(api, staff, subject=person.subject)]
    assert [one for one in actions if one != "subject_searched"] == [
        "hold_placed",
        "hold_renewed",
        "holds_read",
        "hold_lifted",
    ]
    assert run(api.stack, "infra.audit").returncode == 0
    kept = repr(tables.partition(api.stack, person.subject, "RecordsTable"))
    assert REASON not in kept


def test_a_hundred_records_are_held_and_let_go(api: Api, staff: Person, person: Person) -> None:
    names = [f"n{number:03d}" for number in range(100)]
    due(api, person, *names)
    records = [{"kind": "profile", "id": name} for name in names]
    hold = ok(place(api, staff, person, records=records), 201)["id"]
    assert {left(api, person)[name] for name in names} == {None}
    api.stack.sweep()
    assert set(names) <= left(api, person).keys()
    assert lift(api, staff, hold).status_code == 204
    api.stack.sweep()
    assert not set(names) & left(api, person).keys()


def test_what_comes_later_is_held_and_goes_when_the_hold_has_lapsed(
    api: Api, staff: Person, person: Person
) -> None:
    until = instant(clock.now() + 2 * DAY)
    due(api, person, "named")
    named = [{"kind": "profile", "id": "named"}]
    ok(place(api, staff, person, records=named, until=until), 201)
    ok(place(api, staff, person, until=until), 201)
    due(api, person, "later")
    api.stack.sweep()
    assert left(api, person)["later"] is None
    api.stack.move_clock(int(3 * DAY.total_seconds()))
    for _ in range(2):  # the hold first, and then what it kept
        api.stack.sweep()
    api.stack.move_clock(0)
    assert not {"later", "named"} & left(api, person).keys()
    assert tables.of_kind(tables.partition(api.stack, person.subject), "hold") == []


def test_of_somebody_who_is_being_erased_it_is_too_late(
    api: Api, staff: Person, person: Person
) -> None:
    api.stack.client("dynamodb").update_item(
        TableName=api.stack.outputs["RecordsTable"],
        Key={"pk": {"S": f"S#{person.subject}"}, "sk": {"S": "core#standing#"}},
        UpdateExpression="SET #state = :erasing",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":erasing": {"S": "erasing"}},
    )
    refused = place(api, staff, person)
    assert problem(refused, 409)["type"].endswith(":too-late")


def test_all_that_is_wrong_is_said(api: Api, staff: Person, person: Person) -> None:
    wrong = [{"kind": "session", "id": "x"}, {"kind": "nothing", "id": "y"}]
    refused = place(api, staff, person, records=wrong, until=instant(clock.now()), reason=" ")
    assert pointers(problem(refused, 400)) == [
        "/reason",
        "/records/0/kind",
        "/records/1/kind",
        "/until",
    ]
    missing = place(api, staff, person, records=[{"kind": "profile", "id": "nothing"}])
    assert pointers(problem(missing, 400)) == ["/records/0"]


def test_a_reader_reads_and_nobody_else_does(api: Api, person: Person) -> None:
    reader = desk.officer(api, "reader")[0]
    assert ok(api.get(HOLDS, headers=reader.headers))["next"] is None
    assert place(api, reader, person).status_code == 403
    assert lift(api, reader, f"{'a' * 26}.{'a' * 26}").status_code == 403
    assert api.get(HOLDS, headers=person.headers).status_code == 403
