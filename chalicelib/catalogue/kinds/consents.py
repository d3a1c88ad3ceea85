"""The ledger of decisions, and the disclosures to recipients."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import Ending, Kind, Rule, Source, Untold, names

_LIMITATION: Final = Rule(
    "ended",
    {"years": 5},
    Ending.SUBJECT,
    most={"years": 30},
    why="it is proof for as long as claims can be raised",
)
"""The rule of evidence: it is kept as long as claims can usually be raised in Europe."""

ENTRY: Final = Kind(
    "entry",
    "evidence",
    plain=names("seq previous hash commitment notice_version notice_digest source event at"),
    sealed=names("salt decisions locale evidence explicit signal joined channel desk"),
    secrets=names("salt"),
    rules=(_LIMITATION,),
    may_stay=True,
    source=Source.SUBJECT,
    ends="with the subject",
)

DISCLOSURE: Final = Kind(
    "disclosure",
    "evidence",
    plain=names("recipient category purpose fields_given disclosed_at entry"),
    rules=(_LIMITATION,),
    may_stay=True,
    source=Source.SOFTWARE,
    ends="with the subject",
)

DELIVERY: Final = Kind(
    "delivery",
    "core",
    plain=names(
        "recipient type subject status attempts error created_at delivered_at updated_at ref place"
    ),
    rules=(
        Rule(
            "created",
            {"months": 12},
            Ending.INDEX,
            least={"days": 1},
            most={"years": 10},
            why="it proves that recipients were told, and is tried again for days",
        ),
    ),
    apart=True,
    untold=Untold.MACHINERY,
    ends="lane `rule`",
)
