"""Many people with accounts, written directly, side by side in one shard of the due index."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib import clock, ids
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.consents import model
from chalicelib.consents.model import Shown
from chalicelib.instants import instant
from chalicelib.notices.model import Notice
from chalicelib.storage import keys
from chalicelib.storage.item import Stored
from chalicelib.subjects import store
from chalicelib.subjects.model import Decided, Decision, Life, Standing
from chalicelib.vault import service as vault

_BATCH = 25
_LATE = timedelta(days=3650)
"""How far ahead their dates lie: behind those of everybody else, whatever the clock shows."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """People whom one page of the due index holds, and nobody else.

    `cursor` is where the page before theirs ended.
    """

    shard: int
    subjects: tuple[str, ...]
    cursor: str


def crowd(tables: Any, shard: int, count: int, agreed: Iterable[str], notice: Notice) -> Crowd:
    """So many active accounts that agreed to those purposes, each with an address to write to."""
    now = clock.now()
    decided = Decided(Decision.GRANTED, 1, now, notice.version)
    subjects = tuple(_subject(shard) for _ in range(count))
    due_at = now + _LATE
    for number, subject in enumerate(subjects, 1):
        standing = _standing(subject, dict.fromkeys(agreed, decided), notice, now)
        item = store.standing_item(standing)
        item.schedule(store.LANE, due_at + timedelta(milliseconds=number), "last_activity", now)
        profile, key = _profile(subject, notice, now)
        put(tables, (item, profile, key))
    pk, sk = store.standing_place(subjects[0])
    place = {"pk": pk, "sk": sk, "lane": keys.shards(store.LANE)[shard], "due_at": instant(due_at)}
    return Crowd(shard, subjects, json.dumps({name: {"S": one} for name, one in place.items()}))


def put(tables: Any, items: Iterable[Stored]) -> None:
    """Writes items as they are, each into its own table."""
    by_table: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        by_table.setdefault(type(item).Meta.table_name, []).append(_put(item))
    for table, puts in by_table.items():
        write(tables, table, puts)


def write(tables: Any, table: str, requests: Iterable[Mapping[str, Any]]) -> None:
    """Puts and deletes items of one table, in as many batches as it takes."""
    waiting = list(requests)
    for start in range(0, len(waiting), _BATCH):
        wanted = {table: waiting[start : start + _BATCH]}
        while wanted:
            wanted = tables.batch_write_item(RequestItems=wanted)["UnprocessedItems"]


def _put(item: Stored) -> Mapping[str, Any]:
    return {"PutRequest": {"Item": item.serialize()}}


def _subject(shard: int) -> str:
    lane = keys.shards(store.LANE)[shard]
    return next(one for one in _ids() if keys.lane(store.LANE, keys.subject(one)) == lane)


def _ids() -> Iterator[str]:
    while True:
        yield ids.new_id()


def _standing(
    subject: str, decisions: Mapping[str, Decided], notice: Notice, now: datetime
) -> Standing:
    shown = Shown(notice.version, notice.digest, "it", "registration")
    return replace(
        model.new_standing(subject, Life.ACTIVE, shown, now),
        seq=1,
        decisions=decisions,
        claim=secrets.token_hex(32),
    )


def _profile(subject: str, notice: Notice, now: datetime) -> tuple[ProfileItem, Stored]:
    """A profile that holds an address, and the data key that opens it."""
    ref = notice.forms[FORM].address
    assert ref is not None
    key, kept = vault.new_key(subject, ProfileItem.CLASS, now)
    pk, sk = profile_place(subject, ref.category)
    profile = ProfileItem(pk=pk, sk=sk, kind=ProfileItem.KIND)
    vault.seal_item(profile, key, {ref.field: f"{secrets.token_hex(8)}@example.com"})
    return profile, kept
