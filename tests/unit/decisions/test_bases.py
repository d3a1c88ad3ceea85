"""What follows from a legal basis, at the decision point and at every other door."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.consents import desk
from chalicelib.consents.clocks import endable, uses
from chalicelib.consents.model import Choice
from chalicelib.copies import port
from chalicelib.decisions.permission import Question, Reason, permission
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import FieldRef, LegalBasis, Notice
from chalicelib.requests import scope
from chalicelib.requests.contract.submission import unfit
from chalicelib.subjects.model import Decided, Decision, Life, Standing
from chalicelib.unsubscribe.model import refusal
from tests.unit.core.samples import (
    NOW,
    SUBJECT,
    VISITOR,
    association,
    association_document,
    standing,
)

ROTA, MEMBERSHIP = "water_rota", "membership"
ACT = {"en": "An act."}


def resting(purpose: int, basis: Any, **category: Any) -> Notice:
    """The association's notice with another basis of a purpose, and members of the plots' data."""
    document = association_document()
    document["purposes"][purpose]["basis"] = basis
    document["categories"][1].update(category)
    return compile_notice(document, STORED)


def one(kind: str, **more: Any) -> dict[str, Any]:
    parts = {"act": ACT} if kind in ("legal_obligation", "public_task") else {}
    interest = {"interest": {"en": "Ours."}} if kind == "legitimate_interest" else {}
    return {"kind": kind, "origin": "published", **parts, **interest, **more}


def decided(purpose: str, decision: Decision, subject: str = SUBJECT) -> Standing:
    found = standing(subject)
    object.__setattr__(found, "decisions", {purpose: Decided(decision, 1, NOW, "2025-03-01")})
    return found


def reasons(
    notice: Notice, purpose: str, category: str | None = None, person: Standing | None = None
) -> list[Reason]:
    asked = Question(SUBJECT, purpose, category)
    return [*permission(asked, person or standing(), notice, NOW).reasons]


@pytest.mark.parametrize(
    ("kind", "objects", "portable"),
    [
        ("contract", False, True),
        ("legal_obligation", False, False),
        ("vital_interests", False, False),
        ("public_task", True, False),
        ("legitimate_interest", True, False),
    ],
)
def test_objection_and_portability_follow_from_the_basis(
    kind: str, objects: bool, portable: bool
) -> None:
    document = association_document()
    document["purposes"][0]["basis"] = one(kind)
    document["purposes"][2]["basis"] = one(kind)
    notice = compile_notice(document, STORED)
    body: Any = {"right": "object", "purposes": [ROTA]}
    assert (not unfit(notice, body, NOW)) is objects
    assert (ROTA in scope.weighed((), notice)) is objects
    assert (Choice.OBJECTED in desk.refusable(notice).get(ROTA, ())) is objects
    assert (refusal(notice.purposes[ROTA]) is Choice.OBJECTED) is objects
    assert ("plot" in port.covered(notice)) is portable
    assert reasons(notice, ROTA) == []


def test_a_basis_that_nobody_states_is_open_to_objection_and_makes_nothing_portable() -> None:
    notice = resting(2, {"origin": "published", "to_confirm": True})
    assert notice.purposes[ROTA].basis is LegalBasis.NOT_STATED
    answer = permission(Question(SUBJECT, ROTA), standing(), notice, NOW)
    assert (answer.allowed, answer.basis) == (True, LegalBasis.NOT_STATED)
    assert ROTA in scope.weighed((), notice)
    assert reasons(notice, ROTA, person=decided(ROTA, Decision.OBJECTED)) == [Reason.OBJECTED]
    assert "purposes/water_rota/basis" in notice.unconfirmed


SPLIT = [one("consent", categories=["plot"]), one("contract")]


class TestConsentBesideAnother:
    def test_the_data_asked_about_decides_on_which_basis(self) -> None:
        notice = resting(0, SPLIT)
        purpose = notice.purposes[MEMBERSHIP]
        assert purpose.basis is LegalBasis.CONSENT
        assert MEMBERSHIP in notice.choices
        assert reasons(notice, MEMBERSHIP, "plot") == [Reason.NOT_ASKED]
        assert reasons(notice, MEMBERSHIP, "member") == []
        assert reasons(notice, MEMBERSHIP) == [Reason.NOT_ASKED]
        for category, basis in (("plot", LegalBasis.CONSENT), ("member", LegalBasis.CONTRACT)):
            asked = Question(SUBJECT, MEMBERSHIP, category)
            assert permission(asked, standing(), notice, NOW).basis is basis

    @pytest.mark.parametrize("no", [Decision.DENIED, Decision.WITHDRAWN])
    def test_a_refusal_of_the_consent_leaves_the_rest_alone(self, no: Decision) -> None:
        notice, person = resting(0, SPLIT), decided(MEMBERSHIP, no)
        assert reasons(notice, MEMBERSHIP, "plot", person) == [Reason(no)]
        assert reasons(notice, MEMBERSHIP, "member", person) == []
        assert reasons(notice, MEMBERSHIP, None, person) == [Reason(no)]

    def test_a_yes_is_one_for_all_of_it(self) -> None:
        notice, person = resting(0, SPLIT), decided(MEMBERSHIP, Decision.GRANTED)
        assert reasons(notice, MEMBERSHIP, None, person) == [Reason.GRANTED]
        assert reasons(notice, MEMBERSHIP, "member", person) == []

    def test_of_the_same_data_a_no_is_a_no(self) -> None:
        notice = resting(0, [one("contract"), one("consent")])
        assert reasons(notice, MEMBERSHIP, "member") == [Reason.NOT_ASKED]

    def test_a_refusal_outlives_the_consent(self) -> None:
        notice = resting(0, [one("contract"), one("legal_obligation", categories=["plot"])])
        person = decided(MEMBERSHIP, Decision.WITHDRAWN)
        for category in ("member", "plot"):
            assert reasons(notice, MEMBERSHIP, category, person) == [Reason.WITHDRAWN]


class TestAnObjection:
    def test_it_is_about_the_data_that_is_open_to_it(self) -> None:
        notice = resting(0, [one("contract"), one("public_task", categories=["plot"])])
        person = decided(MEMBERSHIP, Decision.OBJECTED)
        assert reasons(notice, MEMBERSHIP, "plot", person) == [Reason.OBJECTED]
        assert reasons(notice, MEMBERSHIP, "member", person) == []

    def test_it_outlives_the_basis(self) -> None:
        notice = resting(0, [one("contract"), one("legal_obligation", categories=["plot"])])
        person = decided(MEMBERSHIP, Decision.OBJECTED)
        assert reasons(notice, MEMBERSHIP, "member", person) == [Reason.OBJECTED]


def test_a_duty_goes_on_while_the_account_is_stopped() -> None:
    stopped = standing(life=Life.DEACTIVATED)
    for kind, goes_on in (("vital_interests", True), ("public_task", False)):
        assert (reasons(resting(2, one(kind)), ROTA, person=stopped) == []) is goes_on


def test_items_on_a_duty_are_not_taken_along() -> None:
    notice = resting(0, [one("contract"), one("legal_obligation", items=["plot.number"])])
    assert "plot" in port.covered(notice)
    purpose = notice.purposes[MEMBERSHIP]
    kinds = {name: purpose.kinds_of(FieldRef("plot", name)) for name in ("number", "sharer")}
    assert kinds == {
        "number": {LegalBasis.LEGAL_OBLIGATION},
        "sharer": {LegalBasis.CONTRACT},
    }


class TestExplicitConsent:
    """The plots' data is about health, and the membership, a contract, uses it with a yes."""

    @pytest.fixture
    def notice(self) -> Notice:
        document = association_document()
        document["categories"][1]["special"] = "health"
        document["purposes"][0]["basis"]["condition"] = "explicit_consent"
        document["purposes"][2]["basis"]["condition"] = "legal_claims"
        return compile_notice(document, STORED)

    def test_it_is_asked_for_beside_the_basis_and_for_the_special_data_alone(
        self, notice: Notice
    ) -> None:
        assert notice.purposes[MEMBERSHIP].explicit == {"plot"}
        assert notice.purposes[MEMBERSHIP].basis is LegalBasis.CONTRACT
        assert MEMBERSHIP in notice.choices
        assert reasons(notice, MEMBERSHIP, "plot") == [Reason.NOT_ASKED]
        assert reasons(notice, MEMBERSHIP, "member") == []
        given = decided(MEMBERSHIP, Decision.GRANTED)
        assert reasons(notice, MEMBERSHIP, "plot", given) == [Reason.GRANTED]

    def test_a_browser_has_no_contract_whatever_it_says_yes_to(self, notice: Notice) -> None:
        person = decided(MEMBERSHIP, Decision.GRANTED, VISITOR)
        assert reasons(notice, MEMBERSHIP, "plot", person) == [Reason.UNVERIFIED]

    def test_its_withdrawal_ends_what_is_kept_of_the_special_data(self, notice: Notice) -> None:
        assert endable([MEMBERSHIP], notice) == ("plot",)
        assert endable([MEMBERSHIP], association()) == ()
        no = decided(MEMBERSHIP, Decision.WITHDRAWN)
        assert MEMBERSHIP not in {one.id for one in uses("plot", no, notice, NOW)}
        assert MEMBERSHIP in {one.id for one in uses("member", no, notice, NOW)}

    def test_another_condition_asks_nothing(self, notice: Notice) -> None:
        assert not notice.purposes[ROTA].needs_consent
        assert reasons(notice, ROTA, "plot") == []

    def test_consent_to_special_data_is_explicit(self) -> None:
        document = association_document()
        document["categories"][3]["special"] = "political_opinions"
        found = compile_notice(document, STORED).purposes["newsletter"]
        assert found.explicit == {"interests"}
