"""The first act of a browser is recorded without a read, and what a browser claims changes nothing.

Everything is decided twice, in two worlds of one history: once by a browser that says that this is
the first act under its token, and once by one that does not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import ids
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture
from chalicelib.consents.service.capture import Caller
from chalicelib.consents.service.context import visitor_subject
from chalicelib.consents.store import EntryItem
from chalicelib.errors import Problem
from chalicelib.limits import sample
from chalicelib.storage import contention, keys
from chalicelib.subjects.model import Decision, Life, entry_id
from chalicelib.subjects.store import standing_item
from tests.unit.consents.world import BROWSER, World, gardener

GRANT, DENY = Choice.GRANTED, Choice.DENIED
PURPOSE = "seed_list"
YES: dict[str, Any] = {PURPOSE: GRANT}
NO: dict[str, Any] = {PURPOSE: DENY}
SUBJECT = visitor_subject(BROWSER)
NEW = Caller(visitor=BROWSER, first=True)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return gardener(monkeypatch)


def calls(world: World, act: Callable[[], object]) -> list[str]:
    """The calls that an act makes, refused or not."""
    world.tables.steps.names.clear()
    with suppress(Problem):
        act()
    return world.tables.steps.names


@pytest.mark.parametrize("choices", [YES, NO], ids=["yes", "no"])
@pytest.mark.parametrize("gpc", [True, False], ids=["signal", "no signal"])
@pytest.mark.parametrize("event", ["e1", None])
def test_a_new_token_is_not_read(
    world: World, choices: dict[str, Any], gpc: bool, event: str | None
) -> None:
    assert calls(world, lambda: world.decide(NEW, gpc=gpc, event=event, **choices)) == ["commit"]
    assert [one.seq for one in world.entries(SUBJECT)] == [1]


@pytest.mark.parametrize("first", [True, False])
def test_a_browser_without_a_token_gets_one_and_is_not_read(world: World, first: bool) -> None:
    world.tables.steps.names.clear()
    tokens = {world.decide(Caller(first=first), **YES).visitor for _ in range(2)}
    assert world.tables.steps.names == ["commit"] * 2
    assert len(tokens) == 2
    assert all(world.entries(visitor_subject(token)) for token in tokens if token is not None)
    assert None not in tokens


def test_what_is_not_said_is_read(world: World) -> None:
    assert calls(world, lambda: world.decide(world.browser, **YES)) == ["batch", "commit"]


def test_a_session_is_read_whatever_is_said(world: World) -> None:
    claims = replace(world.account, first=True)
    assert calls(world, lambda: world.decide(claims, **YES)) == ["batch", "commit"]


def test_a_sample_reads_its_counters(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the limit of a network would never be found used up."""
    sample.forget()
    monkeypatch.setattr(ids, "new_draw", lambda: 0.0)
    notice = world.notice
    shown = Shown(notice.version, notice.digest, notice.locales[0], "banner")

    def act() -> object:
        return capture.capture(NEW, YES, shown, None, notice, network="203.0.113.0/24")

    assert calls(world, act) == ["batch", "commit"]


def decided(world: World) -> None:
    world.decide(world.browser, event="e0", **YES)


def refused(world: World) -> None:
    world.decide(world.browser, event="e0", **NO)


def the_same(world: World) -> None:
    world.decide(world.browser, event="e1", **YES)


def another_by_that_event(world: World) -> None:
    world.decide(world.browser, event="e1", **NO)


def key_destroyed(world: World) -> None:
    decided(world)
    del world.tables.items[True, keys.subject(SUBJECT), EntryItem.CLASS]


def being_erased(world: World) -> None:
    decided(world)
    world.tables.put(standing_item(replace(world.standing(SUBJECT), life=Life.ERASING)))


HISTORIES = [decided, refused, the_same, another_by_that_event, key_destroyed, being_erased]


def outcome(world: World, caller: Caller, choices: dict[str, Any]) -> tuple[object, ...]:
    """What is answered to an act and what stands afterwards, with ids and salts apart."""
    answer: object
    try:
        done = world.decide(caller, event="e1", **choices)
        answer = done.entry_id, done.standing.decisions[PURPOSE].decision, done.visitor
    except Problem as problem:
        answer = type(problem), problem.type, problem.detail
    stands = world.standing(SUBJECT)
    return answer, replace(stands, head=""), len(world.tables.items)


@pytest.mark.parametrize("choices", [YES, NO], ids=["yes", "no"])
@pytest.mark.parametrize("history", HISTORIES)
def test_a_claim_that_is_wrong_changes_nothing(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    history: Callable[[World], None],
    choices: dict[str, Any],
) -> None:
    monkeypatch.setattr(contention, "PATIENCE", timedelta(milliseconds=50))
    history(world)
    before = world.tables.items.copy()
    expected = outcome(world, world.browser, choices)
    world.tables.items.clear()
    world.tables.items.update(before)
    assert outcome(world, NEW, choices) == expected


def test_somebody_else_came_first(world: World) -> None:
    """Two tabs, or a message that is sent again while its first answer is on its way."""
    world.tables.steps.meanwhile["commit"] = [lambda: world.decide(NEW, event="e1", **NO)]
    done = world.decide(NEW, event="e2", **YES)
    assert done.entry_id == entry_id(SUBJECT, 2)
    assert [one.seq for one in world.entries(SUBJECT)] == [1, 2]
    world.tables.steps.meanwhile["commit"] = []
    again = world.decide(NEW, event="e1", **NO)
    assert again.entry_id == entry_id(SUBJECT, 1)
    assert again.standing.decisions[PURPOSE].decision is Decision.GRANTED
