"""What is added to a transaction about an account holds only while what was read still stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.storage.transaction import ConditionFailed
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing, State
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.memory import Memory

MAC, OTHER_MAC = "ab" * 32, "cd" * 32
LATER = NOW + timedelta(minutes=5)
READ = replace(standing(), generation=2, revision=5, claim=MAC)

Act = Callable[[Any, Standing], object]
ACTS: dict[str, Act] = {
    "record activity": lambda w, s: lifecycle.record_activity(w, s.subject, LATER),
    "record activity of a generation": lambda w, s: lifecycle.record_activity(
        w, s.subject, LATER, s.generation
    ),
    "begin generation": lambda w, s: lifecycle.begin_generation(w, s, LATER),
    "move back": lambda w, s: lifecycle.begin_generation(w, s, LATER, OTHER_MAC),
    "move": lambda w, s: lifecycle.move(w, s, OTHER_MAC, LATER),
    "begin revision": lambda w, s: lifecycle.begin_revision(w, s, LATER),
    "deactivate": lambda w, s: lifecycle.change_state(w, s, State.DEACTIVATED, LATER),
    "give a role": lambda w, s: lifecycle.require_holder(w, s.subject, MAC, active=True),
    "take a role": lambda w, s: lifecycle.require_holder(w, s.subject, MAC, active=False),
    "restrict": lambda w, s: lifecycle.restrict(w, s, shipped(), LATER),
    "require": lambda w, s: lifecycle.require_state(w, s.subject, State.ACTIVE),
}
OF_GENERATION = {
    "record activity of a generation",
    "begin generation",
    "move back",
    "move",
    "deactivate",
}
OF_REVISION = {"move back", "move", "begin revision"}
OF_ADDRESS = {"give a role", "take a role"}
USABLE = {State.ACTIVE, State.DEACTIVATED}
STATES = dict.fromkeys(ACTS, USABLE) | {
    "deactivate": {State.ACTIVE},
    "give a role": {State.ACTIVE},
    "take a role": set(State),
    "restrict": {State.PENDING},
    "require": {State.ACTIVE},
}


def after(name: str, stands: Standing | None, read: Standing = READ) -> Standing | None:
    """What stands after an act on what was read, or None where it fails; nothing else changes."""
    memory = Memory(*[standing_item(stands)] if stands else [])
    before = dict(memory.items)
    write: Any = memory.transaction(shipped())
    ACTS[name](write, read)
    try:
        write.commit()
    except ConditionFailed:
        assert memory.items == before
        return None
    (item,) = memory.batch([subjects.standing_at(SUBJECT)])
    assert isinstance(item, StandingItem)
    return standing_of(item)


@pytest.mark.parametrize("name", ACTS)
def test_of_a_standing_that_is_gone_nothing_is_made(name: str) -> None:
    assert after(name, None) is None
    # Zero is also what a standing without the number is read as: none at all is not that.
    assert after(name, None, replace(READ, generation=0, revision=0)) is None


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_accounts_in_certain_states(name: str, state: State) -> None:
    found = after(name, replace(READ, state=state))
    assert (found is not None) is (state in STATES[name])


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"restrict"}))
def test_what_was_read_has_to_stand_still(name: str) -> None:
    assert after(name, READ) is not None
    for field, acts in (
        ("generation", OF_GENERATION),
        ("revision", OF_REVISION),
    ):
        for number in (getattr(READ, field) - 1, getattr(READ, field) + 1, 0):
            other: dict[str, Any] = {field: number}
            moved = after(name, replace(READ, **other))
            assert (moved is None) is (name in acts), (field, number)
    assert (after(name, replace(READ, claim=OTHER_MAC)) is None) is (name in OF_ADDRESS)
    assert (after(name, replace(READ, claim=None)) is None) is (name in OF_ADDRESS)


@pytest.mark.parametrize("name", sorted(OF_GENERATION | OF_REVISION))
def test_a_standing_from_before_there_were_numbers_has_the_first_ones(name: str) -> None:
    read = replace(READ, generation=0, revision=0)
    memory = Memory(standing_item(read))
    for raw in memory.items.values():
        del raw["generation"], raw["revision"]
    write: Any = memory.transaction(shipped())
    ACTS[name](write, read)
    write.commit()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("record activity", {}),
        ("record activity of a generation", {}),
        ("begin generation", {"generation": 3}),
        ("move back", {"generation": 3, "revision": 6, "claim": OTHER_MAC}),
        ("move", {"revision": 6, "claim": OTHER_MAC}),
        ("begin revision", {"revision": 6}),
        ("deactivate", {"state": State.DEACTIVATED}),
    ],
)
def test_what_an_act_changes_and_nothing_else(name: str, changes: dict[str, Any]) -> None:
    assert after(name, READ) == replace(READ, last_activity_at=LATER, **changes)


def test_what_only_asks_changes_nothing() -> None:
    assert after("give a role", READ) == READ
    assert after("take a role", READ) == READ
    assert after("require", READ) == READ


def test_the_generation_that_begins_is_told() -> None:
    write: Any = Memory().transaction(shipped())
    assert lifecycle.begin_generation(write, READ, NOW) == 3


def test_who_is_disowned_is_due_at_once() -> None:
    memory = Memory(standing_item(replace(READ, state=State.PENDING)))
    write: Any = memory.transaction(shipped())
    lifecycle.restrict(write, standing(), shipped(), LATER)
    write.commit()
    (item,) = memory.batch([subjects.standing_at(SUBJECT)])
    assert item.state == State.RESTRICTED
    assert item.due_at == item.due_since == LATER
    assert item.due_event == "disowned"
    assert item.lane.startswith("rule#")


def test_who_proves_an_address_is_active_and_due_when_unused() -> None:
    pending = standing_item(replace(standing(), state=State.PENDING))
    pending.schedule("rule", LATER, "registered", NOW)
    memory = Memory(pending)
    write: Any = memory.transaction(shipped())
    lifecycle.activate(write, pending, MAC, shipped(), LATER)
    write.commit()
    (item,) = memory.batch([subjects.standing_at(SUBJECT)])
    assert standing_of(item) == replace(standing(), claim=MAC, last_activity_at=LATER)
    assert (item.due_event, item.due_since) == ("last_activity", LATER)
    assert item.due_at == shipped().rule("standing", "last_activity").ends(LATER)


def test_a_correction_of_what_was_decided_on_meanwhile_is_begun_again() -> None:
    """Data that its person refused at this moment would be stored without a date to go."""
    assert after("begin revision", READ) is not None
    assert after("begin revision", replace(READ, head="ab" * 32, seq=READ.seq + 1)) is None
