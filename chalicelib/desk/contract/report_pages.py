"""The desk's pages of reports: on what is kept and why, and on what was done with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final

from chalicelib.audit.model import Action, Filter
from chalicelib.desk import paths
from chalicelib.errors import Finding
from chalicelib.jobs.model import QUEUES
from chalicelib.web.contract import Schema
from chalicelib.web.pages.contract import desk_form, desk_page
from chalicelib.web.schemas import ID, closed
from chalicelib.webhooks.model import Status

TAB: Final = "desk_reports"

_MONTH = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
_RECIPIENT = re.compile(r"[a-z][a-z0-9_]{0,47}")
_ID = re.compile(ID["pattern"])
_ANY: Schema = {"type": "string", "maxLength": 2_000}
"""A parameter that the page judges itself, once it knows that its reader is of the desk."""

RETENTION_PAGE = desk_page("showRetention", paths.RETENTION, TAB, query={"month": _ANY})

RETENTION_TABLE = desk_page("downloadRetention", paths.RETENTION_TABLE, TAB, query={"month": _ANY})

AUDIT_PAGE = desk_page(
    "showAudit",
    paths.AUDIT,
    TAB,
    query=dict.fromkeys(("by", "subject", "request", "action", "from", "to", "cursor"), _ANY),
)

WHAT: Final = "what"
"""The field of what is sent again: a queue, or a recipient and a callback's id after a colon."""

CALLBACKS: Final = 50
"""Most callbacks on a page of failures."""

_AGAIN: Final = rf"^({'|'.join(QUEUES)}|[a-z][a-z0-9_]{{0,47}}:msg_[A-Za-z0-9_]{{1,60}})$"

FAILURES_PAGE = desk_page(
    "showFailures",
    paths.FAILURES,
    TAB,
    query=dict.fromkeys(("recipient", "status", "cursor"), _ANY),
    done=frozenset({"callback", "letters"}),
)

FAILURES_FORM = desk_form(
    "sendAgainByForm",
    paths.FAILURES,
    TAB,
    body=closed([WHAT], **{WHAT: {"type": "string", "maxLength": 120, "pattern": _AGAIN}}),
)

ENTRIES: Final = 50
"""Most entries on a page of the audit."""

PROCESSING_PAGE = desk_page("showProcessingRecord", paths.PROCESSING, TAB)

PROCESSING_TABLE = desk_page("downloadProcessingRecord", paths.PROCESSING_TABLE, TAB)


def month_in(query: Mapping[str, Any], now: str) -> str:
    """Returns the month in an address, such as `2026-11`, else `now`.

    An address is never refused for it: what is no month counts as left out.
    """
    found = str(query.get("month", ""))
    return found if _MONTH.fullmatch(found) else now


def audit_filter(query: Mapping[str, Any], zone: tzinfo) -> tuple[Filter, tuple[Finding, ...]]:
    """Returns the entries that an address asks for, and why parts of it are none.

    Days are those of the zone, from their beginning to their end. A parameter that came empty, as
    from a form, counts as left out.
    """
    given = {name: str(query[name]).strip() for name in query if str(query[name]).strip()}
    found: list[Finding] = []
    for name in ("by", "subject", "request"):
        if name in given and not _ID.fullmatch(given[name]):
            found.append(Finding(f"/{name}", "is not the id of anything", "format"))
    if "action" in given and given["action"] not in frozenset(Action):
        found.append(Finding("/action", "is no action", "choice"))
    days = {name: _day(given[name]) for name in ("from", "to") if name in given}
    found += [
        Finding(f"/{name}", "is not a day", "date") for name, day in days.items() if day is None
    ]
    since, until = days.get("from"), days.get("to")
    if since is not None and until is not None and since > until:
        found.append(Finding("/to", "is before the first day", "before_first"))
    asked = Filter(
        since=None if since is None else datetime.combine(since, time.min, zone).astimezone(UTC),
        until=None if until is None else datetime.combine(until, time.max, zone).astimezone(UTC),
        by=given.get("by"),
        subject=given.get("subject"),
        request=given.get("request"),
        action=given.get("action"),
    )
    return asked, tuple(found)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def failures_filter(query: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Returns recipient and status in an address; what is none of either counts as left out."""
    recipient, status = str(query.get("recipient", "")), str(query.get("status", ""))
    shown = frozenset(Status) - {Status.DELIVERED}
    return (
        recipient if _RECIPIENT.fullmatch(recipient) else None,
        status if status in shown else None,
    )
