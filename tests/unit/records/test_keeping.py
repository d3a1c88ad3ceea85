"""A record is kept where the decision point says yes, with its date and the key of its class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import ids
from chalicelib.api_keys import service as api_keys
from chalicelib.consents.model import Choice
from chalicelib.errors import Conflict, Forbidden, TooManyRequests, Unauthenticated
from chalicelib.records import service, store
from chalicelib.records.model import Handed
from chalicelib.subjects.model import Life
from chalicelib.vault import last
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW
from tests.unit.records.world import (
    ADA,
    CALL,
    DEVICE,
    EACH,
    EXTERNAL,
    NETWORK,
    RECORDING,
    TRANSACTION,
    World,
)
from tests.unit.storage.tables import Killed

AUDIENCE = "audience_insight"


def refused(world: World, handed: Handed) -> list[str]:
    before = dict(world.tables.items)
    with pytest.raises(Conflict) as refusal:
        world.keep(handed)
    assert world.tables.items == before
    assert refusal.value.type == "not-permitted"
    reasons: list[str] = refusal.value.members["reasons"]
    return reasons


@pytest.mark.parametrize("handed", EACH, ids=lambda one: one.kind)
def test_what_is_kept_is_sealed_with_the_key_of_its_class(world: World, handed: Handed) -> None:
    named, clock = world.keep(handed)
    (item,) = world.records()
    assert item.sk == f"{item.CLASS}#{named.kind}#{named.id}"
    assert named.id.partition(".")[0] == handed.category
    assert world.opened(named) == {"origin": handed.origin, **handed.fields}
    assert item.sealed is not None
    assert str(handed.fields).encode() not in item.sealed
    assert (item.due_at is None) == (clock.ends_at is None) == (clock.ends_from is not None)
    world.whole()


def test_the_date_stands_in_the_transaction_that_writes_it(world: World) -> None:
    before = NOW - timedelta(days=10)
    _, recording = world.keep(RECORDING, occurred_at=before)
    _, device = world.keep(DEVICE)
    assert recording.ends_at == before + timedelta(days=90)
    assert device.ends_at == world.known.rule("device", "created").ends(NOW)
    events = {world.keep(one)[1].ends_from for one in (CALL, EXTERNAL, TRANSACTION)}
    assert events == {"closed", "ended", "contract_ended"}


def test_the_first_of_a_class_brings_its_key_and_later_ones_use_it(world: World) -> None:
    assert world.classes() == {"account", "evidence"}
    world.keep(CALL)
    (first,) = [one for one in world.tables.all(DataKeyItem) if one.sk == "support"]
    world.keep(RECORDING)
    (second,) = [one for one in world.tables.all(DataKeyItem) if one.sk == "support"]
    assert first.material == second.material
    world.keep(TRANSACTION)
    world.keep(DEVICE)
    world.keep(EXTERNAL)
    assert world.classes() == {"account", "core", "evidence", "support", "transaction"}


def test_it_costs_one_read_and_one_transaction(world: World) -> None:
    for handed in EACH:
        world.tables.steps.names.clear()
        world.keep(handed)
        told = ["send"] if handed is EXTERNAL else []  # of its origin, once
        assert world.tables.steps.names == ["batch", "commit", *told]


def test_of_first_ones_at_once_all_stay_and_one_key(world: World) -> None:
    others = [lambda: world.keep(CALL) for _ in range(9)]
    world.tables.steps.meanwhile["commit"] = list(others)
    world.keep(CALL)
    assert len(world.records()) == 10
    assert [one.sk for one in world.tables.all(DataKeyItem)].count("support") == 1
    assert len({world.opened(store.named_as(one))["origin"] for one in world.records()}) == 1


@pytest.mark.parametrize("handed", EACH, ids=lambda one: one.kind)
def test_killed_before_any_call_nothing_is_left_half(world: World, handed: Handed) -> None:
    for number in range(3):
        before = len(world.records())
        world.tables.steps.kill_before(number)
        try:
            world.keep(handed)
        except Killed:
            written = number == 2  # only the message of the mail was not sent
            assert len(world.records()) == before + written
        world.tables.steps.revive()
        world.whole()
    assert world.records()


class TestDecision:
    def test_a_purpose_that_is_named_decides_alone(self, world: World) -> None:
        assert refused(world, handed_for(EXTERNAL, AUDIENCE)) == ["not_asked"]
        world.keep(EXTERNAL)  # a contract uses it too
        world.capture(world.caller(ADA), {AUDIENCE: Choice.GRANTED}, "preference_centre")
        named, _ = world.keep(handed_for(EXTERNAL, AUDIENCE))
        item = world.record(named)
        assert item is not None
        assert item.purpose == AUDIENCE

    def test_a_purpose_without_the_category_uses_none_of_it(self, world: World) -> None:
        assert "undeclared" in refused(world, handed_for(EXTERNAL, "surveys"))

    def test_a_withdrawal_right_before_the_commit_wins(self, world: World) -> None:
        world.capture(world.caller(ADA), {AUDIENCE: Choice.GRANTED}, "preference_centre")

        def withdraw() -> None:
            world.capture(world.caller(ADA), {AUDIENCE: Choice.DENIED}, "preference_centre")

        world.tables.steps.meanwhile["commit"] = [withdraw]
        with pytest.raises(Conflict) as refusal:
            world.keep(handed_for(EXTERNAL, AUDIENCE))
        assert refusal.value.members["reasons"] == ["withdrawn"]
        assert world.records() == []

    def test_of_nobody_nothing_is_kept(self, world: World) -> None:
        assert "erased" in refused(world, of(EXTERNAL, "z" * 26))

    @pytest.mark.parametrize("handed", EACH, ids=lambda one: one.kind)
    def test_of_a_stopped_account_nothing_is_kept(self, world: World, handed: Handed) -> None:
        world.change_life(ADA, Life.DEACTIVATED)
        assert "deactivated" in refused(world, handed)

    def test_the_answer_of_a_repeated_call_is_given_only_while_it_may_be(
        self, world: World
    ) -> None:
        service.ask(world.system, EXTERNAL, world.known)
        world.change_life(ADA, Life.DEACTIVATED)
        with pytest.raises(Conflict):
            service.ask(world.system, EXTERNAL, world.known)


class TestKey:
    def test_without_the_scope_it_opens_nothing(self, world: World) -> None:
        with pytest.raises(Forbidden):
            service.keep(world.key, CALL, NETWORK, world.known)

    @pytest.mark.parametrize("bearer", [None, "", "rsk_none.none", f"rsk_{'a' * 26}.{'b' * 43}"])
    def test_another_is_unknown(self, world: World, bearer: str | None) -> None:
        with pytest.raises(Unauthenticated):
            service.keep(bearer, CALL, NETWORK, world.known)

    def test_beyond_its_limit_it_waits(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RISERBO_LIMITS", "record.key=100")
        monkeypatch.setattr(ids, "new_draw", lambda: 0.0)
        world.keep(CALL)
        with pytest.raises(TooManyRequests) as refusal:
            keep_many(world, 300)
        assert len(world.records()) < 300
        assert int(refusal.value.headers["Retry-After"]) > 0
        other = api_keys.create("another", ["records"])[1]
        service.keep(other, CALL, "198.51.100.0/24", world.known)


class TestMarkedKey:
    def test_a_record_that_comes_takes_the_mark_of_a_key_away(self, world: World) -> None:
        named, _ = world.keep(CALL)
        item = world.record(named)
        assert item is not None
        assert last.mark(item.pk, item.sk) is not None
        second, _ = world.keep(CALL)
        (key,) = [one for one in world.tables.all(DataKeyItem) if one.sk == "support"]
        assert key.closing is None
        world.end(named)
        assert world.opened(second)
        world.whole()

    @pytest.mark.parametrize("number", range(5))
    def test_one_that_comes_at_any_moment_keeps_the_key(self, world: World, number: int) -> None:
        named, _ = world.keep(CALL)
        came = []

        def another() -> None:
            came.append(world.keep(CALL)[0])

        interrupt(world, number, another)
        world.end(named)
        assert world.record(named) is None
        assert len(came) == 1
        assert world.opened(came[0])
        world.whole()


def keep_many(world: World, count: int) -> None:
    for _ in range(count):
        world.keep(CALL)


def interrupt(world: World, number: int, act: Callable[[], None]) -> None:
    """Before the call of that number, something happens once."""
    steps, counted = world.tables.steps, type(world.tables.steps).__call__
    done = list[str]()

    class Interrupted(type(steps)):  # type: ignore[misc]
        def __call__(self, name: str) -> None:
            if not done and len(self.names) >= number:
                done.append(name)
                act()
            counted(self, name)

    steps.names.clear()
    steps.__class__ = Interrupted


def handed_for(handed: Handed, purpose: str) -> Handed:
    return replace(handed, purpose=purpose)


def of(handed: Handed, subject: str) -> Handed:
    return replace(handed, subject=subject)
