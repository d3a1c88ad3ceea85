"""Whatever happens meanwhile: what is gone is exactly what was due, and the tallies say it.

Random rules, records, renewals, holds, restrictions, versions and crashes, on tables in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.address_store import EmailChangeItem
from chalicelib.holds.model import Ground, Hold
from chalicelib.holds.store import hold_item
from chalicelib.instants import instant
from chalicelib.notices.model import Notice, Period
from chalicelib.retention import sweep
from chalicelib.retention.message import Places
from chalicelib.retention.model import Outcome
from chalicelib.storage import keys
from chalicelib.subjects.model import Life
from tests.unit.core.samples import NOW, shipped
from tests.unit.retention.sweeping import five_minutes, taken
from tests.unit.retention.world import DAY, HOUR, World, person
from tests.unit.storage.tables import Killed

PERSON = person(7)
RULES = (
    ("delivery", "created"),
    ("export", "created"),
    ("email_change", "created"),
    ("request", "closed"),
    ("standing", "registered"),
)
"""The rules whose periods change: of nobody's records, of parts, of a person's, of persons."""

Key = tuple[bool, str, str]


@dataclass
class Played:
    """A world, what was handed over and not worked off yet, and what is gone."""

    world: World
    waiting: list[Places] = field(default_factory=list)
    gone: list[Key] = field(default_factory=list)
    keys_gone: int = 0
    seen: dict[Key, Any] = field(default_factory=dict)

    def step(self, act: Callable[[], object]) -> None:
        """Does something, after which nothing may be gone that was not due."""
        self.seen = dict(self.world.tables.items)
        act()
        self.look()

    def look(self) -> None:
        """Looks at what is gone since the last look: all of it was due, as things were."""
        before, self.seen = self.seen, dict(self.world.tables.items)
        for key in before.keys() - self.seen.keys():
            raw = before[key]
            if key[0]:
                self.keys_gone += 1
            elif self.counts(raw):
                assert self.is_due(raw, before), (raw["kind"]["S"], self.world.now)
                self.gone.append(key)

    def meanwhile(self, call: int, act: Callable[[], object]) -> None:
        """A message is worked off, and something else happens before a call of the worker."""

        def acts() -> None:
            self.look()
            self.world.tables.steps = plain
            act()
            self.seen = dict(self.world.tables.items)

        plain = self.world.tables.steps
        self.world.interrupt(call, acts)
        self.work()
        self.world.tables.steps = plain

    def counts(self, raw: Mapping[str, Any]) -> bool:
        """Whether something has a date of its own by one of the rules."""
        kind = raw["kind"]["S"]
        return "due_event" in raw and (kind, raw["due_event"]["S"]) in RULES

    def is_due(self, raw: Mapping[str, Any], among: Mapping[Key, Any]) -> bool:
        """Whether a record has to go now, by the version in force."""
        since = datetime.fromisoformat(raw["due_since"]["S"])
        rule = self.world.notice.rule(raw["kind"]["S"], raw["due_event"]["S"])
        if rule.ends(since) > self.world.now:
            return False
        if raw["pk"]["S"] != keys.subject(PERSON) or "going" in raw:
            return True
        standing = among[False, keys.subject(PERSON), "core#standing#"]
        free = "restricted" not in standing and "held" not in standing
        return free or raw["kind"]["S"] == "export"  # a copy that is stored for days alone

    def run(self, crash: int | None = None) -> None:
        """The schedule runs, and may be killed; what it sent is in the queue."""

        def send(batches: Sequence[Places]) -> Sequence[int]:
            self.world.tables.steps("send")
            self.waiting.extend(batches)
            return ()

        self._killed(crash, lambda: sweep.sweep(five_minutes, lambda _: None, send))

    def work(self, crash: int | None = None, *, twice: bool = False) -> None:
        """A message is worked off; one whose worker is killed comes again, and any may."""
        if not self.waiting:
            return
        places = self.waiting[0]
        done = self._killed(crash, lambda: self.world.message(places))
        if done and not twice:
            del self.waiting[0]

    def _killed(self, crash: int | None, act: Callable[[], object]) -> bool:
        steps = self.world.tables.steps
        if crash is not None:
            steps.kill_before(crash)
        done = False
        with suppress(Killed):
            act()
            done = True
        steps.revive()
        return done

    def standing(self) -> dict[str, Any] | None:
        """The standing of the person who is always there."""
        return self.world.tables.items.get((False, keys.subject(PERSON), "core#standing#"))

    def limit(self, name: str, on: bool) -> None:
        """The person's data is restricted, or no longer."""
        raw = dict(self.standing() or {})
        raw.pop(name, None)
        if on:
            raw[name] = {"N": "1795300000000"}
        self.world.tables.items[False, keys.subject(PERSON), "core#standing#"] = raw

    def hold(self, on: bool) -> None:
        """All of the person's records are held, in one transaction, or put back in one."""
        items = self.world.tables.items
        hold = Hold(
            "h" * 26,
            PERSON,
            Ground.CLAIMS,
            self.world.now,
            self.world.now + 700 * DAY,
            "o" * 26,
            frozenset({"evidence", "account"}),
        )
        item = hold_item(hold)
        self.limit("held", on)
        if on:
            self.world.tables.put(item)
        else:
            items.pop((False, item.pk, item.sk), None)
        for key, raw in [*items.items()]:
            kind = raw["kind"]["S"]
            if key[1] != keys.subject(PERSON) or kind not in ("email_change", "request"):
                continue
            changed = dict(raw)
            if on and "going" not in raw:
                changed.pop("lane", None)
            elif not on and "lane" not in raw:
                changed["lane"] = {"S": keys.lane("rule", key[1])}
            items[key] = changed

    def renew(self, number: int) -> None:
        """One of the records begins anew now; what began to go is no more to be renewed."""
        items = self.world.tables.items
        known = [key for key, raw in sorted(items.items()) if not key[0] and self.counts(raw)]
        known = [key for key in known if items[key]["kind"]["S"] != "standing"]
        if not known:
            return
        key = known[number % len(known)]
        raw = dict(items[key])
        if "going" in raw:
            return
        rule = self.world.notice.rule(raw["kind"]["S"], raw["due_event"]["S"])
        raw["due_since"] = {"S": instant(self.world.now)}
        raw["due_at"] = {"S": instant(rule.ends(self.world.now))}
        items[key] = raw

    def publish(self, periods: Sequence[int]) -> None:
        """Another version is in force, and its round has moved the dates that are earlier."""
        self.world.notice = with_periods(periods)
        for key, raw in [*self.world.tables.items.items()]:
            if key[0] or not self.counts(raw):
                continue
            rule = self.world.notice.rule(raw["kind"]["S"], raw["due_event"]["S"])
            ends = instant(rule.ends(datetime.fromisoformat(raw["due_since"]["S"])))
            earlier = min(ends, raw["due_at"]["S"])
            self.world.tables.items[key] = {**raw, "due_at": {"S": earlier}}


def with_periods(days: Sequence[int]) -> Notice:
    """The notice with other periods."""
    notice = shipped()
    rules = dict(notice.retention)
    for (kind, event), period in zip(RULES, days, strict=True):
        rule = replace(
            notice.rule(kind, event), period=Period(days=period), then="erase", by_software=False
        )
        rules[rule.id] = rule
    return replace(notice, retention=rules)


periods = st.lists(st.integers(1, 9), min_size=len(RULES), max_size=len(RULES))
numbers = st.integers(0, 30)
crashes = st.none() | st.integers(0, 22)
limits = st.one_of(
    st.tuples(st.just("renew"), numbers),
    st.tuples(st.just("restrict"), st.booleans()),
    st.tuples(st.just("hold"), st.booleans()),
)
acts = st.one_of(
    limits,
    st.tuples(st.just("meanwhile"), st.tuples(st.integers(0, 9), limits)),
    st.tuples(st.just("run"), crashes),
    st.tuples(st.just("work"), crashes),
    st.tuples(st.just("twice"), st.none()),
    st.tuples(st.just("later"), st.integers(1, 60)),
    st.tuples(st.just("back"), st.integers(1, 24)),
    st.tuples(st.just("publish"), periods),
)
ages = st.lists(st.integers(-48, 240), max_size=4)


def filled(world: World, deliveries: list[int], exports: list[int], people: list[int]) -> Played:
    """A world with so many records of each kind, whose periods began so many hours ago."""
    played = Played(world)
    begun = {"deliveries": deliveries, "exports": exports}
    for hours in begun["deliveries"]:
        (place,) = world.deliveries(1, abs(hours) % 16)
        date(world, place, hours, f"delivered#{len(world.tables.items)}")
    for number, hours in enumerate(begun["exports"]):
        (place,) = world.exports(1, number, subject=PERSON if number % 2 else person(number + 20))
        date(world, place, hours, f"r{number + 50}")
    for number, hours in enumerate(people):
        place = world.somebody(person(number + 40), since=NOW - hours * HOUR)
        date(world, place, hours)
    world.somebody(PERSON, Life.ACTIVE, "last_activity", NOW, NOW + 900 * DAY)
    date(world, world.request("r1", PERSON), 30)
    move = EmailChangeItem(
        pk=keys.subject(PERSON),
        sk=keys.record("account", "email_change"),
        kind="email_change",
        former=b"f",
        target=b"t",
        requested_at=NOW,
    )
    move.schedule("rule", NOW, "created", NOW)
    world.tables.put(move)
    date(world, (move.pk, move.sk), 20)
    return played


def date(world: World, place: tuple[str, str], hours: int, record_id: str | None = None) -> None:
    """Has a record's period begin so many hours ago, and gives it an id of its own."""
    raw = dict(world.tables.items.pop((False, *place)))
    since = NOW - hours * HOUR
    ends = world.notice.rule(raw["kind"]["S"], raw["due_event"]["S"]).ends(since)
    raw |= {"due_since": {"S": instant(since)}, "due_at": {"S": instant(ends)}}
    sk = place[1]
    if record_id is not None:
        sk = f"{sk.rsplit('#', 2 if 'delivered' in record_id else 1)[0]}#{record_id}"
        raw["sk"] = {"S": sk}
    world.tables.items[False, place[0], sk] = raw


def play(played: Played, name: str, value: Any) -> None:
    """One of the things that may happen."""
    happens: dict[str, Callable[[], object]] = {
        "run": lambda: played.run(value),
        "work": lambda: played.work(value),
        "twice": lambda: played.work(twice=True),
        "meanwhile": lambda: played.meanwhile(value[0], lambda: play(played, *value[1])),
        "later": lambda: pass_time(played.world, value),
        "back": lambda: pass_time(played.world, -value),
        "renew": lambda: played.renew(value),
        "restrict": lambda: played.limit("restricted", value),
        "hold": lambda: played.hold(value),
        "publish": lambda: played.publish(value),
    }
    happens[name]()


def pass_time(world: World, hours: int) -> None:
    """The clock moves, or is set back."""
    world.now += hours * HOUR


@given(periods, ages, ages, ages, st.lists(acts, max_size=14))
def test_what_is_gone_was_due_and_what_was_due_is_gone(
    first: list[int],
    deliveries: list[int],
    exports: list[int],
    people: list[int],
    happening: list[tuple[str, Any]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch, with_periods(first))
        played = filled(world, deliveries, exports, people)
        keys_before = world.keys_left()
        for name, value in happening:
            played.step(lambda name=name, value=value: play(played, name, value))  # type: ignore[misc]
        world.now = max(world.now, NOW) + 3 * DAY
        for _ in range(4):  # things work: the next run and its messages, and one after it
            world.now += HOUR
            played.step(played.run)
            while played.waiting:
                played.step(played.work)
        items = world.tables.items
        late = [raw for key, raw in items.items() if not key[0] and played.counts(raw)]
        assert [raw for raw in late if played.is_due(raw, items)] == []
        did = taken()
        assert did.count(Outcome.ERASED) == len(played.gone)
        assert did.count(Outcome.FAILED) == did.count(Outcome.STUCK) == 0
        keys_gone = sum(line.keys for line in did.lines.values())
        assert keys_gone == played.keys_gone == keys_before - world.keys_left()
