"""The coverage of a consent whose purpose later versions of the notice widened: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.notices.model import Lasting, Purpose, Widening, version_order
from chalicelib.subjects.model import Decided, Decision

OF_A_BROWSER = frozenset({"web"})
"""The channels of a notice by which a browser is reached. All others reach a person who
has an address or a number."""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The parts of a purpose that an earlier consent does not cover, by id; all if `whole`."""

    categories: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    cookies: frozenset[str] = frozenset()
    cookie_classes: frozenset[str] = frozenset()
    whole: bool = False


def uncovered(
    decided: Decided, widenings: Iterable[Widening], *, browser: bool = False
) -> Uncovered | None:
    """Returns the parts of a purpose to ask a person about again; None when there are none.

    `widenings` are those of the purpose in the notice. A `browser` is not asked about channels that
    it does not have. A refusal counts for the wider purpose too; a consent covers what was shown
    when it was given (GDPR art. 4(11)).
    """
    if decided.decision is not Decision.GRANTED:
        return None
    later = _later(decided, widenings)
    if not later:
        return None
    channels = frozenset().union(*(one.channels for one in later))
    lacking = Uncovered(
        categories=frozenset().union(*(one.categories for one in later)),
        recipients=frozenset().union(*(one.recipients for one in later)),
        channels=channels & OF_A_BROWSER if browser else channels,
        cookies=frozenset().union(*(one.cookies for one in later)),
        cookie_classes=frozenset().union(*(one.cookie_classes for one in later)),
        whole=any(one.whole for one in later),
    )
    return None if lacking == Uncovered() else lacking


def ends_at(decided: Decided, purpose: Purpose, widenings: Iterable[Widening]) -> datetime | None:
    """Returns when a consent expires; None for a refusal, and for a consent without an end.

    Of the period in force now and the one it was given for, the shorter counts. A sign of interest
    that came after the end does not bring the consent back.
    """
    if decided.decision is not Decision.GRANTED:
        return None
    ends = [one.ends(decided.at, decided.interest_at) for one in _said(decided, purpose, widenings)]
    end = min(ends, default=None)
    if decided.lapsed_at is None:
        return end
    return decided.lapsed_at if end is None else min(end, decided.lapsed_at)


def renewed(decided: Decided, purpose: Purpose, widenings: Iterable[Widening]) -> bool:
    """Tells whether a sign of interest moves the end of a consent."""
    return any(one.renewed for one in _said(decided, purpose, widenings))


def _said(decided: Decided, purpose: Purpose, widenings: Iterable[Widening]) -> list[Lasting]:
    said = [purpose.lasts, *[one.lasts for one in _later(decided, widenings)]]
    return [one for one in said if one is not None]


def _later(decided: Decided, widenings: Iterable[Widening]) -> list[Widening]:
    given = decided.notice_version
    return [one for one in widenings if version_order(one.version) > version_order(given)]
