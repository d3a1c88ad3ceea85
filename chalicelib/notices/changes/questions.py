"""The rules about asking for consent: its duration, signals that deny it, cookies, the banner.

A longer or shorter duration of a consent is told, and not asked about: a person who agreed for six
months did not agree for a year, so that an earlier consent still ends at its first date.
"""

from __future__ import annotations

from typing import Final

from chalicelib.notices.changes import conditions as c
from chalicelib.notices.changes.model import Effect
from chalicelib.notices.changes.rule import ADDED, ANY, CHANGED, EITHER, REMOVED, Rule

_E, _I, _M = Effect.EDITORIAL, Effect.INFORMATIVE, Effect.MATERIAL

_LASTS = ("purposes/{purpose}/lasts", "purposes/{purpose}/consent_lasts")
_SIGNAL = ("purposes/{purpose}/signals/{signal}",)
_CONSENT_MODE = ("cookies/classes/{cookie_class}/consent_mode/{type}",)

_CONSENT: Final = (
    Rule(None, "", (*_LASTS, *_SIGNAL), EITHER, c.other_basis),
    Rule(_I, "consent_otherwise", _LASTS, CHANGED, c.lasts_otherwise),
    Rule(_I, "consent_longer", _LASTS, CHANGED, c.lasts_longer),
    Rule(_I, "consent_shorter", _LASTS, CHANGED, c.lasts_shorter),
    Rule(_I, "consent_unending", _LASTS, REMOVED),
    Rule(_I, "consent_ending", _LASTS, ADDED),
    Rule(_I, "signal_honoured", _SIGNAL, ADDED),
    Rule(_I, "signal_ignored", _SIGNAL, REMOVED),
)

_COOKIES: Final = (
    Rule(_M, "cookie_added", ("cookies/cookies/{cookie}",), ADDED),
    Rule(_E, "cookie_removed", ("cookies/cookies/{cookie}",), REMOVED),
    Rule(_M, "cookie_longer", ("cookies/cookies/{cookie}/lifetime",), CHANGED, c.longer),
    Rule(_E, "cookie_shorter", ("cookies/cookies/{cookie}/lifetime",), CHANGED, c.shorter),
    Rule(_M, "cookie_moved", ("cookies/cookies/{cookie}/class|purpose",), CHANGED),
    Rule(_I, "cookie_setter_changed", ("cookies/cookies/{cookie}/party|provider|means",), ANY),
    Rule(_E, "notation_changed", ("cookies/cookies/{cookie}/path|domain|pattern",), ANY),
    Rule(_M, "cookie_class_added", ("cookies/classes/{cookie_class}",), ADDED),
    Rule(_E, "cookie_class_removed", ("cookies/classes/{cookie_class}",), REMOVED),
    Rule(
        _I, "cookie_class_exempted", ("cookies/classes/{cookie_class}/exempt",), CHANGED, c.now_true
    ),
    Rule(_M, "cookie_class_asks", ("cookies/classes/{cookie_class}/exempt",), CHANGED),
    Rule(_M, "cookie_class_moved", ("cookies/classes/{cookie_class}/purpose",), CHANGED),
    Rule(_M, "consent_mode_added", _CONSENT_MODE, ADDED),
    Rule(_E, "consent_mode_removed", _CONSENT_MODE, REMOVED),
    Rule(_E, "asked_later", ("cookies/banner/ask_again",), CHANGED, c.longer),
    Rule(_I, "asked_sooner", ("cookies/banner/ask_again",), CHANGED, c.shorter),
    Rule(_I, "asked_otherwise", ("cookies/banner/ask_again",), EITHER),
    Rule(_I, "signal_changed", ("cookies/banner/signal",), EITHER),
    Rule(_E, "banner_changed", ("cookies/banner",), EITHER),
)

ASKING: Final = (*_CONSENT, *_COOKIES)
