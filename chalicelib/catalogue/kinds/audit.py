"""The audit of what the desk looked at and did."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import Ending, Kind, Rule, Untold, names

AUDIT: Final = Kind(
    "audit",
    "evidence",
    plain=names(
        "seq at by action subject request outcome previous hash hold pruned_seq pruned_hash"
    ),
    rules=(
        Rule(
            "created",
            {"years": 6},
            Ending.INDEX,
            least={"years": 1},
            most={"years": 10},
            why="it proves who handled a request for as long as the request is kept, and a year",
        ),
    ),
    held=False,
    apart=True,
    untold=Untold.OTHERS,
    ends="the oldest first; the head, in lane `rule`, keeps number and hash of the last that went",
)
