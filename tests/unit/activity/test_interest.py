"""An opened mail shows interest where its counting was agreed to; nothing else told here does."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.consents.model import Choice
from chalicelib.decisions.coverage import ends_at
from chalicelib.decisions.permission import Question, permission
from chalicelib.subjects import store
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import StandingItem, standing_place
from tests.unit.activity.world import ADA, BROWSER, DAY, HOUR, SITE, World, event
from tests.unit.core.samples import NOW
from tests.unit.storage.tables import Killed

MAIL, OFFERS = "mail_measurement", "offers_email"


@pytest.fixture
def reader(world: World) -> World:
    """Ada agreed to offers, which last two years from her last interest, and to counting."""
    world.decide(ADA, Choice.GRANTED, OFFERS)
    world.decide(ADA, Choice.GRANTED, MAIL)
    rest(world, replace(stands(world), interest_at=NOW))
    return world


def rest(world: World, standing: Standing) -> None:
    """That stands from now, by somebody else's hand."""
    world.tables.put(store.standing_item(standing))


def stands(world: World, subject: str = ADA) -> Standing:
    found = world.stands(subject)
    assert found is not None
    return found


def opened(at: datetime) -> dict[str, object]:
    return event(at, MAIL)


def ends(world: World) -> datetime | None:
    decided = stands(world).decisions[OFFERS]
    return ends_at(decided, world.notice.purposes[OFFERS], ())


def test_the_moment_of_the_last_one_is_the_sign(reader: World) -> None:
    reader.now = NOW + 5 * DAY
    before = ends(reader)
    reader.tell(ADA, opened(NOW + 2 * DAY), opened(NOW + 3 * DAY))
    assert stands(reader).interest_at == NOW + 3 * DAY
    after = ends(reader)
    assert before is not None
    assert after is not None
    assert after > before


@pytest.mark.parametrize(("after", "moves"), [(DAY - HOUR, False), (DAY, True), (-DAY, False)])
def test_it_is_moved_once_a_day_and_never_back(
    reader: World, after: timedelta, moves: bool
) -> None:
    reader.now = NOW + 2 * DAY
    reader.tell(ADA, opened(NOW + after))
    assert (stands(reader).interest_at != NOW) == moves


def test_it_costs_no_call_and_no_write_more(reader: World) -> None:
    reader.now = NOW + 2 * DAY
    reader.tell(ADA, event(reader.now))
    reader.tables.steps.names.clear()
    reader.tell(ADA, opened(reader.now))
    assert reader.tables.steps.names == ["batch", "commit"]


def test_without_a_yes_to_counting_there_is_none(reader: World) -> None:
    reader.now = NOW + 2 * DAY
    reader.decide(ADA, Choice.DENIED, MAIL)
    told = reader.tell(ADA, opened(reader.now), event(reader.now))
    assert [one.index for one in told.dropped] == [0]
    assert stands(reader).interest_at == NOW


def test_no_other_activity_is_a_sign_nor_is_a_decision(reader: World) -> None:
    reader.now = NOW + 2 * DAY
    reader.tell(ADA, event(reader.now, SITE))
    reader.decide(ADA, Choice.GRANTED, "surveys")
    reader.decide(ADA, Choice.DENIED, "surveys")
    reader.prefer(ADA, {"surveys": Choice.GRANTED}, gpc=False)
    assert stands(reader).interest_at == NOW


def test_a_browser_has_none(reader: World) -> None:
    reader.decide(BROWSER, Choice.GRANTED, MAIL)
    reader.tell(BROWSER, opened(NOW))
    assert stands(reader, BROWSER).interest_at is None


def test_what_had_ended_does_not_come_back(reader: World) -> None:
    over = ends(reader)
    assert over is not None
    reader.now = over + DAY
    reader.sign_in(ADA, None)
    rest(reader, replace(stands(reader), interest_at=NOW))
    reader.decide(ADA, Choice.GRANTED, MAIL)
    reader.tell(ADA, opened(over - DAY))
    known = stands(reader)
    assert known.interest_at == over - DAY
    answer = permission(Question(ADA, OFFERS), known, reader.notice, reader.now)
    assert [str(one) for one in answer.reasons] == ["expired"]
    assert ends(reader) == over


def test_a_sign_in_at_the_same_moment_wins(reader: World) -> None:
    reader.now = NOW + 5 * DAY

    def sign() -> None:
        rest(reader, replace(stands(reader), interest_at=reader.now))

    reader.tables.steps.meanwhile["commit"] = [sign]
    reader.tell(ADA, opened(NOW + 3 * DAY))
    assert stands(reader).interest_at == reader.now
    assert len(reader.stored(ADA)) == 1


def test_whoever_dies_leaves_both_or_neither(reader: World) -> None:
    reader.now = NOW + 2 * DAY
    for step in range(3):
        reader.tables.steps.kill_before(step)
        with suppress(Killed):
            reader.tell(ADA, opened(reader.now))
        reader.tables.steps.revive()
        item = reader.tables.one(StandingItem, *standing_place(ADA))
        assert (item.interest_at == reader.now) == bool(reader.stored(ADA))
