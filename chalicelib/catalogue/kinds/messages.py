"""Messages that people write: to support, as feedback, in surveys and contests."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import REVIEW, Ending, Kind, Rule, Source, names

MESSAGE: Final = Kind(
    "message",
    "support",
    plain=names("form locale written_at closed_at"),
    sealed=names("text"),
    items=names("text"),
    forms=names("support feedback survey contest"),
    rules=(
        Rule(
            "closed",
            {"months": 24},
            Ending.INDEX,
            most={"years": 10},
            why="a case that is closed may come up again, and nobody asks about it for ever",
        ),
        Rule(
            "created",
            {"months": 36},
            Ending.INDEX,
            least={"days": 1},
            most={"years": 10},
            why="nobody closed it, so somebody has to look whether it is still needed",
            then=REVIEW,
        ),
    ),
    source=Source.SUBJECT,
    ends="lane `rule`: from its writing, and once it is closed from then",
)
