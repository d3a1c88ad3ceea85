"""Events are kept with their key and their dates, or nothing of them is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import ids
from chalicelib.activity import model, service
from chalicelib.activity.service import Caller
from chalicelib.consents.model import Choice
from chalicelib.errors import Conflict, TooManyRequests, Unauthenticated
from chalicelib.limits import sample
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import Life
from chalicelib.subjects.restriction import Restriction
from chalicelib.vault import last
from chalicelib.vault import service as vault
from tests.unit.activity.world import ADA, BROWSER, DAY, HOUR, NETWORK, PROMOTION, World, event
from tests.unit.consents.lives import TOKENS, VISITORS
from tests.unit.core.samples import NOW
from tests.unit.storage.tables import Killed

SECRET = "a loud parrot"
STRANGER = VISITORS[1]


def test_a_browser_costs_one_read_and_one_transaction(world: World) -> None:
    for _ in range(2):
        world.tables.steps.names.clear()
        assert world.tell(BROWSER, event(), event()).accepted == 2
        assert world.tables.steps.names == ["batch", "commit"]


def test_an_account_has_a_key_of_the_class(world: World) -> None:
    world.tables.steps.names.clear()
    world.tell(ADA, event())
    assert world.tables.steps.names == ["batch", "kms", "commit"]
    world.tables.steps.names.clear()
    world.tell(ADA, event())
    assert world.tables.steps.names == ["batch", "commit"]
    assert world.key_of(BROWSER) is None


def test_is_sealed_and_dated(world: World) -> None:
    world.tell(BROWSER, event(NOW - HOUR, search_terms=SECRET), event(NOW, clicks="b"))
    (item,) = world.stored()
    assert item.sk.startswith("marketing#activity#interaction.")
    assert (item.purpose, item.occurred_at) == ("site_measurement", NOW - HOUR)
    assert (item.due_event, item.due_since) == ("created", NOW - HOUR)
    assert item.due_at == world.notice.rule("activity", "created").ends(NOW - HOUR)
    assert item.lane == keys.lane("rule", keys.subject(BROWSER))
    assert SECRET not in str(world.tables.items)
    first, second = world.opened(item)
    assert first == {
        "type": "search",
        "at": "2026-11-22T15:00:00.123Z",
        "fields": {"search_terms": SECRET},
    }
    assert second["fields"] == {"clicks": "b"}


def test_over_midnight_there_are_two_with_an_end_each(world: World) -> None:
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)  # in Rome
    told = [event(midnight + timedelta(minutes=minute)) for minute in range(-12, 13)]
    assert world.tell(BROWSER, *told).accepted == 25
    before, after = world.stored()
    assert (len(world.opened(before)), len(world.opened(after))) == (12, 13)
    assert after.occurred_at == midnight
    assert before.due_at < after.due_at == datetime(2027, 11, 20, 23, tzinfo=UTC)


def test_of_somebody_who_was_never_asked_nothing_is_kept(world: World) -> None:
    before = dict(world.tables.items)
    world.tables.steps.names.clear()
    found = world.tell(STRANGER, event(), event(purpose=PROMOTION))
    assert [str(one.reason) for one in found.dropped] == ["not_asked", "not_asked"]
    assert world.tables.steps.names == ["batch"]
    assert world.tables.items == before


def test_what_is_not_permitted_writes_nothing(world: World) -> None:
    before = dict(world.tables.items)
    assert world.tell(ADA, event(purpose=PROMOTION)).accepted == 0
    assert world.tables.items == before


def test_nobody_is_refused(world: World) -> None:
    for caller in (Caller(), Caller(bearer="a" * 26 + "." + "A" * 43)):
        with pytest.raises(Unauthenticated):
            service.take(caller, (), NETWORK, world.notice)


@pytest.mark.parametrize("who", [ADA, BROWSER])
def test_a_second_after_a_withdrawal_nothing_is_kept(world: World, who: str) -> None:
    world.tell(who, event())
    world.decide(who, Choice.DENIED)
    before = dict(world.tables.items)
    world.now += timedelta(seconds=1)
    found = world.tell(who, event(world.now))
    assert [str(one.reason) for one in found.dropped] == ["withdrawn"]
    assert world.tables.items == before


@pytest.mark.parametrize("who", [ADA, BROWSER])
def test_a_withdrawal_right_before_the_commit_wins(world: World, who: str) -> None:
    world.tables.steps.meanwhile["commit"] = [lambda: world.decide(who, Choice.DENIED)]
    found = world.tell(who, event())
    assert [str(one.reason) for one in found.dropped] == ["withdrawn"]
    assert world.stored() == []
    assert world.key_of(who) is None


def test_a_withdrawal_of_one_purpose_leaves_the_others(world: World) -> None:
    world.decide(BROWSER, Choice.GRANTED, PROMOTION)
    world.decide(BROWSER, Choice.DENIED)
    found = world.tell(BROWSER, event(), event(purpose=PROMOTION))
    assert [(one.index, str(one.reason)) for one in found.dropped] == [(0, "withdrawn")]
    assert [one.purpose for one in world.stored()] == [PROMOTION]


def test_an_account_that_is_stopped_gets_none(world: World) -> None:
    world.change_life(ADA, Life.DEACTIVATED)
    assert [str(one.reason) for one in world.tell(ADA, event()).dropped] == ["deactivated"]
    world.change_life(ADA, Life.ACTIVE)
    assert world.tell(ADA, event()).accepted == 1


def test_what_is_restricted_is_not_added_to(world: World) -> None:
    standing = world.stands(ADA)
    assert standing is not None
    write = world._write()
    everything = (Restriction("r" * 26, None, NOW, everything=True),)
    after = lifecycle.restrict(write, replace(standing, restrictions=()), everything, NOW)
    lifecycle.change_restriction(write, replace(standing, restrictions=()), after)
    write.commit()
    assert [str(one.reason) for one in world.tell(ADA, event()).dropped] == ["restricted"]
    assert world.stored() == []


def test_a_browsers_time_is_over_whether_or_not_it_was_swept(world: World) -> None:
    world.now = NOW + timedelta(days=800)
    assert [str(one.reason) for one in world.tell(BROWSER, event(world.now)).dropped] == ["erased"]


def test_a_browser_that_somebody_signed_in_with_is_told_no_more(world: World) -> None:
    world.tell(BROWSER, event())
    world.sign_in(ADA, TOKENS[0])
    assert [str(one.reason) for one in world.tell(BROWSER, event()).dropped] == ["not_asked"]
    assert len(world.stored(ADA)) == 0


def test_an_accounts_is_an_activity_and_a_browsers_is_not(world: World) -> None:
    world.now = NOW + 3 * DAY
    world.tell(ADA, event())
    world.tell(BROWSER, event())
    account, browser = world.stands(ADA), world.stands(BROWSER)
    assert account is not None
    assert browser is not None
    assert account.last_activity_at == world.now
    assert browser.last_activity_at == NOW  # the time of a browser runs from its last decision


@pytest.mark.parametrize("who", [ADA, BROWSER])
def test_of_ten_first_ones_at_once_one_makes_the_key(world: World, who: str) -> None:
    others: list[Callable[[], object]] = []

    def another() -> None:
        world.tables.steps.meanwhile["commit"] = others[:1]
        del others[:1]
        world.tell(who, event())

    others.extend([another] * 9)
    another()
    assert len(world.stored()) == 10
    assert all(world.opened(one) for one in world.stored())  # one key opens them all


@pytest.mark.parametrize("who", [ADA, BROWSER])
def test_killed_before_any_call_there_is_all_of_it_or_nothing(world: World, who: str) -> None:
    told = event(NOW), event(NOW - DAY)
    world.tables.steps.names.clear()
    world.tell(who, *told)
    calls = len(world.tables.steps.names)
    world.close()
    for number in range(calls + 1):
        fresh = World()
        fresh.tables.steps.kill_before(number)
        with suppress(Killed):
            fresh.tell(who, *told)
        fresh.tables.steps.revive()
        stored = fresh.stored()
        assert len(stored) == 2 * (number == calls)
        assert (fresh.key_of(who) is not None) == bool(stored)
        assert all(one.due_at is not None for one in stored)
        fresh.tell(who, *told)
        assert len(fresh.stored()) == len(stored) + 2
        fresh.close()


def test_a_key_that_is_about_to_go_stays(world: World) -> None:
    world.tell(BROWSER, event())
    (item,) = world.stored()
    assert last.mark(item.pk, item.sk) is not None
    world.tell(BROWSER, event())
    key = world.key_of(BROWSER)
    assert key is not None
    assert key.closing is None
    assert len(world.stored()) == 2


def test_a_key_goes_with_the_last_record(world: World) -> None:
    world.tell(BROWSER, event())
    (item,) = world.stored()
    assert last.remove(item.pk, item.sk, type(item).pk.exists())
    assert world.key_of(BROWSER) is None
    world.tell(BROWSER, event())
    assert len(world.opened(world.stored()[0])) == 1


def test_who_tells_without_end_has_to_wait(world: World) -> None:
    world.patch.setattr(ids, "new_draw", lambda: 0.0)
    counting = sample.activity(BROWSER, NETWORK, NOW)
    most = 1000 // counting.counters[0].limit.step
    for _ in range(most):
        world.tell(BROWSER, event())
    with pytest.raises(TooManyRequests) as found:
        world.tell(BROWSER, event())
    assert int(found.value.headers["Retry-After"]) > 0
    assert len(world.stored()) == most
    sample.forget()


def test_what_would_be_kept_is_asked_without_a_trace(world: World) -> None:
    before = dict(world.tables.items)
    world.tables.steps.names.clear()
    batch = model.events({"events": [event()]}, world.notice, NOW)
    asked = service.ask(world.who(BROWSER), batch, NETWORK, world.notice)
    assert (asked.accepted, world.tables.steps.names) == (1, ["batch"])
    assert world.tables.items == before


def test_lasting_contention_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> str:
        raise ConditionFailed(frozenset({"standing"}))

    monkeypatch.setattr(service, "_take_once", lost)
    with pytest.raises(Conflict):
        service.take(world.who(BROWSER), (), NETWORK, world.notice)


def test_a_blob_opens_at_its_own_place_alone(world: World) -> None:
    world.tell(BROWSER, event(), event(NOW - DAY))
    one, other = world.stored()
    key = world.key_of(BROWSER)
    assert key is not None
    one.sealed = other.sealed
    with pytest.raises(vault.NotOpened):
        vault.open_item(one, vault.open_key(key))
