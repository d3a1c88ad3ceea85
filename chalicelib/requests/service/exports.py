"""The copies of people's data in the bucket: given out for a minute, and recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.copies import service as copies
from chalicelib.copies.model import Written
from chalicelib.errors import Conflict, DoneAlready, NotFound
from chalicelib.links import Page
from chalicelib.notices.model import Notice
from chalicelib.requests import paths, store
from chalicelib.requests.machine import Status
from chalicelib.requests.service import view
from chalicelib.requests.service.access import Bearer, Owner
from chalicelib.requests.store import ExportItem, RequestItem
from chalicelib.sessions import service as sessions
from chalicelib.storage import contention, keys
from chalicelib.storage.contention import Contended
from chalicelib.storage.transaction import Transaction

URL_VALID = timedelta(seconds=60)
"""Time for which the address of an export works: long enough to follow it, too short to pass on."""

DOWNLOAD = "download_copy"
"""The action of the link that leads a person without an account to the copy of their data."""

_GONE = "This copy is no longer kept; ask for a new one."


@dataclass(frozen=True, slots=True)
class Issued:
    """The address of an export with its end, and the size and SHA-256 of what lies there.

    `sha256` is in hex; None where an earlier release made the copy.
    """

    url: str
    expires_at: datetime
    size: int
    sha256: str | None


def path(request_id: str) -> str:
    """Returns the path of the page with the button, which the mail to a contact leads to."""
    return paths.DOWNLOAD.format(id=request_id)


def issue_export(own: Owner, request_id: str, notice: Notice) -> Issued:
    """Returns an address by which the copy can be fetched for a minute; records each issue first.

    From the first issue on the copy is kept for a day, or as long as the notice says where that is
    shorter. Two GetItems and one UpdateItem. Raises NotFound (no such request, or its copy is
    gone), Conflict (not ready yet), and Contended.
    """
    request = view.stored(own, request_id, notice)
    if request.status is not Status.COMPLETED:
        raise Conflict("The copy is not ready yet; a mail will say when it is.", type="not-ready")
    for _ in contention.attempts():
        export = store.get_export(own.subject, request_id)
        now = clock.now()
        if export is None or (export.ends_at is not None and export.ends_at <= now):
            raise NotFound(_GONE)
        if store.record_issue(export, now, notice.rule(ExportItem.KIND, "issued")):
            seconds = int(URL_VALID.total_seconds())
            url = copies.address(export.object, seconds)
            return Issued(url, now + URL_VALID, int(export.size), export.sha256)
    raise Contended


def issue_by_link(request_id: str, token: str, notice: Notice) -> Issued:
    """Returns an address of the copy by the token of the mailed link, which works until its end.

    One GetItem more than by a session. Raises Unprocessable for a link that does not work,
    DoneAlready where the copy is gone, and Contended.
    """
    opened, _ = sessions.open_link(token, DOWNLOAD)
    if opened.subject != request_id:
        raise sessions.link_not_valid()
    try:
        return issue_export(Bearer(request_id), request_id, notice)
    except (NotFound, Conflict):
        raise DoneAlready(sessions.NO_LINK, type="link-not-valid") from None


def link(item: RequestItem, export: ExportItem, notice: Notice) -> Page:
    """Makes the link of the mail to a person without an account. One transaction.

    It works until the copy goes, or as long as the notice keeps links.
    """
    now, request_id = clock.now(), keys.record_id(item.sk)
    left = None if export.ends_at is None else export.ends_at - now
    token, link_item = sessions.new_link(request_id, DOWNLOAD, request_id, notice, now, left)
    write = Transaction(notice)
    write.put(link_item, label="link")
    write.commit()
    return Page(path(request_id), token)


def export_item(subject: str, request_id: str, body: Written, notice: Notice) -> ExportItem:
    """Returns the record of a copy that was written just now, with its end."""
    pk, sk = store.export_place(subject, request_id)
    now = clock.now()
    item = ExportItem(
        pk=pk,
        sk=sk,
        kind=ExportItem.KIND,
        request=request_id,
        object=body.key,
        created_at=now,
        issued=[],
        size=body.size,
        sha256=body.sha256,
    )
    rule = notice.rule(ExportItem.KIND, "created")
    item.schedule(store.RULE_LANE, rule.ends(now), rule.event, now)
    return item
