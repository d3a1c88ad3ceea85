"""A browser without an account has itself erased: by its token, at once, and nothing else of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.activity import model as activity_model
from chalicelib.activity import service as activity
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import account_join, capture
from chalicelib.consents.service.context import Caller, visitor_subject
from chalicelib.consents.store import EntryItem
from chalicelib.erasure.service import replay
from chalicelib.errors import NotFound, TooManyRequests, Unauthenticated
from chalicelib.holds import store as holds
from chalicelib.holds.model import Ground, Hold, Named
from chalicelib.instants import instant
from chalicelib.jobs.store import JobItem
from chalicelib.limits import sample
from chalicelib.notices import service as notices
from chalicelib.notices.erasure import BROWSER as BROWSERS
from chalicelib.notices.erasure import REQUESTED, plan
from chalicelib.receipts.service import closing, verification
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Status
from chalicelib.requests.preview import preview
from chalicelib.requests.service import browsers, view
from chalicelib.requests.service.access import owner
from chalicelib.requests.service.intake import Made
from chalicelib.requests.store import OpenRequestItem, RegisterItem, RequestItem
from chalicelib.storage import keys
from chalicelib.subjects import burial
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Erasure, Life
from chalicelib.subjects.store import StandingItem, standing_item
from functions.kinds import registry
from tests.unit.core.samples import SHOWN, SUBJECT, shipped
from tests.unit.erasure.erased import ErasedWorld
from tests.unit.storage.tables import Killed

IMPORTED = (browsers, capture, account_join)
BROWSER = "b" * 32
VISITOR = visitor_subject(BROWSER)
NETWORK = "192.0.2.0"
DAY = timedelta(days=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    sample.forget()
    decide(found, Choice.GRANTED)
    decide(found, Choice.DENIED)
    return found


def decide(world: ErasedWorld, choice: Choice) -> None:
    shown = Shown(world.notice.version, world.notice.digest, "en", SHOWN.source)
    choices = {"advertising_cookies": choice}
    capture.capture(Caller(visitor=BROWSER), choices, shown, None, world.notice)


def erase(world: ErasedWorld, token: str = BROWSER) -> Made:
    return browsers.erase(token, "en", NETWORK, world.notice)


def requests(world: ErasedWorld) -> list[RequestItem]:
    return [one for one in world.tables.all(RequestItem) if one.pk.endswith(VISITOR)]


def kinds(world: ErasedWorld) -> set[str]:
    return {sk.split("#")[1] for sk in world.left(VISITOR)}


def after(world: ErasedWorld) -> None:
    """What holds when everything is done: the request stays, with its receipt, and no key."""
    assert kinds(world) == {"standing", "request"}
    assert world.keys_left(VISITOR) == set()
    (item,) = requests(world)
    assert item.status == Status.COMPLETED
    assert item.receipt is not None
    assert item.sealed is None
    stone = burial.tombstone_of(VISITOR)
    assert stone is not None
    assert set(stone.stays) == {"request"}
    assert world.tables.all(OpenRequestItem) == []
    assert len([one for one in world.tables.all(RegisterItem) if one.subject == VISITOR]) == 1
    assert world.tables.all(JobItem) == []
    assert world.ses.taken == []


def test_it_begins_at_once_and_leaves_the_request(world: ErasedWorld) -> None:
    made = erase(world)
    request = made.request.request
    assert not made.already
    assert [str(one.event) for one in request.history] == ["submit", "approve"]
    world.finish()
    after(world)
    receipt = view.receipt_of(owner(None, request.id, BROWSER), request.id, world.notice)
    assert verification.verify_closing(receipt).valid
    said = closing.content_of(receipt)
    assert said["subject"] == VISITOR
    assert said["erased"]["records"]["entry"] == 2
    assert [one["kind"] for one in said["kept"]] == ["request"]
    found = view.get(owner(None, request.id, BROWSER), request.id, world.notice)
    assert found.request.status is Status.COMPLETED
    with pytest.raises(NotFound):
        view.receipt_of(owner(None, request.id, "c" * 32), request.id, world.notice)


def test_it_costs_a_read_a_transaction_and_a_message(world: ErasedWorld) -> None:
    world.steps.names.clear()
    erase(world)
    assert world.steps.names == ["batch", "commit", "sqs.send"]


def test_nothing_is_kept_that_would_go_without_asking() -> None:
    notice = shipped()
    assert {*plan(notice, REQUESTED, browser=True).stays} <= {"request", "erasure"}
    assert "entry" in plan(notice, REQUESTED).stays


def test_the_desk_sees_that_less_stays(world: ErasedWorld) -> None:
    request = erase(world).request.request
    seen = preview(request, {}, world.notice, browser=True)
    others = preview(request, {}, world.notice)
    assert seen is not None
    assert others is not None
    assert set(seen.kept) <= {"request", "erasure"}
    assert "entry" in others.kept


def test_of_an_unknown_browser_nothing_is_held_and_nothing_written(world: ErasedWorld) -> None:
    before = world.copied()
    world.steps.names.clear()
    made = erase(world, "u" * 32)
    assert world.steps.names == ["batch"]
    assert made.request.request.status is Status.COMPLETED
    assert world.copied() == before
    assert world.retention == []


def test_asked_twice_it_is_the_same_request(world: ErasedWorld) -> None:
    first = erase(world).request.request.id
    again = erase(world)
    assert (again.already, again.request.request.id) == (True, first)
    assert len(world.retention) == 1
    world.finish()
    once_more = erase(world)
    assert (once_more.already, once_more.request.request.id) == (True, first)
    assert once_more.request.request.status is Status.COMPLETED
    assert world.retention == []
    after(world)


def test_being_erased_by_a_rule_it_is_a_success(world: ErasedWorld) -> None:
    standing = subjects.account_standing(VISITOR)
    assert standing is not None
    erasing = replace(standing, life=Life.ERASING, erasure=Erasure(BROWSERS, world.now))
    world.tables.put(standing_item(erasing))
    before = world.copied()
    assert erase(world).request.request.status is Status.COMPLETED
    assert world.copied() == before


def test_long_after_nothing_is_left_to_ask_about(world: ErasedWorld) -> None:
    erase(world)
    world.finish()
    stone = burial.tombstone_of(VISITOR)
    assert stone is not None
    world.now = stone.due_at
    for _ in range(3):
        world.sweep()
    assert world.left(VISITOR) == set()
    assert erase(world).request.request.status is Status.COMPLETED
    assert world.left(VISITOR) == set()


def test_the_browser_decides_nothing_any_more(world: ErasedWorld) -> None:
    erase(world)
    world.finish()
    with pytest.raises(Unauthenticated):
        decide(world, Choice.GRANTED)
    after(world)


def test_what_an_account_took_over_stays_the_account_s(world: ErasedWorld) -> None:
    account_join.join(SUBJECT, BROWSER, world.notice)
    before = {place: raw for place, raw in world.copied().items() if place[1].endswith(SUBJECT)}
    entries = [one for one in world.tables.all(EntryItem) if one.pk.endswith(SUBJECT)]
    assert len(entries) == 1
    erase(world)
    world.finish()
    after(world)
    assert before == {
        place: raw for place, raw in world.copied().items() if place[1].endswith(SUBJECT)
    }


def test_what_is_held_stays_with_its_key_and_goes_with_the_hold(world: ErasedWorld) -> None:
    pk = keys.subject(VISITOR)
    until = world.now + 90 * DAY
    (first, *_) = [one for one in world.tables.all(EntryItem) if one.pk == pk]
    placed = Hold(
        id="h" * 26,
        subject=VISITOR,
        ground=Ground.CLAIMS,
        placed_at=world.now,
        until=until,
        by="o" * 26,
        records=frozenset({Named("evidence", "entry", keys.record_id(first.sk))}),
    )
    item = world.tables.one(StandingItem, pk, "core#standing#")
    item.held = 1
    world.tables.put(holds.hold_item(placed), item)
    erase(world)
    world.finish()
    assert kinds(world) == {"standing", "request", "entry", "hold"}
    assert len([sk for sk in world.left(VISITOR) if "#entry#" in sk]) == 1
    assert world.keys_left(VISITOR) == {"evidence"}
    world.now = until
    for _ in range(3):
        world.sweep()
        world.now += DAY
    assert kinds(world) == {"standing", "request"}


def test_a_restore_brings_no_browser_back(
    world: ErasedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "version", lambda _: world.notice)
    erase(world)
    copy = world.copied()
    world.now += DAY
    world.finish()
    erased = world.copied()
    world.tables.items.clear()
    world.tables.items.update(copy)
    replay.replay(world.now.date() - 30 * DAY, registry())
    left = {at: raw for at, raw in world.copied().items() if raw["kind"]["S"] != JobItem.KIND}
    assert left == erased


def test_too_many_from_a_network_are_refused(
    world: ErasedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: sample.Sampled, found: sample.Counts) -> None:
        del self, found
        raise TooManyRequests("Too many.", retry_after=60)

    before = world.copied()
    monkeypatch.setattr(sample.Sampled, "refuse_exhausted", full)
    with pytest.raises(TooManyRequests):
        erase(world)
    assert world.copied() == before


def test_killed_while_it_is_asked_the_browser_asks_again(world: ErasedWorld) -> None:
    before, number = world.copied(), 0
    while True:
        world.steps.kill_before(number)
        killed = False
        try:
            erase(world)
        except Killed:
            killed = True
        world.steps.revive()
        erase(world)
        world.finish()
        after(world)
        assert [one.right for one in requests(world)] == [Right.ERASE]
        if not killed:
            break
        world.tables.items.clear()
        world.tables.items.update({place: dict(raw) for place, raw in before.items()})
        number += 1
    assert number == 3


def test_killed_before_any_call_it_is_done_once(world: ErasedWorld) -> None:
    erase(world)
    before, waiting, now, number = world.copied(), list(world.retention), world.now, 0
    while True:
        world.steps.kill_before(number)
        killed = world.carry_out() and world.retention != []
        world.steps.revive()
        world.finish()
        after(world)
        assert [str(one) for one in world_events(world)].count("carry_out") == 1
        if not killed:
            break
        world.tables.items.clear()
        world.tables.items.update({place: dict(raw) for place, raw in before.items()})
        world.retention[:], world.now = waiting, now
        number += 1
    assert number > 10


def world_events(world: ErasedWorld) -> list[str]:
    (item,) = requests(world)
    found = view.get(owner(None, "", BROWSER), item.sk.rpartition("#")[2], world.notice)
    return [str(entry.event) for entry in found.request.history]


class TestActivity:
    """The activity that pages told of a browser."""

    def tell(self, world: ErasedWorld) -> int:
        decide(world, Choice.GRANTED)
        return self.told(world).accepted

    def told(self, world: ErasedWorld) -> activity_model.Judged:
        told = {
            "purpose": "advertising_cookies",
            "type": "click",
            "at": instant(world.now - timedelta(minutes=1)),
            "fields": {"clicks": "an offer"},
        }
        batch = activity_model.events({"events": [told]}, world.notice, world.now)
        caller = activity.Caller(visitor=BROWSER)
        return activity.take(caller, batch, NETWORK, world.notice)

    def test_goes_with_its_key(self, world: ErasedWorld) -> None:
        assert self.tell(world) == 1
        assert "activity" in kinds(world)
        assert world.keys_left(VISITOR) == {"evidence", "marketing"}
        request = erase(world).request.request
        world.finish()
        after(world)
        receipt = view.receipt_of(owner(None, request.id, BROWSER), request.id, world.notice)
        assert closing.content_of(receipt)["erased"]["records"]["activity"] == 1

    def test_goes_again_after_a_restore(
        self, world: ErasedWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(notices, "version", lambda _: world.notice)
        self.tell(world)
        erase(world)
        backup = world.copied()
        world.now += DAY
        world.finish()
        assert "activity" not in kinds(world)
        world.tables.items.clear()
        world.tables.items.update(backup)
        assert "activity" in kinds(world)
        replay.replay(world.now.date() - 30 * DAY, registry())
        assert "activity" not in kinds(world)
        assert world.keys_left(VISITOR) == set()

    def test_none_is_taken_of_one_that_is_erased(self, world: ErasedWorld) -> None:
        erase(world)
        world.finish()
        assert [str(one.reason) for one in self.told(world).dropped] == ["erased"]
        assert "activity" not in kinds(world)
