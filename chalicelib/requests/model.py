"""The rules of requests: their facts and deadline, and the contents of a copy of data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from chalicelib.kinds.model import Record
from chalicelib.notices import access
from chalicelib.notices.model import Category, Notice
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.clock.deadline import Deadline, deadline
from chalicelib.requests.grounds import Right
from chalicelib.requests.history import course
from chalicelib.requests.machine import CLOSED, OF_SYSTEMS, Entry, Status


class Channel(StrEnum):
    """The channel by which a request came."""

    WEBSITE = "website"
    """By a person who is signed in."""
    EMAIL = "email"
    """By a link that was mailed, or by e-mail to the desk."""
    MAIL = "mail"
    """By e-mail to the desk."""
    POST = "post"
    PHONE = "phone"
    IN_PERSON = "in_person"


COPY = "copy"
"""The right of access (GDPR art. 15)."""

DETAILS_MAX = 4_000
"""Most characters of a person's text about a request, joined ones together, and of each message."""

CHANGES_MAX = 100
"""Most corrections in a request."""

JOINED_MAX = 100
"""Most additions of words or corrections to an open request, whose history grows by each."""

FULFIL_COPY = "copy"
"""The action that answers a request for a copy, and the id of its job."""


FULFILMENT_QUEUE = "fulfilment"
"""The queue of the jobs that carry requests out."""

CHECK_ANSWER = "check_answer"
"""The action that looks at what another system uploaded."""

FULFIL_RECTIFY = "rectify"
"""The action that makes corrections which the desk approved, and the id of its job."""


class RestrictionGround(StrEnum):
    """The ground on which a person asks for a restriction (GDPR art. 18(1), letters a to d)."""

    ACCURACY = "accuracy"
    UNLAWFUL = "unlawful"
    CLAIMS = "claims"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class Asked:
    """The contents of a request, by the notice's names.

    `details` are the person's own words. `changes` are corrections: category -> field -> the value,
    or None to remove it. `ground` is that of a restriction.
    """

    right: Right
    details: str | None = None
    purposes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    changes: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    ground: RestrictionGround | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it reached the desk: `subject` or `email` says whose it is, or neither does.

    `at` is when it reached the controller. `identified_by` says how the desk knows the person, and
    is sealed. Without a `locale` the answer is in the person's own language.
    """

    asked: Asked
    channel: str
    at: datetime
    subject: str | None = None
    email: str | None = field(default=None, repr=False)
    locale: str | None = None
    identified_by: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """The facts of a request. `completed_at` is the moment of the answer, or of the cancellation.

    `waiting` are the other systems that have not answered, and `waits_until` the latest moment
    until which the request waits for them. `locale` is the language of the answer. `history` is its
    entries, oldest first; one that an older release wrote has no event and no actor. `ground` is
    that of a restriction, and `fields` name what is to be corrected (`category.field`), without
    values.
    """

    id: str
    right: str
    status: Status
    channel: str
    received_at: datetime
    completed_at: datetime | None
    history: tuple[Entry, ...]
    purposes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ground: str | None = None
    fields: tuple[str, ...] = ()
    locale: str = "en"
    waiting: tuple[str, ...] = ()
    waits_until: datetime | None = None

    @property
    def outcome(self) -> Status | None:
        """The last answer: completed, refused or cancelled. It stays while it is disputed."""
        answers = [entry.status for entry in self.history if entry.status in CLOSED]
        return answers[-1] if answers else None


@dataclass(frozen=True, slots=True)
class Message:
    """A text that came with an event of a request: a message, a question, an answer."""

    at: datetime
    by: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Timed:
    """A request with the deadline that its facts lead to.

    `received_on` is the civil day of receipt; the deadline of a disputed request counts from a
    later day. `as_of` is the moment of which the deadline speaks: that of the answer where there
    is one, else the present. `systems` has the names of the systems in the history, by id.
    """

    request: Request
    received_on: date
    deadline: Deadline
    as_of: datetime
    systems: Mapping[str, str] = field(default_factory=dict)

    @property
    def paused_since(self) -> datetime | None:
        """The moment at which the clock stopped; None while it runs, and after the answer."""
        return None if self.request.status in CLOSED else self.deadline.paused_since

    @property
    def overdue(self) -> bool:
        """Whether the due day is over; of an answered request, whether the answer was late."""
        return self.deadline.overdue(self.as_of)


@dataclass(frozen=True, slots=True)
class Entered:
    """A request that the desk entered, and its person; `already` is True if it was open before."""

    subject: str
    timed: Timed
    already: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """A request whose address is proven, and the token that opens it.

    The token is None where an account holds the address: its person signs in. There the request
    still waits for that where the account has a second factor.
    """

    request: Timed
    token: str | None = None


def timed(request: Request, notice: Notice, now: datetime) -> Timed:
    """Returns a request with its deadline as of `now`, by the notice's periods and working days.

    Raises NoticeTooOld for a notice without working days.
    """
    calendar = calendar_of(*notice.working_days)
    as_of = now
    if request.status in CLOSED and request.completed_at is not None:
        as_of = request.completed_at
    received_at, facts = course(request.received_at, request.history)
    periods = notice.deadline.within, notice.deadline.extension
    found = deadline(received_at, facts, *periods, calendar, as_of)
    day, systems = calendar.day(request.received_at), _systems(request, notice)
    return Timed(request, day, found, as_of, systems)


def _systems(request: Request, notice: Notice) -> dict[str, str]:
    """Returns the names of the other systems in a history; ids of those that the notice lacks."""
    found = [entry.reason for entry in request.history if entry.event in OF_SYSTEMS]
    known = notice.recipients
    return {
        one: notice.text(known[one].name, request.locale) if one in known else one
        for one in found
        if one is not None
    }


def copy_of(
    told: Iterable[Record], notice: Notice, locale: str, request: Request, now: datetime
) -> dict[str, Any]:
    """Returns a copy of all personal data about a subject, with the information of GDPR art. 15(1).

    `told` are the records as their kinds tell them. They are named in the words of the notice, and
    of each category and record the copy says for how long it is kept, as the notice's page does.
    """
    records: dict[str, list[dict[str, Any]]] = {}
    categories: set[str] = set()
    for record in told:
        shown = {"id": record.id, **record.fields} if record.id else dict(record.fields)
        records.setdefault(record.kind, []).append(shown)
        categories |= _categories(record, notice)
    titles = {kind: declared.title for kind, declared in notice.records.items()}
    return {
        "request": request.id,
        "made_at": now.isoformat(),
        "notice": {"version": notice.version, "digest": notice.digest},
        "records": [
            {
                "kind": kind,
                "title": notice.text(titles[kind], locale) if kind in titles else kind,
                "kept": access.record_kept(notice, kind, locale),
                "items": items,
            }
            for kind, items in sorted(records.items())
        ],
        "information": {
            "categories": [
                _about(notice.categories[category], notice, locale)
                for category in sorted(categories)
            ],
            "rights": [notice.text(right.title, locale) for right in notice.rights.values()],
            "complaint": _said(notice.completed["complaint"], notice, locale),
            "automated_decisions": _said(notice.completed["automated_decisions"], notice, locale),
            "contact": notice.contact,
        },
    }


def _categories(record: Record, notice: Notice) -> set[str]:
    """Returns the notice's categories of which a record holds something.

    Two categories may have items of one name; a record named after a category holds only its own.
    """
    declared = notice.records.get(record.kind)
    if declared is None:
        return set()
    groups = {group: names for group, names in declared.groups.items() if group != "technical"}
    if record.id in groups:
        return {record.id}
    return {group for group, names in groups.items() if names & record.fields.keys()}


def _said(statement: Mapping[str, Any], notice: Notice, locale: str) -> str:
    return notice.text(statement["text"], locale)


def _about(category: Category, notice: Notice, locale: str) -> dict[str, Any]:
    """Returns the information of art. 15(1)(a) to (d), (g) and 15(2) about a category."""
    purposes = [one for one in notice.purposes.values() if category.id in one.categories]
    recipients = sorted({recipient for one in purposes for recipient in one.recipients})
    titles = {source["id"]: source["title"] for source in notice.completed["sources"]}
    return {
        "category": category.id,
        "title": notice.text(category.title, locale),
        "purposes": [notice.text(one.title, locale) for one in purposes],
        "recipients": [
            access.recipient_named(notice, notice.recipients[one], locale) for one in recipients
        ],
        "sources": [notice.text(titles[source], locale) for source in category.sources],
        "kept": access.category_kept(notice, category.id, locale),
    }
