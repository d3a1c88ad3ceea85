"""Entries to make receipts of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.consents.model import Choice, Entry, Shown, decide
from chalicelib.notices.model import Notice
from chalicelib.receipts.content import content
from chalicelib.subjects.model import Decided, Decision, Standing
from tests.unit.core.samples import NOW, standing

ISSUER = "https://privacy.example"


def entry(
    notice: Notice,
    choices: Mapping[str, Choice],
    *,
    before: Standing | None = None,
    locale: str = "it",
    source: str = "banner",
    provenance: Mapping[str, Any] | None = None,
) -> Entry:
    """What somebody decided about a version of the notice."""
    shown = Shown(notice.version, notice.digest, locale, source, evidence=None)
    return decide(
        before or standing(),
        choices,
        shown,
        event="a" * 20,
        payload="b" * 12,
        salt="c" * 26,
        now=NOW,
        provenance=provenance or {},
    )[1]


def granted_before(purpose: str) -> Standing:
    """Somebody who has agreed to a purpose."""
    stands = standing()
    object.__setattr__(stands, "decisions", {purpose: Decided(Decision.GRANTED, 1, NOW)})
    return stands


def everything(notice: Notice) -> Entry:
    """An entry about every purpose that the notice asks about."""
    return entry(notice, dict.fromkeys(notice.choices, Choice.GRANTED))


def said(of: Entry, notice: Notice, locale: str = "it") -> dict[str, Any]:
    """The content of its receipt."""
    return content(of, notice, locale, issuer=ISSUER, issued_at=NOW)
