"""The warnings that an unused account comes to its end."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, Ending, Kind, Rule, Source, names

WARNING: Final = Kind(
    "warning",
    "evidence",
    plain=names("since warned_at ends_at then tries tried_at sent_at unreached link"),
    secrets=names("tries tried_at link"),
    rules=(
        Rule(
            "ended",
            AT_ONCE,
            Ending.SUBJECT,
            most=AT_ONCE,
            why="it tells a person that their account was going to end, and goes with it",
        ),
    ),
    source=Source.SOFTWARE,
    ends="with the subject",
)
