"""The end of a message: reckoned from its writing, and from the day its case is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import BadRequest, Conflict, NotFound
from chalicelib.holds.model import Ground, Hold
from chalicelib.holds.store import hold_item
from chalicelib.messages.store import MessageItem, message_place
from chalicelib.subjects.store import StandingItem
from tests.unit.messages.conftest import ADA, NOW, Writer
from tests.unit.storage.tables import Killed

DAY = timedelta(days=1)
HOLD = Hold(
    id="h" * 26,
    subject=ADA,
    ground=Ground.CLAIMS,
    placed_at=NOW,
    until=NOW + 30 * DAY,
    by="d" * 26,
    classes=frozenset({"support"}),
)


def stays_in_use(writer: Writer) -> None:
    """Ada signs in meanwhile, so that her account does not end before the message does."""
    writer.now = NOW + 365 * DAY
    writer.sign_in(ADA, None)


def test_closed_it_ends_24_months_later_to_the_day(writer: Writer) -> None:
    made = writer.write()
    writer.now = NOW + 3 * DAY
    closed_at = NOW + 2 * DAY
    ends_at = writer.close_case(made, closed_at)
    assert ends_at == closed_at.replace(year=closed_at.year + 2)
    (own,) = writer.own()
    assert (own.closed_at, own.ends_at) == (closed_at, ends_at)
    assert (own.ends_from, own.reviewed_at) == (None, None)
    stays_in_use(writer)
    writer.now = ends_at - timedelta(milliseconds=1)
    writer.sweep()
    assert len(writer.stored()) == 1
    writer.now = ends_at
    writer.sign_in(ADA, None)
    assert writer.own() == []  # although no run removed it yet
    with pytest.raises(NotFound):
        writer.close_case(made, closed_at)
    writer.sweep()
    assert writer.stored() == []
    assert writer.stands(ADA) is not None


def test_never_closed_somebody_decides_after_36_months(writer: Writer) -> None:
    writer.write()
    stays_in_use(writer)
    looked_at = NOW.replace(year=NOW.year + 3)
    writer.now = looked_at - timedelta(milliseconds=1)
    writer.sign_in(ADA, None)
    writer.sweep()
    assert writer.stored()[0].due_at == looked_at
    writer.now = looked_at
    writer.sweep()
    (item,) = writer.stored()
    assert item.due_at is not None
    assert item.due_at > looked_at
    kinds = {raw["kind"]["S"] for raw in writer.tables.items.values()}
    assert "retention_review" in kinds


def test_once_and_again_as_of_the_same_moment(writer: Writer) -> None:
    made = writer.write()
    writer.now = NOW + DAY
    first = writer.close_case(made, NOW + DAY)
    assert writer.close_case(made, NOW + DAY) == first
    with pytest.raises(Conflict):
        writer.close_case(made, NOW)
    assert writer.stored()[0].closed_at == NOW + DAY


def test_not_before_it_was_written(writer: Writer) -> None:
    made = writer.write()
    writer.now = NOW + DAY
    with pytest.raises(BadRequest) as found:
        writer.close_case(made, NOW - DAY)
    assert [one.pointer for one in found.value.findings] == ["/at"]
    assert writer.stored()[0].closed_at is None


def test_of_another_or_of_none_there_is_nothing_to_close(writer: Writer) -> None:
    made = writer.write()
    for subject, message_id in ((ADA, "b" * 26), ("v" + "b" * 25, made)):
        with pytest.raises(NotFound):
            writer.close_case(message_id, NOW, subject)


def test_of_two_at_once_the_first_counts(writer: Writer) -> None:
    made = writer.write()
    writer.now = NOW + 2 * DAY
    steps = writer.tables.steps
    steps.meanwhile["commit"] = [lambda: writer.close_case(made, NOW + DAY)]
    with pytest.raises(Conflict):
        writer.close_case(made, NOW + 2 * DAY)
    assert writer.stored()[0].closed_at == NOW + DAY


def test_gone_meanwhile_it_stays_gone(writer: Writer) -> None:
    made = writer.write()

    def gone() -> None:
        pk, sk = message_place(ADA, made)
        writer.tables.items.pop((False, pk, sk))

    writer.tables.steps.meanwhile["commit"] = [gone]
    with pytest.raises(NotFound):
        writer.close_case(made, NOW)
    assert writer.stored() == []


def test_held_it_stays_out_of_its_lane(writer: Writer) -> None:
    made = writer.write()
    (item,) = writer.stored()
    item.update([MessageItem.lane.remove()])
    writer.close_case(made, NOW)
    (after,) = writer.stored()
    assert after.lane is None
    assert after.due_event == "closed"


def test_killed_before_a_call_nothing_of_it_is_there(writer: Writer) -> None:
    made = writer.write()
    for number in range(2):
        writer.tables.steps.kill_before(number)
        with pytest.raises(Killed):
            writer.close_case(made, NOW)
        writer.tables.steps.revive()
        (item,) = writer.stored()
        assert item.closed_at is None
        assert item.due_event == "created"
    writer.close_case(made, NOW)


@pytest.mark.parametrize("event", ["ended", "contract_ended"])
def test_no_other_event_ends_a_message(writer: Writer, event: str) -> None:
    made = writer.write()
    with pytest.raises(BadRequest) as found:
        writer.close_case(made, NOW, event=event)
    assert [one.pointer for one in found.value.findings] == ["/event"]
    assert writer.stored()[0].closed_at is None


def test_closing_costs_one_read_and_one_transaction(writer: Writer) -> None:
    made = writer.write()
    writer.tables.steps.names.clear()
    writer.close_case(made, NOW)
    assert writer.tables.steps.names == ["batch", "commit"]
    writer.tables.steps.names.clear()
    writer.close_case(made, NOW)
    assert writer.tables.steps.names == ["batch"]


def test_ended_now_the_last_one_takes_the_key_along(writer: Writer) -> None:
    first, second = writer.write(), writer.write()
    writer.end(first)
    assert [one.id for one in writer.own()] == [second]
    writer.end(second)
    assert writer.stored() == []
    assert writer.data_key() is None
    with pytest.raises(NotFound):
        writer.end(second)
    writer.write()
    assert len(writer.own()) == 1


def test_held_or_restricted_it_is_not_ended(writer: Writer) -> None:
    made = writer.write()
    for name in ("restricted", "held"):
        standing = writer.tables.one(StandingItem, f"S#{ADA}", "core#standing#")
        assert standing is not None
        setattr(standing, name, 1)
        if name == "held":
            standing.restricted = None
            writer.tables.put(hold_item(HOLD))
        writer.tables.put(standing)
        with pytest.raises(Conflict) as refusal:
            writer.end(made)
        assert refusal.value.type == "held"
    assert len(writer.stored()) == 1
