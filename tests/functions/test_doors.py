"""Every role against every door: who can make somebody somebody, by writing past all rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.local.place import PROJECT
from tests.functions import tables
from tests.functions.probe import Probe
from tests.functions.stack import DeployedStack
from tests.functions.tables import Item

FUNCTIONS = sorted({path.stem for path in (PROJECT / "infra/policies").glob("*.json")})
FUNCTIONS.remove("wildcards")

OF_ACCOUNTS = frozenset({"accounts", "credentials", "profile", "sessions"})
USE_LINKS = OF_ACCOUNTS - {"sessions"}
NOTES_USE = frozenset(
    {
        "activity",
        "consents",
        "desk_notices",
        "desk_reports",
        "desk_requests",
        "desk_subjects",
        "messages",
        "receipts",
        "records",
        "requests",
    }
)
"""Functions that note the last use of a session or a key beside counts of tries: they open nothing.
"""
SUBJECT, MAC = "S#aaaaaaaaaaaaaaaaaaaaaaaaaa", "A#probe"

DOORS: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "claim": (MAC, "core#claim#", OF_ACCOUNTS),
    "pending": (MAC, "core#pending#probe", OF_ACCOUNTS),
    "credential": (SUBJECT, "account#credential#", OF_ACCOUNTS),
    "second_factor": (SUBJECT, "account#second_factor#", OF_ACCOUNTS),
    "session": (SUBJECT, "core#session#probe", OF_ACCOUNTS),
    "role": (SUBJECT, "core#role#", OF_ACCOUNTS),
    "api_key": ("K#probe", "core#api_key#", OF_ACCOUNTS),
    "receipt_keys": ("J", "public", OF_ACCOUNTS),
    "link": (SUBJECT, "core#link#probe", USE_LINKS | {"mail", "rehearsal"}),
    "code": (MAC, "core#code#probe", USE_LINKS | {"mail", "rehearsal"}),
    "limit": ("L#probe", "core#limit#0", OF_ACCOUNTS | NOTES_USE),
}
"""What opens a door: where it would lie, and the functions whose role can lay it there.

Whoever can write a session can write all that lies beside it: so that nobody else can is the point.
Who composes a mail makes its link, and can be nobody by that without the mailbox. `rehearsal`
makes the link of a made-up person of SES's mailbox simulator.
"""

TAKES_AWAY = OF_ACCOUNTS | {"erasure"}
"""Who can delete a second factor, as its person asks, or with their account."""

Call = tuple[str, str, Mapping[str, Any]]


def item_of(kind: str) -> Item:
    """An item of a kind as somebody would forge it."""
    pk, sk, _ = DOORS[kind]
    return {"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": kind}}


def ways(stack: DeployedStack, item: Item) -> list[Call]:
    """Every call of DynamoDB's that could lay an item in its table."""
    table = stack.outputs[tables.table_of(item)]
    key = {"pk": item["pk"], "sk": item["sk"]}
    update = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "SET kind = :kind",
        "ExpressionAttributeValues": {":kind": item["kind"]},
    }
    put = {"TableName": table, "Item": item}
    return [
        ("dynamodb", "put_item", put),
        ("dynamodb", "update_item", update),
        ("dynamodb", "transact_write_items", {"TransactItems": [{"Put": put}]}),
        ("dynamodb", "transact_write_items", {"TransactItems": [{"Update": update}]}),
        (
            "dynamodb",
            "batch_write_item",
            {"RequestItems": {table: [{"PutRequest": {"Item": item}}]}},
        ),
    ]


@pytest.fixture(scope="module")
def probe(stack: DeployedStack) -> Iterator[Probe]:
    made = Probe(stack)
    try:
        yield made
    finally:
        made.forget()
        for kind in DOORS:
            tables.remove(stack, item_of(kind))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_who_needs_to_opens_a_door(stack: DeployedStack, probe: Probe, function: str) -> None:
    tried = [(kind, call) for kind in DOORS for call in ways(stack, item_of(kind))]
    may = probe.may_each(function, [call for _, call in tried])
    opened = {kind for (kind, _), allowed in zip(tried, may, strict=True) if allowed}
    assert opened == {kind for kind, (_, _, who) in DOORS.items() if function in who}


def test_what_was_denied_lies_nowhere(stack: DeployedStack, probe: Probe) -> None:
    for kind in DOORS:
        tables.remove(stack, item_of(kind))
    calls = [call for kind in DOORS for call in ways(stack, item_of(kind))]
    assert not any(probe.may_each("relay", calls))
    for kind in DOORS:
        assert not tables.of_kind(tables.in_partition(stack, DOORS[kind][0]), kind)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_who_needs_to_takes_a_lock_away(
    stack: DeployedStack, probe: Probe, function: str
) -> None:
    # A rehearsal forgets the tries of its made-up person.
    for kind, who in (("second_factor", TAKES_AWAY), ("limit", OF_ACCOUNTS | {"rehearsal"})):
        item = item_of(kind)
        place = {
            "TableName": stack.outputs[tables.table_of(item)],
            "Key": {"pk": item["pk"], "sk": item["sk"]},
        }
        calls: list[Call] = [
            ("dynamodb", "delete_item", place),
            ("dynamodb", "transact_write_items", {"TransactItems": [{"Delete": place}]}),
        ]
        assert set(probe.may_each(function, calls)) == {function in who}, kind
