"""The entries of the log of erasures: ids, kinds, classes and instants, and no data of anybody.

An erasure has one when it has begun, one when it is closed, and one for each later end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from chalicelib.erasure.model import Remains
from chalicelib.instants import instant
from chalicelib.kinds.registry import Registry
from chalicelib.notices.erasure import Plan
from chalicelib.storage.partition import Stored
from chalicelib.subjects.model import Erasure, Tombstone

BEGUN: Final = "begun"
CLOSED: Final = "closed"
ENDED: Final = "ended"

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


def until_in(entry: Entry) -> dict[str, datetime]:
    """Returns the kinds that stay by an entry, each with its last end."""
    return {kind: datetime.fromisoformat(until) for kind, until in entry["stays"].items()}


def _until(stays: Mapping[str, datetime]) -> dict[str, str]:
    return {kind: instant(until) for kind, until in sorted(stays.items())}


def _classes(kinds: Registry) -> frozenset[str]:
    return frozenset(one.retention_class for one in kinds.catalogue.values() if one.retention_class)
