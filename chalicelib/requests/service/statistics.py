"""Counts the requests of a month for the desk's report."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib import clock
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import report, store
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.model import timed
from chalicelib.requests.report import Counted, Report
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.shelves import Shelved

_AT_ONCE = 100


def of_month(month: str, notice: Notice) -> Report:
    """Returns the report on the requests that were received in a month, such as `2026-11`.

    Open ones count as late if they are so now; those that are erased are counted no more. One Query
    of the index `desk` and two BatchGetItem for a hundred requests of that month, whatever the
    number of subjects. Raises NoticeTooOld.
    """
    now = clock.now()
    kept = (item for item in _received(month) if not ends.gone(item, notice, now))
    return report.report(month, (_counted(item, notice, now) for item in kept))


def _received(month: str) -> Iterator[RequestItem]:
    place: Shelved | None = None
    while True:
        shelved, place = store.on_shelf(keys.received_shelf(month), place, _AT_ONCE)
        found = store.subjects_of([keys.registered(one.pk) for one in shelved])
        yield from store.requests_at(found)
        if place is None:
            return


def _counted(item: RequestItem, notice: Notice, now: datetime) -> Counted:
    request = store.request_of(item)
    found = timed(request, notice, now)
    answered = request.completed_at
    day = None if answered is None else calendar_of(*notice.working_days).day(answered)
    return report.counted(
        request.right,
        request.channel,
        request.status,
        (found.received_on, day),
        extended=found.deadline.extended_on is not None,
        overdue=found.overdue,
    )
