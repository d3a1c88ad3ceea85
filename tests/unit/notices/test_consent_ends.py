"""How long a yes lasts: as was said when it was given, and never longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import STORED
from chalicelib.decisions.coverage import ends_at, uncovered
from chalicelib.notices import store
from chalicelib.notices.changes import Effect, changes
from chalicelib.notices.compiler import compile_notice, load_published
from chalicelib.notices.model import Lasting, Notice, Period, Widening
from chalicelib.notices.signals import (
    GLOBAL_PRIVACY_CONTROL,
    denied_by,
    honours_global_privacy_control,
)
from chalicelib.notices.widening import widenings
from chalicelib.subjects.model import Decided, Decision, Origin
from tests.unit.core.samples import association_document, shipped
from tests.unit.notices import grown

GIVEN = datetime(2027, 1, 31, 9, 30, tzinfo=UTC)
Said = Mapping[str, Any] | None
"""What a version says of how long a yes lasts; None where it says nothing."""


@cache
def said(lasts: tuple[tuple[str, Any], ...] | None) -> Notice:
    """The association's notice with an end of the letter's consent, of no version yet."""
    document = association_document()
    if lasts is not None:
        document["purposes"][1]["lasts"] = dict(lasts)
    return compile_notice(document, STORED)


def published(*lasts: Said) -> list[Notice]:
    """The versions that follow each other, each with its widenings."""
    notices: list[Notice] = []
    for number, one in enumerate(lasts):
        version = "2027-01-01" if number == 0 else f"2027-01-01.{number}"
        after = replace(said(None if one is None else tuple(one.items())), version=version)
        if notices:
            before = notices[-1]
            after = replace(after, widenings=widenings(before, after, changes(before, after)))
        notices.append(after)
    return notices


def ends(
    notice: Notice,
    given_in: str,
    interest_at: datetime | None = None,
    lapsed_at: datetime | None = None,
) -> datetime | None:
    """When a yes to the letter ends that was given with the words of a version."""
    decided = Decided(Decision.GRANTED, 1, GIVEN, given_in, Origin.OWN, interest_at, lapsed_at)
    return ends_at(decided, notice.purposes["newsletter"], notice.widenings.get("newsletter", ()))


def test_the_period_is_compiled() -> None:
    document = association_document()
    assert compile_notice(document, STORED).purposes["newsletter"].lasts is None
    document["purposes"][1]["consent_lasts"] = {"months": 6.0}
    notice = compile_notice(document, STORED)
    assert notice.purposes["newsletter"].lasts == Lasting(Period(months=6))
    assert ends(notice, notice.version) == datetime(2027, 7, 31, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lasts", "day"),
    [
        ((None,), None),
        (({"months": 6},), "2027-07-31"),
        (({"months": 6}, {"years": 1}), "2027-07-31"),
        (({"months": 6}, None), "2027-07-31"),
        (({"years": 1}, {"months": 6}), "2027-07-31"),
        ((None, {"months": 6}), "2027-07-31"),
        (({"years": 1}, {"months": 3}, {"years": 2}), "2027-04-30"),
        (({"months": 6}, {"years": 1}, {"months": 6}), "2027-07-31"),
        (({"months": 6}, {"years": 1}, {"months": 3}, None), "2027-04-30"),
        (({"days": 7}, None, None), "2027-02-07"),
    ],
)
def test_an_earlier_yes_ends_as_was_said_when_it_was_given(
    lasts: tuple[Said, ...], day: str | None
) -> None:
    notices = published(*lasts)
    found = ends(notices[-1], notices[0].version)
    assert (None if found is None else found.date().isoformat()) == day


INTEREST = {"from": "last_interest", "months": 6}


@pytest.mark.parametrize(
    ("lasts", "signed_in", "day"),
    [
        ((INTEREST,), None, "2027-07-31"),
        ((INTEREST,), "2026-12-24", "2027-07-31"),
        ((INTEREST,), "2027-03-31", "2027-09-30"),
        ((INTEREST, INTEREST), "2027-03-31", "2027-09-30"),
        (({"months": 6},), "2027-03-31", "2027-07-31"),
        (({"from": "decision", "months": 6},), "2027-03-31", "2027-07-31"),
        (({"months": 6}, INTEREST), "2027-03-31", "2027-07-31"),
        ((INTEREST, {"months": 6}), "2027-03-31", "2027-07-31"),
        ((INTEREST, {"months": 12}), "2027-03-31", "2027-09-30"),
        ((INTEREST, {"months": 12}), "2027-07-30", "2028-01-30"),
        ((INTEREST, {"years": 2}, None), "2027-03-31", "2027-09-30"),
        ((INTEREST, {**INTEREST, "months": 3}), "2027-03-31", "2027-06-30"),
        ((INTEREST, {**INTEREST, "months": 9}), "2027-03-31", "2027-09-30"),
        ((None, INTEREST), "2027-03-31", "2027-09-30"),
    ],
)
def test_a_sign_of_interest_moves_the_end_as_was_said(
    lasts: tuple[Said, ...], signed_in: str | None, day: str
) -> None:
    notices = published(*lasts)
    seen = None if signed_in is None else datetime.fromisoformat(f"{signed_in}T09:30:00+00:00")
    found = ends(notices[-1], notices[0].version, seen)
    assert found is not None
    assert found.date().isoformat() == day


def test_what_had_ended_stays_ended() -> None:
    (notice,) = published(INTEREST)
    july = datetime(2027, 7, 31, 9, 30, tzinfo=UTC)
    assert ends(notice, notice.version, july + timedelta(days=1), july) == july


def test_the_former_name_says_the_same() -> None:
    document = association_document()
    document["purposes"][1]["consent_lasts"] = {"months": 6}
    former = compile_notice(document, STORED)
    letter = former.completed["purposes"][1]
    assert letter["lasts"] == {"from": "decision", "months": 6}
    assert "consent_lasts" not in letter
    assert former.purposes["newsletter"] == said((("months", 6),)).purposes["newsletter"]
    assert changes(former, said((("months", 6),))) == ()


def test_who_agrees_to_the_longer_time_has_it() -> None:
    first, second = published({"months": 6}, {"years": 1})
    assert ends(second, second.version) == datetime(2028, 1, 31, 9, 30, tzinfo=UTC)
    assert ends(first, first.version) == datetime(2027, 7, 31, 9, 30, tzinfo=UTC)


def test_a_yes_of_an_unknown_version_is_older_than_all() -> None:
    *_, last = published({"months": 6}, {"years": 1})
    assert ends(last, "") == datetime(2027, 7, 31, 9, 30, tzinfo=UTC)


def test_a_longer_time_is_told_and_leaves_what_was_agreed_covered() -> None:
    first, second = published({"months": 6}, {"years": 1})
    assert second.widenings == {
        "newsletter": (Widening(second.version, lasts=Lasting(Period(months=6))),),
    }
    (change,) = changes(first, second)
    assert (change.effect, change.kind) == (Effect.INFORMATIVE, "consent_longer")
    decided = Decided(Decision.GRANTED, 1, GIVEN, first.version)
    assert uncovered(decided, second.widenings["newsletter"]) is None


def test_a_time_that_is_short_again_is_asked_about_no_more() -> None:
    *_, shorter = published({"months": 6}, {"years": 1}, {"months": 6})
    assert shorter.widenings == {}
    *_, still = published({"months": 6}, {"years": 1}, {"months": 7})
    assert still.widenings["newsletter"][0].lasts == Lasting(Period(months=6))


def test_a_version_may_widen_in_time_and_otherwise() -> None:
    before = grown.compiled(grown.document())
    document = grown.document()
    letter = grown.one(document, "purposes", "newsletter")
    letter["channels"].append("sms")
    del letter["consent_lasts"]
    after = load_published({**document, "version": "2027-03-08"})
    assert widenings(before, after, changes(before, after)) == {
        "newsletter": (
            Widening("2027-03-08", channels=frozenset({"sms"}), lasts=Lasting(Period(years=2))),
        )
    }


def test_what_was_widened_is_stored_and_read() -> None:
    added = Widening(
        "2027-03-08", channels=frozenset({"sms"}), lasts=Lasting(Period(years=2, days=3))
    )
    plain = {"newsletter": [store._plain(added)]}
    assert store._widenings(plain) == {"newsletter": (added,)}
    # As a version before there were ends has it.
    del plain["newsletter"][0]["lasts"]
    assert store._widenings(plain) == {"newsletter": (replace(added, lasts=None),)}


PERIODS = [{"days": 10}, {"months": 1}, {"months": 6}, {"years": 1}, {"years": 1, "days": 1}]
LENGTHS: st.SearchStrategy[Said] = (
    st.none()
    | st.sampled_from(PERIODS)
    | st.sampled_from([{**one, "from": "last_interest"} for one in PERIODS])
)


@given(
    st.lists(LENGTHS, min_size=1, max_size=6),
    st.none() | st.integers(0, 900).map(lambda days: GIVEN + timedelta(days=days)),
    st.data(),
)
def test_no_version_lengthens_a_yes_that_was_given(
    lasts: list[Said], seen: datetime | None, data: Any
) -> None:
    notices = published(*lasts)
    index = data.draw(st.integers(0, len(lasts) - 1))
    given_in = notices[index].version
    found = [ends(one, given_in, seen) for one in notices[index:]]
    for earlier, later in pairwise(found):
        assert earlier is None or (later is not None and later <= earlier)
    promised = [_promised(one, seen) for one in lasts[index:] if one is not None]
    assert found[-1] == min(promised, default=None)


def _promised(said: Mapping[str, Any], seen: datetime | None) -> datetime:
    """When a yes ends by one version alone."""
    counts = {unit: count for unit, count in said.items() if unit != "from"}
    return Period(**counts).after(seen if "from" in said and seen is not None else GIVEN)


def test_data_of_a_consent_alone_goes_after_it(notice: Notice) -> None:
    rule = notice.rule("profile", "withdrawn")
    assert (rule.then, rule.period) == ("erase", Period(days=14))
    at_once = association_document()
    at_once["retention"][-1]["period"] = {"days": 0}
    assert compile_notice(at_once, STORED).rule("profile", "withdrawn").ends(GIVEN) == GIVEN


def test_a_category_with_another_use_needs_no_rule() -> None:
    document = association_document()
    document["retention"].pop()
    document["categories"][3]["retention"]["rules"] = ["profile_end"]
    document["purposes"][0]["categories"].append("interests")
    compile_notice(document, STORED)


def test_signals_deny_the_purposes_that_name_them() -> None:
    assert denied_by(shipped(), GLOBAL_PRIVACY_CONTROL) == {
        "advertising_cookies",
        "partner_lists",
        "supplier_listing",
    }
    assert denied_by(shipped(), "dnt") == frozenset()
    assert honours_global_privacy_control(shipped())
    plain = compile_notice(association_document(), STORED)
    assert denied_by(plain, GLOBAL_PRIVACY_CONTROL) == frozenset()
    assert not honours_global_privacy_control(plain)
    garden = grown.compiled(grown.document())
    assert denied_by(garden, GLOBAL_PRIVACY_CONTROL) == {"visits"}


def test_words_alone_promise_no_signal() -> None:
    """A document from before purposes named signals, which nobody compiles again."""
    document = {**grown.document()}
    del grown.one(document, "purposes", "visits")["signals"]
    assert not honours_global_privacy_control(load_published(document))


def test_what_is_not_said_is_not_promised() -> None:
    document = grown.document()
    del document["cookies"]["banner"]["signal"]
    assert not honours_global_privacy_control(load_published(document))


def test_notifications_and_classes_carry_what_they_say(notice: Notice) -> None:
    assert {name: one.purpose for name, one in notice.notifications.items()} == {
        "new_sign_in": "sign_in_safety",
        "account_security": "sign_in_safety",
        "requests": "rights_and_proof",
        "notice_changes": "rights_and_proof",
    }
    document = association_document()
    del document["notifications"][0]["purpose"]
    assert compile_notice(document, STORED).notifications["new_sign_in"].purpose is None
    assert notice.cookie_classes["technical"].consent_mode == ()
    assert shipped().cookie_classes["advertising"].consent_mode == (
        "ad_storage",
        "ad_user_data",
        "ad_personalization",
    )
