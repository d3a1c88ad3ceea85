"""Which mail of its own the service may send to somebody."""

from __future__ import annotations

import pytest

from chalicelib.decisions.permission import may_write
from chalicelib.notices.model import Lasting, Period, Widening
from chalicelib.subjects.model import NO_LIMITS, Decision, Life, Limits
from tests.unit.consents.asked import CONSENT, CONTRACT, DUTY, INTEREST, ask, noticed, stands
from tests.unit.core.samples import DISOWNED, NOW, shipped


class TestOwnMail:
    @pytest.mark.parametrize(
        ("life", "limits", "account", "optional", "asked_for"),
        [
            (Life.ACTIVE, NO_LIMITS, True, True, True),
            (Life.DEACTIVATED, NO_LIMITS, True, False, True),
            (Life.PENDING, NO_LIMITS, False, False, True),
            *((life, DISOWNED, False, False, False) for life in Life),
            (Life.ERASING, NO_LIMITS, False, False, False),
        ],
    )
    def test_goes_to_whom_it_may(
        self, life: Life, limits: Limits, account: bool, optional: bool, asked_for: bool
    ) -> None:
        known = stands(Decision.GRANTED, life=life, limits=limits)
        assert may_write(known, CONTRACT, shipped(), NOW) is account
        assert may_write(known, CONSENT, shipped(), NOW) is optional
        assert may_write(known, CONTRACT, shipped(), NOW, asked_for=True) is asked_for

    @pytest.mark.parametrize("decision", [Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED])
    @pytest.mark.parametrize("asked_for", [True, False])
    def test_ends_with_a_refusal(self, decision: Decision, asked_for: bool) -> None:
        for purpose in (CONSENT, INTEREST):
            known = stands(decision, purpose)
            assert not may_write(known, purpose, shipped(), NOW, asked_for=asked_for)

    @pytest.mark.parametrize("purpose", [CONSENT, CONTRACT, DUTY])
    def test_ends_with_a_bounce_save_what_was_asked_for(self, purpose: str) -> None:
        known = stands(Decision.GRANTED, suppressed="bounce")
        assert not may_write(known, purpose, shipped(), NOW)
        assert may_write(known, purpose, shipped(), NOW, asked_for=True)

    def test_needs_a_yes_that_covers_it(self) -> None:
        assert not may_write(stands(), CONSENT, shipped(), NOW)
        for notice in (
            noticed(lasts=Lasting(Period())),
            noticed(widenings=(Widening("2027-01-01", whole=True),)),
        ):
            assert not may_write(stands(Decision.GRANTED), CONSENT, notice, NOW)

    def test_to_a_purpose_by_several_channels_asks_about_mail_alone(self) -> None:
        added = Widening("2027-01-01", channels=frozenset({"post"}))
        notice = noticed(widenings=(added,), channels=("email", "post"))
        assert may_write(stands(Decision.GRANTED), CONSENT, notice, NOW)
        assert not ask(stands(Decision.GRANTED), notice=notice).allowed
