"""The decision point's rule: every reason, every state, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.decisions.permission import Question, Reason, expired, not_permitted, permission
from chalicelib.notices.model import Lasting, LegalBasis, Period, Widening
from chalicelib.subjects.model import Decided, Decision, Kind, Life, Limits, Origin
from tests.unit.consents.asked import (
    CONSENT,
    CONTRACT,
    DUTY,
    GIVEN,
    INTEREST,
    ask,
    noticed,
    reasons,
    stands,
)
from tests.unit.core.samples import DISOWNED, EVERY_STANDING, NOW, SUBJECT, VISITOR, shipped


class TestConsent:
    def test_is_needed(self) -> None:
        assert reasons(ask(stands())) == ["not_asked"]
        assert reasons(ask(None)) == ["erased", "not_asked"]

    @pytest.mark.parametrize(
        ("decision", "said"),
        [
            (Decision.GRANTED, ["granted"]),
            (Decision.DENIED, ["denied"]),
            (Decision.WITHDRAWN, ["withdrawn"]),
            (Decision.OBJECTED, ["objected"]),
        ],
    )
    @pytest.mark.parametrize("origin", Origin)
    def test_is_what_was_decided_last(
        self, decision: Decision, said: list[str], origin: Origin
    ) -> None:
        answer = ask(stands(decision, origin=origin))
        by_signal = origin is Origin.SIGNAL and decision is not Decision.GRANTED
        assert reasons(answer) == [*said, *(["signal"] if by_signal else [])]
        assert answer.evidence == (f"{SUBJECT}.3",)
        assert answer.basis is LegalBasis.CONSENT

    def test_of_another_purpose_is_none(self) -> None:
        assert reasons(ask(stands(Decision.GRANTED, purpose="promotion"))) == ["not_asked"]

    @pytest.mark.parametrize(("after", "said"), [(-1, "granted"), (0, "expired"), (1, "expired")])
    def test_ends_when_the_notice_says(self, after: int, said: str) -> None:
        given_at = NOW - timedelta(days=30) - timedelta(milliseconds=after)
        known = replace(
            stands(), decisions={CONSENT: Decided(Decision.GRANTED, 1, given_at, GIVEN)}
        )
        answer = ask(known, notice=noticed(lasts=Lasting(Period(days=30))))
        assert reasons(answer) == [said]
        assert answer.evidence == (f"{SUBJECT}.1",)

    @pytest.mark.parametrize(
        ("lasts", "given_under", "days", "said"),
        [
            (Lasting(Period(days=60)), "2026-11-22", 29, "granted"),
            (Lasting(Period(days=60)), "2026-11-22", 30, "expired"),
            (None, "2026-11-22", 30, "expired"),
            (Lasting(Period(days=60)), "2027-01-01", 30, "granted"),
            (None, "2027-01-01", 9_000, "granted"),
            (Lasting(Period(days=10)), "2026-11-22", 10, "expired"),
        ],
    )
    def test_ends_when_it_was_said_to_where_it_may_last_longer_now(
        self, lasts: Lasting | None, given_under: str, days: int, said: str
    ) -> None:
        longer = Widening("2027-01-01", lasts=Lasting(Period(days=30)))
        decided = Decided(Decision.GRANTED, 1, NOW - timedelta(days=days), given_under)
        known = replace(stands(), decisions={CONSENT: decided})
        assert reasons(ask(known, notice=noticed(widenings=(longer,), lasts=lasts))) == [said]

    def test_a_refusal_never_ends(self) -> None:
        late = noticed(lasts=Lasting(Period(days=1)))
        long_ago = Decided(Decision.DENIED, 1, NOW - timedelta(days=9_000), GIVEN)
        assert reasons(ask(replace(stands(), decisions={CONSENT: long_ago}), notice=late)) == [
            "denied"
        ]
        assert not expired(long_ago, late.purposes[CONSENT], late, NOW)


class TestAnotherBasis:
    @pytest.mark.parametrize("purpose", [CONTRACT, INTEREST, DUTY])
    def test_asks_for_no_yes(self, purpose: str) -> None:
        answer = ask(stands(), purpose)
        assert (reasons(answer), answer.evidence) == ([], ())
        assert answer.basis is shipped().purposes[purpose].basis

    @pytest.mark.parametrize("purpose", [CONTRACT, INTEREST, DUTY])
    @pytest.mark.parametrize("decision", [Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED])
    @pytest.mark.parametrize("origin", Origin)
    def test_does_not_undo_a_refusal(
        self, purpose: str, decision: Decision, origin: Origin
    ) -> None:
        answer = ask(stands(decision, purpose, origin), purpose)
        assert not answer.allowed
        assert answer.reasons[0] == str(decision)
        assert answer.evidence == (f"{SUBJECT}.3",)

    def test_leaves_a_yes_of_before_without_effect(self) -> None:
        moved = noticed(
            CONSENT, (Widening("2027-01-01", whole=True),), basis=LegalBasis.LEGITIMATE_INTEREST
        )
        assert reasons(ask(stands(Decision.GRANTED), notice=moved)) == []

    def test_a_refusal_outlives_the_way_there_and_back(self) -> None:
        for basis in LegalBasis:
            assert reasons(ask(stands(Decision.WITHDRAWN), notice=noticed(basis=basis))) == [
                "withdrawn"
            ]


ALL = (CONSENT, CONTRACT, INTEREST, DUTY)
STANDINGS: dict[tuple[Kind, Life], dict[str, list[str]]] = {
    (Kind.VISITOR, Life.ACTIVE): {
        CONSENT: [],
        CONTRACT: ["unverified"],
        INTEREST: [],
        DUTY: [],
    },
    (Kind.VISITOR, Life.ERASING): {
        CONSENT: ["erased"],
        CONTRACT: ["erased", "unverified"],
        INTEREST: ["erased"],
        DUTY: ["erased"],
    },
    (Kind.ACCOUNT, Life.ACTIVE): {CONSENT: [], CONTRACT: [], INTEREST: [], DUTY: []},
    (Kind.ACCOUNT, Life.PENDING): {
        CONSENT: ["unverified"],
        CONTRACT: ["unverified"],
        INTEREST: [],
        DUTY: [],
    },
    (Kind.ACCOUNT, Life.DEACTIVATED): {
        CONSENT: ["deactivated"],
        CONTRACT: ["deactivated"],
        INTEREST: ["deactivated"],
        DUTY: [],
    },
    (Kind.ACCOUNT, Life.ERASING): {one: ["erased"] for one in ALL},
    (Kind.VISITOR, Life.ERASED): {
        CONSENT: ["erased"],
        CONTRACT: ["erased", "unverified"],
        INTEREST: ["erased"],
        DUTY: ["erased"],
    },
    (Kind.ACCOUNT, Life.ERASED): {one: ["erased"] for one in ALL},
}
DISOWNED_TOO = {
    Life.PENDING: {one: ["disowned"] for one in ALL},
    Life.ACTIVE: {one: ["disowned"] for one in ALL},
    Life.DEACTIVATED: {
        CONSENT: ["disowned", "deactivated"],
        CONTRACT: ["disowned", "deactivated"],
        INTEREST: ["disowned", "deactivated"],
        DUTY: ["disowned"],
    },
    Life.ERASING: {one: ["erased", "disowned"] for one in ALL},
    Life.ERASED: {one: ["erased", "disowned"] for one in ALL},
}
"""The same of an account that was disowned: it says no to every purpose, whatever its life."""


class TestStanding:
    def test_every_one_is_tried(self) -> None:
        accounts = {life for kind, life in STANDINGS if kind is Kind.ACCOUNT}
        assert accounts == DISOWNED_TOO.keys() == set(Life)
        visitors = {life for kind, life in STANDINGS if kind is Kind.VISITOR}
        assert visitors == {Life.ACTIVE, Life.ERASING, Life.ERASED}

    @pytest.mark.parametrize(("kind", "life"), STANDINGS)
    @pytest.mark.parametrize("purpose", ALL)
    def test_stops_what_it_has_to(self, kind: Kind, life: Life, purpose: str) -> None:
        subject = VISITOR if kind is Kind.VISITOR else SUBJECT
        known = stands(Decision.GRANTED, subject=subject, life=life)
        against = STANDINGS[kind, life][purpose]
        granted = ["granted"] if purpose == CONSENT and not against else []
        assert reasons(ask(known, purpose)) == against + granted

    @pytest.mark.parametrize("life", Life)
    @pytest.mark.parametrize("purpose", ALL)
    def test_that_is_disowned_stops_everything(self, life: Life, purpose: str) -> None:
        known = stands(Decision.GRANTED, life=life, limits=DISOWNED)
        assert reasons(ask(known, purpose)) == DISOWNED_TOO[life][purpose]

    def test_of_a_pending_account_opens_no_channel_on_any_basis(self) -> None:
        for purpose in (INTEREST, DUTY):
            reached = noticed(purpose, channels=("phone",))
            pending = stands(life=Life.PENDING)
            assert reasons(ask(pending, purpose, reached)) == ["unverified"]

    def test_who_is_not_known_is_erased_or_was_never_there(self) -> None:
        gone = permission(Question(SUBJECT, CONTRACT), None, shipped(), NOW)
        assert (reasons(gone), gone.evidence) == (["erased"], ())
        browser = permission(Question(VISITOR, CONSENT), None, shipped(), NOW)
        assert (reasons(browser), browser.evidence) == (["erased", "not_asked"], ())
        objected_once = permission(Question(VISITOR, INTEREST), None, shipped(), NOW)
        assert reasons(objected_once) == ["erased"], "nobody knows any more what it said"

    def test_a_browsers_yes_that_an_account_was_offered_counts_there_alone(self) -> None:
        known = stands(Decision.GRANTED, subject=VISITOR)
        seq = known.decisions[CONSENT].seq
        assert ask(known, CONSENT).allowed
        handed_over = replace(known, offered=seq)
        assert reasons(ask(handed_over, CONSENT)) == ["not_asked"]
        refused = stands(Decision.DENIED, subject=VISITOR)
        assert reasons(ask(replace(refused, offered=seq), CONSENT)) == ["denied"]

    def test_an_accounts_yes_is_its_own_however_often_its_sessions_ended(self) -> None:
        known = stands(Decision.GRANTED)
        assert ask(replace(known, generation=known.seq, offered=known.seq), CONSENT).allowed

    def test_an_account_whose_id_begins_as_a_browsers_is_gone_all_the_same(self) -> None:
        account = "v" + SUBJECT[1:]
        for purpose in shipped().purposes:
            answer = permission(Question(account, purpose), None, shipped(), NOW)
            assert answer.reasons[0] is Reason.ERASED


class TestSuppressed:
    @pytest.mark.parametrize(
        ("channels", "channel", "stopped"),
        [
            (("email",), None, True),
            (("email",), "email", True),
            (("email", "post"), "post", False),
            (("email", "post"), None, True),
            (("post",), None, False),
            ((), None, False),
        ],
    )
    @pytest.mark.parametrize("why", ["bounce", "complaint"])
    def test_stops_mail_alone(
        self, channels: tuple[str, ...], channel: str | None, stopped: bool, why: str
    ) -> None:
        parts = {} if channel is None else {"channel": channel}
        known = stands(Decision.GRANTED, suppressed=why)
        answer = ask(known, notice=noticed(channels=channels), **parts)
        assert reasons(answer) == (["suppressed"] if stopped else ["granted"])


class TestPrecedence:
    def test_all_that_stands_against_it_is_named_and_a_yes_is_not(self) -> None:
        notice = noticed(
            widenings=(Widening("2027-01-01", whole=True),),
            lasts=Lasting(Period()),
            channels=("email",),
        )
        known = stands(Decision.GRANTED, life=Life.PENDING, limits=DISOWNED, suppressed="bounce")
        answer = ask(known, notice=notice, category="transaction")
        assert reasons(answer) == [
            "undeclared",
            "disowned",
            "suppressed",
            "expired",
            "ask_again",
        ]

    @pytest.mark.parametrize(
        ("life", "limits"),
        [(life, limits) for life, limits in EVERY_STANDING if life is not Life.ACTIVE],
    )
    def test_a_yes_is_no_reason_where_the_standing_says_no(
        self, life: Life, limits: Limits
    ) -> None:
        known = stands(Decision.GRANTED, life=life, limits=limits)
        assert Reason.GRANTED not in ask(known).reasons

    def test_the_refusal_names_the_codes(self) -> None:
        refused = not_permitted(ask(stands(Decision.WITHDRAWN, origin=Origin.SIGNAL)))
        assert (refused.status, refused.type) == (409, "not-permitted")
        assert refused.members == {"reasons": ["withdrawn", "signal"]}
        assert "withdrawn, signal" in refused.detail
