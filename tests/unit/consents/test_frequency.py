"""How often decisions are recorded: what counts, and what is left to say beyond the limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import ids
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture as service
from chalicelib.consents.service.capture import Caller, Captured, Preferences
from chalicelib.errors import TooManyRequests
from chalicelib.limits import sample
from chalicelib.limits.model import NEVER, Rate
from chalicelib.limits.store import LimitItem
from chalicelib.subjects import encoding
from chalicelib.subjects.model import Decision
from tests.unit.consents.world import World
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing

GRANT, DENY = Choice.GRANTED, Choice.DENIED
MOST = 20
HOME = "203.0.113.0/24"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An account and a browser, at the beginning of an hour.

    The stage records twenty acts of one person an hour, and twenty with a yes from one network.
    """
    monkeypatch.setenv("RISERBO_LIMITS", f"capture.person={MOST},capture.network={MOST}")
    sample.forget()
    made = World(monkeypatch, shipped(), standing())
    made.now = NOW.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    yield made
    sample.forget()


def purposes(world: World) -> list[str]:
    return sorted(world.notice.choices)


def yes(purpose: str) -> dict[str, Any]:
    return {purpose: GRANT}


def no(purpose: str) -> dict[str, Any]:
    return {purpose: DENY}


def decide(
    world: World, network: str | None = None, caller: Caller | None = None, **choices: Choice
) -> Captured:
    """The account decides, on a network."""
    shown = Shown(world.notice.version, world.notice.digest, world.notice.locales[0], "banner")
    whose = world.account if caller is None else caller
    return service.capture(whose, choices, shown, None, world.notice, network=network)


def used_up(world: World) -> str:
    """The person has said as much as they may, and agreed to one purpose last: which."""
    purpose = purposes(world)[0]
    for _ in range(MOST - world.standing().captures.count):
        world.decide(world.account, **yes(purpose))
    return purpose


class TestAPerson:
    def test_may_decide_so_often_and_then_agrees_to_nothing_for_the_rest_of_the_hour(
        self, world: World
    ) -> None:
        purpose = used_up(world)
        world.now += timedelta(minutes=15)
        with pytest.raises(TooManyRequests) as refused:
            world.decide(world.account, **yes(purpose))
        assert refused.value.retry_after == 45 * 60 + 1
        assert len(world.entries()) == MOST
        world.now += timedelta(seconds=refused.value.retry_after)
        world.decide(world.account, **yes(purpose))
        assert world.standing().captures == Rate(int(world.now.timestamp()) // 3600 * 3600, 1)

    def test_takes_back_everything_beyond_it(self, world: World) -> None:
        purpose = used_up(world)
        for one in purposes(world):
            assert world.decide(world.account, **no(one)).standing.decisions[one].decision in (
                Decision.DENIED,
                Decision.WITHDRAWN,
            )
        assert world.standing().decisions[purpose].decision is Decision.WITHDRAWN

    def test_writes_one_entry_for_each_purpose_at_most(self, world: World) -> None:
        used_up(world)
        before = len(world.entries())
        every = purposes(world)
        for number in range(200):
            said: dict[str, Any] = {
                one: DENY for index, one in enumerate(every) if (number >> index) % 2
            }
            world.decide(world.account, event=f"act-{number}", **(said or no(every[0])))
        assert before < len(world.entries()) <= before + len(every)

    def test_is_answered_with_the_entry_that_refused(self, world: World) -> None:
        purpose = used_up(world)
        first = world.decide(world.account, **no(purpose))
        stored = world.tables.items.copy()
        again = world.decide(world.account, event="again", **no(purpose))
        assert (again.entry_id, again.standing) == (first.entry_id, first.standing)
        assert again.data == first.data
        assert world.tables.items == stored

    def test_within_the_limit_each_refusal_is_an_entry(self, world: World) -> None:
        purpose = purposes(world)[0]
        made = [world.decide(world.account, **no(purpose)).entry_id for _ in range(MOST)]
        assert len(set(made)) == MOST
        assert world.decide(world.account, **no(purpose)).entry_id == made[-1]

    def test_has_a_browser_that_is_counted_apart(self, world: World) -> None:
        purpose = used_up(world)
        world.decide(world.browser, **yes(purpose))
        for _ in range(MOST - 1):
            world.decide(world.browser, **yes(purpose))
        with pytest.raises(TooManyRequests):
            world.decide(world.browser, **yes(purpose))
        world.decide(world.browser, **no(purpose))

    def test_that_is_answered_twice_for_one_event_is_counted_once(self, world: World) -> None:
        purpose = purposes(world)[0]
        for _ in range(2 * MOST):
            world.decide(world.account, event="one", **yes(purpose))
        assert world.standing().captures.count == 1

    def test_repeats_an_event_beyond_it(self, world: World) -> None:
        purpose = purposes(world)[0]
        first = world.decide(world.account, event="one", **yes(purpose))
        used_up(world)
        again = world.decide(world.account, event="one", **yes(purpose))
        assert again.entry_id == first.entry_id

    def test_is_refused_by_a_link_and_by_the_desk_all_the_same(self, world: World) -> None:
        purpose = used_up(world)
        found = decide(world, None, Caller(subject=SUBJECT), **no(purpose))
        assert found.standing.decisions[purpose].decision is Decision.WITHDRAWN

    def test_takes_over_what_a_browser_refused(self, world: World) -> None:
        purpose, other = purposes(world)[:2]
        used_up(world)
        world.decide(world.browser, **no(other))
        assert world.join() is not None
        assert world.standing().decisions[other].decision is Decision.DENIED
        assert world.standing().captures.count == MOST + 1
        assert world.standing().decisions[purpose].decision is Decision.GRANTED


class TestPreferences:
    def prefer(self, world: World, locale: str, **choices: Choice) -> Any:
        shown = Shown(world.notice.version, world.notice.digest, locale, "preferences")
        wanted = Preferences(muted=frozenset({locale}))
        bearer, notice = world.account.bearer, world.notice
        return service.prefer(bearer, wanted, choices, shown, notice, network=HOME)

    def test_with_a_yes_are_refused_and_nothing_is_set(self, world: World) -> None:
        purpose = used_up(world)
        stored = world.tables.items.copy()
        with pytest.raises(TooManyRequests):
            self.prefer(world, "it", **yes(purpose))
        assert world.tables.items == stored

    def test_without_decisions_are_set(self, world: World) -> None:
        used_up(world)
        assert self.prefer(world, "it").standing.muted == {"it"}
        assert world.standing().captures.count == MOST

    def test_with_a_refusal_that_stands_are_set_without_an_entry(self, world: World) -> None:
        purpose = used_up(world)
        self.prefer(world, "it", **no(purpose))
        entries = len(world.entries())
        found = self.prefer(world, "en", **no(purpose)).standing
        assert found.muted == {"it", "en"}
        assert found.decisions[purpose].decision is Decision.WITHDRAWN
        assert len(world.entries()) == entries
        assert world.standing() == found

    def test_count_for_their_network(self, world: World) -> None:
        purpose = purposes(world)[0]
        self.prefer(world, "it", **yes(purpose))
        self.prefer(world, "it", **no(purpose))
        assert [int(one.tries) for one in world.tables.all(LimitItem)] == [1]


class TestANetwork:
    def fill(self, world: World) -> None:
        for number in range(MOST):
            browser = Caller(visitor=f"{number:043d}")
            decide(world, HOME, browser, **yes(purposes(world)[0]))

    def test_agrees_so_often_and_refuses_for_ever(self, world: World) -> None:
        self.fill(world)
        purpose, new = purposes(world)[0], Caller(visitor="n" * 43)
        with pytest.raises(TooManyRequests):
            decide(world, HOME, new, **yes(purpose))
        for number in range(MOST + 5):
            browser = Caller(visitor=f"{number + 10:043d}")
            found = decide(world, HOME, browser, **no(purpose)).standing
            assert found.decisions[purpose].decision is not Decision.GRANTED
        (counter,) = world.tables.all(LimitItem)
        assert int(counter.tries) == MOST
        decide(world, "198.51.100.0/24", new, **yes(purpose))

    def test_costs_no_call(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        purpose = purposes(world)[0]
        for lot in (0.0, 1 - 2**-53):
            monkeypatch.setattr(ids, "new_draw", lambda lot=lot: lot)
            world.tables.steps.names.clear()
            decide(world, HOME, **yes(purpose))
            assert world.tables.steps.names == ["batch", "commit"]

    def test_of_links_and_the_desk_is_not_asked(self, world: World) -> None:
        purpose = purposes(world)[0]
        self.fill(world)
        decide(world, None, Caller(subject=SUBJECT), **no(purpose))

    def test_is_counted_once_where_a_race_was_lost(self, world: World) -> None:
        purpose = purposes(world)[0]
        world.decide(world.account, **no(purpose))
        world.tables.steps.meanwhile["commit"] = [
            lambda: world.decide(world.account, **no(purpose))
        ]
        decide(world, HOME, **yes(purpose))
        assert [int(one.tries) for one in world.tables.all(LimitItem)] == [1]
        assert world.standing().captures.count == 3


@pytest.mark.parametrize("rate", [NEVER, Rate(1795363200, 3), Rate(0, 10**6)])
def test_a_rate_is_packed_and_read_again(rate: Rate) -> None:
    assert encoding.rate_in(encoding.pack_rate(rate)) == rate


def test_who_was_stored_before_there_was_a_count_has_none(world: World) -> None:
    assert encoding.rate_in(None) == NEVER
    assert replace(world.standing(), captures=NEVER) == world.standing()
    assert world.decide(world.account, **yes(purposes(world)[0])).standing.captures.count == 1
