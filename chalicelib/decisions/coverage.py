"""What a consent covers of a purpose that later versions of the notice let be more: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.notices.model import Purpose, Widening, version_order
from chalicelib.subjects.model import Decided, Decision

OF_A_BROWSER = frozenset({"web"})
"""The channels, as a notice names them, by which a browser is reached: what it shows. By all others
somebody is reached who has an address or a number."""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """What of a purpose an earlier consent does not cover, by id; all of it if `whole`."""

    categories: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    cookies: frozenset[str] = frozenset()
    cookie_classes: frozenset[str] = frozenset()
    whole: bool = False


def uncovered(
    decided: Decided, widenings: Iterable[Widening], *, browser: bool = False
) -> Uncovered | None:
    """What a person has to be asked again about; None when there is nothing.

    A `browser` is not asked about a channel that it does not have.
    `widenings` are the notice's of the purpose. Who said no said no to less than is asked for now,
    and is left alone; who said yes said it to what was shown (GDPR art. 4(11)).
    """
    if decided.decision is not Decision.GRANTED:
        return None
    later = _later(decided, widenings)
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
    """When a yes ends by itself; None for a no, and for a yes without an end.

    It ends as the notice says now, or as it was said to where a later version lets it last longer.
    """
    if decided.decision is not Decision.GRANTED:
        return None
    said = (purpose.lasts, *(one.lasts for one in _later(decided, widenings)))
    return min((lasts.after(decided.at) for lasts in said if lasts is not None), default=None)


def _later(decided: Decided, widenings: Iterable[Widening]) -> list[Widening]:
    given = version_order(decided.notice_version)
    return [one for one in widenings if version_order(one.version) > given]
