"""Drafts against tables in memory: what is kept, what is refused, what is told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.errors import Conflict, NotFound, TooLarge, Unprocessable
from chalicelib.notices import draft_store, store
from chalicelib.notices.draft_store import DraftItem, ListedDraftItem
from chalicelib.notices.service import confirmations, drafts
from chalicelib.notices.store import VersionItem
from chalicelib.storage import keys
from chalicelib.storage.item import NobodysData
from tests.unit.core.samples import NOW, association_document
from tests.unit.storage.memory import Memory

VERSION = "2027-03-01"


@dataclass
class Results:
    """What a Query gives."""

    items: list[ListedDraftItem]
    last_evaluated_key: Any = None

    def __iter__(self) -> Iterator[ListedDraftItem]:
        return iter(self.items)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing.now)
    return standing


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch, time: Clock) -> Memory:
    tables = Memory()

    def get_draft(version: str) -> DraftItem | None:
        found: DraftItem | None = tables.batch([(DraftItem, keys.notice(version), keys.DRAFT)])[0]
        return found

    def listed(after: str | None, limit: int) -> Results:
        found = sorted(
            (sk, raw)
            for (_, pk, sk), raw in tables.items.items()
            if pk == keys.NOTICES and sk.startswith(keys.DRAFT_PREFIX)
            if after is None or sk < keys.notice_draft(after)
        )[::-1]
        last = {"sk": {"S": found[limit - 1][0]}} if len(found) >= limit else None
        return Results([ListedDraftItem.from_raw_data(raw) for _, raw in found[:limit]], last)

    monkeypatch.setattr(draft_store, "Transaction", tables.transaction)
    monkeypatch.setattr(draft_store, "get_draft", get_draft)
    monkeypatch.setattr(draft_store, "drafts", listed)
    monkeypatch.setattr(store, "get_listed", lambda version: tables.items.get(_place(version)))
    monkeypatch.delenv("RISERBO_CONFIRMATIONS", raising=False)
    return tables


def _place(version: str) -> tuple[bool, str, str]:
    return False, keys.NOTICES, keys.notice_version(version)


def publish(memory: Memory, version: str = VERSION) -> None:
    """Lists a version as published."""
    item = VersionItem(
        keys.NOTICES,
        keys.notice_version(version),
        kind=store.KIND,
        version=version,
        digest="d",
        effective_at=NOW,
        text_date="2027-01-01",
        published_at=NOW,
    )
    memory.items[_place(version)] = item.serialize()


def whole(version: str = VERSION) -> dict[str, Any]:
    """A document that compiles."""
    return association_document() | {"version": version}


def test_a_whole_draft_has_no_findings_and_is_read_as_it_was_saved() -> None:
    saved = drafts.save(whole())
    assert (saved.version, saved.findings, saved.saved_at) == (VERSION, (), NOW)
    assert drafts.read(VERSION) == saved
    assert drafts.document(VERSION, saved.digest) == whole()


def test_what_the_controller_has_to_confirm_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    document = whole()
    document["purposes"][0]["basis"]["to_confirm"] = True
    saved = drafts.save(document)
    assert saved.unconfirmed == ("purposes/membership/basis",)
    (entry,) = saved.confirmations
    assert entry.startswith("purposes/membership/basis=")
    digest = confirmations.digest_of([entry])
    monkeypatch.setenv("RISERBO_CONFIRMATIONS", digest)
    monkeypatch.setattr(store, "get_confirmations", {digest: frozenset({entry})}.get)
    assert (drafts.read(VERSION).unconfirmed, drafts.read(VERSION).confirmations) == ((), ())


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"controller": []},
        {"purposes": {"a": [[[]]]}},
        {"purposes": [None, 1, "x"], "locales": {"it": 1}},
        {"<script>": "x", "": {"": ""}},
    ],
)
def test_a_broken_draft_is_kept_with_all_that_is_wrong(broken: dict[str, Any]) -> None:
    document = {"version": VERSION, **broken}
    saved = drafts.save(document)
    assert len(saved.findings) > 5
    read = drafts.read(VERSION)
    assert (read.findings, read.document) == (saved.findings, document)
    assert [one.findings for one in drafts.listed(None, 10).items] == [len(saved.findings)]


def test_the_last_who_saves_wins(time: Clock) -> None:
    first = drafts.save({"version": VERSION})
    time.at += timedelta(minutes=1)
    second = drafts.save(whole())
    assert drafts.read(VERSION) == second
    (listed,) = drafts.listed(None, 10).items
    assert (listed.digest, listed.saved_at, listed.findings) == (second.digest, time.at, 0)
    with pytest.raises(Conflict) as refused:
        drafts.document(VERSION, first.digest)
    assert refused.value.type == "draft-changed"


def test_a_published_version_takes_no_draft(memory: Memory) -> None:
    publish(memory)
    before = dict(memory.items)
    with pytest.raises(Conflict) as refused:
        drafts.save(whole())
    assert refused.value.type == "already-published"
    assert memory.items == before


def test_asking_for_the_draft_of_a_published_version_says_so(memory: Memory) -> None:
    with pytest.raises(NotFound):
        drafts.document(VERSION)
    publish(memory)
    with pytest.raises(Conflict) as refused:
        drafts.document(VERSION)
    assert refused.value.type == "already-published"


def test_a_deleted_draft_is_gone_and_deleting_it_again_is_no_error(memory: Memory) -> None:
    drafts.save(whole())
    for _ in range(2):
        drafts.delete(VERSION)
        assert memory.items == {}
    with pytest.raises(NotFound):
        drafts.read(VERSION)


def test_publishing_takes_the_draft_away_in_its_own_transaction(memory: Memory) -> None:
    drafts.save(whole())
    drafts.save(whole("2027-04-01"))
    write: Any = memory.transaction(NobodysData())
    draft_store.remove_in(write, VERSION)
    write.commit()
    assert [one.version for one in drafts.listed(None, 10).items] == ["2027-04-01"]
    with pytest.raises(NotFound):
        drafts.read(VERSION)


def test_a_draft_that_nobody_touched_for_a_year_is_gone_whatever_the_table_holds(
    memory: Memory, time: Clock
) -> None:
    drafts.save(whole())
    time.at = NOW + drafts.KEPT - timedelta(seconds=1)
    assert drafts.read(VERSION)
    time.at = NOW + drafts.KEPT
    assert len(memory.items) == 2
    assert drafts.listed(None, 10).items == ()
    for look in (drafts.read, drafts.document):
        with pytest.raises(NotFound):
            look(VERSION)
    assert drafts.save(whole()).saved_at == time.at


def test_saving_again_keeps_it_for_another_year(time: Clock) -> None:
    drafts.save(whole())
    time.at = NOW + timedelta(days=200)
    drafts.save(whole())
    time.at = NOW + timedelta(days=400)
    assert drafts.read(VERSION)


def test_there_are_only_so_many_at_once(time: Clock) -> None:
    for number in range(drafts.MAX_DRAFTS):
        drafts.save({"version": f"2027-03-01.{number}"})
    with pytest.raises(Conflict) as refused:
        drafts.save({"version": VERSION})
    assert refused.value.type == "too-many-drafts"
    drafts.save({"version": "2027-03-01.7", "controller": {}})  # in place of one of them
    drafts.delete("2027-03-01.9")
    assert drafts.save({"version": VERSION}).version == VERSION
    time.at = NOW + drafts.KEPT
    assert drafts.save({"version": "2027-05-01"}).version == "2027-05-01"


def test_what_no_item_can_hold_is_refused(memory: Memory) -> None:
    noise = random.Random(5)
    text = "".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(250_000))
    with pytest.raises(TooLarge):
        drafts.save({"version": VERSION, "text": text})
    assert memory.items == {}


def test_a_number_without_canonical_form_is_refused(memory: Memory) -> None:
    with pytest.raises(Unprocessable):
        drafts.save({"version": VERSION, "number": 2**53})
    assert memory.items == {}
