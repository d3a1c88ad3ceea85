"""What a sweep decides, with the table in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib import clock
from chalicelib.accounts.service import claims
from chalicelib.consents.model import new_standing
from chalicelib.copies import store as bodies
from chalicelib.erasure import store
from chalicelib.erasure.model import Remains
from chalicelib.erasure.service import saga
from chalicelib.holds import service as holds
from chalicelib.holds.model import NOTHING_HELD
from chalicelib.notices.model import Notice
from chalicelib.requests import store as requests
from chalicelib.retention.reviews import service as reviews
from chalicelib.storage import due, keys, partition
from chalicelib.storage.due import Due, Entry, Start
from chalicelib.storage.item import AccessItem, Expiring, Item, MailedItem
from chalicelib.storage.lateness import Lateness
from chalicelib.storage.partition import Stored
from chalicelib.storage.turns import FIRST_PAUSE
from chalicelib.subjects import burial
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Erasure, Life, Standing
from chalicelib.systems import store as systems
from tests.unit.core.samples import NOW, SHOWN, SUBJECT, association, shipped
from tests.unit.retention.sweeping import sweep

PK = keys.subject(SUBJECT)
STANDING = "core#standing#"
DAY = timedelta(days=1)
MOVE = "account#email_change#"
BODY = bodies.object_key(SUBJECT, "r1", "w1")
FIELDS = {MOVE: {"former": "former mac", "target": "mac"}}
OPENING = {"session": AccessItem, "link": MailedItem}
STANDS = new_standing(SUBJECT, Life.PENDING, SHOWN, NOW)


class NoRequests:
    """A page without requests."""

    last_evaluated_key = None

    def __iter__(self) -> Iterator[object]:
        return iter(())


class Table:
    """Due items, one subject's partition and keys, and the order of what was done."""

    def __init__(self) -> None:
        self.items: list[Due] = []
        self.active: datetime | None = None
        self.begins = True
        self.classes = ["account", "evidence"]
        self.partition = [STANDING, "account#profile#identity", "core#session#x"]
        self.done: list[str] = []
        self.moved: dict[str, datetime] = {}
        self.breaks = ""
        self.claim: bytes | None = b"\xac"
        self.moved_since = False

    def add(self, sk: str, kind: str, event: str, age: timedelta) -> None:
        self.items.append(Due(PK, sk, kind, event, NOW - age, NOW))

    def page(
        self, shard: str, now: datetime, after: Start | None, limit: int
    ) -> tuple[list[Entry], Start | None]:
        return [*self.items] if shard == keys.shards("rule")[3] else [], None

    def set_back(self, item: Entry, late: Lateness) -> bool:
        self.moved[item.sk] = late.until
        return True

    def postpone(self, item: Due, due_at: datetime) -> bool:
        self.moved[item.sk] = due_at
        return True

    def look(self, item: Due, since: datetime, notice: Notice, now: datetime) -> reviews.Wait:
        self.moved[item.sk] = now + DAY
        return reviews.Wait.ASKED

    def remove_due(self, item: Due) -> bool:
        self.step(f"remove {item.sk}")
        return not self.moved_since

    def since(self, subject: str, event: str) -> datetime | None:
        return self.active

    def begin(self, subject: str, event: str, *_: object) -> Standing | None:
        """What goes was counted before: tests/unit/erasure tells of that."""
        self.step("mark")
        begun = Erasure(event, NOW, None, "", {})
        return replace(STANDS, erasure=begun) if self.begins else None

    def bury(self, subject: str, remains: Remains, notice: Notice) -> None:
        self.step(f"bury with {len(remains.stays)}")

    def objects_of(self, subject: str) -> list[str]:
        return []

    def requests_of(self, subject: str, after: str | None, limit: int) -> object:
        return NoRequests()

    def keys_of(self, pk: str) -> list[str]:
        return list(self.classes)

    def log(self, subject: str, at: datetime, entry: Mapping[str, object]) -> None:
        self.step(f"log {entry['step']} by {entry['rule']}")

    def read(self, pk: str, tables: Sequence[type[Expiring]] = (Item,)) -> list[Stored]:
        claim: dict[str, object] = {} if self.claim is None else {"claim": self.claim}
        fields: dict[str, Mapping[str, object]] = {**FIELDS, STANDING: claim}
        return [
            Stored(pk, sk, kind, fields.get(sk, {}), None, OPENING.get(kind, Item))
            for sk in self.partition
            if OPENING.get(kind := sk.split("#")[1], Item) in tables
        ]

    def remove(self, pk: str, sks: list[str], *, from_keys: bool = False) -> None:
        self.step(f"{'destroy' if from_keys else 'remove'} {' '.join(sks)}".strip())
        there = self.classes if from_keys else self.partition
        there[:] = [one for one in there if one not in sks]

    def exports_of(self, subject: str, request: str) -> list[tuple[str, datetime]]:
        assert BODY.startswith(f"exports/{subject}/{request}.")
        return [(BODY, NOW)]

    def delete_object(self, key: str) -> None:
        self.step(f"body of {key}")

    def unregister(self, request: str) -> None:
        self.step(f"register of {request}")

    def delete_messages(self, subject: str, request: str) -> None:
        self.step(f"texts of {request}")

    def delete(self, subject: str, request: str) -> None:
        self.step(f"answers to {request}")

    def remove_together(self, items: Sequence[Stored]) -> None:
        if items:
            self.step(f"together {' '.join(item.sk for item in items)}")
        gone = {item.sk for item in items}
        self.partition = [one for one in self.partition if one not in gone]

    def release(self, claim: str, subject: str) -> None:
        self.step(f"release {claim}")

    def step(self, what: str) -> None:
        if self.breaks and what.startswith(self.breaks):
            raise OSError("ada@example.org")
        self.done.append(what)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    playing = Table()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for module, names in (
        (due, ("page", "postpone", "set_back")),
        (subjects, ("since",)),
        (burial, ("begin",)),
        (claims, ("release",)),
        (partition, ("keys_of", "read", "remove", "remove_together")),
        (bodies, ("delete_object", "objects_of", "exports_of")),
        (requests, ("delete_messages", "unregister", "requests_of")),
        (systems, ("delete",)),
        (store, ("log",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, getattr(playing, name))
    monkeypatch.setattr(saga, "_bury", playing.bury)
    monkeypatch.setattr(due, "remove", playing.remove_due)
    monkeypatch.setattr(due, "lateness_of", lambda item: None)
    # tests/unit/holds tells of holds
    monkeypatch.setattr(holds, "spare", lambda item: False)
    # tests/unit/retention/reviews tells of reviews
    monkeypatch.setattr(reviews, "look", playing.look)
    monkeypatch.setattr(holds, "held", lambda subject: NOTHING_HELD)
    monkeypatch.setattr(due, "begin", lambda item: not playing.moved_since)
    monkeypatch.setenv("RISERBO_STAGE", "dev")
    return playing


def test_a_subject_is_erased_in_an_order_that_can_be_resumed(table: Table) -> None:
    table.partition.append("evidence#export#r1")
    table.add(STANDING, "standing", "registered", 8 * DAY)
    swept = sweep(shipped())
    assert (swept.erased, swept.failed) == (1, 0)
    assert table.done == [
        "mark",
        "log begun by registered",
        "destroy account evidence",
        "release ac",
        f"body of {BODY}",
        "remove account#profile#identity evidence#export#r1",
        "together core#session#x",
        "bury with 0",
    ]


def test_who_moved_lately_leaves_no_claim_on_either_address(table: Table) -> None:
    table.partition.append(MOVE)
    table.add(STANDING, "standing", "registered", 8 * DAY)
    assert sweep(shipped()).erased == 1
    released = [step for step in table.done if step.startswith("release")]
    assert sorted(released) == ["release ac", "release former mac"]
    # The move names the address: it must still be there for who resumes.
    assert table.done.index("release former mac") < table.done.index(
        f"remove account#profile#identity {MOVE}"
    )


@pytest.mark.parametrize("notice", [shipped, association])
def test_who_was_disowned_is_erased_at_once(table: Table, notice: Callable[[], Notice]) -> None:
    table.active = NOW
    table.add(STANDING, "standing", "disowned", timedelta(0))
    swept = sweep(notice())
    assert (swept.erased, swept.postponed) == (1, 0)
    assert table.done[0] == "mark"
    assert table.done[-2:] == ["together core#session#x", "bury with 0"]


def test_what_was_moved_since_the_index_saw_it_is_not_erased(table: Table) -> None:
    table.moved_since = True
    table.add(MOVE, "email_change", "created", 4 * DAY)
    swept = sweep(shipped())
    assert (swept.erased, swept.failed) == (0, 0)


def test_a_resumed_erasure_whose_keys_are_gone_destroys_nothing_twice(table: Table) -> None:
    table.classes, table.claim = [], None
    table.add(STANDING, "standing", "registered", 8 * DAY)
    assert sweep(shipped()).erased == 1
    assert [step.split()[0] for step in table.done] == ["mark", "log", "remove", "together", "bury"]


def test_no_key_dies_that_was_not_logged(table: Table) -> None:
    table.breaks = "log"
    table.add(STANDING, "standing", "registered", 8 * DAY)
    assert sweep(shipped()).failed == 1
    assert table.done == ["mark"]


def test_a_subject_that_took_another_turn_is_left_alone(table: Table) -> None:
    table.begins = False
    table.add(STANDING, "standing", "registered", 8 * DAY)
    swept = sweep(shipped())
    assert (swept.erased, swept.failed) == (0, 0)
    assert table.done == ["mark"]


def test_a_decision_made_meanwhile_moves_the_date(table: Table) -> None:
    table.active = NOW - 30 * DAY
    table.add(STANDING, "standing", "last_decision", 800 * DAY)
    swept = sweep(shipped())
    assert (swept.erased, swept.postponed) == (0, 1)
    ends = shipped().rule("standing", "last_decision").ends(table.active)
    assert table.moved == {STANDING: ends}
    assert table.done == []


def test_what_a_person_must_review_is_not_erased(table: Table) -> None:
    table.active = NOW - 1_200 * DAY
    table.add(STANDING, "standing", "last_activity", 1_200 * DAY)
    swept = sweep(association())
    assert (swept.erased, swept.reviews) == (0, 1)
    assert table.done == []
    assert table.moved[STANDING] > NOW


def test_what_no_rule_names_any_more_is_not_erased(table: Table) -> None:
    table.add("core#standing#", "standing", "no_such_event", 9_999 * DAY)
    table.add("core#unknown#", "unknown", "created", 9_999 * DAY)
    swept = sweep(shipped())
    assert (swept.erased, swept.reviews) == (0, 2)
    assert table.done == []


def test_a_single_record_goes_alone(table: Table) -> None:
    table.add("evidence#request#r1", "request", "closed", 2_000 * DAY)
    table.add("evidence#export#r1", "export", "created", 8 * DAY)
    assert sweep(shipped()).erased == 2
    assert table.done == [
        "texts of r1",
        "answers to r1",
        "register of r1",
        "remove evidence#request#r1",
        f"body of {BODY}",
        "remove evidence#export#r1",
    ]


def test_one_broken_record_does_not_shield_the_others(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    table.breaks = "body"
    table.add("evidence#export#r1", "export", "created", 8 * DAY)
    table.add("evidence#request#r1", "request", "closed", 2_000 * DAY)
    swept = sweep(shipped())
    assert (swept.erased, swept.failed) == (1, 1)
    assert table.done == [
        "texts of r1",
        "answers to r1",
        "register of r1",
        "remove evidence#request#r1",
    ]
    assert table.moved == {"evidence#export#r1": NOW + FIRST_PAUSE}
    assert "ada" not in capsys.readouterr().out


def test_a_later_notice_applies_to_the_same_beginning(table: Table) -> None:
    # The item says since when it is kept, not until when: a longer period keeps it.
    table.add("evidence#export#r1", "export", "created", 6 * DAY)
    swept = sweep(shipped())
    assert (swept.erased, swept.postponed) == (0, 1)
    assert table.moved == {"evidence#export#r1": NOW + DAY}
