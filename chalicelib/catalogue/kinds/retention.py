"""The evidence of retention: what each run did, in numbers."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import Ending, Kind, Rule, Untold, names

RETENTION_RUN: Final = Kind(
    "retention_run",
    "evidence",
    plain=names("seq at begun ended batches counts previous hash pruned_seq pruned_hash"),
    rules=(
        Rule(
            "created",
            {"years": 10},
            Ending.INDEX,
            least={"years": 1},
            most={"years": 30},
            why="it proves that data went on time, for as long as somebody may ask, of nobody",
        ),
    ),
    machinery=True,
    held=False,
    apart=True,
    untold=Untold.MACHINERY,
    ends="the oldest first; the head, in lane `rule`, keeps number and hash of the last that went",
)
