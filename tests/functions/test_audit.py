"""The audit of the desk, through the deployed API and by the operator's command."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
import rfc8785

from tests.functions import desk, people, second_factor, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.test_desk_decisions import letter

PATH = "/v1/desk/audit"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    return people.signed_in(api, decisions={"surveys": "granted"})


def page(api: Api, staff: Person, **query: Any) -> Any:
    """A page of the audit."""
    return ok(api.get(PATH, headers=staff.headers, params=query))


def listed(api: Api, staff: Person, **query: Any) -> list[dict[str, Any]]:
    """All entries that a filter finds, page by page."""
    found = page(api, staff, limit=100, **query)
    items: list[dict[str, Any]] = found["items"]
    while found["next"]:
        found = page(api, staff, limit=100, cursor=found["next"], **query)
        items += found["items"]
    return items


def recorded(api: Api, staff: Person, person: Person, **members: Any) -> None:
    """An act about somebody."""
    body = letter(subject=person.subject, **members)
    ok(api.post("/v1/desk/decisions", headers=staff.headers, json=body), 201)


def test_every_act_and_look_is_an_entry_of_one_chain(
    api: Api, staff: Person, person: Person
) -> None:
    recorded(api, staff, person)
    recorded(api, staff, person)  # stands already
    version = "2093-01-01"
    desk.save(api, staff, {"version": version})
    answer = api.call("DELETE", f"{desk.NOTICES}/{version}", headers=staff.headers)
    assert answer.status_code == 204
    ok(api.get("/v1/desk/callbacks", headers=staff.headers))
    found = [
        (one["action"], one["outcome"], one["subject"], one["request"])
        for one in listed(api, staff, by=staff.subject)
    ]
    assert found == [
        ("decisions_recorded", "done", person.subject, None),
        ("decisions_recorded", "unchanged", person.subject, None),
        ("draft_saved", "done", None, None),
        ("draft_deleted", "done", None, None),
        ("callbacks_read", "done", None, None),
    ]


def test_the_chain_is_recomputed_from_its_json(api: Api, staff: Person, person: Person) -> None:
    recorded(api, staff, person)
    entries, head = listed(api, staff), page(api, staff)["head"]
    assert head["pruned"] == {"seq": 0, "hash": "0" * 64}
    before = "0" * 64
    for number, entry in enumerate(entries, 1):
        said = {name: value for name, value in entry.items() if name != "hash"}
        assert (entry["seq"], entry["previous"]) == (number, before)
        before = hashlib.sha256(rfc8785.dumps(said)).hexdigest()
        assert entry["hash"] == before
    assert (head["seq"], head["hash"]) == (len(entries), before)


def test_filters_and_pages(api: Api, staff: Person, person: Person) -> None:
    recorded(api, staff, person)
    about = listed(api, staff, subject=person.subject)
    assert about
    assert {one["subject"] for one in about} == {person.subject}
    last = about[-1]
    assert listed(api, staff, **{"from": last["at"], "action": "decisions_recorded"})[-1] == last
    assert last in listed(api, staff, to=last["at"][:10])
    assert last not in listed(api, staff, to="2026-01-01")
    first = page(api, staff, limit=1)
    assert [one["seq"] for one in first["items"]] == [1]
    second = page(api, staff, limit=1, cursor=first["next"])
    assert [one["seq"] for one in second["items"]] == [2]
    assert listed(api, staff, request="z" * 26) == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from": "yesterday"}, "/query/from"),
        ({"from": "2026-02-30"}, "/query/from"),
        ({"to": "2026-13-01T00:00:00Z"}, "/query/to"),
        ({"action": "everything"}, "/query/action"),
        ({"subject": "ada@example.com"}, "/query/subject"),
        ({"by": "x"}, "/query/by"),
        ({"cursor": "bm9uc2Vuc2U"}, "/query/cursor"),
        ({"cursor": "eyJhdCI6Ii4iLCJzZXEiOiIxIn0"}, "/query/cursor"),
        ({"limit": "0"}, "/query/limit"),
    ],
)
def test_what_is_no_filter(api: Api, staff: Person, query: dict[str, str], pointer: str) -> None:
    answer = api.get(PATH, headers=staff.headers, params=query)
    assert pointers(problem(answer, 400)) == [pointer]


def test_nothing_of_words_and_addresses_is_kept(api: Api, staff: Person, person: Person) -> None:
    body = letter(email=person.email, reference="2026/4711")
    ok(api.post("/v1/desk/decisions", headers=staff.headers, json=body), 201)
    kept = repr(tables.in_partition(api.stack, "T"))
    assert person.email not in kept
    assert "2026/4711" not in kept


def test_what_is_refused_leaves_no_entry(api: Api, staff: Person) -> None:
    before = page(api, staff)["head"]["seq"]
    body = letter(subject="z" * 26)
    problem(api.post("/v1/desk/decisions", headers=staff.headers, json=body), 404)
    assert page(api, staff)["head"]["seq"] == before


def test_a_reader_reads_it(api: Api, person: Person) -> None:
    reader, _ = desk.officer(api, "reader")
    assert page(api, reader)["head"]["seq"] > 0
    refused = api.post(
        "/v1/desk/decisions", headers=reader.headers, json=letter(subject=person.subject)
    )
    second_factor.refused(refused, 403, "staff-only")
    second_factor.refused(api.get(PATH, headers=person.headers), 403, "staff-only")


def test_a_repeated_act_is_one_entry(api: Api, staff: Person, person: Person) -> None:
    headers = {**staff.headers, "Idempotency-Key": uuid.uuid4().hex}
    body = letter(subject=person.subject, decisions={"improvement": "objected"})
    for _ in range(2):
        ok(api.post("/v1/desk/decisions", headers=headers, json=body), 201)
    acts = [one["outcome"] for one in listed(api, staff, subject=person.subject)]
    assert acts.count("done") == 2  # this one, and the first of this person


def test_the_operator_verifies_the_chain_and_is_told_where_it_breaks(
    api: Api, staff: Person, person: Person
) -> None:
    recorded(api, staff, person)
    stack, seq = api.stack, page(api, staff)["head"]["seq"]
    done = run(stack, "infra.audit")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{seq} entries, from 1 to {seq}." in done.stdout
    assert "The evidence of retention" in done.stdout
    entry = next(
        one
        for one in tables.in_partition(stack, "T")
        if one["sk"]["S"].endswith("#" + f"{seq - 1:012d}")
    )
    table = stack.client("dynamodb")
    records = stack.outputs["RecordsTable"]
    table.put_item(TableName=records, Item={**entry, "by": {"S": person.subject}})
    try:
        broken = run(stack, "infra.audit")
    finally:
        table.put_item(TableName=records, Item=entry)
    assert broken.returncode == 1
    assert broken.stderr.startswith(f"Entry {seq - 1} of the audit was changed")
    assert person.subject not in broken.stderr
    assert run(stack, "infra.audit").returncode == 0
