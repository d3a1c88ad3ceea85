"""Publishing against a store in memory: what is decided, not how it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.clock import instant
from chalicelib.errors import Conflict, NotFound, Unprocessable
from chalicelib.notices import service, store
from chalicelib.notices.publication import Pointer
from chalicelib.notices.service import NoNotice
from tests.unit.core.samples import NOW, association_document

FAKED = (
    "get_pointer",
    "get_document",
    "put_document",
    "is_listed",
    "put_version",
    "move_pointer",
)


class MemoryStore:
    """Keeps what the table keeps, under the same conditions, and the order of the writes."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[str, dict[str, Any]]] = {}
        self.listed: dict[str, datetime] = {}
        self.pointer: Pointer | None = None
        self.writes: list[str] = []
        self.reads = 0
        self.raced = False

    def get_pointer(self) -> Pointer | None:
        self.reads += 1
        return self.pointer

    def get_document(self, version: str) -> dict[str, Any] | None:
        self.reads += 1
        found = self.documents.get(version)
        return found[1] if found else None

    def put_document(self, version: str, digest: str, document: dict[str, Any]) -> bool:
        if self.documents.setdefault(version, (digest, document))[0] != digest:
            return False
        self.writes.append("document")
        return True

    def is_listed(self, version: str) -> bool:
        return version in self.listed

    def put_version(
        self, version: str, digest: str, effective_at: datetime, text_date: str, now: datetime
    ) -> None:
        self.listed.setdefault(version, now)
        self.writes.append("version")

    def move_pointer(self, before: Pointer | None, after: Pointer) -> bool:
        if self.raced or before != self.pointer:
            return False
        self.pointer = after
        self.writes.append("pointer")
        return True


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
def kept(monkeypatch: pytest.MonkeyPatch, time: Clock) -> MemoryStore:
    memory = MemoryStore()
    for name in FAKED:
        monkeypatch.setattr(store, name, getattr(memory, name))
    monkeypatch.setattr(service, "_memory", service._Memory())
    monkeypatch.setenv("RISERBO_STAGE", "local")
    monkeypatch.delenv("RISERBO_CONFIRMED", raising=False)
    return memory


def document(version: str = "2026-11-01", *, ahead: timedelta | None = None) -> dict[str, Any]:
    """The association's document as another version."""
    changed = association_document() | {"version": version}
    if ahead is not None:
        changed["effective_at"] = instant(NOW + ahead)
    return changed


def test_without_a_publication_nothing_is_in_force() -> None:
    with pytest.raises(NoNotice) as refused:
        service.current()
    assert refused.value.status == 503


def test_the_first_version_is_in_force_at_once() -> None:
    published = service.publish(document())
    assert service.current().version == published.version == "2026-11-01"
    assert service.current().digest == published.digest


def test_the_pointer_is_moved_last(kept: MemoryStore) -> None:
    service.publish(document())
    # Whoever reads the pointer must find the document behind it.
    assert kept.writes == ["document", "version", "pointer"]


def test_repeating_a_publication_changes_nothing(kept: MemoryStore, time: Clock) -> None:
    service.publish(document())
    before = (dict(kept.documents), dict(kept.listed), kept.pointer)
    time.at += timedelta(days=1)
    service.publish(document())
    assert (kept.documents, kept.listed, kept.pointer) == before


def test_another_text_under_the_same_version_is_refused(kept: MemoryStore) -> None:
    service.publish(document())
    with pytest.raises(Conflict):
        service.publish(document() | {"text_date": "2024-12-31"})
    assert kept.writes.count("pointer") == 1


def test_the_next_version_waits_for_its_date(kept: MemoryStore, time: Clock) -> None:
    service.publish(document())
    service.publish(document("2026-12-01", ahead=timedelta(days=9)))
    assert kept.pointer == Pointer("2026-11-01", "2026-12-01", NOW + timedelta(days=9))
    assert service.current().version == "2026-11-01"
    time.at = NOW + timedelta(days=9, milliseconds=-1)
    assert service.current().version == "2026-11-01"
    time.at = NOW + timedelta(days=9)
    assert service.current().version == "2026-12-01"


def test_the_version_after_it_takes_the_place_of_the_one_that_came_into_force(
    kept: MemoryStore, time: Clock
) -> None:
    service.publish(document())
    service.publish(document("2026-12-01", ahead=timedelta(days=9)))
    time.at = NOW + timedelta(days=10)
    service.publish(document("2026-12-20", ahead=timedelta(days=28)))
    assert kept.pointer == Pointer("2026-12-01", "2026-12-20", NOW + timedelta(days=28))


def test_repeating_an_older_version_does_not_bring_it_back(time: Clock) -> None:
    service.publish(document())
    service.publish(document("2026-12-01", ahead=timedelta(days=9)))
    time.at = NOW + timedelta(days=10)
    service.publish(document())
    assert service.current().version == "2026-12-01"


def test_a_version_that_waits_is_not_dropped_by_a_later_one(kept: MemoryStore, time: Clock) -> None:
    service.publish(document())
    service.publish(document("2026-12-01", ahead=timedelta(days=9)))
    with pytest.raises(Conflict):
        service.publish(document("2026-12-20", ahead=timedelta(days=28)))
    assert set(kept.documents) == set(kept.listed) == {"2026-11-01", "2026-12-01"}
    time.at = NOW + timedelta(days=10)
    assert service.current().version == "2026-12-01"


@pytest.mark.parametrize("minutes", [-60, 0, 4])
def test_the_next_version_lies_five_minutes_ahead(minutes: int) -> None:
    service.publish(document())
    with pytest.raises(Unprocessable) as refused:
        service.publish(document("2026-12-01", ahead=timedelta(minutes=minutes)))
    assert [finding.pointer for finding in refused.value.findings] == ["/effective_at"]


@pytest.mark.parametrize("write", ["put_version", "move_pointer"])
def test_a_publication_that_broke_off_is_completed_by_repeating_it(
    write: str, monkeypatch: pytest.MonkeyPatch, kept: MemoryStore
) -> None:
    def broken(*_: object) -> bool:
        raise OSError("table out of reach")

    service.publish(document())
    with monkeypatch.context() as patch:
        patch.setattr(store, write, broken)
        with pytest.raises(OSError, match="out of reach"):
            service.publish(document("2026-12-01", ahead=timedelta(days=9)))
    service.publish(document("2026-12-01", ahead=timedelta(days=9)))
    assert kept.pointer == Pointer("2026-11-01", "2026-12-01", NOW + timedelta(days=9))
    assert set(kept.listed) == {"2026-11-01", "2026-12-01"}


def test_a_publication_that_lost_the_race_says_so(kept: MemoryStore) -> None:
    kept.raced = True
    with pytest.raises(Conflict):
        service.publish(document())


def test_all_findings_of_the_compiler_are_told_and_nothing_is_stored(kept: MemoryStore) -> None:
    broken = document()
    del broken["controller"], broken["purposes"]
    with pytest.raises(Unprocessable) as refused:
        service.publish(broken)
    assert len(refused.value.findings) >= 2
    assert kept.writes == []


def unconfirmed() -> dict[str, Any]:
    """A document with a fact that the controller has still to confirm."""
    changed = document()
    changed["purposes"][0]["basis"]["to_confirm"] = True
    return changed


@pytest.mark.parametrize("stage", ["local", "dev", "staging"])
def test_an_unconfirmed_fact_may_be_shown_before_production(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_STAGE", stage)
    assert service.publish(unconfirmed()).unconfirmed == ("purposes/membership/basis",)


def test_production_refuses_it_until_it_is_confirmed(
    kept: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_STAGE", "production")
    with pytest.raises(Unprocessable) as refused:
        service.publish(unconfirmed())
    pointers = [finding.pointer for finding in refused.value.findings]
    assert pointers == ["/purposes/membership/basis"]
    assert kept.writes == []
    monkeypatch.setenv("RISERBO_CONFIRMED", "purposes/membership/basis")
    assert service.publish(unconfirmed()).unconfirmed == ()


def test_a_warm_process_asks_for_the_pointer_once_a_minute(kept: MemoryStore, time: Clock) -> None:
    service.publish(document())
    service.current()
    before = kept.reads
    for seconds in (1, 30, 59):
        time.at = NOW + timedelta(seconds=seconds)
        service.current()
    assert kept.reads == before
    time.at = NOW + timedelta(seconds=60)
    service.current()
    assert kept.reads == before + 1


def test_a_version_nobody_published_is_not_found() -> None:
    with pytest.raises(NotFound):
        service.version("1999-01-01")


def test_other_words_than_those_in_force_are_refused() -> None:
    notice = service.publish(document())
    service.refuse_other_words(notice.version, notice)
    with pytest.raises(Unprocessable) as refused:
        service.refuse_other_words("2020-01-01", notice)
    assert [finding.pointer for finding in refused.value.findings] == ["/notice_version"]
