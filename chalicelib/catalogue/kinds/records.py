"""Records that the site's own systems hand over: one for each delivery, with declared items."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import AT_ONCE, Ending, Kind, Rule, Source, names

_PLAIN: Final = names("purpose occurred_at event event_at")
"""The purpose that it came for, when it happened, and the event that its end began with."""

_SEALED: Final = names("origin")

_NO_LONGER_NEEDED: Final = "it came for a purpose that needs it no more (GDPR art. 5(1)(e))"

_REFUSED: Final = Rule(
    "withdrawn",
    AT_ONCE,
    Ending.INDEX,
    most={"months": 3},
    why="what was kept for a consent alone goes without undue delay (GDPR art. 17(1))",
)
"""The rule of what no purpose may use any more, since its person refused those it was kept for."""

CALL: Final = Kind(
    "call",
    "support",
    plain=_PLAIN,
    sealed=_SEALED,
    by_notice=True,
    rules=(
        Rule(
            "closed",
            {"months": 24},
            Ending.INDEX,
            most={"years": 10},
            why="it shows what was agreed about a case, which nobody asks about for ever",
        ),
        _REFUSED,
    ),
    source=Source.OBSERVED,
    ends="lane `rule` once its case is closed; else with the subject",
)

RECORDING: Final = Kind(
    "recording",
    "support",
    plain=_PLAIN,
    sealed=_SEALED,
    by_notice=True,
    rules=(
        Rule(
            "created",
            {"days": 90},
            Ending.INDEX,
            least={"days": 1},
            most={"months": 24},
            why="a voice is listened to for training within weeks, or never",
        ),
        _REFUSED,
    ),
    source=Source.OBSERVED,
    ends="lane `rule`",
)

DEVICE: Final = Kind(
    "device",
    "core",
    plain=_PLAIN,
    sealed=_SEALED,
    by_notice=True,
    rules=(
        Rule(
            "created",
            {"months": 6},
            Ending.INDEX,
            least={"days": 1},
            most={"months": 24},
            why="technical data explains a fault or an attack of the last months",
        ),
        _REFUSED,
    ),
    source=Source.OBSERVED,
    ends="lane `rule`",
)

EXTERNAL: Final = Kind(
    "external",
    "account",
    plain=_PLAIN,
    sealed=_SEALED,
    by_notice=True,
    rules=(
        Rule("ended", AT_ONCE, Ending.INDEX, most={"months": 12}, why=_NO_LONGER_NEEDED),
        Rule("contract_ended", AT_ONCE, Ending.INDEX, most={"months": 12}, why=_NO_LONGER_NEEDED),
        _REFUSED,
    ),
    ends="lane `rule` once its purpose or contract has ended; else with the subject",
)

TRANSACTION: Final = Kind(
    "transaction",
    "transaction",
    plain=_PLAIN,
    sealed=_SEALED,
    by_notice=True,
    rules=(
        Rule(
            "contract_ended",
            {"years": 10},
            Ending.INDEX,
            most={"years": 30},
            why="the law on accounts names the years for which they are kept",
        ),
        Rule(
            "ended",
            {"years": 10},
            Ending.SUBJECT,
            most={"years": 30},
            why="an erasure ends the contract that nobody had ended before",
        ),
    ),
    may_stay=True,
    source=Source.SUBJECT,
    ends=(
        "lane `rule` once its contract has ended; one whose contract ended with the account goes"
        " with the subject's tombstone"
    ),
)

TOLD: Final = Kind(
    "told",
    "evidence",
    plain=names("category began_at tries tried_at sent_at unreached"),
    sealed=names("origin"),
    secrets=names("tries tried_at"),
    rules=(
        Rule(
            "ended",
            {"years": 5},
            Ending.SUBJECT,
            most={"years": 30},
            why="it is proof for as long as claims can be raised",
        ),
    ),
    may_stay=True,
    source=Source.SOFTWARE,
    ends="lane `deadline` until its person was told; with the subject",
)
