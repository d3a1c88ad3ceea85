"""Activity of people, as pages tell it: a record a batch, civil day and purpose."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, Ending, Kind, Rule, Source, names

ACTIVITY: Final = Kind(
    "activity",
    "marketing",
    plain=names("purpose occurred_at"),
    sealed=names("events type at"),
    by_notice=True,
    rules=(
        Rule(
            "created",
            {"months": 12},
            Ending.INDEX,
            least={"days": 1},
            most={"months": 24},
            why="how somebody used a site a year ago says little about what they need now",
        ),
        Rule(
            "withdrawn",
            AT_ONCE,
            Ending.INDEX,
            most={"months": 1},
            why="nothing but a person's yes let it in (GDPR art. 7(3), 17(1)(b))",
        ),
    ),
    source=Source.OBSERVED,
    ends="lane `rule`: from the first event of its day, and once its purpose is refused at once",
)
