"""Sign-ins, links that were mailed, and roles at the desk."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, Ending, Kind, Rule, Source, Untold, names

SESSION: Final = Kind(
    "session",
    "core",
    plain=names("created_at expires_at generation second_factor ip_address approximate_place idle"),
    secrets=names("generation"),
    items=names("ip_address approximate_place"),
    rules=(
        Rule(
            "created",
            {"days": 14},
            Ending.EXPIRY,
            least={"days": 1},
            most={"days": 400},
            why="a browser keeps no cookie for longer than 400 days",
        ),
        Rule(
            "last_used",
            {"days": 10},
            Ending.EXPIRY,
            least={"days": 1},
            most={"days": 400},
            why="a browser keeps no cookie for longer than 400 days",
        ),
    ),
    source=Source.OBSERVED,
    ends="`expires`, or sign-out; one of an earlier generation is over",
)

LINK: Final = Kind(
    "link",
    "core",
    plain=names("action target expires_at wrong wrong_since"),
    rules=(
        Rule(
            "created",
            {"days": 7},
            Ending.EXPIRY,
            least={"days": 1},
            most={"months": 1},
            why="a mail needs time to be read, and an old one may be read by somebody else",
        ),
    ),
    machinery=True,
    untold=Untold.SECRET,
    ends="`expires`; once used it only says so",
)

ROLE: Final = Kind(
    "role",
    "core",
    plain=names("role"),
    rules=(Rule("ended", AT_ONCE, Ending.SUBJECT),),
    source=Source.SOFTWARE,
    ends="when an operator takes it away, or with the subject",
)
