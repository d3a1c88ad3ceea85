"""After a restore the holds are what the audit says that they are; nobody else is touched."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest

from chalicelib.audit import service as audit
from chalicelib.holds.service import restoration
from chalicelib.holds.store import HoldItem
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.holds.keeper import DAY, REASON, Keeper, sk_of
from tests.unit.storage.tables import Killed


def restore(keeper: Keeper, backup: Any) -> int:
    """The records are those of the backup, but for the audit; then holds are restored."""
    kept = {place: raw for place, raw in keeper.tables.items.items() if place[1] == "T"}
    keeper.tables.items.clear()
    keeper.tables.items |= deepcopy(backup) | kept
    return restoration.restore(keeper.notice)


def holds_in(keeper: Keeper) -> dict[str, Any]:
    """The holds as they lie in the table, without what is sealed."""
    return {
        raw["sk"]["S"]: {name: one for name, one in raw.items() if name != "sealed"}
        for raw in keeper.tables.items.values()
        if raw["kind"]["S"] == HoldItem.KIND
    }


def test_a_hold_that_was_placed_since_comes_back_without_its_reason(keeper: Keeper) -> None:
    keeper.closed("r1", "r2")
    backup = deepcopy(keeper.tables.items)
    keeper.placed(records=[{"kind": "request", "id": "r1"}])
    before = holds_in(keeper)
    assert restore(keeper, backup) == 1
    assert holds_in(keeper) == before
    assert keeper.flag() > 0
    assert (keeper.lane_of(sk_of("r1")), keeper.lane_of(sk_of("r2"))) == (None, "rule")
    (shown,) = keeper.holds(subject=SUBJECT)["items"]
    assert shown["reason"] is None


def test_one_that_was_there_is_left_with_its_reason(keeper: Keeper) -> None:
    keeper.placed()
    backup = deepcopy(keeper.tables.items)
    assert restore(keeper, backup) == 0
    (shown,) = keeper.holds(subject=SUBJECT)["items"]
    assert shown["reason"] == REASON


def test_one_that_was_renewed_since_has_its_last_end_and_its_reason(keeper: Keeper) -> None:
    keeper.placed()
    backup = deepcopy(keeper.tables.items)
    keeper.now += 50 * DAY
    until = keeper.place().json["until"]
    assert restore(keeper, backup) == 1
    (shown,) = keeper.holds(subject=SUBJECT)["items"]
    assert (shown["until"], shown["reason"]) == (until, REASON)


def test_one_that_was_lifted_since_ends_again(keeper: Keeper) -> None:
    keeper.closed("r1")
    before = keeper.dates()
    name = keeper.placed()
    backup = deepcopy(keeper.tables.items)
    keeper.now += DAY
    keeper.lift(name)
    assert restore(keeper, backup) == 1
    assert not keeper.held()
    assert keeper.dates() == before


def test_one_that_ended_meanwhile_is_left_to_the_sweep(keeper: Keeper) -> None:
    backup = deepcopy(keeper.tables.items)
    keeper.placed(until=(NOW + DAY).isoformat())
    keeper.now += 2 * DAY
    assert restore(keeper, backup) == 0
    assert keeper.stored_holds() == []


def test_of_a_person_who_is_gone_nothing_comes_back(keeper: Keeper) -> None:
    keeper.placed()
    backup = {
        place: raw for place, raw in keeper.tables.items.items() if place[1] != f"S#{SUBJECT}"
    }
    assert restore(keeper, backup) == 0
    assert keeper.stored_holds() == []


def test_it_may_be_repeated_and_broken_off_at_any_step(keeper: Keeper) -> None:
    keeper.closed("r1")
    backup = deepcopy(keeper.tables.items)
    keeper.placed()
    lifted = keeper.placed(ground="dispute")
    keeper.lift(lifted)
    before = holds_in(keeper)
    for step in range(12):
        keeper.steps.kill_before(step)
        with suppress(Killed):
            restore(keeper, backup)
        keeper.steps.revive()
        restoration.restore(keeper.notice)
        standing = {sk: raw for sk, raw in holds_in(keeper).items() if sk in before}
        assert len(standing) == 1
        assert keeper.held().covers("request", "evidence", "r1")
        keeper.now += 20 * DAY
        keeper.sweep()
        assert keeper.there(sk_of("r1"))
        keeper.now -= 20 * DAY
        assert restoration.restore(keeper.notice) == 0


def test_entries_that_an_operator_kept_serve_as_well(keeper: Keeper) -> None:
    keeper.closed("r1")
    backup = deepcopy(keeper.tables.items)
    keeper.placed()
    kept = list(audit.everything())
    keeper.tables.items.clear()
    keeper.tables.items |= backup
    assert restoration.restore(keeper.notice) == 0
    assert restoration.restore(keeper.notice, kept) == 1
    assert keeper.held()


@pytest.mark.parametrize("ground", ["claims", "legal_obligation", "dispute"])
def test_the_chain_with_holds_verifies(keeper: Keeper, ground: str) -> None:
    keeper.lift(keeper.placed(ground=ground))
    assert audit.verify().fault is None
    assert [one.action for one in keeper.audited()] == ["hold_placed", "hold_lifted"]
