"""Requests about rights, and the copies that answer them."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import Ending, Kind, Rule, Source, names

REQUEST: Final = Kind(
    "request",
    "evidence",
    plain=names(
        "right status received_at completed_at channel history locale purposes categories ground"
        " fields answer_due_at contact code token asked_at waiting waits_until receipt"
        " begins_at erasing"
    ),
    sealed=names("details changes identified_by"),
    secrets=names("contact code token erasing"),
    items=names("details"),
    former=names("request_due_at"),
    rules=(
        Rule(
            "closed",
            {"years": 5},
            Ending.INDEX,
            most={"years": 30},
            why="it is proof for as long as claims can be raised",
        ),
    ),
    may_stay=True,
    source=Source.SUBJECT,
    ends="lane `deadline` while open, then lane `rule`",
)

CONTACT: Final = Kind(
    "contact",
    "account",
    sealed=names("email"),
    items=names("email"),
    rules=(
        Rule(
            "ended",
            {"days": 0},
            Ending.SUBJECT,
            most={"months": 12},
            why="it is needed only for the mails about its request",
        ),
    ),
    held=False,
    ends="with its request; empty once that has moved away: lane `deadline`",
    source=Source.SUBJECT,
)

REPLY: Final = Kind(
    "reply",
    "evidence",
    sealed=names("email"),
    items=names("email"),
    rules=(
        Rule(
            "created",
            {"days": 7},
            Ending.INDEX,
            least={"days": 1},
            most={"days": 7},
            why="the word that everything is erased has to arrive, and nothing else is left of it",
        ),
    ),
    machinery=True,
    part_of="request",
    ends="when the mail is sent, at the latest after its rule: lane `rule`",
)

OPEN_REQUEST: Final = Kind(
    "open_request",
    "evidence",
    plain=names("request"),
    rules=(
        Rule(
            "ended",
            {"days": 0},
            Ending.SUBJECT,
            most={"months": 12},
            why="it is needed only while the request is open",
        ),
    ),
    machinery=True,
    part_of="request",
    ends="when its request is closed",
)

REQUEST_MESSAGE: Final = Kind(
    "request_message",
    "evidence",
    plain=names("request at by"),
    sealed=names("text"),
    items=names("text"),
    rules=(
        Rule(
            "ended",
            {"days": 0},
            Ending.SUBJECT,
            most={"months": 12},
            why="it is part of its request, and goes with it",
        ),
    ),
    part_of="request",
    source=Source.SOFTWARE,
    ends="with its request",
)

REGISTER: Final = Kind(
    "register",
    "evidence",
    plain=names("subject"),
    rules=(
        Rule(
            "ended",
            {"days": 0},
            Ending.SUBJECT,
            most={"months": 12},
            why="it leads to the request, and is needed as long as that is kept",
        ),
    ),
    machinery=True,
    part_of="request",
    apart=True,
    ends="with its request",
)

EXPORT: Final = Kind(
    "export",
    "evidence",
    plain=names("request object created_at issued size sha256"),
    secrets=names("object"),
    rules=(
        Rule(
            "created",
            {"days": 7},
            Ending.INDEX,
            least={"days": 1},
            most={"months": 12},
            why="there has to be time to fetch it, and a full copy should not lie around",
        ),
        Rule(
            "issued",
            {"days": 1},
            Ending.INDEX,
            least={"days": 1},
            most={"days": 1},
            why="once its address was given out it was fetched, or can be asked for again",
        ),
    ),
    held=False,
    source=Source.SOFTWARE,
    ends="lane `rule`; its body in the bucket goes first",
)
