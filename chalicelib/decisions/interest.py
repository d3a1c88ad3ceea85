"""Signs of interest, by which a consent may begin anew, unless it had ended before: pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from chalicelib.decisions.coverage import ends_at, renewed
from chalicelib.notices.model import Lasting, Notice
from chalicelib.subjects.model import Decision, Standing

_SHORTEST_MONTH: Final = timedelta(days=4)
"""More than what a period loses where it ends in a month that lacks its day."""


def unbroken_since(notice: Notice, now: datetime) -> datetime | None:
    """Returns an instant: no consent has ended of a person who showed interest after it.

    None where the notice renews no consent by interest. It may be some days later than needed.
    """
    periods = [one.period for one in _lasting(notice) if one.renewed]
    if not periods:
        return None
    return max(one.before(now) for one in periods) + _SHORTEST_MONTH


def lapses(standing: Standing, notice: Notice, now: datetime) -> Mapping[tuple[str, int], datetime]:
    """Returns the ends of the consents that a sign of interest now comes too late for.

    They are known by purpose and number of the entry, so that a later consent is another. Those
    that came too late before are among them.
    """
    found = dict(standing.lapsed)
    for name, decided in standing.decisions.items():
        purpose, widenings = notice.purposes.get(name), notice.widenings.get(name, ())
        if purpose is None or decided.decision is not Decision.GRANTED:
            continue
        end = ends_at(decided, purpose, widenings)
        if end is not None and end <= now and renewed(decided, purpose, widenings):
            found[name, decided.seq] = end
    return found


def _lasting(notice: Notice) -> Iterator[Lasting]:
    for name, purpose in notice.purposes.items():
        said = (purpose.lasts, *(one.lasts for one in notice.widenings.get(name, ())))
        yield from (one for one in said if one is not None)
