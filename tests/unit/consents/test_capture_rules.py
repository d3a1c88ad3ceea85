"""What a capture does with what it read: reads and the commit are played in memory."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.consents import model
from chalicelib.consents.model import GENESIS, Choice, verify
from chalicelib.consents.service import capture as service
from chalicelib.consents.service.capture import Caller
from chalicelib.consents.store import EntryItem, EventItem, entry_of
from chalicelib.errors import Conflict, Unauthenticated, Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.storage import contention, reads
from chalicelib.storage.item import Stored
from chalicelib.storage.transaction import ConditionFailed, Contended
from chalicelib.subjects.model import Decision, Kind, Life, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.service import new_visitor_key, open_item
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SHOWN, shipped

TOKEN = "t" * 43
GRANT, DENY = Choice.GRANTED, Choice.DENIED


class Table:
    """One subject: its standing, its key and its entries, and races that are lost."""

    def __init__(self) -> None:
        self.standing: StandingItem | None = None
        self.key: DataKeyItem | None = None
        self.entries: list[EntryItem] = []
        self.lost: list[Exception] = []
        self.events: dict[str, EventItem] = {}
        self.commits = 0

    def together(self, wanted: Sequence[tuple[type[Stored], str, str]]) -> list[Any]:
        kinds = [kind for kind, _, _ in wanted]
        assert kinds[-2:] == [StandingItem, DataKeyItem]
        return [self.events.get(sk) for _, _, sk in wanted[:-2]] + [self.standing, self.key]

    def batch(self, wanted: Sequence[tuple[type[Stored], str, str]]) -> list[Any]:
        known = {StandingItem: self.standing, DataKeyItem: self.key}
        return [known[kind] for kind, _, _ in wanted]

    def opened(self) -> list[Any]:
        assert self.key is not None
        key = DataKey("", "evidence", self.key.material or b"")
        return [entry_of(item, open_item(item, key)) for item in self.entries]


class Write:
    """A transaction that changes the table above."""

    table: Table

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.items: list[Stored] = []

    def put(self, item: Stored, *, label: str = "", condition: Any = None) -> None:
        item.refuse_undeclared(self.notice)
        self.items.append(item)

    def replace(self, item: Stored) -> None:
        self.put(item)

    def update(self, item: Stored, actions: Any, condition: Any, *, label: str = "") -> None:
        self.items.append(item)

    def commit(self) -> None:
        self.table.commits += 1
        if self.table.lost:
            raise self.table.lost.pop(0)
        for item in self.items:
            if isinstance(item, StandingItem):
                self.table.standing = item
            elif isinstance(item, DataKeyItem):
                self.table.key = item
            elif isinstance(item, EventItem):
                self.table.events[item.sk] = item
            elif isinstance(item, EntryItem):
                self.table.entries.append(item)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    playing = Table()
    monkeypatch.setattr(Write, "table", playing, raising=False)
    monkeypatch.setattr(service, "Transaction", Write)
    monkeypatch.setattr(reads, "together", playing.together)
    monkeypatch.setattr(reads, "batch", playing.batch)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    return playing


def capture(
    choices: dict[str, Choice], event: str | None = None, visitor: str | None = TOKEN
) -> service.Captured:
    return service.capture(Caller(visitor=visitor), choices, SHOWN, event, shipped())


def test_a_browser_seen_first_gets_a_token_and_a_chain(table: Table) -> None:
    captured = capture({"surveys": GRANT}, visitor=None)
    assert captured.visitor is not None
    assert len(captured.visitor) == 43
    subject = service.visitor_subject(captured.visitor)
    assert captured.entry_id == f"{subject}.1"
    assert (captured.standing.kind, captured.standing.life) == (Kind.VISITOR, Life.ACTIVE)
    assert captured.visitor not in subject
    (entry,) = table.opened()
    assert entry.previous == GENESIS
    assert verify([entry], captured.standing.head)
    assert table.standing is not None
    assert table.standing.due_event == "last_decision"


def test_yeses_and_what_is_taken_back_are_counted_and_name_nobody(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    def counted(choices: dict[str, Choice]) -> dict[str, int]:
        capsys.readouterr()
        capture(choices)
        lines = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
        assert all("subject" not in one for one in lines)
        names = ("ConsentsGiven", "ConsentsWithdrawn")
        return {name: one[name] for one in lines for name in names if name in one}

    assert counted({"surveys": DENY}) == {}
    assert counted({"surveys": GRANT}) == {"ConsentsGiven": 1}
    assert counted({"surveys": DENY}) == {"ConsentsWithdrawn": 1}


def test_a_browser_known_by_its_token_gets_no_other(table: Table) -> None:
    assert capture({"surveys": GRANT}).visitor is None
    captured = capture({"surveys": DENY})
    assert captured.standing.decisions["surveys"].decision is Decision.WITHDRAWN
    assert len(table.entries) == 2
    assert verify(table.opened(), captured.standing.head)


def test_a_repetition_changes_nothing_and_answers_the_same(table: Table) -> None:
    first = capture({"surveys": GRANT}, "event-1")
    capture({"surveys": DENY}, "event-2")
    again = capture({"surveys": GRANT}, "event-1")
    assert again.entry_id == first.entry_id
    assert again.standing.decisions["surveys"].decision is Decision.WITHDRAWN
    assert (table.commits, len(table.entries)) == (2, 2)


@pytest.mark.parametrize("choices", [{"surveys": DENY}, {"promotion": GRANT}])
def test_an_event_id_is_not_used_for_something_else(
    table: Table, choices: dict[str, Choice]
) -> None:
    capture({"surveys": GRANT}, "event-1")
    with pytest.raises(Unprocessable) as refused:
        capture(choices, "event-1")
    assert refused.value.type == "event-reused"
    assert len(table.entries) == 1


def test_what_a_client_calls_its_event_is_not_kept(table: Table) -> None:
    capture({"surveys": GRANT}, "ada@example.org pressed yes")
    assert table.standing is not None
    # A word that no digest, id or run of random bytes can spell by chance, as three letters do.
    assert "ada@" not in repr(table.standing.serialize()) + repr(table.entries[0].serialize())


@pytest.mark.parametrize("lost", [ConditionFailed(frozenset({"standing"})), Contended()])
def test_a_lost_race_is_run_again(table: Table, lost: Exception) -> None:
    table.lost = [lost, lost]
    capture({"surveys": GRANT})
    assert (table.commits, len(table.entries)) == (3, 1)


def test_races_are_not_run_for_ever(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "PATIENCE", timedelta(0))
    table.lost = [Contended() for _ in range(100)]
    with pytest.raises(Conflict):
        capture({"surveys": GRANT})
    assert table.entries == []


def stored(life: Life) -> Standing:
    subject = service.visitor_subject(TOKEN)
    return replace(
        standing_of(standing_item(model.new_standing(subject, Life.ACTIVE, SHOWN, NOW))),
        life=life,
    )


def test_nothing_is_added_to_a_subject_that_is_being_erased(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contention, "PATIENCE", timedelta(0))
    table.standing = standing_item(stored(Life.ERASING))
    _, table.key = new_visitor_key(service.visitor_subject(TOKEN), "evidence", NOW)
    with pytest.raises(Conflict):
        capture({"surveys": GRANT})
    assert table.commits == 0


def test_an_erased_history_is_not_continued_under_a_new_key(table: Table) -> None:
    table.standing = standing_item(stored(Life.ACTIVE))
    with pytest.raises(Unauthenticated):
        capture({"surveys": GRANT})
    assert table.commits == 0


def test_nobody_without_a_token_has_a_standing(table: Table) -> None:
    with pytest.raises(Unauthenticated):
        service.standing(Caller(), shipped())
    with pytest.raises(Unauthenticated):
        service.ledger(Caller(), 0, 20, shipped())
    assert service.standing(Caller(visitor=TOKEN), shipped()) is None
