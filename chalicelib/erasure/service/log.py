"""The entries of the log of erasures: ids, kinds, classes and instants, and no data of anybody.

An erasure has one when it has begun, one when it is closed, and one for each later end; an erasure
of some categories has one when it has begun, and one when it is closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from chalicelib.erasure.model import Noted, Remains
from chalicelib.instants import instant
from chalicelib.kinds.registry import Registry
from chalicelib.notices.erasure import Part, Plan
from chalicelib.storage.partition import Stored
from chalicelib.subjects.model import Erasure, Tombstone

BEGUN: Final = "begun"
WHOLE: Final = "whole"
CLOSED: Final = "closed"
ENDED: Final = "ended"
PART_BEGUN: Final = "part_begun"
PART_CLOSED: Final = "part_closed"

Entry = dict[str, Any]


def begun(subject: str, erasure: Erasure, plan: Plan, kinds: Registry) -> Entry:
    """Returns the entry that is written before anything is destroyed: what goes, what stays."""
    return {
        "step": BEGUN,
        "subject": subject,
        "request": erasure.request,
        "rule": plan.event,
        "erased_at": instant(erasure.since),
        "notice_version": erasure.notice_version,
        "classes": sorted(_classes(kinds) - erasure.kept),
        "kept": sorted(erasure.kept),
        "goes": sorted(plan.goes),
        "stays": sorted(plan.stays),
    }


def whole(subject: str) -> Entry:
    """Returns the entry that is written before everything in a partition without standing goes."""
    return {"step": WHOLE, "subject": subject}


def closed(
    subject: str,
    request: str | None,
    stays: Mapping[str, datetime],
    now: datetime,
    receipt: str | None,
) -> Entry:
    """Returns the entry of the transaction that closes an erasure: until when which kinds stay."""
    return {
        "step": CLOSED,
        "subject": subject,
        "request": request,
        "closed_at": instant(now),
        "stays": _until(stays),
        "receipt": receipt,
    }


def ended(stone: Tombstone, over: Sequence[Stored], remains: Remains, now: datetime) -> Entry:
    """Returns the entry of a later end: the records that go, and until when which kinds stay."""
    return {
        "step": ENDED,
        "subject": stone.subject,
        "ended_at": instant(now),
        "classes": sorted({one.retention_class for one in over} - remains.classes),
        "kept": sorted(remains.classes),
        "records": sorted(one.sk for one in over),
        "stays": _until(remains.stays),
    }


def part_begun(subject: str, request: str, noted: Noted, part: Part, revision: int | None) -> Entry:
    """Returns the entry of an erasure of some categories, before anything is removed.

    `revision` is that of the account's profile: one that is later was written afterwards.
    """
    return {
        "step": PART_BEGUN,
        "subject": subject,
        "request": request,
        "erased_at": instant(noted.since),
        "notice_version": noted.notice_version,
        "categories": sorted(part.erased),
        "stays": sorted(part.plan.stays),
        "withdrawn": list(noted.withdrawn),
        "revision": revision,
    }


def part_closed(begun: Entry, now: datetime, receipt: str, revision: int | None) -> Entry:
    """Returns the entry of the transaction that closes an erasure of some categories.

    `revision` is that of the account's profile after it.
    """
    closed_at = {"closed_at": instant(now), "receipt": receipt, "revision": revision}
    return {**begun, "step": PART_CLOSED, **closed_at}


def until_in(entry: Entry) -> dict[str, datetime]:
    """Returns the kinds that stay by an entry, each with its last end."""
    return {kind: datetime.fromisoformat(until) for kind, until in entry["stays"].items()}


def _until(stays: Mapping[str, datetime]) -> dict[str, str]:
    return {kind: instant(until) for kind, until in sorted(stays.items())}


def _classes(kinds: Registry) -> frozenset[str]:
    return frozenset(one.retention_class for one in kinds.catalogue.values() if one.retention_class)
