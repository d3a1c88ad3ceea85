"""Erasing one's own account: with the password, after three days, unless one regrets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.accounts.passwords import hash_password
from chalicelib.accounts.service import reauthentication
from chalicelib.accounts.store import ClaimItem, claim_place
from chalicelib.errors import Conflict, Forbidden, Unauthenticated
from chalicelib.records.model import Clock, Handed
from chalicelib.records.store import TransactionItem, new_item
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Status
from chalicelib.requests.model import Asked
from chalicelib.requests.service import deadlines, intake, own_erasure, view
from chalicelib.requests.service.access import Bearer
from chalicelib.requests.store import RequestItem
from chalicelib.sessions.role_store import role_item
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import StandingItem, standing_of
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.erasure.erased import MAC, PK, ErasedWorld

IMPORTED = (own_erasure, reauthentication, deadlines)
PASSWORD = "correct horse battery staple"
NETWORK = "192.0.2.0"
HOUR = timedelta(hours=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    claim = found.tables.one(ClaimItem, *claim_place(MAC))
    claim.password_hash = hash_password(PASSWORD)
    found.tables.put(claim)
    return found


def ask(world: ErasedWorld, password: str = PASSWORD) -> str:
    """The person asks for the erasure of the account, with the password."""
    own = own_erasure.prove(world.token, password, None, NETWORK, world.notice)
    made = intake.make(world.token, Asked(Right.ERASE), "en", world.notice, own)
    return made.request.request.id


def watch(world: ErasedWorld) -> dict[str, int]:
    """One run of the schedule of deadlines; the counts that are not zero."""
    told = deadlines.watch(world.notice, lambda: timedelta(minutes=5)).told()
    return {name: count for name, count in told.items() if count}


def test_it_begins_by_itself_after_three_days_and_not_before(world: ErasedWorld) -> None:
    request = ask(world)
    world.work_off()
    assert sorted(world.subjects()) == [
        "Kaveripoint has received your request",
        "Kaveripoint is going to erase your account",
    ]
    world.now += 72 * HOUR - timedelta(milliseconds=1)
    assert watch(world) == {}
    world.now += timedelta(milliseconds=1)
    assert watch(world) == {"erase": 1}
    assert watch(world) == {}
    world.finish()
    assert world.request(request).status is Status.COMPLETED
    assert world.events(request) == ["submit", "approve", "carry_out", "complete"]
    assert world.keys_left() == {"evidence"}
    assert world.subjects()[-1] == "Kaveripoint has erased your data"


def test_who_thinks_better_of_it_keeps_everything(world: ErasedWorld) -> None:
    request = ask(world)
    before = world.left()
    view.cancel(Bearer(SUBJECT), request, world.notice)
    world.now += 100 * HOUR
    assert watch(world) == {}
    world.finish()
    assert world.request(request).status is Status.CANCELLED
    assert {sk for sk in before if "profile" in sk} <= world.left()
    assert world.log() == []


def test_without_the_password_nothing_is_stored(world: ErasedWorld) -> None:
    before = {place for place in world.tables.items if not place[1].startswith("L#")}
    with pytest.raises(Forbidden):
        ask(world, "another")
    after = {place for place in world.tables.items if not place[1].startswith("L#")}
    assert after - before <= {place for place in after if "#job#" in place[2]}


def test_an_open_request_begins_once_the_password_is_given(world: ErasedWorld) -> None:
    first = world.ask("erase")
    world.now += HOUR
    assert ask(world) == first
    world.now += 72 * HOUR
    assert watch(world) == {"erase": 1}
    world.finish()
    assert world.request(first).status is Status.COMPLETED


def test_what_is_held_brings_it_to_the_desk(world: ErasedWorld) -> None:
    request = ask(world)
    item = world.tables.one(StandingItem, PK, "core#standing#")
    item.held = 7
    world.tables.put(item)
    world.now += 72 * HOUR
    watch(world)
    world.finish()
    assert world.request(request).status is Status.RECEIVED
    assert world.item(request).begins_at is None


def buy(world: ErasedWorld, ended: bool = False) -> TransactionItem:
    """A shop hands over what the person bought, by a contract that runs or has ended."""
    handed = Handed(SUBJECT, "transaction", "transaction", {}, "shop", NOW)
    item = new_item(handed, Clock(ends_from="contract_ended"))
    assert isinstance(item, TransactionItem)
    if ended:
        item.event, item.event_at = "contract_ended", NOW
    standing = world.tables.one(StandingItem, PK, "core#standing#")
    standing.filed, standing.filings = "transaction", 1
    world.tables.put(item, standing)
    return item


def stands(world: ErasedWorld) -> Standing:
    return standing_of(world.tables.one(StandingItem, PK, "core#standing#"))


class TestTransaction:
    def test_one_that_is_open_brings_it_to_the_desk(self, world: ErasedWorld) -> None:
        buy(world, ended=True)
        buy(world)
        request = ask(world)
        assert world.item(request).begins_at is None
        world.work_off()
        assert world.subjects() == ["Kaveripoint has received your request"]
        world.now += 100 * HOUR
        watch(world)
        world.finish()
        assert world.request(request).status is Status.RECEIVED
        assert world.log() == []

    def test_one_that_comes_meanwhile_does_too(self, world: ErasedWorld) -> None:
        request = ask(world)
        buy(world)
        world.now += 72 * HOUR
        watch(world)
        world.finish()
        assert world.request(request).status is Status.RECEIVED
        assert world.item(request).begins_at is None

    def test_one_whose_contract_has_ended_does_not(self, world: ErasedWorld) -> None:
        buy(world, ended=True)
        request = ask(world)
        world.now += 72 * HOUR
        assert watch(world) == {"erase": 1}
        assert world.events(request)[:2] == ["submit", "approve"]

    def test_some_categories_do_not_wait_for_it(self, world: ErasedWorld) -> None:
        buy(world)
        standing = stands(world)
        assert own_erasure.begins_at(standing, world.now) is None
        assert own_erasure.begins_at(standing, world.now, ("company",)) is not None

    def test_whoever_bought_nothing_costs_no_call(self, world: ErasedWorld) -> None:
        known = stands(world)
        world.tables.steps.names.clear()
        assert own_erasure.begins_at(known, world.now) is not None
        assert world.tables.steps.names == []


def test_a_member_of_the_desk_is_refused(world: ErasedWorld) -> None:
    world.tables.put(role_item(SUBJECT, "desk"))
    with pytest.raises(Conflict):
        ask(world)


def test_an_account_with_a_second_factor_needs_its_code(world: ErasedWorld) -> None:
    claim = world.tables.one(ClaimItem, *claim_place(MAC))
    claim.second_factor = True
    world.tables.put(claim)
    with pytest.raises(Unauthenticated) as refused:
        ask(world)
    assert refused.value.type.endswith("second-factor-needed")
    with pytest.raises(Unauthenticated) as refused:
        own_erasure.prove(world.token, PASSWORD, "123 456", NETWORK, world.notice)
    assert refused.value.type.endswith("second-factor-wrong")
    assert world.tables.all(RequestItem) == []
