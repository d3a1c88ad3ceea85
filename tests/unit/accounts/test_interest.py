"""A sign-in renews the consents that last from the last sign of interest, and revives none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.accounts.service import signin
from chalicelib.accounts.service.signin import Origin
from chalicelib.consents.presentation import decisions_shown
from chalicelib.decisions.permission import Question, permission
from chalicelib.errors import Unauthenticated
from chalicelib.instants import instant
from chalicelib.notices.model import Notice, Period
from chalicelib.subjects import store
from chalicelib.subjects.model import Decided, Decision, Life
from chalicelib.subjects.store import standing_item
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World
from tests.unit.core.samples import NOW, SUBJECT, association, shipped

NOTICE = shipped()
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
OFFERS, POST, CALLS, SITE = "offers_email", "products_post", "call_recording", "site_measurement"
"""The first two last two years from the last sign of interest, the last six months from the yes."""

END = Period(months=24).after(NOW)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(monkeypatch)
    decisions = {name: Decided(Decision.GRANTED, 1, NOW, NOTICE.version) for name in (OFFERS, SITE)}
    decisions[POST] = Decided(Decision.DENIED, 1, NOW, NOTICE.version)
    rest(world, replace(world.standing(), decisions=decisions, seq=1))
    return world


def rest(world: World, standing: object) -> None:
    """That stands from now, by somebody else's hand."""
    item = standing_item(standing)  # type: ignore[arg-type]
    world.memory.items[False, item.pk, item.sk] = item.serialize()


def sign_in(world: World, now: datetime, notice: Notice = NOTICE) -> None:
    world.now = now
    signin.sign_in(ADDRESS, PASSWORD, None, Origin(NETWORK), notice)


def told(world: World, now: datetime) -> tuple[str, str | None]:
    """What the decision point says of the offers, and until when the person is told it holds."""
    known = world.standing()
    answer = permission(Question(SUBJECT, OFFERS), known, NOTICE, now)
    shown = decisions_shown(known, NOTICE, now)[OFFERS]
    (reason,) = answer.reasons
    assert isinstance(shown, dict)
    assert shown["decision"] == reason
    return str(reason), shown["expires_at"]  # type: ignore[return-value]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The standings that were read."""
    found, read = [], store.get_standing

    def get_standing(subject: str) -> object:
        found.append(subject)
        return read(subject)

    monkeypatch.setattr(store, "get_standing", get_standing)
    return found


def test_without_a_sign_it_ends_two_years_after_the_yes(world: World) -> None:
    assert told(world, END - HOUR) == ("granted", instant(END))
    assert told(world, END) == ("expired", instant(END))
    assert told(world, END + HOUR) == ("expired", instant(END))


def test_a_sign_in_begins_the_time_anew(world: World, reads: list[str]) -> None:
    seen = NOW + YEAR
    sign_in(world, seen)
    end = Period(months=24).after(seen)
    assert told(world, END + HOUR) == ("granted", instant(end))
    assert told(world, end - HOUR) == ("granted", instant(end))
    assert told(world, end) == ("expired", instant(end))
    assert world.standing().interest_at == world.standing().last_activity_at == seen
    assert reads == []


def test_signing_in_each_month_is_enough_for_ever(world: World, reads: list[str]) -> None:
    for month in range(1, 40):
        sign_in(world, NOW + month * 30 * DAY)
    assert told(world, world.now + YEAR)[0] == "granted"
    assert reads == []


def test_what_lasts_from_the_yes_is_not_renewed(world: World) -> None:
    sign_in(world, NOW + 100 * DAY)
    answer = permission(Question(SUBJECT, SITE), world.standing(), NOTICE, NOW + 200 * DAY)
    assert answer.reasons == ("expired",)


@pytest.mark.parametrize("late", [timedelta(0), HOUR, YEAR])
def test_an_ended_yes_does_not_come_back(world: World, late: timedelta, reads: list[str]) -> None:
    sign_in(world, END + late)
    assert reads == [SUBJECT]
    assert told(world, END + late) == ("expired", instant(END))
    for days in (1, 30, 300):
        sign_in(world, END + late + days * DAY)
        assert told(world, world.now + HOUR) == ("expired", instant(END))
    assert reads == [SUBJECT]


def test_a_moment_before_its_end_it_is_renewed(world: World, reads: list[str]) -> None:
    seen = END - timedelta(milliseconds=1)
    sign_in(world, seen)
    assert reads == [SUBJECT]
    assert told(world, END + HOUR) == ("granted", instant(Period(months=24).after(seen)))


def test_who_says_yes_again_has_said_yes(world: World) -> None:
    sign_in(world, END + HOUR)
    known = world.standing()
    again = Decided(Decision.GRANTED, 2, world.now, NOTICE.version)
    rest(world, replace(known, seq=2, decisions={**known.decisions, OFFERS: again}))
    end = Period(months=24).after(world.now)
    assert told(world, end - HOUR) == ("granted", instant(end))
    sign_in(world, end - DAY)
    assert told(world, end + HOUR)[0] == "granted"


def test_a_short_absence_and_a_long_one_are_kept_apart(world: World) -> None:
    """What ended in a long absence is still over after a short one, in which nothing ended."""
    sign_in(world, END + HOUR)
    sign_in(world, END + YEAR)
    sign_in(world, END + YEAR + 700 * DAY)
    assert told(world, world.now)[0] == "expired"
    assert world.standing().lapsed == {(OFFERS, 1): END}


def test_two_at_once_after_a_long_absence_both_get_in(world: World) -> None:
    world.now = END + HOUR
    world.meanwhile = [
        lambda: None,
        lambda: signin.sign_in(ADDRESS, PASSWORD, None, Origin(NETWORK), NOTICE),
    ]
    sign_in(world, END + HOUR)
    assert told(world, world.now)[0] == "expired"


def test_a_clock_that_runs_ahead_ends_nothing_for_good(world: World) -> None:
    sign_in(world, END + YEAR)
    assert told(world, NOW + DAY) == ("granted", instant(END))
    sign_in(world, NOW + DAY)
    assert told(world, NOW + DAY) == ("granted", instant(END))


def test_where_nothing_is_renewed_a_sign_in_reads_nothing_more(
    world: World, reads: list[str]
) -> None:
    sign_in(world, NOW + 9 * YEAR, replace(association(), version=NOTICE.version))
    assert reads == []
    assert world.standing().interest_at == world.now


@pytest.mark.parametrize("life", [Life.ERASING, Life.PENDING])
def test_an_account_that_nobody_can_use_is_not_opened(world: World, life: Life) -> None:
    world.stop(life)
    with pytest.raises(Unauthenticated):
        sign_in(world, END + HOUR)
    assert world.standing().interest_at is None
