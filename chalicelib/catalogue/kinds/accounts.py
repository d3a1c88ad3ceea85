"""Accounts: the claim on an address, credentials, the profile, the waiting registration."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, Ending, Kind, Rule, Source, Untold, names

_WITH_THE_ACCOUNT: Final = Rule("ended", AT_ONCE, Ending.SUBJECT)
"""The rule of records that are needed only as long as the account exists."""

CLAIM: Final = Kind(
    "claim",
    "core",
    plain=names(
        "subject password_hash verified_at generation second_factor country reserved_until"
        " proven sessions"
    ),
    secrets=names("subject password_hash generation reserved_until proven sessions"),
    items=names("country"),
    rules=(_WITH_THE_ACCOUNT,),
    tentative=True,
    source=Source.SOFTWARE,
    ends=(
        "with the subject, whose standing keeps its keyed hash; one that is only reserved:"
        " `expires`, after 72 hours"
    ),
)

CREDENTIAL: Final = Kind(
    "credential",
    "account",
    plain=names("password_hash registered_at"),
    rules=(_WITH_THE_ACCOUNT,),
    machinery=True,
    untold=Untold.SECRET,
    ends="at verification, or with the subject",
)

PROFILE: Final = Kind(
    "profile",
    "account",
    by_category=True,
    rules=(
        _WITH_THE_ACCOUNT,
        Rule(
            "withdrawn",
            {"days": 14},
            Ending.INDEX,
            most={"months": 3},
            why="data that is kept for a consent alone goes without undue delay (GDPR art. 17(1))",
        ),
    ),
    may_stay=True,
    source=Source.SUBJECT,
    ends=(
        "with the subject; a category that only a consent uses: lane `rule` once that ends, until"
        " it is given again"
    ),
)

PENDING: Final = Kind(
    "pending",
    "core",
    plain=names("subject expires_at"),
    rules=(
        Rule(
            "created",
            {"days": 7},
            Ending.EXPIRY,
            least={"days": 1},
            most={"months": 3},
            why="it is needed as long as a registration waits for the proof of its address",
        ),
    ),
    untold=Untold.MACHINERY,
    ends="`expires`, or when the address is proven or disowned",
)

CODE: Final = Kind(
    "code",
    "core",
    plain=names("subject expires_at"),
    rules=(
        Rule(
            "created",
            {"days": 1},
            Ending.EXPIRY,
            least={"days": 1},
            most={"days": 7},
            why="a code is good for an hour, and its hash goes with the day",
        ),
    ),
    untold=Untold.SECRET,
    ends="`expires`, after an hour, or when it is used",
)

EMAIL_CHANGE: Final = Kind(
    "email_change",
    "account",
    plain=names("former target requested_at confirmed_at proven"),
    sealed=names("email former_email"),
    secrets=names("former target"),
    items=names("email former_email"),
    rules=(
        Rule(
            "created",
            {"days": 3},
            Ending.INDEX,
            least={"days": 3},
            most={"months": 12},
            why="for 72 hours the change can be undone from the old address",
        ),
    ),
    source=Source.SUBJECT,
    ends="lane `rule`",
)

SECOND_FACTOR: Final = Kind(
    "second_factor",
    "account",
    plain=names("status last_step recovery created_at"),
    sealed=names("secret"),
    secrets=names("secret recovery last_step"),
    rules=(_WITH_THE_ACCOUNT,),
    tentative=True,
    held=False,
    source=Source.SOFTWARE,
    ends=(
        "with the subject, or when it is removed; one that is only offered: `expires`, after an"
        " hour"
    ),
)

REFERENCE: Final = Kind(
    "reference",
    "account",
    plain=names("set_at"),
    sealed=names("reference"),
    items=names("reference"),
    rules=(_WITH_THE_ACCOUNT,),
    source=Source.SOFTWARE,
    ends="with the subject, or when the site removes it",
)
