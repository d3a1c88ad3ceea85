"""The copies of people's data in the bucket: stored, given out for a minute, removed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.errors import Conflict, NotFound
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.machine import Status
from chalicelib.requests.service import view
from chalicelib.requests.service.access import Owner
from chalicelib.requests.store import ExportItem

URL_VALID = timedelta(seconds=60)
"""Time for which the address of an export works: long enough to follow it, too short to pass on."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The address of an export, and its end."""

    url: str
    expires_at: datetime


def issue_export(own: Owner, request_id: str) -> Issued:
    """Returns an address by which the copy can be fetched for a minute; records each issue first.

    Raises NotFound (no such request, or its copy is gone) and Conflict (not ready yet).
    """
    request = view.stored(own, request_id)
    if request.status is not Status.COMPLETED:
        raise Conflict("The copy is not ready yet; a mail will say when it is.", type="not-ready")
    export = store.get_export(own.subject, request_id)
    now = clock.now()
    if export is None or (export.ends_at is not None and export.ends_at <= now):
        raise NotFound("This copy is no longer kept; ask for a new one.")
    store.record_issue(export, now)
    seconds = int(URL_VALID.total_seconds())
    return Issued(store.signed_url(export.object, seconds), now + URL_VALID)


def export_item(
    subject: str, request_id: str, key: str, size: int, notice: Notice, now: datetime
) -> ExportItem:
    """Returns the record of a copy whose body of `size` bytes lies at `key`, with its end."""
    pk, sk = store.export_place(subject, request_id)
    item = ExportItem(
        pk=pk,
        sk=sk,
        kind=ExportItem.KIND,
        request=request_id,
        object=key,
        created_at=now,
        issued=[],
        size=size,
    )
    rule = notice.rule(ExportItem.KIND, "created")
    item.schedule(store.RULE_LANE, rule.ends(now), rule.event, now)
    return item
