"""Which version is in force, waits and is shown: over time, and how often the table is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import NotFound, Unprocessable
from chalicelib.notices import service, store
from chalicelib.notices.model import Announced
from chalicelib.notices.publication import Pointer, Shown
from chalicelib.publications.service.publication import publish
from tests.unit.core.samples import NOW
from tests.unit.core.test_publication import DAY, LONGER, WIDER, document
from tests.unit.publications.world import World

V1, V2, V3 = "2026-11-01", "2026-12-20", "2027-03-01"
EFFECTIVE = NOW + 20 * DAY
WORDS = {"en": "The letter of the season"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.fixture
def two(world: World) -> World:
    """A version in force, and one that waits and is told of."""
    publish(document(V1))
    publish(document(V2, LONGER, ahead=20 * DAY))
    return world


def statuses() -> tuple[str, ...]:
    return tuple(service.status(name, service.version(name).effective_at) for name in (V1, V2))


def test_a_process_that_read_the_pointer_before_knows_what_is_scheduled(world: World) -> None:
    publish(document(V1))
    read = service._memory.pointer = store.get_pointer()
    publish(document(V2, LONGER, ahead=20 * DAY))
    service._memory.pointer, service._memory.read_at = read, world.now
    assert service.waiting() is None, "it has not asked since"
    assert statuses() == ("in_force", "scheduled")


def test_the_next_version_waits_for_its_date(two: World) -> None:
    assert (service.current().version, service.waiting()) == (V1, V2)
    assert statuses() == ("in_force", "scheduled")
    two.now = EFFECTIVE - timedelta(milliseconds=1)
    assert (service.current().version, service.waiting()) == (V1, V2)
    two.now = EFFECTIVE
    assert (service.current().version, service.waiting()) == (V2, None)
    assert statuses() == ("superseded", "in_force")
    assert service.healthy() == V2


def test_what_people_are_told_is_shown_from_publication_until_its_time_is_over(two: World) -> None:
    shown = Announced(V2, V1, "informative", EFFECTIVE, EFFECTIVE + 21 * DAY)
    for moment in (NOW, EFFECTIVE - DAY, EFFECTIVE, EFFECTIVE + 21 * DAY - DAY / 86_400_000):
        two.now = moment
        assert service.announced() == shown
    two.now = EFFECTIVE + 21 * DAY
    assert service.announced() is None


def test_the_weightiest_change_names_it(world: World) -> None:
    publish(document(V1))
    publish(document(V2, LONGER, WIDER, ahead=20 * DAY))
    found = service.announced()
    assert found is not None
    assert found.effect == "material"


@pytest.mark.parametrize("ahead", [DAY, 20 * DAY])
def test_what_is_only_worded_otherwise_is_not_shown(world: World, ahead: timedelta) -> None:
    publish(document(V1))
    assert service.announced() is None, "the first version changes nothing"
    publish(document(V2, ahead=ahead))
    assert service.announced() is None
    world.now = NOW + ahead
    assert (service.current().version, service.announced()) == (V2, None)


def test_wording_alone_does_not_end_what_is_shown(two: World) -> None:
    shown = service.announced()
    assert shown is not None
    two.now = EFFECTIVE + DAY
    worded = document(V3, LONGER, ahead=22 * DAY)
    worded["purposes"][1]["title"] = WORDS
    publish(worded)
    assert service.announced() == shown, "while it waits"
    two.now = EFFECTIVE + 3 * DAY
    assert service.current().version == V3
    later = service.announced()
    assert later is not None, "after it took effect"
    assert (later.since, later.effect, later.show_until) == (V1, "informative", shown.show_until)


def test_a_newer_change_takes_the_place_of_the_one_before(two: World) -> None:
    two.now = EFFECTIVE + DAY
    publish(document(V3, LONGER, WIDER, ahead=40 * DAY))
    found = service.announced()
    assert found is not None
    assert (found.version, found.since, found.effect) == (V3, V2, "material")


def test_repeating_an_older_version_does_not_bring_it_back(two: World) -> None:
    two.now = EFFECTIVE
    publish(document(V1), again=True)
    assert service.current().version == V2


def test_a_warm_process_asks_for_the_pointer_once_a_minute(two: World) -> None:
    service.current()
    two.steps.names.clear()
    for seconds in (1, 30, 59):
        two.now = NOW + timedelta(seconds=seconds)
        service.current()
        service.announced()
        service.waiting()
    assert two.steps.names == []
    two.now = NOW + timedelta(seconds=60)
    service.current()
    assert two.steps.names == ["get"]


def test_a_version_nobody_published_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        service.version("1999-01-01")


def test_other_words_than_those_in_force_are_refused(world: World) -> None:
    notice = publish(document())
    service.refuse_other_words(notice.version, notice)
    with pytest.raises(Unprocessable) as refused:
        service.refuse_other_words("2020-01-01", notice)
    assert [finding.pointer for finding in refused.value.findings] == ["/notice_version"]


class TestNames:
    """Versions of one day are in the order of their numbers, and not of their letters."""

    NAMES = ("2026-11-01", *(f"2026-11-01.{number}" for number in (1, 2, 9, 10, 11)))

    @pytest.fixture(autouse=True)
    def many(self, world: World) -> None:
        for number, name in enumerate(self.NAMES):
            world.now = NOW + number * DAY
            ahead = None if not number else number * DAY + timedelta(minutes=5)
            publish(document(name, ahead=ahead))
        world.now += DAY

    def test_the_newest_comes_first(self) -> None:
        page = service.versions(None, 10)
        assert [item.version for item in page.items] == list(reversed(self.NAMES))

    def test_pages_go_on_where_the_last_ended(self) -> None:
        first = service.versions(None, 2)
        second = service.versions(first.next, 2)
        third = service.versions(second.next, 3)
        found = [item.version for page in (first, second, third) for item in page.items]
        assert found == list(reversed(self.NAMES))

    @pytest.mark.parametrize("number", range(1, len(NAMES)))
    def test_the_one_before_is_the_one_that_was_in_force(self, number: int) -> None:
        before, after = service.compared(self.NAMES[number], None)
        assert (before.version, after.version) == (self.NAMES[number - 1], self.NAMES[number])


DATES = st.integers(-50, 50).map(lambda days: NOW + days * DAY)
EFFECTS = st.sampled_from(["editorial", "informative", "material"])


def shown(version: str) -> st.SearchStrategy[Shown]:
    return st.builds(
        Shown,
        version=st.just(version),
        since=st.just("v0"),
        effect=EFFECTS,
        effective_at=st.just(NOW),
        until=DATES,
    )


WAITING = st.tuples(st.just("v2"), DATES, shown("v2"))
POINTERS = st.builds(
    lambda earlier, waiting: Pointer("v1", waiting[0], waiting[1], earlier, waiting[2]),
    st.none() | shown("v0") | shown("v1"),
    WAITING | st.just((None, None, None)),
)


@given(POINTERS, DATES)
def test_exactly_one_version_is_in_force(pointer: Pointer, now: datetime) -> None:
    names: list[Any] = [name for name in (pointer.current, pointer.next) if name]
    dates = {pointer.current: NOW, pointer.next: pointer.next_at or NOW}
    stands = [str(pointer.status(name, dates[name], now)) for name in names]
    assert stands.count("in_force") == 1
    assert names[stands.index("in_force")] == pointer.in_force(now)
    assert pointer.at(now).at(now) == pointer.at(now)
    found = pointer.announced(now)
    if found is not None:
        assert found.effect != "editorial"
        assert now < found.show_until
        assert found.version in (*names, "v0")


@given(shown("v1"), DATES, DATES)
def test_wording_alone_hides_nothing(before: Shown, next_at: datetime, now: datetime) -> None:
    worded = Shown("v2", "v1", "editorial", next_at, next_at + 30 * DAY)
    without = Pointer("v1", None, None, before)
    assert Pointer("v1", "v2", next_at, before, worded).announced(now) == without.announced(now)
