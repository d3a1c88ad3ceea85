"""Records of several kinds that are due, on tables in memory, with a clock and a bucket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.consents.model import new_standing
from chalicelib.copies import store as bodies
from chalicelib.erasure import store as erasures
from chalicelib.notices.model import Notice
from chalicelib.requests.store import ExportItem, MessageItem, RequestItem, message_place
from chalicelib.retention import batch
from chalicelib.retention import sweep as schedule
from chalicelib.retention.evidence.model import Tally
from chalicelib.retention.message import Places
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.subjects.model import Life, Limits
from chalicelib.subjects.store import StandingItem, standing_item
from chalicelib.vault.store import DataKeyItem
from chalicelib.webhooks.store import DeliveryItem
from functions.kinds import registry
from tests.unit.core.samples import NOW, SHOWN, SUBJECT, shipped
from tests.unit.retention import sweeping
from tests.unit.retention.sweeping import Done, five_minutes
from tests.unit.storage.tables import Steps, Tables

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = timedelta(days=5_000)
"""For so long ago everything is due."""

BODY = "exports/s/r.w.zip"

IMPORTED = (batch,)


def person(number: int) -> str:
    """The id of somebody."""
    return f"{number:026d}".translate(str.maketrans("0189", "abcd"))


class Interrupted(Steps):
    """Steps before one of which something happens, once."""

    def __init__(self, number: int, act: Callable[[], object]) -> None:
        super().__init__()
        self._number, self._act = number, act
        self.happened = False

    def __call__(self, name: str) -> None:
        if not self.happened and len(self.names) == self._number:
            self.happened = True
            self._act()
        super().__call__(name)


class World:
    """What is due, and the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, notice: Notice | None = None) -> None:
        self.now = NOW
        self.notice = notice or shipped()
        self.tables = Tables()
        self.tables.play(monkeypatch)
        self.failing = False
        self.bodies: list[str] = []
        self.logged: list[str] = []
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(bodies, "delete_object", self._delete_object)
        monkeypatch.setattr(bodies, "exports_of", lambda *_: [(BODY, self.now)])
        monkeypatch.setattr(erasures, "log", self._log)
        monkeypatch.setenv("RISERBO_STAGE", "dev")

    def deliveries(self, count: int, shard: int, age: timedelta = HOUR) -> list[tuple[str, str]]:
        """So many records of nobody, in one shard, the oldest first."""
        return [
            self._put(
                DeliveryItem(
                    pk=keys.recipient(f"r{shard}"),
                    sk=keys.record("core", "delivery", f"delivered#msg_{number:05d}"),
                    kind="delivery",
                    recipient=f"r{shard}",
                    type="subject.erased",
                    subject="s",
                    status="delivered",
                    attempts=1,
                    created_at=NOW - AGES,
                    updated_at=NOW - AGES,
                ),
                shard,
                age - timedelta(milliseconds=number),
            )
            for number in range(count)
        ]

    def exports(
        self,
        count: int,
        shard: int,
        age: timedelta = 2 * HOUR,
        subject: str | None = None,
        since: datetime | None = None,
    ) -> list[tuple[str, str]]:
        """So many records with a body elsewhere, in one shard, each of somebody else or of one."""
        return [
            self._put(
                ExportItem(
                    pk=keys.subject(subject or person(number)),
                    sk=keys.record("evidence", "export", f"r{number}"),
                    kind="export",
                    request=f"r{number}",
                    object="o",
                    created_at=NOW - AGES,
                    issued=[],
                    size=1,
                ),
                shard,
                age,
                since,
            )
            for number in range(count)
        ]

    def somebody(
        self,
        subject: str = SUBJECT,
        life: Life = Life.PENDING,
        event: str = "registered",
        since: datetime = NOW - AGES,
        due_at: datetime = NOW - HOUR,
        limits: Limits | None = None,
        **members: Any,
    ) -> tuple[str, str]:
        """A subject with keys of two classes, which is due."""
        stands = replace(new_standing(subject, life, SHOWN, since), **members)
        if limits is not None:
            stands = replace(stands, limits=limits)
        item = standing_item(stands)
        item.schedule("rule", due_at, event, since)
        self.tables.put(item, *self.keys(subject, "account", "evidence"))
        return item.pk, item.sk

    def request(
        self, record_id: str = "r1", subject: str = SUBJECT, due_at: datetime = NOW - HOUR
    ) -> tuple[str, str]:
        """A closed request with a text, which goes before it."""
        pk = keys.subject(subject)
        request = RequestItem(
            pk=pk,
            sk=keys.record("evidence", "request", record_id),
            kind="request",
            right="erase",
            status="completed",
            received_at=NOW - AGES,
            channel="website",
            locale="en",
            history=[],
        )
        request.schedule("rule", due_at, "closed", NOW - AGES)
        text = MessageItem(*message_place(subject, record_id, 0), kind="request_message")
        text.request, text.at, text.by = record_id, NOW, "person"
        self.tables.put(request, text)
        return request.pk, request.sk

    def keys(self, subject: str, *classes: str) -> list[DataKeyItem]:
        """Data keys of a subject."""
        pk = keys.subject(subject)
        return [
            DataKeyItem(pk=pk, sk=name, kind="data_key", material=b"k", created_at=NOW)
            for name in classes
        ]

    def keys_left(self) -> int:
        """How many data keys there are."""
        return sum(key[0] for key in self.tables.items)

    def left(self, kind: type[Any]) -> list[Any]:
        """What is still there."""
        return self.tables.all(kind)

    def standing(self, subject: str = SUBJECT) -> StandingItem | None:
        """What lies in the place of a standing."""
        found: StandingItem | None = self.tables.one(
            StandingItem, keys.subject(subject), "core#standing#"
        )
        return found

    def item(self, place: tuple[str, str]) -> Item | None:
        """What lies at a place."""
        found: Item | None = self.tables.one(Item, *place)
        return found

    def work(
        self,
        places: Sequence[tuple[str, str]],
        remaining: Callable[[], timedelta] = five_minutes,
    ) -> Tally:
        """One message, and what its tallies say."""
        self.message(places, remaining)
        return sweeping.taken(self.notice.version)

    def message(self, places: Places, remaining: Callable[[], timedelta] = five_minutes) -> None:
        """One message; its tallies stay in the table."""
        batch.work(places, self.notice, registry(), remaining)

    def sweep(self, remaining: Callable[[], timedelta] = five_minutes) -> Done:
        """A run, and its messages; it has all the time it needs unless another clock is given."""
        return sweeping.sweep(self.notice, registry(), remaining)

    def sweep_all(self) -> None:
        """A run, and its messages; the tallies stay in the table."""

        def send(batches: Sequence[Places]) -> Sequence[int]:
            for places in batches:
                self.message(places)
            return ()

        schedule.sweep(five_minutes, lambda _: None, send)

    def interrupt(self, number: int, act: Callable[[], object]) -> Interrupted:
        """Has something happen before the call of that number from here."""
        self.tables.steps = steps = Interrupted(number, act)
        return steps

    def _delete_object(self, key: str) -> None:
        """What cannot be done, as long as it fails."""
        self.tables.steps("body")
        if self.failing:
            raise OSError("ada@example.org")
        self.bodies.append(key)

    def _log(self, subject: str, at: datetime, entry: Any) -> None:
        self.tables.steps("log")
        self.logged.append(f"{subject} {entry['step']}")

    def _put(
        self, item: Any, shard: int, age: timedelta, since: datetime | None = None
    ) -> tuple[str, str]:
        item.schedule("rule", NOW - age, "created", since or NOW - AGES)
        item.lane = keys.shards("rule")[shard]
        self.tables.put(item)
        return item.pk, item.sk
