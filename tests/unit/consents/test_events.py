"""An old yes does not come back: the ledger knows every event that it ever recorded."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.consents.model import EVENTS_KEPT, Choice
from chalicelib.consents.service.capture import Caller
from chalicelib.consents.service.context import visitor_subject
from chalicelib.consents.store import EntryItem, EventItem, entry_item, is_event, ledger
from chalicelib.errors import Unprocessable
from chalicelib.subjects.model import Decision, entry_id
from tests.unit.consents.world import BROWSER, World, gardener
from tests.unit.core.samples import SUBJECT

GRANT, DENY = Choice.GRANTED, Choice.DENIED
PURPOSE = "seed_list"
YES: dict[str, Any] = {PURPOSE: GRANT}
NO: dict[str, Any] = {PURPOSE: DENY}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return gardener(monkeypatch)


def who(world: World, account: bool) -> tuple[str, Caller]:
    """Whose ledger it is, and how they prove it."""
    if account:
        return SUBJECT, world.account
    return visitor_subject(BROWSER), world.browser


@pytest.mark.parametrize("account", [True, False])
@pytest.mark.parametrize("others", [0, 1, EVENTS_KEPT - 1, EVENTS_KEPT, EVENTS_KEPT + 1, 30])
def test_a_yes_sent_again_after_any_number_of_others_changes_nothing(
    world: World, account: bool, others: int
) -> None:
    subject, caller = who(world, account)
    first = world.decide(caller, event="yes", **YES)
    for number in range(others):
        world.decide(caller, event=f"no-{number}", **NO)
    world.decide(caller, **NO)
    before = world.tables.items.copy()
    again = world.decide(caller, event="yes", **YES)
    assert again.entry_id == first.entry_id
    assert again.standing.decisions[PURPOSE].decision is Decision.WITHDRAWN
    assert world.tables.items == before
    assert len(again.standing.events) == min(others + 1, EVENTS_KEPT)
    assert world.standing(subject) == again.standing


def test_every_event_is_known_for_ever(world: World) -> None:
    for number in range(20):
        world.decide(world.account, event=f"act-{number}", **YES)
    for number in range(20):
        found = world.decide(world.account, event=f"act-{number}", **YES)
        assert found.entry_id == entry_id(SUBJECT, number + 1)


def test_an_old_event_is_not_used_for_another_yes(world: World) -> None:
    world.decide(world.account, event="old", **NO)
    for number in range(EVENTS_KEPT + 1):
        world.decide(world.account, event=f"act-{number}", **NO)
    with pytest.raises(Unprocessable) as refused:
        world.decide(world.account, event="old", **YES)
    assert refused.value.type == "event-reused"


def test_events_are_each_persons_own(world: World) -> None:
    world.decide(world.account, event="one", **YES)
    other = world.decide(world.browser, event="one", **YES)
    assert other.entry_id == entry_id(visitor_subject(BROWSER), 1)


def test_few_events_cost_no_item_and_one_read_more(world: World) -> None:
    """Capture stays two calls; only what the standing lets go of is written by itself."""
    for number in range(EVENTS_KEPT):
        world.tables.steps.names.clear()
        world.decide(world.account, event=f"act-{number}", **YES)
        assert world.tables.steps.names == ["batch", "commit"]
    assert _events(world) == []
    world.decide(world.account, event="more", **YES)
    assert world.tables.steps.names == ["batch", "commit"] * 2
    (let_go,) = _events(world)
    assert (let_go.pk, int(let_go.seq)) == (f"S#{SUBJECT}", 1)
    assert "act-0" not in repr(world.tables.items)


def test_what_is_kept_lies_with_the_chain_and_on_no_page_of_it(world: World) -> None:
    """Of the kind and class of the entries, so that it goes when they go."""
    for number in range(12):
        world.decide(world.account, event=f"act-{number}", **YES)
    assert (EventItem.KIND, EventItem.CLASS) == (EntryItem.KIND, EntryItem.CLASS)
    assert EventItem.plain_fields() <= EntryItem.plain_fields()
    assert [int(item.seq) for item in ledger(SUBJECT, 0, 100)] == list(range(1, 13))
    assert {int(item.seq) for item in _events(world)} == {1, 2, 3, 4}


def test_an_entry_is_never_taken_for_an_event(world: World) -> None:
    world.decide(world.account, event="one", **YES)
    (entry,) = world.entries()
    assert not is_event(entry_item(entry).sk)


def _events(world: World) -> list[EventItem]:
    raw = [item for (_, _, sk), item in world.tables.items.items() if is_event(sk)]
    return [EventItem.from_raw_data(dict(one)) for one in raw]
