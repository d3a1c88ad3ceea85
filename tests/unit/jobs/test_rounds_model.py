"""How a round goes on, whatever its pages answer: nobody is passed over, and it comes to an end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.jobs.rounds.model import (
    AFTER_TROUBLE,
    BETWEEN_PASSES,
    LEFT,
    MISSED,
    MOST_PASSES,
    Deferred,
    Round,
    Status,
    Visited,
    advance,
    begun,
)
from chalicelib.storage.keys import LANES
from tests.examples import examples
from tests.unit.core.samples import NOW

AT_ONCE, SOON = timedelta(0), timedelta(minutes=5)
BEGUN = begun("2027-01-01", "announce", "2026-01-01", NOW)


@dataclass
class Walk:
    """What a round did until its end: pages of each pass, waits, and what was counted."""

    pages: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    waits: list[timedelta] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    deferred: int = 0
    end: Round = BEGUN


def walk(sizes: list[int], left: list[int], deferred: set[int], passes: int) -> Walk:
    """A round through shards of so many pages.

    In pass n its last page leaves `left[n]` undone; the steps in `deferred` cannot be done at once.
    """
    done, stands, wait = Walk(), BEGUN, AT_ONCE
    while stands.status is Status.RUNNING:
        done.waits.append(wait)
        page = int(stands.cursor or 0)
        last = page + 1 >= sizes[stands.shard]
        answer: Visited | Deferred
        if stands.step in deferred:
            done.deferred += 1
            answer = Deferred(SOON, {"sent": 1})
        else:
            done.pages.setdefault(stands.pass_number, []).append((stands.shard, page))
            undone = 0
            if stands.shard == LANES - 1 and last and left:
                undone = left[min(stands.pass_number, len(left)) - 1]
            answer = Visited({"sent": 2}, {"concerned": 1, LEFT: undone})
        done.counted.update(answer.totals)
        before = stands
        following = advance(stands, None if last else str(page + 1), answer, passes, NOW)
        stands, wait = following.round, following.wait
        assert stands.step == before.step + 1
    done.end = stands
    return done


SIZES = st.lists(st.integers(1, 3), min_size=LANES, max_size=LANES)


@settings(max_examples=examples(60))
@given(
    SIZES, st.lists(st.integers(0, 2), max_size=5), st.sets(st.integers(0, 80)), st.integers(1, 3)
)
def test_every_page_of_every_pass_is_visited_once(
    sizes: list[int], left: list[int], deferred: set[int], passes: int
) -> None:
    left = [*left, 0]
    done = walk(sizes, left, deferred, passes)
    everywhere = [(shard, page) for shard in range(LANES) for page in range(sizes[shard])]
    assert all(pages == everywhere for pages in done.pages.values())
    assert list(done.pages) == list(range(1, len(done.pages) + 1))
    assert done.end.status is Status.COMPLETE
    assert done.end.finished_at == NOW


@settings(max_examples=examples(60))
@given(
    SIZES, st.lists(st.integers(0, 2), max_size=5), st.sets(st.integers(0, 80)), st.integers(1, 3)
)
def test_as_many_passes_as_are_needed(
    sizes: list[int], left: list[int], deferred: set[int], passes: int
) -> None:
    left = [*left, 0]
    done = walk(sizes, left, deferred, passes)
    whole = next(n for n in range(1, 100) if n >= passes and not left[min(n, len(left)) - 1])
    assert len(done.pages) == done.end.pass_number == whole
    between = [BETWEEN_PASSES, AFTER_TROUBLE]
    assert sum(wait in between for wait in done.waits) == whole - 1
    assert done.waits.count(AFTER_TROUBLE) == sum(
        bool(left[min(n, len(left)) - 1]) for n in range(1, whole)
    )
    assert done.waits.count(SOON) == done.deferred


@settings(max_examples=examples(60))
@given(SIZES, st.sets(st.integers(0, 80)))
def test_what_was_done_is_counted_over_all_passes_and_the_rest_in_the_last(
    sizes: list[int], deferred: set[int]
) -> None:
    done = walk(sizes, [1, 0], deferred, 2)
    assert done.end.totals == dict(done.counted)
    assert done.end.latest == {"concerned": sum(sizes), LEFT: 0, MISSED: 1}


def test_a_round_that_always_leaves_something_gives_up() -> None:
    done = walk([1] * LANES, [1], set(), 2)
    assert done.end.status is Status.GIVEN_UP
    assert len(done.pages) == MOST_PASSES
    assert done.end.latest[LEFT] == 1
    assert done.end.finished_at == NOW


def test_a_page_that_is_deferred_is_the_next_one_again() -> None:
    wait = timedelta(hours=1)
    following = advance(BEGUN, "further on", Deferred(wait, {"sent": 3}), 2, NOW)
    assert following.wait == wait
    assert following.round.totals == {"sent": 3}
    assert following.round.latest == {}
    same = ("cursor", "shard", "pass_number", "status")
    assert [getattr(following.round, one) for one in same] == [getattr(BEGUN, one) for one in same]
    assert following.round.step == 1, "its job is another one"


@pytest.mark.parametrize("left", [0, 1])
def test_passes_lie_apart_longer_than_anybody_trusts_what_was_read(left: int) -> None:
    # A function trusts the pointer for a minute; who came by what it read is met by the next pass.
    waits = {wait for wait in walk([1] * LANES, [left, 0], set(), 2).waits if wait}
    assert min(waits) >= timedelta(minutes=2)
