"""Jobs, counts, keys and other records that keep the software running and repeatable."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, Ending, Kind, Rule, Untold, names

JOB: Final = Kind(
    "job",
    "core",
    plain=names("queue action target attempts leased_until created_at"),
    rules=(
        Rule(
            "created",
            {"days": 14},
            Ending.SUBJECT,
            least={"days": 1},
            most={"months": 12},
            why="what failed is tried again for so long, and then somebody is told",
        ),
    ),
    machinery=True,
    ends="when done; the relay gives up at the end of its rule; lane `job`",
)

ROUND: Final = Kind(
    "round",
    "core",
    plain=names(
        "action target step pass_number shard cursor tallies status started_at finished_at "
        "part parts"
    ),
    rules=(
        Rule(
            "created",
            {"months": 12},
            Ending.INDEX,
            least={"days": 7},
            most={"years": 10},
            why="work that breaks off is resumed from it",
        ),
    ),
    apart=True,
    untold=Untold.MACHINERY,
    ends="lane `rule`",
)

LIMIT: Final = Kind(
    "limit",
    "core",
    plain=names("tries expires_at used_at lapsed"),
    rules=(
        Rule(
            "created",
            {"days": 1},
            Ending.EXPIRY,
            least={"days": 1},
            most={"months": 1},
            why="tries are counted by the hour and the day",
        ),
    ),
    apart=True,
    untold=Untold.MACHINERY,
    ends=(
        "`expires`, with its window; that of one network at one address also when the password is"
        " right"
    ),
)

IDEMPOTENCY: Final = Kind(
    "idempotency",
    "core",
    plain=names("payload_hash status expires_at"),
    sealed=names("answer"),
    rules=(
        Rule(
            "created",
            {"days": 1},
            Ending.EXPIRY,
            least={"days": 1},
            most={"days": 7},
            why="an answer is promised to be repeated for 24 hours",
        ),
    ),
    apart=True,
    untold=Untold.MACHINERY,
    ends="`expires`",
)

DATA_KEY: Final = Kind(
    "data_key",
    "core",
    plain=names("wrapped material created_at closing"),
    rules=(
        Rule(
            "ended",
            {"days": 7},
            Ending.SUBJECT,
            most={"months": 12},
            why="a key is destroyed at once, and its backups are kept for a week",
        ),
    ),
    untold=Untold.SECRET,
    ends="with the subject, before all else of it",
)

ERASURE: Final = Kind(
    "erasure",
    "evidence",
    plain=names(
        "step subject request rule erased_at closed_at ended_at notice_version classes kept goes"
        " stays records receipt"
    ),
    rules=(
        Rule(
            "created",
            {"months": 12},
            Ending.BUCKET,
            least={"days": 35},
            most={"months": 12},
            why="it outlasts every backup, 35 days, and the bucket removes it after a year",
        ),
    ),
    may_stay=True,
    apart=True,
    untold=Untold.MACHINERY,
    ends="by the bucket's lifecycle rule after 366 days; it cannot be cut for 35",
)

RETENTION_TALLY: Final = Kind(
    "retention_tally",
    "evidence",
    plain=names("counts"),
    rules=(
        Rule(
            "ended",
            AT_ONCE,
            Ending.INDEX,
            most=AT_ONCE,
            why="the next run adds it to the record of what was done, and removes it",
        ),
    ),
    machinery=True,
    held=False,
    apart=True,
    untold=Untold.MACHINERY,
    ends="lane `rule`, when the next run closes it",
)
