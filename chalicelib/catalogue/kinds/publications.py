"""The obligations to tell people of changes of the notice."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import Ending, Kind, Rule, Source, names

OBLIGATION: Final = Kind(
    "obligation",
    "evidence",
    plain=names(
        "notice_version status ask created_at effective_at sent_at bounced_at seen_at"
        " tries tried_at"
    ),
    rules=(
        Rule(
            "ended",
            {"years": 5},
            Ending.SUBJECT,
            most={"years": 30},
            why="it is proof for as long as claims can be raised",
        ),
    ),
    may_stay=True,
    source=Source.SOFTWARE,
    ends="with the subject",
)
