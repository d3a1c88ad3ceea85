"""What a restriction of processing covers, what it leaves allowed, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decisions.restriction import (
    Ground,
    Restriction,
    Use,
    WhenRestricted,
    contested,
    covers,
    lifted,
)
from chalicelib.notices.model import LegalBasis

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def restriction(
    purposes: str = "", categories: str = "", *, everything: bool = False
) -> Restriction:
    return Restriction(
        request="q" * 26,
        ground=Ground.ACCURACY,
        since=NOW - DAY,
        purposes=frozenset(purposes.split()),
        categories=frozenset(categories.split()),
        everything=everything,
    )


@pytest.mark.parametrize(
    ("scope", "purpose", "categories", "covered"),
    [
        (restriction("research"), "research", ["device"], True),
        (restriction("research"), "improvement", ["device"], False),
        (restriction("research improvement"), "improvement", [], True),
        (restriction(categories="device"), "improvement", ["device"], True),
        (restriction(categories="device"), "improvement", ["support"], False),
        # A question that leaves the category open asks about all that the purpose uses.
        (restriction(categories="device"), "improvement", ["support", "device"], True),
        (restriction(categories="device"), "improvement", [], False),
        (restriction("research", "device"), "research", ["support"], True),
        (restriction("research", "device"), "improvement", ["device"], True),
        (restriction("research", "device"), "improvement", ["support"], False),
        (restriction(everything=True), "improvement", ["support"], True),
        (restriction(everything=True), "a_purpose_of_a_later_notice", [], True),
        (restriction(), "research", ["device"], False),
    ],
)
def test_a_restriction_covers_its_purposes_and_categories(
    scope: Restriction, purpose: str, categories: list[str], covered: bool
) -> None:
    assert covers([scope], purpose, categories, NOW) is covered


def test_without_a_restriction_nothing_is_covered() -> None:
    assert not covers([], "research", ["device"], NOW)


def test_each_of_several_restrictions_counts() -> None:
    two = [restriction("research"), restriction("improvement")]
    assert covers(two, "research", [], NOW)
    assert covers(two, "improvement", [], NOW)
    assert not covers(two, "surveys", [], NOW)


@pytest.mark.parametrize("use", Use)
def test_it_covers_the_use_for_a_purpose_and_nothing_else(use: Use) -> None:
    found = covers([restriction(everything=True)], "research", ["device"], NOW, use=use)
    assert found is (use is Use.PURPOSE)
    assert {str(one) for one in Use} == {
        "purpose",
        "storage",
        "own_request",
        "sign_in",
        "security",
        "request_mail",
    }


@pytest.mark.parametrize("mark", WhenRestricted)
def test_it_leaves_allowed_what_the_notice_marks(mark: WhenRestricted) -> None:
    scope = [restriction("legal_claims", everything=True)]
    assert not covers(scope, "legal_claims", [], NOW, when_restricted=mark)
    assert covers(scope, "legal_claims", [], NOW)
    assert {str(one) for one in WhenRestricted} == {
        "claims",
        "rights_of_others",
        "public_interest",
    }


def test_the_grounds_are_those_of_the_law_and_of_the_notice() -> None:
    told = "accuracy unlawful claims objection delay dispute"
    assert {str(one) for one in Ground} == set(told.split())


def test_it_stands_from_its_beginning_until_its_end() -> None:
    scope = restriction("research")
    moments = [scope.since - timedelta(milliseconds=1), scope.since, NOW + 10_000 * DAY]
    assert [scope.stands(moment) for moment in moments] == [False, True, True]
    ending = lifted(scope, NOW)
    assert ending.ends_at == NOW + 7 * DAY
    last = NOW + 7 * DAY - timedelta(milliseconds=1)
    assert covers([ending], "research", [], last)
    assert not covers([ending], "research", [], NOW + 7 * DAY)


def test_telling_it_again_does_not_move_the_end() -> None:
    ending = lifted(restriction("research"), NOW)
    assert lifted(ending, NOW + 3 * DAY) == ending


BASES = {
    "offers": {LegalBasis.CONSENT},
    "research": {LegalBasis.LEGITIMATE_INTEREST},
    "register": {LegalBasis.CONTRACT, LegalBasis.PUBLIC_TASK},
    "account": {LegalBasis.CONTRACT},
    "taxes": {LegalBasis.LEGAL_OBLIGATION, LegalBasis.VITAL_INTERESTS},
}


@pytest.mark.parametrize(
    ("named", "limited"),
    [
        (["research"], {"research"}),
        (["account"], {"account"}),
        ([], {"offers", "register", "research"}),
    ],
)
def test_a_delay_limits_what_is_contested(named: list[str], limited: set[str]) -> None:
    assert contested(named, BASES) == limited


def test_where_nothing_is_contested_nothing_is_limited() -> None:
    none = contested([], {"account": {LegalBasis.CONTRACT}})
    assert none == frozenset()
    scope = Restriction("q" * 26, Ground.DELAY, NOW - DAY, purposes=none)
    assert not covers([scope], "account", ["identity"], NOW)


ids = st.sampled_from(["a", "b", "c", "d"])
scopes = st.builds(
    Restriction,
    request=st.just("q" * 26),
    ground=st.sampled_from(Ground),
    since=st.integers(-5, 5).map(lambda days: NOW + days * DAY),
    purposes=st.frozensets(ids),
    categories=st.frozensets(ids),
    everything=st.booleans(),
    ends_at=st.one_of(st.none(), st.integers(-5, 5).map(lambda days: NOW + days * DAY)),
)


@given(st.lists(scopes, max_size=4), scopes, ids, st.sets(ids))
def test_a_restriction_more_never_allows_more(
    known: list[Restriction], another: Restriction, purpose: str, categories: set[str]
) -> None:
    before = covers(known, purpose, categories, NOW)
    together = covers([*known, another], purpose, categories, NOW)
    assert together == (before or covers([another], purpose, categories, NOW))
    assert covers([another, *reversed(known)], purpose, categories, NOW) == together


@given(st.lists(scopes, max_size=4), ids, st.sets(ids), ids)
def test_who_asks_about_more_data_is_never_allowed_more(
    known: list[Restriction], purpose: str, categories: set[str], another: str
) -> None:
    if covers(known, purpose, categories, NOW):
        assert covers(known, purpose, categories | {another}, NOW)
