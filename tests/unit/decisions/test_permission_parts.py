"""The decision point about parts of a purpose: what it does not name, cover or leave open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decisions.permission import Question, Reason, permission
from chalicelib.notices.model import FieldRef, Purpose, Widening
from chalicelib.subjects.model import Decided, Decision, Life, Limits, Origin
from tests.unit.consents.asked import (
    CATEGORY,
    CONSENT,
    GIVEN,
    HOUR,
    RECIPIENT,
    ask,
    noticed,
    reasons,
    stands,
)
from tests.unit.core.samples import EVERY_STANDING, NOW, SUBJECT, VISITOR, shipped, standing


class TestUndeclared:
    @pytest.mark.parametrize(
        "parts",
        [
            {"category": "transaction"},
            {"recipient": "sponsors"},
            {"channel": "post"},
            {"category": CATEGORY, "recipient": RECIPIENT, "channel": "fax"},
        ],
    )
    def test_is_what_the_purpose_does_not_name(self, parts: dict[str, str]) -> None:
        assert reasons(ask(stands(Decision.GRANTED), CONSENT, None, **parts)) == ["undeclared"]
        assert reasons(ask(stands(Decision.DENIED), CONSENT, None, **parts)) == [
            "undeclared",
            "denied",
        ]

    @pytest.mark.parametrize(
        "parts",
        [
            {"category": CATEGORY},
            {"recipient": RECIPIENT},
            {"channel": "email"},
            {"category": CATEGORY, "recipient": RECIPIENT, "channel": "email"},
        ],
    )
    def test_is_nothing_that_it_names(self, parts: dict[str, str]) -> None:
        assert reasons(ask(stands(Decision.GRANTED), CONSENT, None, **parts)) == ["granted"]

    @pytest.mark.parametrize(
        ("items", "category", "said"),
        [
            (frozenset({FieldRef("identity", "name")}), "identity", "granted"),
            (frozenset({FieldRef("identity", "name")}), "company", "undeclared"),
            (frozenset({FieldRef("identity", "name")}), None, "granted"),
            (frozenset({FieldRef("transaction", "ip_address")}), None, "undeclared"),
            (frozenset(), None, "undeclared"),
            (None, "company", "granted"),
        ],
    )
    def test_is_what_the_recipient_may_not_have(
        self, items: frozenset[FieldRef] | None, category: str | None, said: str
    ) -> None:
        notice = shipped()
        limited = replace(notice.recipients[RECIPIENT], items=items)
        notice = replace(notice, recipients={**notice.recipients, RECIPIENT: limited})
        parts = {} if category is None else {"category": category}
        answer = ask(stands(Decision.GRANTED), notice=notice, recipient=RECIPIENT, **parts)
        assert reasons(answer) == [said]

    def test_names_that_no_notice_knows_are_undeclared_too(self) -> None:
        answer = ask(stands(Decision.GRANTED), recipient="nobody", category="nothing")
        assert reasons(answer) == ["undeclared"]


WIDER: list[tuple[Widening, dict[str, str], bool]] = [
    (Widening("2027-01-01", categories=frozenset({CATEGORY})), {}, True),
    (Widening("2027-01-01", categories=frozenset({CATEGORY})), {"category": CATEGORY}, True),
    (Widening("2027-01-01", categories=frozenset({CATEGORY})), {"category": "company"}, False),
    (Widening("2027-01-01", categories=frozenset({CATEGORY})), {"recipient": RECIPIENT}, True),
    (Widening("2027-01-01", recipients=frozenset({RECIPIENT})), {"recipient": "aws"}, False),
    (Widening("2027-01-01", recipients=frozenset({RECIPIENT})), {"recipient": RECIPIENT}, True),
    (Widening("2027-01-01", recipients=frozenset({RECIPIENT})), {"category": CATEGORY}, True),
    (Widening("2027-01-01", channels=frozenset({"email"})), {"channel": "email"}, True),
    (Widening("2027-01-01", channels=frozenset({"fax"})), {"channel": "email"}, False),
    (Widening("2027-01-01", cookies=frozenset({"_x"})), {"category": CATEGORY}, True),
    (Widening("2027-01-01", cookie_classes=frozenset({"x"})), {"category": CATEGORY}, True),
    (
        Widening("2027-01-01", whole=True),
        {"category": CATEGORY, "recipient": RECIPIENT, "channel": "email"},
        True,
    ),
    (Widening(GIVEN, whole=True), {}, False),
    (Widening("2026-01-01", whole=True), {}, False),
]


class TestAskAgain:
    @pytest.mark.parametrize(("wider", "parts", "again"), WIDER)
    def test_is_said_about_what_the_yes_does_not_cover(
        self, wider: Widening, parts: dict[str, str], again: bool
    ) -> None:
        notice = noticed(widenings=(wider,))
        answer = ask(stands(Decision.GRANTED), notice=notice, **parts)
        assert reasons(answer) == (["ask_again"] if again else ["granted"])
        assert reasons(ask(stands(Decision.DENIED), notice=notice, **parts)) == ["denied"]


def _parts(name: str, known: Any) -> Any:
    return st.none() | st.sampled_from(sorted(known)) | st.just(f"no_{name}")


DECIDED = st.builds(
    Decided,
    decision=st.sampled_from(Decision),
    seq=st.just(1),
    at=st.just(NOW - HOUR),
    notice_version=st.sampled_from(["", GIVEN, "2027-01-01"]),
    origin=st.sampled_from(Origin),
)
QUESTIONS = st.builds(
    Question,
    subject=st.sampled_from([SUBJECT, VISITOR]),
    purpose=st.sampled_from(sorted(shipped().purposes)),
    category=_parts("category", shipped().categories),
    recipient=_parts("recipient", shipped().recipients),
    channel=_parts("channel", {"email", "post", "web"}),
)


@given(
    QUESTIONS,
    st.sampled_from(EVERY_STANDING),
    st.dictionaries(st.sampled_from(sorted(shipped().purposes)), DECIDED),
    st.sampled_from([None, "bounce"]),
    st.sampled_from(sorted(WIDER, key=repr)),
)
def test_what_is_left_open_is_allowed_only_where_every_part_of_it_is(
    question: Question,
    stands: tuple[Life, Limits],
    decisions: dict[str, Decided],
    suppressed: str | None,
    wider: tuple[Widening, Any, Any],
) -> None:
    purpose: Purpose = shipped().purposes[question.purpose]
    notice = noticed(question.purpose, (wider[0],))
    known = replace(standing(question.subject, *stands), decisions=decisions, suppressed=suppressed)
    whole = permission(question, known, notice, NOW)
    assert whole.allowed == (set(whole.reasons) <= {Reason.GRANTED})
    assert whole.allowed or Reason.GRANTED not in whole.reasons
    assert len(set(whole.reasons)) == len(whole.reasons)
    for part, declared in (
        ("category", purpose.categories),
        ("recipient", purpose.recipients),
        ("channel", purpose.channels),
    ):
        if whole.allowed and getattr(question, part) is None:
            for one in declared:
                answer = permission(replace(question, **{part: one}), known, notice, NOW)
                assert answer.allowed or answer.reasons == (Reason.UNDECLARED,)
