"""The decision point and the mails of somebody who has the use of their data restricted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import STORED
from chalicelib.consents.model import Choice
from chalicelib.decisions.effect import effect
from chalicelib.decisions.notifications import NOTICE_CHANGES, may_notify
from chalicelib.decisions.permission import Question, Reason, permission
from chalicelib.decisions.restriction import (
    Ground,
    Restriction,
    Use,
    WhenRestricted,
    concerned,
    ended,
    lifted,
    placed,
)
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.rendering import render_html
from chalicelib.subjects import encoding
from chalicelib.subjects.model import Limits, Standing
from chalicelib.subjects.store import (
    RestrictionItem,
    restriction_item,
    restrictions_of,
    standing_item,
    standing_of,
)
from tests.product import product_document
from tests.unit.consents.chains import decided, stored_size
from tests.unit.core.samples import NOW, SUBJECT, VISITOR, shipped, standing

DAY = timedelta(days=1)
CONSENT, INTEREST, DUTY = "surveys", "improvement", "rights_and_proof"
SCOPE = Restriction("q" * 26, Ground.OBJECTION, NOW, frozenset({INTEREST}))
ALL = Restriction("r" * 26, None, NOW, everything=True)
IDS = st.sampled_from(["a", "improvement", "offers_email"])
MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
RESTRICTIONS = st.builds(
    Restriction,
    st.sampled_from(["q" * 26, "r" * 26]),
    st.none() | st.sampled_from(Ground),
    MOMENTS,
    st.frozensets(IDS),
    st.frozensets(IDS),
    ends_at=st.none() | MOMENTS,
) | st.builds(lambda moment: Restriction("s" * 26, None, moment, everything=True), MOMENTS)


def restricted(*restrictions: Restriction, subject: str = SUBJECT) -> Standing:
    agreed, _ = decided(standing(subject), {CONSENT: Choice.GRANTED})
    return replace(agreed, limits=Limits(restricted=1), restrictions=restrictions)


def reasons(purpose: str, stands: Standing, now: datetime = NOW) -> tuple[Reason, ...]:
    return permission(Question(stands.subject, purpose), stands, shipped(), now).reasons


def test_what_is_covered_is_restricted_whatever_was_granted() -> None:
    assert reasons(CONSENT, restricted(SCOPE)) == (Reason.GRANTED,)
    assert reasons(INTEREST, restricted(SCOPE)) == (Reason.RESTRICTED,)
    assert reasons(CONSENT, restricted(SCOPE, ALL)) == (Reason.RESTRICTED,)
    assert effect(CONSENT, restricted(ALL), shipped(), NOW) is Reason.RESTRICTED
    again, _ = decided(restricted(ALL), {CONSENT: Choice.GRANTED})
    assert again.limits == Limits(restricted=1)
    assert reasons(CONSENT, again) == (Reason.RESTRICTED,)


def test_a_refusal_says_so_first() -> None:
    refused, _ = decided(restricted(ALL), {CONSENT: Choice.DENIED})
    assert set(reasons(CONSENT, refused)) == {Reason.RESTRICTED, Reason.WITHDRAWN}
    assert effect(CONSENT, refused, shipped(), NOW) is Reason.WITHDRAWN


def test_restrictions_that_nobody_read_cover_everything() -> None:
    unread = replace(restricted(), restrictions=None)
    assert reasons(CONSENT, unread) == (Reason.RESTRICTED,)
    assert reasons(CONSENT, replace(unread, limits=Limits())) == (Reason.GRANTED,)


def test_one_that_is_stored_has_begun_whatever_another_clock_says() -> None:
    assert reasons(INTEREST, restricted(SCOPE), NOW - DAY) == (Reason.RESTRICTED,)
    over = replace(SCOPE, ends_at=NOW)
    assert reasons(INTEREST, restricted(over)) == ()
    assert reasons(INTEREST, restricted(over), NOW - DAY) == (Reason.RESTRICTED,)


def test_what_the_notice_marks_goes_on() -> None:
    document = product_document()
    purpose = next(one for one in document["purposes"] if one["id"] == INTEREST)
    said = dict.fromkeys(document["locales"], "Claims are defended.")
    purpose["when_restricted"] = {"kind": "claims", "text": said}
    notice = compile_notice(document, STORED)
    assert notice.purposes[INTEREST].when_restricted is WhenRestricted.CLAIMS
    page = render_html(notice, "en")
    assert "Claims are defended." in page
    asked = Question(SUBJECT, INTEREST)
    assert permission(asked, restricted(ALL), notice, NOW).allowed
    assert not permission(asked, restricted(ALL), shipped(), NOW).allowed


def test_a_category_is_restricted_where_it_may_be_touched() -> None:
    stands = restricted(Restriction("q" * 26, None, NOW, categories=frozenset({"device"})))
    answer = {
        category: permission(Question(SUBJECT, INTEREST, category), stands, shipped(), NOW).allowed
        for category in (None, "device", "support")
    }
    assert answer == {None: False, "device": False, "support": True}


@pytest.mark.parametrize("use", Use)
def test_no_other_use_is_restricted(use: Use) -> None:
    answer = permission(Question(SUBJECT, INTEREST), restricted(ALL), shipped(), NOW, use)
    assert answer.allowed is (use is not Use.PURPOSE)


def test_mail_about_security_and_requests_goes_on() -> None:
    sent = {
        name: may_notify(restricted(ALL), name, shipped(), NOW) for name in shipped().notifications
    }
    told = sent.pop(NOTICE_CHANGES)
    assert told is False
    assert sent == dict.fromkeys(["account_security", "requests", "new_sign_in"], True)


class TestKept:
    @given(RESTRICTIONS)
    def test_one_comes_back_as_it_was(self, one: Restriction) -> None:
        assert encoding.restriction_in(encoding.pack_restriction(one)) == one

    @given(st.lists(RESTRICTIONS, min_size=1, max_size=4))
    def test_they_are_due_when_the_first_ends(self, several: list[Restriction]) -> None:
        item = restriction_item(SUBJECT, several, NOW)
        ends = [one.ends_at for one in several if one.ends_at is not None]
        assert item.due_at == (min(ends) if ends else None)
        assert (item.lane or "deadline#").startswith("deadline#")
        read = RestrictionItem.from_raw_data(item.serialize())
        assert restrictions_of(read) == tuple(several)

    def test_the_flag_is_all_that_a_standing_gains(self) -> None:
        plain, flagged = standing(VISITOR), restricted(ALL, subject=VISITOR)
        flagged = replace(plain, limits=Limits(restricted=1_795_000_000_000))
        assert stored_size(standing_item(flagged)) - stored_size(standing_item(plain)) < 20
        assert standing_of(standing_item(flagged)).limits == flagged.limits

    def test_ten_of_them_are_one_read_unit(self) -> None:
        names = frozenset(shipped().purposes)
        several = [replace(ALL, everything=False, purposes=names, ends_at=NOW)] * 6
        assert stored_size(restriction_item(SUBJECT, several, NOW)) < 4_096


class TestPlaced:
    def test_beside_others(self) -> None:
        assert placed((SCOPE,), ALL) == (SCOPE, ALL)

    def test_of_one_request_it_is_widened_and_stands_since_the_first(self) -> None:
        later = replace(SCOPE, since=NOW + DAY, purposes=frozenset({"research"}))
        (both,) = placed((SCOPE,), later)
        assert both == replace(SCOPE, purposes=frozenset({"research", INTEREST}))

    def test_an_end_that_was_told_is_taken_back(self) -> None:
        told = lifted(SCOPE, NOW)
        dispute = replace(SCOPE, ground=Ground.DISPUTE)
        assert placed((told, ALL), dispute) == (ALL, SCOPE, dispute)
        assert ended((told, ALL), NOW + 7 * DAY) == (told,)
        assert ended((told, ALL), NOW + 6 * DAY) == ()

    def test_it_concerns_the_purposes_that_it_covers(self) -> None:
        categories = {INTEREST: ("device",), CONSENT: ("identity",)}
        device = Restriction("q" * 26, None, NOW, categories=frozenset({"device"}))
        assert concerned([device], categories, categories) == {INTEREST}
        assert concerned([ALL], [*categories, "gone"], categories) == {*categories, "gone"}
        assert concerned([], categories, categories) == frozenset()
