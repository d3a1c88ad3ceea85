"""A withdrawal gives data its date in the same transaction, and a new consent takes it away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.accounts.service import profile
from chalicelib.consents.model import Choice
from chalicelib.consents.service import withdrawal
from chalicelib.retention.model import AGAIN
from chalicelib.vault import service as vault
from tests.unit.consents.world import World, gardener
from tests.unit.core.samples import NOW, SUBJECT, association
from tests.unit.retention.sweeping import sweep
from tests.unit.storage.tables import Killed

GRANT, DENY = Choice.GRANTED, Choice.DENIED
INTERESTS = "interests"
FORTNIGHT = timedelta(days=14)
"""The association's rule from `withdrawn`."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = gardener(monkeypatch)
    made.decide(made.account, newsletter=GRANT)
    made.keep(INTERESTS)
    return made


def test_it_starts_with_the_withdrawal_and_the_answer_says_so(world: World) -> None:
    world.later(1)
    (member, interests) = world.decide(world.account, newsletter=DENY).data
    assert (interests.category, interests.erased_at) == (INTERESTS, world.now + FORTNIGHT)
    assert interests.kept_for == ()
    assert member.erased_at is None
    assert member.kept_for[0].id == "membership"
    kept = world.kept(INTERESTS)
    assert kept is not None
    assert (kept.due_at, kept.due_event) == (world.now + FORTNIGHT, "withdrawn")
    assert kept.lane is not None
    assert kept.sealed is not None


def test_refused_once_more_it_goes_no_later(world: World) -> None:
    world.decide(world.account, newsletter=DENY)
    world.later(3)
    told = world.decide(world.account, newsletter=DENY).data
    assert told[-1].erased_at == world.goes_at(INTERESTS) == NOW + FORTNIGHT


def test_a_repetition_is_told_the_same(world: World) -> None:
    first = world.decide(world.account, event="click", newsletter=DENY)
    assert world.decide(world.account, event="click", newsletter=DENY) == first


def test_who_agrees_again_in_time_keeps_it(world: World) -> None:
    world.decide(world.account, newsletter=DENY)
    world.later(13)
    world.sign_in()
    assert world.decide(world.account, newsletter=GRANT).data == ()
    kept = world.kept(INTERESTS)
    assert kept is not None
    assert [kept.lane, kept.due_at, kept.due_event, kept.due_since] == [None] * 4
    world.later(2)
    assert sweep(association()).erased == 0
    assert world.kept(INTERESTS) is not None


def test_at_its_date_the_sweep_erases_it_and_nothing_else(world: World) -> None:
    world.keep("member")
    world.decide(world.account, newsletter=DENY)
    world.later(13)
    assert sweep(association()).erased == 0
    world.later(1)
    assert sweep(association()).erased == 1
    assert world.kept(INTERESTS) is None
    assert world.kept("member") is not None
    world.sign_in()
    again = world.decide(world.account, newsletter=DENY).data
    assert again[-1].erased_at is None, "nothing is kept of it any more"


def test_the_sweep_asks_again_what_stands(world: World) -> None:
    """As after a restore that brought an older record back, or under another notice."""
    world.decide(world.account, newsletter=DENY)
    dated = world.kept(INTERESTS)
    assert dated is not None
    world.decide(world.account, newsletter=GRANT)
    world.tables.put(dated)
    world.later(15)
    swept = sweep(association())
    assert (swept.erased, swept.postponed) == (0, 1)
    assert world.goes_at(INTERESTS) == world.now + AGAIN, "it is looked at again"
    assert sweep(association()).postponed == 0


@pytest.mark.parametrize("step", ["get", "commit"])
def test_an_agreement_while_the_sweep_is_at_it_wins(world: World, step: str) -> None:
    world.decide(world.account, newsletter=DENY)
    world.later(15)
    world.sign_in()
    world.tables.steps.meanwhile[step] = [lambda: world.decide(world.account, newsletter=GRANT)]
    assert sweep(association()).erased == 0
    assert world.kept(INTERESTS) is not None
    assert world.goes_at(INTERESTS) is None
    assert world.tables.steps.meanwhile[step] == [], "it happened"


def test_a_worker_that_dies_leaves_decision_and_date_or_neither(world: World) -> None:
    for step in range(4):
        world.tables.steps.kill_before(step)
        try:
            world.decide(world.account, newsletter=DENY)
        except Killed:
            world.tables.steps.revive()
            refused = str(world.standing().decisions["newsletter"].decision) != "granted"
            assert refused == (world.goes_at(INTERESTS) is not None)
        else:
            world.tables.steps.revive()
    world.decide(world.account, newsletter=DENY)
    assert world.goes_at(INTERESTS) is not None


def test_data_that_goes_meanwhile_is_no_obstacle(world: World) -> None:
    kept = world.kept(INTERESTS)
    assert kept is not None
    world.tables.steps.meanwhile["commit"] = [kept.delete]
    told = world.decide(world.account, newsletter=DENY).data
    assert [one.erased_at for one in told] == [None, None]


def test_a_correction_leaves_the_date_and_new_data_gets_one(world: World) -> None:
    world.decide(world.account, newsletter=DENY)
    world.later(3)
    key, _ = vault.new_visitor_key(SUBJECT, "account", NOW)
    for removed in (False, True):
        kept = world.kept(INTERESTS)
        assert kept is not None
        if removed:
            kept.delete()
        write = world.tables.transaction(association())
        stands = world.standing()
        profile.put_profile(
            write,  # type: ignore[arg-type]
            stands,
            INTERESTS,
            {"flowers": "roses"},
            key,
            association(),
            world.now,
        )
        write.commit()
        expected = world.now + FORTNIGHT if removed else NOW + FORTNIGHT
        assert world.goes_at(INTERESTS) == expected
        stored = world.kept(INTERESTS)
        assert stored is not None
        assert vault.open_item(stored, key) == {"flowers": "roses"}


def test_what_nobody_was_asked_about_has_no_date(monkeypatch: pytest.MonkeyPatch) -> None:
    world = gardener(monkeypatch)
    world.keep(INTERESTS)
    item = world.kept(INTERESTS)
    assert item is not None
    withdrawal.schedule(item, INTERESTS, world.standing(), association(), NOW)
    assert item.due_at is None
    assert world.decide(world.account, newsletter=DENY).data[0].erased_at == NOW + FORTNIGHT
