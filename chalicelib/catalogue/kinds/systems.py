"""Questions to other systems about requests, and the answers that they give."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue.model import Ending, Kind, Rule, Source, names

QUESTION: Final = Kind(
    "question",
    "evidence",
    plain=names(
        "request recipient right categories asked_at answer_by asked status ground answered_at"
        " supplement"
    ),
    source=Source.SOFTWARE,
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
    ends="lane `deadline` while unanswered; with its request",
)

ANSWER: Final = Kind(
    "answer",
    "evidence",
    plain=names("request recipient received_at state size object fault"),
    sealed=names("records sha256"),
    secrets=names("sha256 object fault"),
    source=Source.SOFTWARE,
    rules=(
        Rule(
            "ended",
            {"days": 0},
            Ending.SUBJECT,
            most={"months": 12},
            why="it is part of its request, and goes with it",
        ),
    ),
    ends="with its request; its body in the bucket goes first",
)
