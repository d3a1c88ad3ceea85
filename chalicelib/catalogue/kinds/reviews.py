"""Reviews of records at their end, about which the desk decides."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import Ending, Kind, Rule, Source, names

RETENTION_REVIEW: Final = Kind(
    "retention_review",
    "evidence",
    plain=names("of_kind record event since asked_at decided until by"),
    sealed=names("reason"),
    rules=(
        Rule(
            "ended",
            {"days": 60},
            Ending.EXPIRY,
            least={"days": 31},
            most={"months": 12},
            why="a record that waits is looked at again every 30 days, until somebody decides",
        ),
    ),
    others=names("by reason"),
    source=Source.SOFTWARE,
    held=False,
    ends="`expires`, some time after the next look at its record, or the end of what was decided",
)
