"""Pages of a shelf, as DynamoDB is asked for them."""

from __future__ import annotations

from chalicelib.storage import shelves
from chalicelib.storage.shelves import Shelved
from tests.unit.core.samples import NOW
from tests.unit.storage.engine import Engine

PLACE = Shelved("S#a", "evidence#request#b", NOW)
AT = "2026-11-22T16:00:00.123Z"


def test_a_page_tells_where_the_next_begins(engine: Engine) -> None:
    last = {
        "pk": {"S": PLACE.pk},
        "sk": {"S": PLACE.sk},
        "shelf": {"S": "open"},
        "shelf_at": {"S": AT},
    }
    engine.answers.append((200, {"Items": [last], "LastEvaluatedKey": last}))
    engine.answers.append((200, {"Items": [], "Count": 0}))
    assert shelves.page("open", None, 1) == ([PLACE], PLACE)
    assert shelves.page("open", PLACE, 1, before=NOW) == ([], None)
    (_, first), (_, second) = engine.requests
    assert "ExclusiveStartKey" not in first
    assert second["ExclusiveStartKey"] == last
    assert (first["Limit"], first["IndexName"]) == (1, "desk")
    assert second["KeyConditionExpression"] == "(#0 = :0 AND #1 < :1)"
    assert second["ExpressionAttributeValues"][":1"] == {"S": AT}
