"""Removes bodies of copies that no record tells of: what a worker wrote who was killed after it.

A worker records its body within its lease. So a body goes that is older than the one that its
request's record tells of, and each of a request that nobody answers any more. One that is younger
may be recorded at this moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib.copies import service as copies
from chalicelib.jobs.model import SKEW
from chalicelib.requests import store
from chalicelib.requests.machine import Status
from chalicelib.requests.store import ExportItem, RequestItem
from chalicelib.storage import reads

_OVER: Final = frozenset({Status.CANCELLED, Status.REFUSED})

_MOST: Final = 50
"""Most requests that are looked at: two items each in one call."""


def clear(subject: str, request_id: str, recorded: str = "") -> None:
    """Deletes what is left over of a request's copy, and of those of a person that were given up.

    One ListObjectsV2; where anything lies there but the body that was `recorded` just now, a
    BatchGetItem, and a DeleteObject each.
    """
    written = [one for one in copies.written(subject) if one[1] != recorded]
    if not written:
        return
    named = list(dict.fromkeys([request_id, *(request for request, _, _ in written)]))[:_MOST]
    places = [store.export_at(subject, one) for one in named]
    places += [(RequestItem, *store.request_place(subject, one)) for one in named]
    found = reads.batch(places)
    exports = dict(zip(named, found, strict=False))
    requests = dict(zip(named, found[len(named) :], strict=False))
    for request, key, at in written:
        if request in exports and _is_left(key, at, exports[request], requests[request]):
            copies.remove(key)


def _is_left(
    key: str, at: datetime, export: ExportItem | None, request: RequestItem | None
) -> bool:
    if export is not None:
        return key != export.object and at < export.created_at - SKEW
    return request is None or request.status in _OVER
