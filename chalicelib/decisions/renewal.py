"""The end of a decision, and the time from which a person may be asked for another: pure."""

from datetime import datetime

from chalicelib.decisions.coverage import ends_at, uncovered
from chalicelib.notices.model import Notice, Period
from chalicelib.subjects.model import Decided


def expires_at(purpose: str, decided: Decided, notice: Notice) -> datetime | None:
    """Returns when a consent expires; None for a refusal, and where the notice sets no end."""
    known = notice.purposes.get(purpose)
    if known is None:
        return None
    return ends_at(decided, known, notice.widenings.get(purpose, ()))


def ask_again_at(
    purpose: str, decided: Decided, notice: Notice, *, browser: bool = False
) -> datetime | None:
    """Returns the earliest instant at which a banner may ask about a purpose again.

    The notice says for how long a choice is respected (six months in the Italian authority's
    provvedimento of 10 June 2021, section 7.1); a consent that expires sooner may be asked for when
    it does. Returns None where asking is allowed now because the notice widened the purpose; for a
    purpose that no banner asks about; and where the notice sets no time, so that the banner asks
    only when a consent has expired or does not cover the purpose.
    """
    if purpose not in _asked_by_the_banner(notice):
        return None
    if uncovered(decided, notice.widenings.get(purpose, ()), browser=browser) is not None:
        return None
    respected, ends = _respected(notice), expires_at(purpose, decided, notice)
    if respected is None:
        return ends
    again = respected.after(decided.at)
    return again if ends is None else min(again, ends)


def _asked_by_the_banner(notice: Notice) -> frozenset[str]:
    if "banner" not in notice.completed["cookies"]:
        return frozenset()
    return frozenset(one.purpose for one in notice.cookie_classes.values() if not one.exempt)


def _respected(notice: Notice) -> Period | None:
    """Returns for how long the banner respects a choice; None where the notice does not say."""
    period = notice.completed["cookies"]["banner"].get("ask_again")
    return None if period is None else Period(**period)
