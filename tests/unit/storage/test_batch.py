"""One read of several tables: what is asked, and what becomes of each answer."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chalicelib.consents.store import EntryItem
from chalicelib.sessions.model import Opened, Token
from chalicelib.sessions.store import SessionItem, session_item
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import ATTEMPTS, Contended
from chalicelib.storage.item import Stored
from chalicelib.storage.reads import Place
from chalicelib.subjects.store import StandingItem, standing_item, standing_place
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.storage.engine import Engine

STANDING = standing_item(standing())
SESSION = session_item(Token(SUBJECT, "s" * 43), Opened(), 0, NOW, NOW)
KEY = DataKeyItem(pk=keys.subject(SUBJECT), sk="account", kind="data_key", created_at=NOW)
ENTRY = EntryItem(
    pk=keys.subject(SUBJECT),
    sk=keys.record("evidence", "entry", "1"),
    kind="entry",
    seq=1,
    previous="",
    hash="",
    commitment="",
    notice_version="",
    notice_digest="",
    source="",
    event="",
    at=NOW,
)
PLACES: list[Place] = [
    (SessionItem, SESSION.pk, SESSION.sk),
    (DataKeyItem, KEY.pk, KEY.sk),
    (EntryItem, ENTRY.pk, ENTRY.sk),
    (StandingItem, STANDING.pk, STANDING.sk),
]
NOTHING: dict[str, Any] = {"Responses": {}, "UnprocessedKeys": {}}


def key(item: Stored) -> dict[str, Any]:
    """An item's key, as the wire has it."""
    return {"pk": {"S": item.pk}, "sk": {"S": item.sk}}


def wire(item: Stored) -> dict[str, Any]:
    """An item as DynamoDB sends it."""
    serialised: dict[str, Any] = item.serialize()
    if "head" in serialised:
        serialised["head"] = {"B": "AAAA"}
        serialised["events"] = {"B": ""}
    return serialised


def answers(engine: Engine, *bodies: dict[str, Any]) -> None:
    engine.answers += [(200, {**NOTHING, **body}) for body in bodies]


def asked(engine: Engine) -> list[dict[str, Any]]:
    """What each call asked for, by table."""
    assert {operation for operation, _ in engine.requests} == {"BatchGetItem"}
    return [sent["RequestItems"] for _, sent in engine.requests]


def test_all_tables_are_asked_in_one_call_and_strongly(engine: Engine) -> None:
    answers(engine, {})
    reads.batch(PLACES)
    (only,) = asked(engine)
    assert only == {
        "access": {"ConsistentRead": True, "Keys": [key(SESSION)]},
        "records": {"ConsistentRead": True, "Keys": [key(ENTRY), key(STANDING)]},
        "keys": {"ConsistentRead": True, "Keys": [key(KEY)]},
    }


def test_items_come_in_the_order_they_were_asked_for(engine: Engine) -> None:
    records = [wire(STANDING), wire(ENTRY)]  # DynamoDB keeps no order
    found = {"records": records, "keys": [wire(KEY)], "access": [wire(SESSION)]}
    answers(engine, {"Responses": found})
    session, data_key, entry, stands = reads.batch(PLACES)
    assert isinstance(entry, EntryItem)
    assert isinstance(session, SessionItem)
    assert isinstance(data_key, DataKeyItem)
    assert isinstance(stands, StandingItem)
    assert (session.sk, data_key.sk, stands.state) == (SESSION.sk, "account", "active")


def test_what_does_not_exist_is_none_in_its_place(engine: Engine) -> None:
    answers(engine, {"Responses": {"keys": [wire(KEY)]}})
    session, data_key, entry, stands = reads.batch(PLACES)
    assert (session, entry, stands) == (None, None, None)
    assert data_key.sk == "account"


def test_a_key_of_one_table_is_not_an_item_of_the_other(engine: Engine) -> None:
    # The same partition and sort key in both tables are two places.
    pk, sk = KEY.pk, KEY.sk
    answers(engine, {"Responses": {"keys": [wire(KEY)]}})
    record, data_key = reads.batch([(SessionItem, pk, sk), (DataKeyItem, pk, sk)])
    assert record is None
    assert isinstance(data_key, DataKeyItem)


def test_what_was_left_over_is_asked_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    left = {"records": {"ConsistentRead": True, "Keys": [key(STANDING)]}}
    answers(
        engine,
        {"Responses": {"access": [wire(SESSION)]}, "UnprocessedKeys": left},
        {"UnprocessedKeys": left},
        {"Responses": {"records": [wire(STANDING)]}},
    )
    session, data_key, _, stands = reads.batch(PLACES)
    assert (session.sk, data_key, stands.sk) == (SESSION.sk, None, STANDING.sk)
    first, *again = asked(engine)
    assert first.keys() == {"records", "access", "keys"}
    assert again == [left, left]


def test_what_is_always_left_over_is_not_asked_for_ever(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    left = {"records": {"ConsistentRead": True, "Keys": [key(STANDING)]}}
    answers(engine, *[{"UnprocessedKeys": left}] * (ATTEMPTS + 1))
    with pytest.raises(Contended):
        reads.batch(PLACES)
    assert (len(engine.requests), len(pauses)) == (ATTEMPTS, ATTEMPTS - 1)


@pytest.mark.parametrize("places", [PLACES, PLACES[:1]])
def test_a_refusal_is_passed_on(engine: Engine, places: list[Place]) -> None:
    engine.answers.append((400, {"__type": "x#AccessDeniedException", "Message": "no"}))
    with pytest.raises(Exception, match="no"):
        reads.batch(places)


def test_a_standing_of_the_batch_is_the_one_of_its_place(engine: Engine) -> None:
    other = standing_item(standing("b" * 26))
    answers(engine, {"Responses": {"records": [wire(other), wire(STANDING)]}})
    found = reads.batch(
        [(StandingItem, *standing_place("b" * 26)), (StandingItem, STANDING.pk, STANDING.sk)]
    )
    assert [keys.subject_of(item.pk) for item in found] == ["b" * 26, SUBJECT]
