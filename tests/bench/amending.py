"""A version that changes a rule: a page of its records that is counted, and one that is moved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock, ids
from chalicelib.instants import instant
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds import store as round_store
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.jobs.service import Ticket
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice, Period
from chalicelib.requests.store import ExportItem, export_place
from chalicelib.retention.amendments import model
from chalicelib.retention.amendments.model import Amendments, Status
from chalicelib.retention.amendments.service import amended_after
from chalicelib.retention.amendments.service.dates import PAGE, RESCHEDULE
from chalicelib.retention.amendments.store import AmendmentsItem, put_new
from chalicelib.storage import keys
from chalicelib.storage.item import NobodysData
from chalicelib.storage.transaction import Transaction
from tests.bench.crowd import put
from tests.bench.operation import Operation
from tests.bench.world import Run, World

COUNTED = f"a changed rule, {PAGE} records counted"
MOVED = f"a changed rule, {PAGE} records moved"
BEFORE, AFTER = "2000-01-01", "2000-02-01"
"""Two versions: the one before kept copies for a year."""

_SHARD = 5
_FAR = timedelta(days=20 * 366)
"""Beginnings so far ahead that no run of the sweep comes to these records."""


def _versions() -> tuple[Notice, Notice]:
    """The notice, and one before it by which copies were kept for longer."""
    notice = replace(notices.current(), version=AFTER)
    rule = replace(notice.rule("export", "created"), period=Period(months=12))
    return replace(notice, version=BEFORE, retention={**notice.retention, rule.id: rule}), notice


def _records(before: Notice) -> Iterator[ExportItem]:
    since, lane = clock.now() + _FAR, keys.shards("rule")[_SHARD]
    date = before.rule("export", "created").ends(since)
    for number in range(PAGE):
        pk, sk = export_place(_subject(lane), ids.new_id())
        item = ExportItem(pk=pk, sk=sk, kind="export", request="r", object="o")
        item.created_at, item.issued, item.size = since, [], 1
        item.schedule("rule", date + timedelta(milliseconds=number + 1), "created", since)
        yield item


def _subject(lane: str) -> str:
    while True:
        subject = ids.new_id()
        if keys.lane("rule", keys.subject(subject)) == lane:
            return subject


def _page(world: World, status: Status, pass_number: int) -> Run:
    """A page of the round of the version in force, which has come as far as the records."""
    before, notice = _versions()
    items = list(_records(before))
    put(world.recorder.tables, items)
    recorded = model.recorded(notice.version, BEFORE, model.amended(before, notice), clock.now())
    rules = {key: replace(one, status=status) for key, one in recorded.rules.items()}
    _lay(Amendments(notice.version, BEFORE, rules, clock.now()))
    write = Transaction(notice)
    job = rounds.begin(write, notice.version, RESCHEDULE, BEFORE, notice, clock.now())
    write.commit()
    stands = round_store.get_item(notice.version, RESCHEDULE)
    assert stands is not None
    first = items[0]
    assert first.due_at is not None
    date = instant(first.due_at - timedelta(milliseconds=1))
    place = {"pk": first.pk, "sk": first.sk, "lane": keys.shards("rule")[_SHARD], "due_at": date}
    cursor = json.dumps({name: {"S": one} for name, one in place.items()})
    stands.update(
        actions=[
            RoundItem.shard.set(_SHARD),
            RoundItem.cursor.set(cursor),
            RoundItem.pass_number.set(pass_number),
        ]
    )
    amended_after(before, notice)  # known from here on, as to every worker after its first page
    call = world.queue("announcements", Ticket(job.subject, job.id).body())
    return _knowing({BEFORE: before, AFTER: notice}, call)


def _lay(amendments: Amendments) -> None:
    """Records what the version changes, whatever was recorded of it."""
    AmendmentsItem(keys.notice(amendments.version), keys.AMENDMENTS).delete()
    write = Transaction(NobodysData())
    put_new(write, amendments)
    write.commit()


def _knowing(versions: Mapping[str, Notice], call: Run) -> Run:
    """The call, in a process that has both versions in memory, the second of them in force."""

    def run() -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(notices, "version", versions.__getitem__)
            patch.setattr(notices, "current", lambda: versions[AFTER])
            return call()

    return run


OPERATIONS: tuple[Operation, ...] = (
    Operation(COUNTED, "announcements", lambda world: _page(world, Status.COUNTING, 1), heavy=True),
    Operation(MOVED, "announcements", lambda world: _page(world, Status.APPLIES, 2), heavy=True),
)
"""The pages of a round that follows a changed rule."""
