"""Preferences of an account: language, notifications, and decisions on purposes."""

from collections.abc import Mapping
from typing import Any

from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture
from chalicelib.consents.service.capture import Preferences, Preferred
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice

SOURCE = "preferences"
"""Where decisions made in the account come from, as the ledger records it."""


def prefer(
    bearer: str | None, body: Mapping[str, Any], reading: str, gpc: bool, notice: Notice
) -> Preferred:
    """Sets what `body` says and leaves the rest; what stands after it.

    `body` fits the operation's schema; `reading` is the language of the words that the person
    read, and `gpc` says that their browser sent `Sec-GPC: 1`. Decisions are entries of the
    ledger, written with the rest or not at all.

    Raises Unauthenticated, Unprocessable (other words are in force), Conflict.
    """
    decisions = body.get("decisions", {})
    if decisions:
        notices.refuse_other_words(body["notice_version"], notice)
    switches = {
        name: on
        for name, on in body.get("notifications", {}).items()
        if notice.notifications[name].optional
    }
    wanted = Preferences(
        locale=body.get("locale"),
        muted=frozenset(name for name, on in switches.items() if not on),
        unmuted=frozenset(name for name, on in switches.items() if on),
    )
    choices = {purpose: Choice(choice) for purpose, choice in decisions.items()}
    shown = Shown(notice.version, notice.digest, reading, SOURCE)
    return capture.prefer(bearer, wanted, choices, shown, notice, gpc=gpc)
