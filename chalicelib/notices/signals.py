"""Browser signals that state a person's refusal, as far as the notice honours them."""

from typing import Final

from chalicelib.notices.model import Notice

GLOBAL_PRIVACY_CONTROL: Final = "gpc"
"""The notice's name of the signal that browsers send as `Sec-GPC: 1`."""


def denied_by(notice: Notice, signal: str) -> frozenset[str]:
    """Returns the purposes that a browser's signal denies, by id: all of them rest on consent."""
    return frozenset(one.id for one in notice.choices.values() if signal in one.signals)


def honours_global_privacy_control(notice: Notice) -> bool:
    """Tells whether `Sec-GPC: 1` denies a purpose, and the notice says so.

    A notice that compiles has both, the purposes and the words of `cookies.banner.signal`, or
    neither: a signal must not be honoured silently, nor promised without effect.
    """
    said = "signal" in (notice.completed["cookies"].get("banner") or {})
    return said and bool(denied_by(notice, GLOBAL_PRIVACY_CONTROL))
