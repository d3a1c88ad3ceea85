"""The standing of a subject: what is known of it, and when all there is about it goes."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, REVIEW, STOPPED, Ending, Kind, Rule, Source, names

_PROOF: Final = (
    "entry",
    "obligation",
    "told",
    "request",
    "disclosure",
    "transaction",
    "erasure",
)
"""Records that prove compliance with the law, or that it asks for: they outlive an account for
their own time."""

STANDING: Final = Kind(
    "standing",
    "core",
    plain=names(
        "state locale notice_version seq head decisions events registered_at last_activity_at"
        " claim generation muted revision signal_at suppressed disclosed captures"
        " disowned restricted held offered erasure warned interest_at lapsed filed filings"
    ),
    secrets=names(
        "head events claim generation offered revision captures restricted held erasure warned"
        " lapsed filed filings"
    ),
    former=names("role"),
    rules=(
        Rule(
            "registered",
            {"days": 7},
            Ending.INDEX,
            least={"days": 1},
            most={"months": 3},
            why="a mail needs time to arrive, and an address that nobody proved may be another's",
            survives=("erasure",),
        ),
        Rule(
            "last_decision",
            {"months": 24},
            Ending.INDEX,
            least={"days": 1},
            most={"years": 10},
            why="a choice has to be remembered, and a browser is not the same person for ever",
            survives=("erasure",),
        ),
        Rule(
            "last_activity",
            {"months": 24},
            Ending.INDEX,
            least={"days": 1},
            most={"years": 30},
            why="an account is in use on the day of its last activity, and nobody uses it for ever",
            then=REVIEW,
            survives=_PROOF,
            may_warn=True,
            may_stop=True,
        ),
        Rule(
            STOPPED,
            {"months": 12},
            Ending.INDEX,
            least={"days": 1},
            most={"years": 30},
            why="its person may still come back for a while, and then nobody will",
            survives=_PROOF,
            may_warn=True,
        ),
        Rule(
            "disowned",
            AT_ONCE,
            Ending.INDEX,
            most={"months": 1},
            why="the address is that of somebody who never registered",
            survives=("erasure",),
        ),
        Rule(
            "requested",
            AT_ONCE,
            Ending.SUBJECT,
            most={"months": 1},
            why="what a person asked to have erased goes without undue delay (GDPR art. 17(1))",
            survives=_PROOF,
        ),
    ),
    whole=True,
    source=Source.SUBJECT,
    ends="lane `rule`; last of its subject",
)

RESTRICTION: Final = Kind(
    "restriction",
    "core",
    plain=names("restrictions"),
    rules=(
        Rule(
            "ended",
            AT_ONCE,
            Ending.SUBJECT,
            most={"months": 12},
            why="it is needed only while something is restricted",
        ),
    ),
    source=Source.SUBJECT,
    ends="when its last restriction ends, whose person was told: lane `deadline`",
)

TOMBSTONE: Final = Kind(
    "tombstone",
    "core",
    plain=names("state seq head stays held"),
    rules=(
        Rule(
            "ended",
            AT_ONCE,
            Ending.INDEX,
            most=AT_ONCE,
            why="it says when the rest ends, and goes with the last of it",
        ),
    ),
    machinery=True,
    whole=True,
    ends="lane `rule`; with the last of what stays after an erasure",
)
