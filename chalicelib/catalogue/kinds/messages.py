"""Messages that people write: to support, as feedback, in surveys and contests."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, REVIEW, Ending, Kind, Rule, Source, names

MESSAGE: Final = Kind(
    "message",
    "support",
    plain=names("form locale written_at closed_at contact"),
    sealed=names("text email"),
    secrets=names("contact"),
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
        Rule(
            "registered",
            {"days": 7},
            Ending.INDEX,
            least={"days": 1},
            most={"months": 1},
            why="nobody has proven the address that it came with, and anybody may have written it",
        ),
        Rule(
            "withdrawn",
            AT_ONCE,
            Ending.INDEX,
            most={"months": 3},
            why="what was kept for a consent alone goes without undue delay (GDPR art. 17(1))",
        ),
    ),
    source=Source.SUBJECT,
    ends="lane `rule`: from its writing, sooner if its address is unproven; once closed from then",
)

MESSAGE_PLACE: Final = Kind(
    "message_place",
    "support",
    rules=(
        Rule(
            "created",
            {"days": 30},
            Ending.INDEX,
            least={"days": 1},
            most={"months": 12},
            why="it leads to a message, and is looked at again as long as that is kept",
        ),
    ),
    machinery=True,
    held=False,
    apart=True,
    ends="lane `rule`: stays while its message does",
)
