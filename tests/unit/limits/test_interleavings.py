"""Whatever the order in which tries are read and committed, no more are counted than may be."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import TooManyRequests
from chalicelib.limits.model import Limit, Limits
from chalicelib.limits.service import Attempt
from chalicelib.storage.transaction import ConditionFailed
from tests.examples import examples
from tests.unit.core.samples import shipped
from tests.unit.storage.memory import Memory

START = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
WINDOW, SHORT = timedelta(minutes=4), timedelta(minutes=2)
SOFT = Limits("guess", Limit(2, SHORT), Limit(4, WINDOW), Limit(6, WINDOW), strict=False)
STRICT = Limits("code", Limit(2, SHORT), Limit(4, WINDOW), Limit(6, WINDOW), strict=True)


@dataclass(frozen=True)
class Try:
    """Somebody's try: when it comes, how many others come in between, whether it is right."""

    address: str
    network: str
    minute: int
    delay: int
    right: bool = False


TRIES = st.lists(
    st.builds(
        Try,
        address=st.sampled_from(["a", "b"]),
        network=st.sampled_from(["x", "y", "z"]),
        minute=st.integers(0, 6),
        delay=st.integers(0, 12),
        right=st.booleans(),
    ),
    max_size=40,
)


@dataclass(frozen=True)
class Done:
    """A try that was committed."""

    one: Try
    now: datetime


def play(limits: Limits, tries: list[Try], *, blindly: bool = False) -> list[Done]:
    """What is committed when each try reads in its turn, and commits `delay` turns later.

    `blindly` leaves the first look out, as if everybody had read an empty table.
    """
    memory, done, left = Memory(), list[Done](), dict[int, int]()
    tries = sorted(tries, key=lambda one: one.minute)
    turns = [(turn, "read", turn) for turn in range(len(tries))]
    turns += [(turn + one.delay, "write", turn) for turn, one in enumerate(tries)]
    for _, what, number in sorted(turns):
        one = tries[number]
        now = START + timedelta(minutes=one.minute)
        attempt = Attempt(limits, one.address, one.network, now)
        if what == "read":
            found = [None] * 3 if blindly else memory.batch(attempt.places())
            with suppress(TooManyRequests):
                left[number] = attempt.refuse_exhausted(found)
        elif number in left and committed(memory, attempt, left[number], right=one.right):
            done.append(Done(one, now))
    return done


def committed(memory: Memory, attempt: Attempt, tries: int, *, right: bool) -> bool:
    """Whether a try is written."""
    write: Any = memory.transaction(shipped())
    if right:
        attempt.forgive(write, tries)
    else:
        attempt.count(write, tries)
    try:
        write.commit()
    except ConditionFailed:
        return False
    return True


def most(done: list[Done], limit: Limit, *key: str) -> int:
    """The most tries that one key had counted in one window of a limit."""
    found = Counter(
        (limit.starts(one.now), *(getattr(one.one, name) for name in key))
        for one in done
        if not one.one.right
    )
    return max(found.values(), default=0)


def beyond(done: list[Done], limits: Limits) -> int:
    """The most wrong tries in a row at one address that a network made beyond its limit."""
    counted: Counter[tuple[int, str]] = Counter()
    rows: Counter[tuple[int, int, str, str]] = Counter()
    for one in done:
        network = (limits.network.starts(one.now), one.one.network)
        row = (*network[:1], limits.own.starts(one.now), one.one.address, one.one.network)
        if one.one.right:
            rows[row] = 0
            continue
        counted[network] += 1
        if counted[network] > limits.network.tries:
            rows[row] += 1
    return max(rows.values(), default=0)


def most_in_a_row(done: list[Done], limit: Limit) -> int:
    """The most wrong tries of one network at one address without a right one in between."""
    rows: Counter[tuple[int, str, str]] = Counter()
    highest = 0
    for one in done:
        key = (limit.starts(one.now), one.one.address, one.one.network)
        rows[key] = 0 if one.one.right else rows[key] + 1
        highest = max(highest, rows[key])
    return highest


@settings(max_examples=examples(300))
@given(TRIES, st.booleans())
def test_where_the_limit_is_strict_nothing_is_exceeded(tries: list[Try], blindly: bool) -> None:
    done = play(STRICT, tries, blindly=blindly)
    assert most_in_a_row(done, STRICT.own) <= STRICT.own.tries
    assert most(done, STRICT.address, "address") <= STRICT.address.tries
    assert beyond(done, STRICT) <= 1


@settings(max_examples=examples(300))
@given(TRIES, st.booleans())
def test_where_it_is_soft_a_pair_is_not_exceeded_and_a_network_by_one_an_address(
    tries: list[Try], blindly: bool
) -> None:
    done = play(SOFT, tries, blindly=blindly)
    assert most_in_a_row(done, SOFT.own) <= SOFT.own.tries
    assert beyond(done, SOFT) <= 1


@settings(max_examples=examples(200))
@given(TRIES)
def test_a_right_answer_never_follows_as_many_wrong_ones_as_there_are(tries: list[Try]) -> None:
    # However many are sent at once: those that come after the last try get nothing by being right.
    done = play(SOFT, tries, blindly=True)
    row: Counter[tuple[int, str, str]] = Counter()
    for one in done:
        key = (SOFT.own.starts(one.now), one.one.address, one.one.network)
        if one.one.right:
            assert row[key] < SOFT.own.tries
            row[key] = 0
        else:
            row[key] += 1


@settings(max_examples=examples(200))
@given(st.lists(st.sampled_from(["x", "y", "z"]), max_size=30))
def test_when_everybody_tries_an_address_each_network_gets_one_more(networks: list[str]) -> None:
    tries = [Try("a", network, 0, 0) for network in networks]
    done = [one.one.network for one in play(SOFT, tries)]
    assert max(Counter(done[SOFT.address.tries :]).values(), default=0) <= 1
    for network in set(networks):
        assert done.count(network) <= SOFT.own.tries


@settings(max_examples=examples(100))
@given(TRIES)
def test_somebody_elsewhere_is_never_kept_out_of_a_soft_limit(tries: list[Try]) -> None:
    owner = Try("a", "owners", 6, 0, right=True)
    done = play(SOFT, [*(one for one in tries if one.minute <= 6), owner])
    assert owner in [one.one for one in done]
