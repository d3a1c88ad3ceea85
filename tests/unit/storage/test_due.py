"""What is due is acted on only while the item still has the date that the index saw."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pynamodb.exceptions import UpdateError

from chalicelib.storage import due, keys
from chalicelib.storage.due import Due, Unreadable
from chalicelib.storage.item import NobodysData
from chalicelib.storage.lateness import Lateness
from chalicelib.storage.transaction import ConditionFailed, Transaction
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.storage.engine import Engine

ITEM = Due(keys.subject(SUBJECT), "account#email_change#", "email_change", "created", NOW, NOW)
LATE = Lateness(NOW + timedelta(hours=1), NOW - timedelta(days=1), 3)
DAY = timedelta(days=1)
ACTS: dict[str, Callable[[], bool]] = {
    "UpdateItem": lambda: due.postpone(ITEM, NOW + timedelta(days=30)),
    "UpdateItem, later": lambda: due.set_back(ITEM, LATE),
}


@pytest.mark.parametrize("operation", ACTS)
def test_the_date_that_was_seen_is_the_condition(engine: Engine, operation: str) -> None:
    engine.answers.append((200, {"Attributes": {}}))
    assert ACTS[operation]()
    ((sent, request),) = engine.requests
    assert sent == operation.split(",", maxsplit=1)[0]
    assert request["Key"] == {"pk": {"S": ITEM.pk}, "sk": {"S": ITEM.sk}}
    condition = request["ConditionExpression"]
    if operation != "UpdateItem, later":  # a broken item is set back whatever else it has
        both = re.fullmatch(r"\(attribute_exists \((.+)\) AND (.+)\)", condition)
        assert both is not None
        lane, condition = both.groups()
        assert request["ExpressionAttributeNames"][lane] == "lane"
    name, _, value = condition.split(" ")
    assert request["ExpressionAttributeNames"][name] == "due_at"
    assert request["ExpressionAttributeValues"][value] == {"S": "2026-11-22T16:00:00.123Z"}


@pytest.mark.parametrize("operation", ACTS)
def test_what_is_gone_or_was_moved_is_left_alone(engine: Engine, operation: str) -> None:
    engine.answers.append((400, {"__type": "x#ConditionalCheckFailedException", "Message": "no"}))
    assert not ACTS[operation]()


@pytest.mark.parametrize("operation", ACTS)
def test_any_other_refusal_is_a_failure(engine: Engine, operation: str) -> None:
    engine.answers.append((400, {"__type": "x#AccessDeniedException", "Message": "no"}))
    with pytest.raises(UpdateError):
        ACTS[operation]()


ADDED: dict[str, Callable[[Transaction], None]] = {
    "Delete": lambda write: due.add_removal(write, ITEM, "x"),
    "Update, mark": lambda write: due.add_mark(write, ITEM, "x"),
    "Update, move": lambda write: due.add_move(write, ITEM, NOW + DAY, "x", "rule#03"),
    "Update, set back": lambda write: due.add_set_back(write, ITEM, LATE, "x", "stuck#03"),
}


@pytest.mark.parametrize("operation", ADDED)
def test_in_a_transaction_the_date_is_the_condition_too(engine: Engine, operation: str) -> None:
    engine.answers.append((200, {}))
    write = Transaction(NobodysData())
    ADDED[operation](write)
    write.commit()
    ((sent, request),) = engine.requests
    assert sent == "TransactWriteItems"
    ((name, act),) = request["TransactItems"][0].items()
    assert name == operation.split(",", maxsplit=1)[0]
    assert act["Key"] == {"pk": {"S": ITEM.pk}, "sk": {"S": ITEM.sk}}
    names, values = act["ExpressionAttributeNames"], act["ExpressionAttributeValues"]
    compared = re.findall(r"(#\d+) = (:\d+)", act["ConditionExpression"])
    assert [(names[one], values[other]) for one, other in compared] == [
        ("due_at", {"S": "2026-11-22T16:00:00.123Z"})
    ]
    in_a_lane = re.findall(r"attribute_exists \((#\d+)\)", act["ConditionExpression"])
    broken = operation == "Update, set back"  # it is set back whatever else it has
    assert [names[one] for one in in_a_lane] == ([] if broken else ["lane"])


@pytest.mark.parametrize("operation", ADDED)
def test_its_label_says_whose_date_was_moved(engine: Engine, operation: str) -> None:
    engine.cancel("ConditionalCheckFailed")
    write = Transaction(NobodysData())
    ADDED[operation](write)
    with pytest.raises(ConditionFailed) as failed:
        write.commit()
    assert failed.value.labels == {"x"}


def test_what_is_set_back_keeps_since_when_it_is_due_and_how_often_it_was_tried(
    engine: Engine,
) -> None:
    engine.answers.append((200, {}))
    assert due.set_back(Unreadable(ITEM.pk, ITEM.sk, "", "a week ago"), LATE)
    ((_, request),) = engine.requests
    assert request["UpdateExpression"].startswith("SET ")
    values = [value["S"] for value in request["ExpressionAttributeValues"].values()]
    assert sorted(values) == [
        "2026-11-22T17:00:00.123Z",
        "2026-11-22T17:00:00.123Z 2026-11-21T16:00:00.123Z 3",
        "a week ago",
    ]


def indexed(**fields: str | None) -> dict[str, Any]:
    """An entry of the index as DynamoDB answers it."""
    written = {
        "pk": ITEM.pk,
        "sk": ITEM.sk,
        "kind": ITEM.kind,
        "due_event": ITEM.event,
        "due_since": "2026-11-22T16:00:00.123Z",
        "due_at": "2026-11-22T16:00:00.123Z",
        **fields,
    }
    return {name: {"S": value} for name, value in written.items() if value is not None}


BROKEN: list[dict[str, str | None]] = [
    {"kind": None},
    {"due_event": None},
    {"due_since": None},
    {"due_since": "last Tuesday"},
    {"due_since": "2026-11-22"},
    {"due_at": ""},
    {"due_at": "2026-11-22T16:00:00Z"},
    {"due_at": "0000"},
]


def test_a_page_tells_where_the_next_begins(engine: Engine) -> None:
    last = {"pk": {"S": ITEM.pk}, "sk": {"S": ITEM.sk}, "lane": {"S": "rule#03"}}
    engine.answers.append((200, {"Items": [indexed()], "LastEvaluatedKey": last}))
    engine.answers.append((200, {"Items": [], "Count": 0}))
    assert due.page("rule#03", NOW, None, 1) == ([ITEM], last)
    assert due.page("rule#03", NOW, last, 1) == ([], None)
    (_, first), (_, second) = engine.requests
    assert "ExclusiveStartKey" not in first
    assert second["ExclusiveStartKey"] == last
    assert (first["Limit"], first["IndexName"]) == (1, "due")


@pytest.mark.parametrize("fields", BROKEN)
def test_an_entry_that_cannot_be_read_hides_no_other(
    engine: Engine, fields: dict[str, str | None]
) -> None:
    engine.answers.append((200, {"Items": [indexed(**fields), indexed()]}))
    (broken, sound), _ = due.page("rule#03", NOW, None, 2)
    assert isinstance(broken, Unreadable)
    assert broken.place == fields.get("due_at", ITEM.place)
    assert sound == ITEM


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T16:00:00.123Z 2026-11-21T16:00:00.123Z 3", Lateness(NOW, LATE.first, 3)),
        ("2026-11-22T16:00:00.124Z 2026-11-21T16:00:00.123Z 3", None),
        ("2026-11-22T16:00:00.123Z 2026-11-21 3", None),
        ("often", None),
    ],
)
def test_what_is_known_of_tries_is_of_the_place_that_an_item_has(
    engine: Engine, text: str, expected: Lateness | None
) -> None:
    engine.answers.append((200, {"Item": {"late": {"S": text}}}))
    assert due.lateness_of(ITEM) == expected
    ((_, request),) = engine.requests
    assert request["ConsistentRead"] is True


def test_of_what_was_never_tried_nothing_is_known(engine: Engine) -> None:
    engine.answers += [(200, {"Item": {}}), (200, {})]
    assert due.lateness_of(ITEM) is None
    assert due.lateness_of(ITEM) is None


def test_what_is_left_is_counted_without_being_read(engine: Engine) -> None:
    engine.answers.append((200, {"Count": 7, "ScannedCount": 7}))
    assert due.count("rule#03", NOW, {"pk": {"S": "x"}}) == 7
    ((_, request),) = engine.requests
    assert request["Select"] == "COUNT"
    assert "Limit" not in request
