"""Decisions, captures and ledger entries as JSON, as the contract has them."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.catalogue import STORED
from chalicelib.consents.clocks import Consequence
from chalicelib.consents.model import Entry, Shown, new_standing
from chalicelib.decisions import renewal
from chalicelib.decisions.coverage import uncovered
from chalicelib.decisions.effect import effect
from chalicelib.instants import instant, optional_instant
from chalicelib.notices.model import Notice
from chalicelib.subjects import encoding
from chalicelib.subjects.model import Decided, Kind, Life, Limits, Standing, entry_id
from chalicelib.subjects.restriction import Restriction
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.consents.service.capture import Captured


ASK: Final = "ask"
"""The word in place of a decision where a person is asked for one."""

KIND: Final = "standing"
"""The kind of a standing's record."""


def decisions_shown(
    standing: Standing, notice: Notice, now: datetime, about: Container[str] | None = None
) -> dict[str, Json]:
    """The standing decision about each purpose that was decided on, as the contract has it.

    `decision` is what the decision point would answer at `now`, `recorded` what the ledger has.
    With `about` only those of these purposes are told.
    """
    browser = standing.kind is Kind.VISITOR
    return {
        purpose: {
            "decision": str(effect(purpose, standing, notice, now)),
            "recorded": str(decided.decision),
            "origin": str(decided.origin),
            "decided_at": instant(decided.at),
            "expires_at": optional_instant(renewal.expires_at(purpose, decided, notice)),
            "entry_id": entry_id(standing.subject, decided.seq),
            "notice_version": decided.notice_version,
            "ask_again": _ask_again(purpose, decided, notice, browser),
            "ask_again_at": optional_instant(
                renewal.ask_again_at(purpose, decided, notice, browser=browser)
            ),
        }
        for purpose, decided in sorted(standing.decisions.items())
        if about is None or purpose in about
    }


def standing_shown(standing: Standing | None, notice: Notice, now: datetime) -> Json:
    """The decisions that stand about a person and the questions to them, as the contract has it.

    None is a browser about which nothing is stored: it decided nothing and is asked nothing.
    """
    if standing is None:
        return {"notice_version": None, "standing": {}, "ask": {}}
    return {
        "notice_version": standing.notice_version,
        "standing": decisions_shown(standing, notice, now),
        "ask": asks_shown(standing, notice),
    }


def asks_shown(standing: Standing, notice: Notice) -> Json:
    """The questions to an account's person, as the contract has them.

    A purpose that does not rest on consent any more is asked about no more.
    """
    return {
        purpose: {
            "said_at": instant(asked.at),
            "notice_version": asked.notice_version,
            "entry_id": entry_id(standing.subject, asked.seq),
        }
        for purpose, asked in sorted(standing.asks.items())
        if purpose in notice.choices
    }


def effects_shown(standing: Standing, notice: Notice, now: datetime) -> Json:
    """The decision point's answer, by purpose that was decided on."""
    decided = sorted(standing.decisions)
    return {purpose: str(effect(purpose, standing, notice, now)) for purpose in decided}


def data_shown(data: Iterable[Consequence]) -> Json:
    """The consequences of refusals for the data, as the contract has them."""
    return [
        {
            "purpose": one.purpose,
            "category": one.category,
            "erased_at": optional_instant(one.erased_at),
            "kept_for": [
                {"purpose": purpose.id, "basis": str(purpose.basis)} for purpose in one.kept_for
            ],
            **_records(one),
        }
        for one in data
    ]


def _records(one: Consequence) -> dict[str, Json]:
    if one.records is None:
        return {}
    erased_at = instant(one.records.erased_at)
    return {"records": {"count": one.records.count, "erased_at": erased_at}}


def captured_shown(captured: "Captured", notice: Notice, now: datetime) -> dict[str, Json]:
    """The entry that a capture made, the decisions after it, and what it means for the data."""
    return {
        "entry_id": captured.entry_id,
        "standing": decisions_shown(captured.standing, notice, now),
        "data": data_shown(captured.data),
    }


def entry_shown(entry: Entry) -> Json:
    """An entry of a ledger as its person sees it, with its sealed part opened."""
    return {
        "entry_id": entry.id,
        "decided_at": instant(entry.at),
        **dict(entry.opened),
        "source": entry.source,
        "event": entry.event,
        "notice_version": entry.notice_version,
        "notice_digest": entry.notice_digest,
        "previous": entry.previous,
        "commitment": entry.commitment,
        "hash": entry.hash,
    }


def _ask_again(purpose: str, decided: Decided, notice: Notice, browser: bool) -> Json:
    lacking = uncovered(decided, notice.widenings.get(purpose, ()), browser=browser)
    if lacking is None:
        return None
    return {
        "whole": lacking.whole,
        "categories": list[Json](sorted(lacking.categories)),
        "recipients": list[Json](sorted(lacking.recipients)),
        "channels": list[Json](sorted(lacking.channels)),
        "cookies": list[Json](sorted(lacking.cookies)),
        "cookie_classes": list[Json](sorted(lacking.cookie_classes)),
    }


def standing_told(
    subject: str,
    fields: Mapping[str, Any],
    notice: Notice,
    now: datetime,
    restrictions: tuple[Restriction, ...] | None = None,
) -> dict[str, Any]:
    """The fields of a stored standing: decisions unpacked, machinery left out.

    Each decision is told by its effect at `now`, and as it was recorded. `restrictions` are those
    that its flag stands for.
    """
    interest_at = fields.get("interest_at")
    packed = encoding.decisions_in(
        fields["decisions"],
        None if interest_at is None else datetime.fromisoformat(interest_at),
        fields.get("lapsed"),
    )
    shown = Shown(fields["notice_version"], "", fields["locale"], "")
    stands = replace(
        new_standing(subject, Life(fields["state"]), shown, now),
        decisions=packed,
        limits=Limits(
            disowned=bool(fields.get("disowned")), restricted=int(fields.get("restricted") or 0)
        ),
        restrictions=restrictions,
        offered=int(fields.get("offered") or 0),
        suppressed=fields.get("suppressed"),
    )
    decisions = {
        purpose: {
            "decision": str(effect(purpose, stands, notice, now)),
            "recorded": str(decided.decision),
            "at": instant(decided.at),
            "seq": decided.seq,
            "notice_version": decided.notice_version,
            "origin": str(decided.origin),
        }
        for purpose, decided in packed.items()
    }
    asked = {
        purpose: {"decision": ASK, "at": instant(one.at), "seq": one.seq}
        for purpose, one in encoding.asks_in(fields["decisions"]).items()
    }
    told = {name: value for name, value in fields.items() if name not in STORED[KIND].secrets}
    return {**told, "decisions": {**asked, **decisions}}
