"""What is due is acted on only while the item still has the date that the index saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pynamodb.exceptions import DeleteError, UpdateError

from chalicelib.storage import due, keys
from chalicelib.storage.due import Due
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.storage.engine import Engine

ITEM = Due(keys.subject(SUBJECT), "account#email_change#", "email_change", "created", NOW, NOW)
ACTS: dict[str, Callable[[], bool]] = {
    "DeleteItem": lambda: due.remove(ITEM),
    "UpdateItem": lambda: due.postpone(ITEM, NOW + timedelta(days=30)),
}


@pytest.mark.parametrize("operation", ACTS)
def test_the_date_that_was_seen_is_the_condition(engine: Engine, operation: str) -> None:
    engine.answers.append((200, {"Attributes": {}}))
    assert ACTS[operation]()
    ((sent, request),) = engine.requests
    assert sent == operation
    assert request["Key"] == {"pk": {"S": ITEM.pk}, "sk": {"S": ITEM.sk}}
    name, _, value = request["ConditionExpression"].split(" ")
    assert request["ExpressionAttributeNames"][name] == "due_at"
    assert request["ExpressionAttributeValues"][value] == {"S": "2026-11-22T16:00:00.123Z"}


@pytest.mark.parametrize("operation", ACTS)
def test_what_is_gone_or_was_moved_is_left_alone(engine: Engine, operation: str) -> None:
    engine.answers.append((400, {"__type": "x#ConditionalCheckFailedException", "Message": "no"}))
    assert not ACTS[operation]()


@pytest.mark.parametrize("operation", ACTS)
def test_any_other_refusal_is_a_failure(engine: Engine, operation: str) -> None:
    engine.answers.append((400, {"__type": "x#AccessDeniedException", "Message": "no"}))
    with pytest.raises((DeleteError, UpdateError)):
        ACTS[operation]()
