"""Every move of a request, written by hand: status -> action -> by whom, to where, what is told.

Actors are told by their first letters: person, desk, system. `=` leaves the status as it is, `-` is
no mail, and `gone` is no request any more. The empty status is that of a request to come.
"""

from __future__ import annotations

from typing import Final

MOVES: Final[dict[str, dict[str, str]]] = {
    "": {
        "submit": "pd received receipt",
        "submit_by_address": "p awaiting_verification proof",
    },
    "awaiting_verification": {
        "join": "pd = -",
        "prove": "pd received receipt",
        "remind": "s = reminder",
        "expire": "s gone -",
        "cancel": "ps cancelled -",
        "note": "d = -",
    },
    "received": {
        "join": "pd = -",
        "prove": "p = -",
        "start": "ds in_progress -",
        "pause": "d paused question",
        "extend": "d = extension",
        "approve": "ds in_progress -",
        "carry_out": "s in_progress -",
        "complete": "ds completed outcome",
        "refuse": "ds refused refusal",
        "cancel": "ps cancelled -",
        "message": "p = -",
        "note": "d = -",
        "delay": "s = delay",
        "system_answered": "s = -",
        "system_silent": "s = -",
    },
    "in_progress": {
        "join": "pd = -",
        "prove": "p = -",
        "pause": "d paused question",
        "extend": "d = extension",
        "approve": "ds in_progress -",
        "carry_out": "s in_progress -",
        "complete": "ds completed outcome",
        "refuse": "d refused refusal",
        "cancel": "ps cancelled -",
        "message": "p = -",
        "note": "d = -",
        "delay": "s = delay",
        "system_answered": "s = -",
        "system_silent": "s = -",
    },
    "paused": {
        "join": "pd = -",
        "prove": "p = -",
        "question_mailed": "s = -",
        "answer": "p in_progress -",
        "resume": "ds in_progress -",
        "extend": "d = extension",
        "refuse": "d refused refusal",
        "cancel": "ps cancelled -",
        "note": "d = -",
        "system_answered": "s = -",
    },
    "completed": {
        "dispute": "p in_progress -",
        "note": "d = -",
        "lift": "d = lifting",
        "system_answered": "s = -",
    },
    "refused": {
        "dispute": "p in_progress -",
        "note": "d = -",
        "lift": "d = lifting",
        "system_answered": "s = -",
    },
    "cancelled": {
        "note": "d = -",
        "lift": "d = lifting",
        "system_answered": "s = -",
    },
}
