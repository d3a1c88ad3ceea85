"""Holds, which stop the end of records for a time."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, Ending, Kind, Rule, Source, names

HOLD: Final = Kind(
    "hold",
    "evidence",
    plain=names("ground classes records placed_at until by"),
    sealed=names("reason"),
    rules=(
        Rule(
            "ended",
            AT_ONCE,
            Ending.INDEX,
            most=AT_ONCE,
            why="the records that it kept are due again when it ends",
        ),
    ),
    others=names("by reason"),
    source=Source.SOFTWARE,
    held=False,
    ends="lane `rule`, at its end or when it is lifted; the audit keeps who did it and when",
)
