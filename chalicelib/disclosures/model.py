"""The record of a disclosure, and the findings about a request to record one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import Finding
from chalicelib.notices.model import FieldRef, Notice

OLDEST = timedelta(days=5 * 365 + 2)
"""Greatest age of a disclosure that can be recorded: five years, at most two of them leap years."""

SKEW = timedelta(minutes=5)
"""How far the clock of the calling system may be ahead."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The act of giving a recipient data of a category, for a purpose, at an instant.

    All names are the notice's. Without `fields` the recipient got all of the category that it may
    have.
    """

    subject: str
    recipient: str
    category: str
    purpose: str
    fields: tuple[str, ...]
    disclosed_at: datetime


def findings(body: object, notice: Notice, now: datetime) -> Iterator[Finding]:
    """Lists the findings about a JSON body that a schema cannot express."""
    if not isinstance(body, dict):
        return
    category = body.get("category")
    known = notice.categories.get(category) if isinstance(category, str) else None
    fields = body.get("fields")
    if known is not None and isinstance(fields, list):
        for number, name in enumerate(fields):
            if isinstance(name, str) and name not in known.fields:
                yield Finding(f"/fields/{number}", "is no field of this category")
    at = _instant(body.get("disclosed_at"))
    if at is not None and at > now + SKEW:
        yield Finding("/disclosed_at", "must not be in the future")
    if at is not None and at < now - OLDEST:
        yield Finding("/disclosed_at", "must not be longer ago than five years")


def undeclared(disclosure: Disclosure, notice: Notice) -> tuple[Finding, ...]:
    """Lists findings for the fields that the notice does not declare for the recipient."""
    items = notice.recipients[disclosure.recipient].items_for(disclosure.purpose)
    if items is None:
        return ()
    return tuple(
        Finding(f"/fields/{number}", "is not declared for this recipient")
        for number, name in enumerate(disclosure.fields)
        if FieldRef(disclosure.category, name) not in items
    )


def given(disclosure: Disclosure, notice: Notice) -> tuple[str, ...]:
    """Returns the fields that are recorded as given; empty for a whole category."""
    items = notice.recipients[disclosure.recipient].items_for(disclosure.purpose)
    if disclosure.fields or items is None:
        return disclosure.fields
    return tuple(sorted(one.field for one in items if one.category == disclosure.category))


def _instant(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value.upper() if isinstance(value, str) else "")
    except ValueError:  # the schema reports it
        return None
    return None if at.tzinfo is None else at
