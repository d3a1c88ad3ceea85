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
from chalicelib.subjects.model import BOUNCE, Life, Limits, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from tests.unit.core.samples import (
    DISOWNED,
    EVERY_STANDING,
    NOW,
    SUBJECT,
    VISITOR,
    shipped,
    standing,
)
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
    "deactivate": lambda w, s: lifecycle.change_life(w, s, Life.DEACTIVATED, LATER),
    "give a role": lambda w, s: lifecycle.require_holder(w, s.subject, MAC, active=True),
    "take a role": lambda w, s: lifecycle.require_holder(w, s.subject, MAC, active=False),
    "disown": lambda w, s: lifecycle.disown(w, s, shipped(), LATER),
    "require": lambda w, s: lifecycle.require_account(w, s.subject, Life.ACTIVE),
    "activate": lambda w, s: lifecycle.activate(w, standing_item(s), MAC, shipped(), LATER),
    "mute": lambda w, s: lifecycle.mute(w, s, "new_sign_in"),
    "suppress": lambda w, s: lifecycle.suppress(w, s, BOUNCE),
}
OF_GENERATION = {
    "record activity of a generation",
    "begin generation",
    "move back",
    "move",
    "deactivate",
}
OF_REVISION = {"move back", "move", "begin revision", "mute"}
OF_ADDRESS = {"give a role", "take a role", "suppress"}
USABLE = {Life.ACTIVE, Life.DEACTIVATED}
LIVES = dict.fromkeys(ACTS, USABLE) | {
    "deactivate": {Life.ACTIVE},
    "give a role": {Life.ACTIVE},
    "take a role": set(Life),
    "disown": {Life.PENDING},
    "require": {Life.ACTIVE},
    "activate": {Life.PENDING},
    "mute": {Life.ACTIVE},
    "suppress": {Life.ACTIVE},
}
"""The lives in which an act that was decided upon for an active account goes through."""
WHATEVER_THE_LIMITS = {"take a role"}
FROM_PENDING = {"disown", "activate"}


def after(name: str, stands: Standing | None, read: Standing = READ) -> Standing | None:
    """The standing after an act on what was read, or None where it fails; nothing else changes."""
    subject = read.subject
    memory = Memory(*[standing_item(stands)] if stands else [])
    before = dict(memory.items)
    write: Any = memory.transaction(shipped())
    ACTS[name](write, read)
    try:
        write.commit()
    except ConditionFailed:
        assert memory.items == before
        return None
    (item,) = memory.batch([subjects.standing_at(subject)])
    assert isinstance(item, StandingItem)
    return standing_of(item)


@pytest.mark.parametrize("name", ACTS)
def test_of_a_standing_that_is_gone_nothing_is_made(name: str) -> None:
    assert after(name, None) is None
    # Zero is also what a standing without the number is read as: none at all is not that.
    assert after(name, None, replace(READ, generation=0, revision=0)) is None


@pytest.mark.parametrize(("life", "limits"), EVERY_STANDING)
@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_accounts_in_certain_lives(name: str, life: Life, limits: Limits) -> None:
    found = after(name, replace(READ, life=life, limits=limits))
    free = not limits.disowned or name in WHATEVER_THE_LIMITS
    assert (found is not None) is (life in LIVES[name] and free)


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"mute", "suppress", "take a role"}))
def test_an_act_that_needs_an_account_in_a_certain_life_needs_one_that_is_not_disowned(
    name: str,
) -> None:
    """Nor does it go through where the account was read as disowned, or a visitor was read."""
    for life in Life:
        disowned = replace(READ, life=life, limits=DISOWNED)
        assert after(name, disowned, disowned) is None
        visitor = replace(READ, subject=VISITOR, life=life)
        assert after(name, visitor, visitor) is None


@pytest.mark.parametrize("name", ["mute", "suppress"])
@pytest.mark.parametrize(("life", "limits"), EVERY_STANDING)
def test_what_only_keeps_mail_away_works_where_life_and_limits_are_as_read(
    name: str, life: Life, limits: Limits
) -> None:
    read = replace(READ, life=life, limits=limits)
    for other in EVERY_STANDING:
        found = after(name, replace(READ, life=other[0], limits=other[1]), read)
        assert (found is not None) is (other == (life, limits))


@pytest.mark.parametrize("name", sorted(set(ACTS) - FROM_PENDING))
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
        ("deactivate", {"life": Life.DEACTIVATED}),
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
    read = replace(READ, life=Life.PENDING)
    memory = Memory(standing_item(read))
    write: Any = memory.transaction(shipped())
    lifecycle.disown(write, standing(), shipped(), LATER)
    write.commit()
    (item,) = memory.batch([subjects.standing_at(SUBJECT)])
    assert standing_of(item) == replace(read, limits=DISOWNED)
    assert item.due_at == item.due_since == LATER
    assert item.due_event == "disowned"
    assert item.lane.startswith("rule#")


def test_who_proves_an_address_is_active_and_due_when_unused() -> None:
    pending = standing_item(replace(standing(), life=Life.PENDING))
    pending.schedule("rule", LATER, "registered", NOW)
    memory = Memory(pending)
    write: Any = memory.transaction(shipped())
    lifecycle.activate(write, pending, MAC, shipped(), LATER)
    write.commit()
    (item,) = memory.batch([subjects.standing_at(SUBJECT)])
    assert standing_of(item) == replace(standing(), claim=MAC, last_activity_at=LATER)
    assert (item.due_event, item.due_since) == ("last_activity", LATER)
    assert item.due_at == shipped().rule("standing", "last_activity").first_look(LATER)


def test_a_correction_of_what_was_decided_on_meanwhile_is_begun_again() -> None:
    """Data that its person refused at this moment would be stored without a date to go."""
    assert after("begin revision", READ) is not None
    assert after("begin revision", replace(READ, head="ab" * 32, seq=READ.seq + 1)) is None
