"""Windows, places and how many tries there are: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.limits import service
from chalicelib.limits.model import (
    CODES,
    DEFAULTS,
    FIGURES,
    GUESSES,
    MAILS,
    RESETS,
    Limit,
    Limits,
    UnfitFigures,
    allowed,
    around,
    guesses,
    place,
    read,
)

QUARTER = Limit(10, timedelta(minutes=15))
MS = timedelta(milliseconds=1)
ALL = [GUESSES, CODES, MAILS, RESETS]
MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
WINDOWS = st.integers(1, 48 * 60).map(lambda minutes: Limit(1, timedelta(minutes=minutes)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "starts", "ends"),
    [
        ("2026-11-22T16:00:00", "2026-11-22T16:00:00", "2026-11-22T16:15:00"),
        ("2026-11-22T16:00:00.001", "2026-11-22T16:00:00", "2026-11-22T16:15:00"),
        ("2026-11-22T16:14:59.999", "2026-11-22T16:00:00", "2026-11-22T16:15:00"),
        ("2026-11-22T16:15:00", "2026-11-22T16:15:00", "2026-11-22T16:30:00"),
        ("2026-12-31T23:59:59.999", "2026-12-31T23:45:00", "2027-01-01T00:00:00"),
    ],
)
def test_a_window_begins_with_its_first_moment_and_ends_with_the_next(
    now: str, starts: str, ends: str
) -> None:
    assert QUARTER.starts(at(now)) == at(starts).timestamp()
    assert QUARTER.ends(at(now)) == at(ends)


@given(WINDOWS, MOMENTS)
def test_every_moment_lies_in_the_window_that_it_counts_in(limit: Limit, now: datetime) -> None:
    starts = datetime.fromtimestamp(limit.starts(now), UTC)
    assert starts <= now < limit.ends(now)
    assert limit.ends(now) - starts == limit.window


@given(WINDOWS, MOMENTS)
def test_all_moments_of_a_window_count_in_the_same(limit: Limit, now: datetime) -> None:
    starts = datetime.fromtimestamp(limit.starts(now), UTC)
    for moment in (starts, limit.ends(now) - MS):
        assert limit.starts(moment) == limit.starts(now)
    assert limit.starts(limit.ends(now)) == limit.ends(now).timestamp()
    assert limit.starts(starts - MS) < limit.starts(now)


@pytest.mark.parametrize("limits", ALL, ids=lambda limits: limits.action)
def test_an_address_gets_what_its_limit_says(limits: Limits) -> None:
    most, pair = limits.address.tries, limits.own.tries
    assert [allowed(limits, count) for count in (0, 1, most - 1)] == [pair] * 3
    left = 0 if limits.strict else 1
    assert [allowed(limits, count) for count in (most, most + 1, 10**9)] == [left] * 3


def test_a_password_can_always_be_tried_once_and_a_code_or_a_mail_cannot() -> None:
    assert [limits.strict for limits in ALL] == [False, True, True, True]


@pytest.mark.parametrize("limits", [GUESSES, CODES, RESETS], ids=lambda limits: limits.action)
def test_one_network_alone_never_uses_up_what_an_address_may_be_tried(limits: Limits) -> None:
    windows = limits.address.window / limits.own.window
    assert limits.own.tries * windows < limits.address.tries <= limits.network.tries


@pytest.mark.parametrize("limits", ALL, ids=lambda limits: limits.action)
def test_a_network_that_is_used_up_leaves_one_or_none(limits: Limits) -> None:
    left = 0 if limits.closed else 1
    assert [allowed(limits, count, exhausted=True) for count in (0, 1)] == [left] * 2
    beyond = allowed(limits, limits.address.tries, exhausted=True)
    assert beyond == (0 if limits.strict else 1)


@pytest.mark.parametrize(
    ("network", "found"),
    [
        ("203.0.113.0/24", ["203.0.113.0/24"]),
        ("unknown", ["unknown"]),
        ("2001:db8:1:2::/64", ["2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32"]),
        ("::/64", ["::/64", "::/48", "::/32"]),
    ],
)
def test_an_ipv6_network_lies_in_a_site_and_a_provider(network: str, found: list[str]) -> None:
    assert list(around(network)) == found


def test_an_ipv6_network_is_counted_at_three_widths_and_at_an_address_at_two() -> None:
    line = "2001:db8:1:2::/64"
    networks = [(name, limit.tries) for name, limit in GUESSES.networks(line)]
    assert networks == [(line, 500), ("2001:db8:1::/48", 1000), ("2001:db8::/32", 10_000)]
    pairs = [(name, limit.tries) for name, limit in GUESSES.pairs(line)]
    assert pairs == [("2001:db8:1::/48", 10), ("2001:db8::/32", 200)]
    assert MAILS.pairs(line) == ()


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_is_taken_within_its_bounds_and_refused_beyond(name: str) -> None:
    figure = FIGURES[name]
    assert figure.low <= figure.default <= figure.high
    for number in (figure.low, figure.high):
        assert read(f"{name}={number}")[name] == number
    for number in (figure.low - 1, figure.high + 1):
        with pytest.raises(UnfitFigures, match=name):
            read(f"{name}={number}")


def test_figures_are_read_by_name_and_all_others_stay() -> None:
    found = read(" guess.pair = 20 ,, mail.address=5,")
    assert (found["guess.pair"], found["mail.address"]) == (20, 5)
    assert {
        name: found[name] for name in DEFAULTS if name not in ("guess.pair", "mail.address")
    } == {name: DEFAULTS[name] for name in DEFAULTS if name not in ("guess.pair", "mail.address")}
    assert guesses(found).own.tries == 20
    assert read("") == DEFAULTS


@pytest.mark.parametrize(
    "text",
    [
        "guess.pears=5",
        "guess.pair",
        "guess.pair=",
        "guess.pair=ten",
        "guess.pair=-3",
        "=5",
        "guess.pair=1e1",
        "guess.pair=٣",
        "guess.pair=5.0",
        "guess.pair=99999999999999999999",
    ],
)
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(UnfitFigures):
        read(text)


def test_a_stage_s_figures_are_those_that_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = at("2026-11-22T16:00:00")
    monkeypatch.setenv("RISERBO_LIMITS", "guess.pair=30,wide.32=2,factor.account=7")
    assert service.guess("a", "unknown", now).limits.own.tries == 30
    assert service.guess("a", "unknown", now).limits.wide_32 == 2
    assert service.factor("s", now).limit.tries == 7
    monkeypatch.setenv("RISERBO_LIMITS", "")
    assert service.guess("a", "unknown", now).limits == GUESSES


SCOPES = st.sampled_from(["pair", "address", "network"])
ACTIONS = st.sampled_from(["guess", "code", "mail"])
KEYS = st.text("0123456789abcdef./:", min_size=1, max_size=12)


@given(st.tuples(ACTIONS, SCOPES, KEYS), st.tuples(ACTIONS, SCOPES, KEYS))
def test_different_things_are_counted_apart(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (place(*one) == place(*other)) == (one == other)


def test_a_network_cannot_be_read_from_its_counter() -> None:
    found = place("guess", "network", "203.0.113.0/24")
    assert len(found) == 40
    assert set(found) <= set("0123456789abcdef")
    assert "203" not in found
