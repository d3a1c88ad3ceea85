"""Every rule of the shipped and the example notices comes to its end, and not an hour before.

What waits in the due index is swept on tables in memory; what goes with its person is erased with
them, and swept when what stays of it ends; what DynamoDB removes carries no later date than the
rule's, and is not answered after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import chalicelib.notices
from chalicelib.accounts.service import codes, registration
from chalicelib.catalogue import STORED, Ending
from chalicelib.idempotency import Answers
from chalicelib.limits.model import FIGURES
from chalicelib.notices import erasure
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice, RetentionRule
from chalicelib.retention.reviews.model import Review
from chalicelib.retention.reviews.store import review_item
from chalicelib.sessions import service as sessions
from chalicelib.sessions import store as session_store
from chalicelib.sessions.model import Opened
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.subjects.model import BOUNCE, Life
from chalicelib.subjects.store import StandingItem, standing_item
from chalicelib.vault import service as vault
from tests.unit.core.samples import NOW, SUBJECT, VISITOR, standing
from tests.unit.erasure.erased import PK, ErasedWorld

DOCUMENTS = Path(chalicelib.notices.__file__).parent / "documents"
NAMES = tuple(sorted(one.stem for one in DOCUMENTS.glob("*.json")))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STANDS = keys.record("core", "standing")


@cache
def noticed(name: str) -> Notice:
    return compile_notice(json.loads((DOCUMENTS / f"{name}.json").read_text("utf-8")), STORED)


def ending(rule: RetentionRule) -> Ending:
    known = STORED[rule.kind].rule(rule.event)
    assert known is not None
    return known.ending


def rules(*endings: Ending) -> Iterator[Any]:
    for name in NAMES:
        for rule in noticed(name).retention.values():
            if ending(rule) in endings:
                yield pytest.param(name, rule, id=f"{name}-{rule.kind}-{rule.event}")


def test_no_rule_is_left_out() -> None:
    listed = list(rules(*Ending))
    assert len(listed) == sum(len(noticed(name).retention) for name in NAMES)
    said = {
        (name, rule["id"])
        for name in NAMES
        for rule in json.loads((DOCUMENTS / f"{name}.json").read_text("utf-8"))["retention"]
    }
    assert said <= {(one.values[0], one.values[1].id) for one in listed}
    assert {one.values[1].then for one in listed} == {"erase", "review", "deactivate"}


LIVES = {
    "registered": (SUBJECT, Life.PENDING),
    "last_decision": (VISITOR, Life.ACTIVE),
    "last_activity": (SUBJECT, Life.ACTIVE),
    "closed": (SUBJECT, Life.DEACTIVATED),
    "disowned": (SUBJECT, Life.PENDING),
}
"""Who ends by each rule of a standing, and in which life."""

CHAINS = frozenset({"audit", "retention_run"})
"""Kinds that end from their oldest on, which tests of their own show (`prune`)."""

AT_ONCE = frozenset({"hold", "retention_tally", "tombstone"})
"""Kinds that end when what they are about is over: `tests/unit/holds`, `evidence` and `erasure`."""


class Sweeping(ErasedWorld):
    """A deployment that is swept at one moment after the other, by one of the notices."""

    def of(self, notice: Notice) -> Sweeping:
        self.notice = notice
        return self

    def lay(self, rule: RetentionRule) -> tuple[str, str]:
        """A record whose period by the rule began at NOW; its place."""
        if rule.kind == StandingItem.KIND:
            subject, life = LIVES[rule.event]
            # An end waits for the mails of its warnings, but not for an address without mail.
            known = replace(standing(subject, life), registered_at=NOW, suppressed=BOUNCE)
            known = replace(known, last_activity_at=NOW)
            item: Item = standing_item(known)
        else:
            name = "unused" if rule.kind == "profile" else "r1"
            kind = STORED[rule.kind]
            item = Item(PK, keys.record(kind.retention_class, kind.name, name), kind=kind.name)
        item.schedule("rule", rule.first_look(NOW), rule.event, NOW)
        self.tables.put(item)
        return item.pk, item.sk

    def swept(self, now: datetime) -> None:
        """Sweeps, and has mailed what that asks for: an end waits for the mail of its warning."""
        self.now = now
        for _ in range(3):
            self.sweep()
        while self.deliver():
            pass

    def until_the_end_of(
        self, rule: RetentionRule, since: datetime, place: tuple[str, str]
    ) -> None:
        """Sweeps at each warning, an hour before the end, when the record is there, and after."""
        ends = rule.ends(since)
        for ahead in rule.warn:
            self.swept(ahead.before(ends))
        if ends - HOUR > since:
            self.swept(ends - HOUR)
            assert self.kind_at(place) == rule.kind
        self.swept(ends + HOUR)

    def kind_at(self, place: tuple[str, str]) -> str | None:
        raw = self.tables.items.get((False, *place))
        return None if raw is None else str(raw["kind"]["S"])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Sweeping:
    return Sweeping(monkeypatch)


@pytest.mark.parametrize(
    ("name", "rule"),
    [one for one in rules(Ending.INDEX) if one.values[1].kind not in CHAINS | AT_ONCE],
)
def test_what_waits_is_there_an_hour_before_and_gone_an_hour_after(
    world: Sweeping, name: str, rule: RetentionRule
) -> None:
    place = world.of(noticed(name)).lay(rule)
    world.until_the_end_of(rule, NOW, place)
    if rule.then == "deactivate":
        stopped: StandingItem = world.tables.one(StandingItem, *place)
        assert (stopped.state, stopped.due_event) == ("deactivated", rule.followed_by)
        rule, since = world.notice.rule(rule.kind, rule.followed_by), world.now
        world.until_the_end_of(rule, since, place)
    if rule.then == "review":
        assert world.kind_at(place) == rule.kind
    else:
        assert world.kind_at(place) in (None, "tombstone")


ELSEWHERE = frozenset({"claim", "credential", "data_key", "erasure", "job", "role"})
"""Kinds that lie in tables and buckets of their own: `tests/unit/erasure` looks there."""

PARTS = frozenset(name for name, kind in STORED.items() if kind.part_of)
"""Kinds that go with the record that they are part of: `test_a_single_record_goes_alone`."""

KEPT_FOR = [
    one
    for one in rules(Ending.SUBJECT)
    if one.values[1].event == erasure.ENDED and one.values[1].kind not in ELSEWHERE | PARTS
]


@pytest.mark.parametrize(("name", "rule"), KEPT_FOR)
def test_what_goes_with_its_person_goes_with_them_or_stays_to_its_own_end(
    world: Sweeping, name: str, rule: RetentionRule
) -> None:
    notice = noticed(name)
    ends_by = notice.rule("standing", "closed")
    account = world.of(notice).lay(ends_by)
    kind = STORED[rule.kind]
    place = (PK, keys.record(kind.retention_class, kind.name, "r1"))
    world.tables.put(Item(*place, kind=kind.name))
    world.until_the_end_of(ends_by, NOW, account)
    assert world.kind_at((PK, STANDS)) in (None, "tombstone")
    if rule.kind not in erasure.plan(notice, "closed").stays:
        assert world.kind_at(place) is None
        return
    erased_at = world.now
    world.swept(rule.ends(erased_at) - HOUR)
    assert world.kind_at(place) == rule.kind
    world.swept(rule.ends(erased_at) + HOUR)
    assert world.kind_at(place) is None
    assert world.kind_at((PK, STANDS)) is None


def test_each_kind_of_proof_stays_by_some_rule() -> None:
    stays = {one.values[1].kind for one in KEPT_FOR}
    assert {"entry", "obligation", "disclosure"} <= stays


def same_second(expires: datetime, expires_at: datetime) -> bool:
    """Whether DynamoDB removes an item from when it is over on, which it knows to the second."""
    return timedelta(0) <= expires_at - expires < timedelta(seconds=1)


def session(notice: Notice, now: datetime, *, unused: bool) -> bool:
    """Whether a session that was opened at NOW lives; `unused` since then, or used all the time."""
    _, item = sessions.new_session(SUBJECT, Opened(), 0, notice, NOW)
    assert same_second(item.expires, item.expires_at)
    found = session_store.session_of(item)
    return not (found if unused else replace(found, used_at=now)).is_over(now)


def link(notice: Notice, now: datetime) -> bool:
    """Whether a link that was mailed at NOW, and can be used as long as may be, still opens."""
    _, item = sessions.new_link(SUBJECT, "disavow", SUBJECT, notice, NOW)
    assert same_second(item.expires, item.expires_at)
    return bool(item.expires_at > now)


def pending(notice: Notice, now: datetime) -> bool:
    """Whether a registration of NOW is still found by its address."""
    item = registration._pending("ac" * 32, SUBJECT, notice, NOW)
    assert same_second(item.expires, item.expires_at)
    return bool(item.expires_at > now)


LIVING = {
    ("session", "created"): lambda notice, now: session(notice, now, unused=False),
    ("session", "last_used"): lambda notice, now: session(notice, now, unused=True),
    ("link", "created"): link,
    ("pending", "created"): pending,
}
"""Kinds that live as long as their rule says, each with whether one lives at a moment."""

SOONER = frozenset({"code", "limit", "idempotency", "retention_review"})
"""Kinds that the rule bounds, and that end sooner, or some time after what they are about."""


@pytest.mark.parametrize(("name", "rule"), [*rules(Ending.EXPIRY)])
def test_what_goes_by_itself_is_not_answered_after_its_end(name: str, rule: RetentionRule) -> None:
    notice = noticed(name)
    if rule.kind in SOONER:
        assert (rule.kind, rule.event) not in LIVING
        return
    lives, ends = LIVING[rule.kind, rule.event], rule.ends(NOW)
    other = notice.rule("session", "created").ends(NOW) if rule.event == "last_used" else ends
    assert lives(notice, min(ends, other) - HOUR)
    assert not lives(notice, ends + HOUR)


@pytest.mark.parametrize(("name", "rule"), [*rules(Ending.EXPIRY)])
def test_what_ends_sooner_ends_within_its_rule(
    name: str, rule: RetentionRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, ends = noticed(name), rule.ends(NOW)
    monkeypatch.setattr(vault, "address_mac", lambda text: "ac" * 32)
    review = Review("r", SUBJECT, "request", "evidence#request#r1", "closed", NOW, NOW)
    answers = Answers(notice, notice.rule("idempotency", "created").ends)
    found = {
        "code": codes.item("ac" * 32, "12345678", SUBJECT, NOW).expires,
        "limit": NOW + max(one.window for one in FIGURES.values() if one.window is not None),
        "idempotency": answers._keep(NOW),
        "retention_review": review_item(review, notice, NOW).expires,
    }
    assert found.keys() == SOONER
    assert NOW - timedelta(seconds=1) < found.get(rule.kind, ends) <= ends
