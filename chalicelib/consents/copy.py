"""A stored standing as the copy of its person's data tells it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.consents.model import Shown, new_standing
from chalicelib.decisions.effect import effect
from chalicelib.instants import instant
from chalicelib.notices.model import Notice
from chalicelib.subjects import encoding
from chalicelib.subjects.model import Life, Limits
from chalicelib.subjects.restriction import Restriction

ASK: Final = "ask"
"""The word in place of a decision where a person is asked for one."""

_MACHINERY: Final = frozenset(
    {
        "head",
        "events",
        "claim",
        "generation",
        "offered",
        "revision",
        "captures",
        "restricted",
        "held",
    }
)


def readable(
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
    packed = encoding.decisions_in(fields["decisions"])
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
    told = {name: value for name, value in fields.items() if name not in _MACHINERY}
    return {**told, "decisions": {**asked, **decisions}}
