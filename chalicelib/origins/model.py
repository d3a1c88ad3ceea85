"""The duty to tell a person of an origin of data about them (GDPR art. 14). Pure.

It begins with the first record of an origin and is done once a mail is sent; an origin is told of
once, whatever it gives later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from chalicelib.catalogue import STORED, Source
from chalicelib.decisions.notifications import REQUESTS, may_notify
from chalicelib.notices import access
from chalicelib.notices.model import Notice, Period
from chalicelib.subjects.model import Kind, Standing

MONTH: Final = Period(months=1)
"""Longest time from the first record to the mail (GDPR art. 14(3)(a))."""

AGAIN: Final = timedelta(days=1)
"""Time between two looks at a duty that is open, as long as its month lasts."""

SELDOM: Final = timedelta(days=7)
"""Time between two looks after that."""

MOST_TRIES: Final = 2
"""Most times that a mail is sent: a second time only where the outcome of the first is unknown."""

NO_ADDRESS: Final = "no_address"
"""The reason of somebody who has no address here: a browser."""

REFUSED: Final = "refused"
"""The reason of a mail that SES refused for good."""

UNCERTAIN: Final = "uncertain"
"""The reason of a mail that was tried twice without an answer: it may have arrived."""

NOT_PERMITTED: Final = "not_permitted"
"""The reason where no such mail may be sent to a person, and no bounce is known."""

REASONS: Final = ("bounce", "complaint", REFUSED, UNCERTAIN, NOT_PERMITTED, NO_ADDRESS)
"""The reasons for which a duty stays open."""

_FINAL: Final = frozenset({REFUSED, UNCERTAIN})
"""The reasons after which the mail is not sent again by itself."""

_ART_13: Final = frozenset({Source.SUBJECT, Source.OBSERVED})
"""The parties from which data comes that its person gives: they were told then (art. 13)."""

_ID: Final = re.compile("[a-z2-7]{32}")
_TAG: Final = "origin"


@dataclass(frozen=True, slots=True)
class Open:
    """A duty that is open because no mail reaches its person, as the desk lists it.

    It began at `began_at` with a record of `category`, and has to be done before `due_at`.
    """

    subject: str
    id: str
    category: str
    began_at: datetime
    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A duty to tell a person of an origin, as the desk sees it beside the person.

    It began at `began_at` with a record of `category`; a mail told of it at `sent_at`, None while
    it is open. `unreached` says why no mail reaches the person, None where none failed.
    """

    category: str
    began_at: datetime
    sent_at: datetime | None
    unreached: str | None


def concerns(origin: str, notice: Notice) -> bool:
    """Tells whether a person has to be told of an origin: it is not they, nor their device.

    An origin that the notice does not list is a third party. Of one for which the notice states a
    ground of GDPR art. 14(5) nobody is told.
    """
    return is_elsewhere(origin, notice) and origin not in access.untold(notice)


def is_elsewhere(origin: str, notice: Notice) -> bool:
    """Tells whether an origin is neither a person nor their device (GDPR art. 14(1))."""
    return access.parties(notice).get(origin) not in _ART_13


def categories(origin: str, first: str, notice: Notice) -> list[str]:
    """Lists the categories of which an origin gives data, as far as the notice says it.

    They are those that systems hand over and that arrive by that source; by any source of others,
    where the notice does not list the origin. The category of the `first` record is one of them.
    """
    handed = {
        group
        for kind, record in notice.records.items()
        if kind in STORED and STORED[kind].by_notice
        for group in record.groups
    }
    parties = access.parties(notice)
    own = {origin} if origin in parties else {one for one in parties if is_elsewhere(one, notice)}
    return [
        one.id
        for one in notice.categories.values()
        if one.id == first or (one.id in handed and not own.isdisjoint(one.sources))
    ]


def latest(began_at: datetime, zone: tzinfo) -> datetime:
    """Returns the moment at which the month for the mail is over, by the calendar of a zone."""
    return MONTH.after(began_at.astimezone(zone)).astimezone(UTC)


def next_look(began_at: datetime, zone: tzinfo, now: datetime) -> datetime:
    """Returns when an open duty is looked at again: each day, and each week after its month."""
    return now + (AGAIN if now < latest(began_at, zone) else SELDOM)


def why_not(standing: Standing, notice: Notice, now: datetime) -> str | None:
    """Returns why a person gets no mail of an origin; None where they do.

    It is sent like a mail about their rights: also to somebody who stopped the account, or had the
    use of data restricted, since it serves them (GDPR art. 12(1), 18(2)).
    """
    if standing.kind is Kind.VISITOR:
        return NO_ADDRESS
    if may_notify(standing, REQUESTS, notice, now):
        return None
    return standing.suppressed or NOT_PERMITTED


def is_final(reason: str | None) -> bool:
    """Tells whether a mail with such an outcome is not sent again by itself."""
    return reason in _FINAL


def tags_of(told_id: str) -> dict[str, str]:
    """Returns the tags of the mail of a duty."""
    return {_TAG: told_id}


def told_of(tags: object) -> str | None:
    """Returns the duty in a mail's tags; None where they have none."""
    found = tags.get(_TAG) if isinstance(tags, dict) else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else None
