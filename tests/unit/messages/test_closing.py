"""The end of a message: reckoned from its writing, and from the day its case is closed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.errors import Conflict, NotFound, Unprocessable
from chalicelib.messages import service
from chalicelib.messages.store import MessageItem, message_place
from tests.unit.messages.conftest import ADA, NOW, Writer
from tests.unit.storage.tables import Killed

DAY = timedelta(days=1)


def stays_in_use(writer: Writer) -> None:
    """Ada signs in meanwhile, so that her account does not end before the message does."""
    writer.now = NOW + 365 * DAY
    writer.sign_in(ADA, None)


def test_closed_it_ends_24_months_later_to_the_day(writer: Writer) -> None:
    made = writer.write()
    writer.now = NOW + 3 * DAY
    closed_at = NOW + 2 * DAY
    ends_at = service.close(ADA, made, closed_at)
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
        service.close(ADA, made, closed_at)
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
    first = service.close(ADA, made, NOW + DAY)
    assert service.close(ADA, made, NOW + DAY) == first
    with pytest.raises(Conflict):
        service.close(ADA, made, NOW)
    assert writer.stored()[0].closed_at == NOW + DAY


@pytest.mark.parametrize("at", [NOW - DAY, NOW + 3 * DAY])
def test_not_before_it_was_written_and_not_in_the_future(writer: Writer, at: datetime) -> None:
    made = writer.write()
    writer.now = NOW + DAY
    with pytest.raises(Unprocessable) as found:
        service.close(ADA, made, at)
    assert [one.pointer for one in found.value.findings] == ["/at"]
    assert writer.stored()[0].closed_at is None


def test_of_another_or_of_none_there_is_nothing_to_close(writer: Writer) -> None:
    made = writer.write()
    for subject, message_id in ((ADA, "b" * 26), ("v" + "b" * 25, made)):
        with pytest.raises(NotFound):
            service.close(subject, message_id, NOW)


def test_of_two_at_once_the_first_counts(writer: Writer) -> None:
    made = writer.write()
    writer.now = NOW + 2 * DAY
    steps = writer.tables.steps
    steps.meanwhile["update"] = [lambda: service.close(ADA, made, NOW + DAY)]
    with pytest.raises(Conflict):
        service.close(ADA, made, NOW + 2 * DAY)
    assert writer.stored()[0].closed_at == NOW + DAY


def test_gone_meanwhile_it_stays_gone(writer: Writer) -> None:
    made = writer.write()

    def gone() -> None:
        pk, sk = message_place(ADA, made)
        writer.tables.items.pop((False, pk, sk))

    writer.tables.steps.meanwhile["update"] = [gone]
    with pytest.raises(NotFound):
        service.close(ADA, made, NOW)
    assert writer.stored() == []


def test_held_it_stays_out_of_its_lane(writer: Writer) -> None:
    made = writer.write()
    (item,) = writer.stored()
    item.update([MessageItem.lane.remove()])
    service.close(ADA, made, NOW)
    (after,) = writer.stored()
    assert after.lane is None
    assert after.due_event == "closed"


def test_killed_before_a_call_nothing_of_it_is_there(writer: Writer) -> None:
    made = writer.write()
    for number in range(2):
        writer.tables.steps.kill_before(number)
        with pytest.raises(Killed):
            service.close(ADA, made, NOW)
        writer.tables.steps.revive()
        (item,) = writer.stored()
        assert item.closed_at is None
        assert item.due_event == "created"
    service.close(ADA, made, NOW)
