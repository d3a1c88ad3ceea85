"""Preferences of an account: language, notifications, and decisions on purposes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.consents.chosen import SOURCE
from chalicelib.consents.model import Choice, Shown, agreed
from chalicelib.consents.no import No
from chalicelib.consents.service import capture
from chalicelib.consents.service.capture import Caller, Preferences, Preferred
from chalicelib.errors import Unauthenticated
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice

Reading = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""


def prefer(
    bearer: str | None,
    body: Mapping[str, Any],
    reading: str,
    gpc: bool,
    notice: Notice,
    network: str | None = None,
) -> Preferred:
    """Sets what `body` says and leaves the rest; what stands after it.

    `body` fits the operation's schema; `reading` is the language of the words that the person
    read, `gpc` says that their browser sent `Sec-GPC: 1`, and `network` is where it is. Decisions
    are entries of the ledger, written with the rest or not at all.

    Raises Unauthenticated, Unprocessable (other words are in force), Conflict, TooManyRequests.
    """
    decisions = body.get("decisions", {})
    choices = {purpose: Choice(choice) for purpose, choice in decisions.items()}
    if choices:
        notices.refuse_other_words(body["notice_version"], notice, agreed(choices))
    wanted = _wanted(body, notice)
    shown = Shown(notice.version, notice.digest, reading, SOURCE)
    return capture.prefer(bearer, wanted, choices, shown, notice, gpc=gpc, network=network)


def keep(
    bearer: str | None, visitor: str | None, no: No, body: object, reading: Reading, notice: Notice
) -> Preferred | None:
    """Records the refusals in invalid preferences; None without any, or without a known person.

    With only refusals among the decisions, the valid settings are set too. Where the session has
    ended and the browser's token is good, the browser's refusal counts. Raises Contention.
    """
    from chalicelib.consents.service import noes

    no = replace(no, source=None)
    try:
        said = noes.said_by(Caller(bearer=bearer), no, reading, notice) if bearer else None
    except Unauthenticated:
        said = None
    if bearer and said is not None:
        fits = Preferences() if no.asks or not isinstance(body, dict) else _wanted(body, notice)
        shown = replace(said.shown, source=SOURCE)
        return capture.prefer(bearer, fits, said.choices, shown, notice, gpc=said.signal)
    kept = noes.keep(noes.callers(None, visitor, anonymous=False), no, reading, notice)
    return None if kept is None else Preferred(kept.standing, kept.data)


def _wanted(body: Mapping[str, Any], notice: Notice) -> Preferences:
    """The settings in a body, as far as they fit."""
    locale, given = body.get("locale"), body.get("notifications")
    switches = {
        name: on
        for name, on in (given if isinstance(given, dict) else {}).items()
        if name in notice.notifications and notice.notifications[name].optional
    }
    return Preferences(
        locale=locale if locale in notice.locales else None,
        muted=frozenset(name for name, on in switches.items() if on is False),
        unmuted=frozenset(name for name, on in switches.items() if on is True),
    )
