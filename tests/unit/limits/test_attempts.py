"""What an attempt reads, refuses and counts, on a table that evaluates its conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import TooManyRequests
from chalicelib.limits.model import CODES, GUESSES, MAILS, RESETS, Limits
from chalicelib.limits.service import ADDRESS, NETWORK, PAIR, Attempt, code, guess, mail, reset
from chalicelib.limits.store import LimitItem
from chalicelib.storage.transaction import ConditionFailed
from tests.unit.core.samples import association, shipped
from tests.unit.storage.memory import Memory

NOW = datetime(2026, 11, 22, 16, 3, 0, tzinfo=UTC)
HOME, OFFICE = "203.0.113.0/24", "198.51.100.0/24"
ADA, BOB = "aa" * 32, "bb" * 32
MADE: list[tuple[Callable[[str, str, datetime], Attempt], Limits]] = [
    (guess, GUESSES),
    (code, CODES),
    (mail, MAILS),
    (reset, RESETS),
]


def attempt(limits: Limits = GUESSES, address: str = ADA, network: str = HOME) -> Attempt:
    return Attempt(limits, address, network, NOW)


def counters(memory: Memory, one: Attempt) -> list[LimitItem | None]:
    """What is read of an attempt's counters."""
    return memory.batch(one.places())


def counts(memory: Memory, one: Attempt) -> list[int]:
    """How often was tried: by address and network, by address, by network."""
    return [0 if item is None else int(item.tries) for item in counters(memory, one)]


def tried(memory: Memory, one: Attempt, times: int = 1, tries: int | None = None) -> None:
    """So many tries, each in a transaction of its own."""
    for _ in range(times):
        write: Any = memory.transaction(shipped())
        one.count(write, tries)
        write.commit()


def filled(one: Attempt, pair: int = 0, address: int = 0, network: int = 0) -> Memory:
    """A table in which an attempt's counters stand at these numbers."""
    kinds = zip(one.places(), (pair, address, network), strict=True)
    return Memory(
        *(
            LimitItem(pk=pk, sk=sk, kind="limit", tries=count, expires_at=NOW)
            for (_, pk, sk), count in kinds
            if count
        )
    )


@pytest.mark.parametrize(("make", "limits"), MADE)
def test_each_sort_of_attempt_has_its_limits(
    make: Callable[[str, str, datetime], Attempt], limits: Limits
) -> None:
    assert make(ADA, HOME, NOW) == attempt(limits)


def test_a_try_is_counted_three_times_over() -> None:
    memory, one = Memory(), attempt()
    tried(memory, one, 2)
    assert counts(memory, one) == [2, 2, 2]
    assert counts(memory, replace(one, network=OFFICE)) == [0, 2, 0]
    assert counts(memory, replace(one, address=BOB)) == [0, 0, 2]
    assert counts(memory, replace(one, limits=CODES)) == [0, 0, 0]


def test_a_counter_says_what_it_is_and_when_it_is_over() -> None:
    memory, one = Memory(), attempt()
    tried(memory, one)
    pair, address, network = counters(memory, one)
    assert pair is not None
    assert address is not None
    assert network is not None
    for item, ends in ((pair, 15), (address, 60), (network, 60)):
        assert (
            item.expires_at
            == item.expires
            == datetime(2026, 11, 22, 16, tzinfo=UTC) + (timedelta(minutes=ends))
        )
        assert (item.kind, item.v) == ("limit", 1)
        assert item.pk.startswith("L#")
        assert HOME not in repr(item.serialize())
        assert ADA not in repr(item.serialize())
    for notice in (shipped(), association()):
        pair.refuse_undeclared(notice)


def test_the_next_window_starts_with_nothing() -> None:
    memory, one = Memory(), attempt()
    tried(memory, one, 3)
    later = replace(one, now=NOW + timedelta(minutes=12))
    assert counts(memory, later) == [0, 3, 3]
    assert counts(memory, replace(one, now=NOW + timedelta(minutes=57))) == [0, 0, 0]


@pytest.mark.parametrize("limits", [GUESSES, CODES, RESETS], ids=lambda one: one.action)
def test_tries_are_refused_from_the_one_that_is_too_many(limits: Limits) -> None:
    one = attempt(limits)
    last = filled(one, pair=limits.own.tries - 1)
    assert one.refuse_exhausted(counters(last, one)) == limits.own.tries
    with pytest.raises(TooManyRequests):
        one.refuse_exhausted(counters(filled(one, pair=limits.own.tries), one))


def test_who_never_tried_has_all_tries() -> None:
    assert attempt().refuse_exhausted([None, None, None]) == GUESSES.own.tries


def test_an_address_that_everybody_tries_leaves_each_network_one_try() -> None:
    one = attempt(GUESSES)
    most = GUESSES.address.tries
    assert one.refuse_exhausted(counters(filled(one, address=most - 1), one)) == 10
    assert one.refuse_exhausted(counters(filled(one, address=most), one)) == 1
    with pytest.raises(TooManyRequests):
        one.refuse_exhausted(counters(filled(one, pair=1, address=most), one))


@pytest.mark.parametrize("limits", [CODES, RESETS], ids=lambda one: one.action)
def test_where_the_limit_is_strict_an_address_leaves_none(limits: Limits) -> None:
    one = attempt(limits)
    with pytest.raises(TooManyRequests):
        one.refuse_exhausted(counters(filled(one, address=limits.address.tries), one))


@pytest.mark.parametrize("limits", [GUESSES, CODES], ids=lambda one: one.action)
def test_a_network_that_tried_everything_has_one_try_left_at_each_address(limits: Limits) -> None:
    one = attempt(limits)
    full = filled(one, network=limits.network.tries)
    assert one.refuse_exhausted(counters(full, one)) == 1
    tried(full, one, tries=1)
    assert counts(full, one) == [1, 1, limits.network.tries + 1]
    with pytest.raises(TooManyRequests):
        one.refuse_exhausted(counters(full, one))
    with pytest.raises(ConditionFailed) as failed:
        tried(full, one, tries=1)
    assert failed.value.labels == {PAIR}
    neighbour = attempt(limits, BOB)
    assert neighbour.refuse_exhausted(counters(full, neighbour)) == 1


@pytest.mark.parametrize("limits", [GUESSES, CODES, RESETS], ids=lambda one: one.action)
def test_the_try_that_meets_the_network_s_last_is_not_counted(limits: Limits) -> None:
    one = attempt(limits)
    full = filled(one, network=limits.network.tries)
    with pytest.raises(ConditionFailed) as failed:
        tried(full, one)
    assert failed.value.labels == {NETWORK}
    assert one.only_by_network(failed.value) is not limits.closed


def test_a_network_that_caused_too_many_mails_causes_none() -> None:
    one = attempt(RESETS)
    with pytest.raises(TooManyRequests):
        one.refuse_exhausted(counters(filled(one, network=RESETS.network.tries), one))


def test_mails_to_an_address_are_counted_whatever_the_network() -> None:
    """Three a day, and no network has some of its own: so two counters say it."""
    memory = Memory()
    for number in range(MAILS.address.tries):
        tried(memory, attempt(MAILS, network=f"198.51.{number}.0/24"))
    late = attempt(MAILS, network="203.0.113.0/24")
    with pytest.raises(ConditionFailed) as failed:
        tried(memory, late)
    assert failed.value.labels == {ADDRESS}
    assert counts(memory, late) == [3, 0]
    refusal = late.refusal(failed.value)
    assert refusal is not None
    assert refusal.retry_after == (7 * 60 + 57) * 60 + 1  # until the day is over


@pytest.mark.parametrize(
    ("limits", "counted", "labels"),
    [
        (GUESSES, {"pair": 10}, {PAIR}),
        (CODES, {"pair": 5}, {PAIR}),
        (CODES, {"address": 20}, {ADDRESS}),
        (RESETS, {"address": 12}, {ADDRESS}),
        (GUESSES, {"network": 500}, {NETWORK}),
        (CODES, {"pair": 5, "address": 20, "network": 500}, {PAIR, ADDRESS, NETWORK}),
    ],
)
def test_the_transaction_decides_whatever_was_read(
    limits: Limits, counted: dict[str, int], labels: set[str]
) -> None:
    one = attempt(limits)
    memory = filled(one, **counted)
    before = counts(memory, one)
    with pytest.raises(ConditionFailed) as failed:
        tried(memory, one)
    assert failed.value.labels == labels
    assert counts(memory, one) == before


def test_a_soft_limit_of_an_address_counts_on() -> None:
    one = attempt(GUESSES)
    memory = filled(one, address=GUESSES.address.tries)
    tried(memory, one, tries=1)
    assert counts(memory, one) == [1, GUESSES.address.tries + 1, 1]
    with pytest.raises(ConditionFailed):
        tried(memory, one, tries=1)


@pytest.mark.parametrize(
    ("labels", "minutes"),
    [
        ({PAIR}, 12),
        ({ADDRESS}, 57),
        ({NETWORK}, 57),
        ({PAIR, NETWORK}, 57),
        ({PAIR, "standing"}, 12),
    ],
)
def test_a_refusal_says_when_to_come_back(labels: set[str], minutes: int) -> None:
    refusal = attempt().refusal(ConditionFailed(frozenset(labels)))
    assert refusal is not None
    assert refusal.status == 429
    assert refusal.retry_after == minutes * 60 + 1
    assert refusal.headers["Retry-After"] == str(minutes * 60 + 1)


def test_what_failed_by_something_else_is_no_refusal() -> None:
    assert attempt().refusal(ConditionFailed(frozenset({"standing", "limit"}))) is None
    assert attempt().refusal(ConditionFailed(frozenset())) is None


@pytest.mark.parametrize(
    ("limits", "counted", "minutes"),
    [
        (GUESSES, {"pair": 10}, 12),
        (GUESSES, {"pair": 1, "address": 100}, 12),
        (GUESSES, {"pair": 1, "network": 500}, 12),
        (RESETS, {"network": 3000}, 57),
        (CODES, {"address": 20}, 57),
    ],
)
def test_the_first_look_says_when_to_come_back(
    limits: Limits, counted: dict[str, int], minutes: int
) -> None:
    one = attempt(limits)
    with pytest.raises(TooManyRequests) as refused:
        one.refuse_exhausted(counters(filled(one, **counted), one))
    assert refused.value.retry_after == minutes * 60 + 1


def test_after_the_time_told_there_are_tries_again() -> None:
    memory, one = Memory(), attempt()
    tried(memory, one, GUESSES.own.tries)
    with pytest.raises(TooManyRequests) as refused:
        one.refuse_exhausted(counters(memory, one))
    later = replace(one, now=NOW + timedelta(seconds=refused.value.retry_after))
    assert later.refuse_exhausted(counters(memory, later)) == GUESSES.own.tries


LINE, NEXT_DOOR, SITE_2 = "2001:db8:1:1::/64", "2001:db8:1:2::/64", "2001:db8:2:1::/64"


def test_an_ipv6_try_is_counted_at_three_widths() -> None:
    memory = Memory()
    tried(memory, attempt(network=LINE), 2)
    # at the address by /48 and /32; at the address; at all addresses by /64, /48 and /32
    assert counts(memory, attempt(network=LINE)) == [2, 2, 2, 2, 2, 2]
    assert counts(memory, attempt(network=NEXT_DOOR)) == [2, 2, 2, 0, 2, 2]
    assert counts(memory, attempt(network=SITE_2)) == [0, 2, 2, 0, 0, 2]
    assert counts(memory, attempt(network="2001:db9:1:1::/64")) == [0, 0, 2, 0, 0, 0]
    assert counts(memory, attempt(address=BOB, network=LINE)) == [0, 0, 0, 2, 2, 2]


def test_a_site_of_65536_networks_is_one_network_at_an_address() -> None:
    memory = Memory()
    for number in range(10):
        tried(memory, attempt(network=f"2001:db8:1:{number:x}::/64"))
    with pytest.raises(TooManyRequests):
        attempt(network=LINE).refuse_exhausted(counters(memory, attempt(network=LINE)))
    elsewhere = attempt(network=SITE_2)
    assert elsewhere.refuse_exhausted(counters(memory, elsewhere)) == 10


def test_a_provider_of_65536_sites_does_not_try_an_address_for_ever() -> None:
    memory, most = Memory(), 200
    for number in range(most):
        one = attempt(network=f"2001:db8:{number:x}:1::/64")
        tried(memory, one, tries=one.refuse_exhausted(counters(memory, one)))
    late = attempt(network="2001:db8:ffff:1::/64")
    with pytest.raises(TooManyRequests):
        late.refuse_exhausted(counters(memory, late))
    with pytest.raises(ConditionFailed) as failed:
        tried(memory, late, tries=1)
    assert failed.value.labels == {PAIR}
    elsewhere = attempt(network="2001:db9:1:1::/64")
    assert elsewhere.refuse_exhausted(counters(memory, elsewhere)) == 1


@pytest.mark.parametrize(("position", "most"), [(3, 500), (4, 1000), (5, 10_000)])
def test_each_width_that_is_used_up_leaves_one_try_at_an_address(position: int, most: int) -> None:
    one = attempt(network=LINE)
    _, pk, sk = one.places()[position]
    memory = Memory(LimitItem(pk=pk, sk=sk, kind="limit", tries=most, expires_at=NOW))
    assert one.refuse_exhausted(counters(memory, one)) == 1
    tried(memory, one, tries=1)
    with pytest.raises(TooManyRequests):
        one.refuse_exhausted(counters(memory, one))


def test_a_right_answer_forgets_what_its_site_tried_and_nothing_wider() -> None:
    memory, one = Memory(), attempt(network=LINE)
    tried(memory, one, 3)
    write: Any = memory.transaction(shipped())
    one.forgive(write, 10)
    write.commit()
    assert counts(memory, one) == [0, 3, 3, 3, 3, 3]
