"""Somebody who decided once, and what the decision point says about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.decisions.permission import Answer, Question, Reason, permission
from chalicelib.notices.model import Notice, Widening
from chalicelib.subjects.model import Decided, Decision, Life, Origin, Standing
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing

CONSENT, CONTRACT, INTEREST, DUTY = "surveys", "run_account", "improvement", "rights_and_proof"
"""One purpose of each legal basis; people are asked by e-mail for the first."""

CATEGORY, RECIPIENT = "identity", "marketing_providers"
GIVEN = "2026-11-22"
HOUR = timedelta(hours=1)


def stands(
    decision: Decision | None = None,
    purpose: str = CONSENT,
    origin: Origin = Origin.OWN,
    subject: str = SUBJECT,
    life: Life = Life.ACTIVE,
    **more: Any,
) -> Standing:
    """Somebody who decided once, or nothing."""
    known = replace(standing(subject, life), **more)
    if decision is None:
        return known
    decided = Decided(decision, 3, NOW - HOUR, GIVEN, origin)
    return replace(known, seq=3, decisions={purpose: decided})


def noticed(purpose: str = CONSENT, widenings: tuple[Widening, ...] = (), **changes: Any) -> Notice:
    """The shipped notice, whose purpose is changed, and which widened it."""
    notice = shipped()
    purposes = {**notice.purposes, purpose: replace(notice.purposes[purpose], **changes)}
    return replace(notice, purposes=purposes, widenings={purpose: widenings})


def ask(
    known: Standing | None, purpose: str = CONSENT, notice: Notice | None = None, **parts: str
) -> Answer:
    """What the decision point says now."""
    subject = SUBJECT if known is None else known.subject
    return permission(Question(subject, purpose, **parts), known, notice or shipped(), NOW)


def reasons(answer: Answer) -> list[str]:
    """Its reasons, which decide."""
    assert answer.allowed == (set(answer.reasons) <= {Reason.GRANTED})
    return [str(reason) for reason in answer.reasons]
