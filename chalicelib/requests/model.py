"""The facts of requests, and their deadline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chalicelib.notices.model import Notice
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.clock.deadline import Deadline, Event, Fact, deadline
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

FULFIL_PORT = "port"
"""The action that answers a request for portability, and the id of its job."""

MADE: Mapping[str, str] = {Right.COPY: FULFIL_COPY, Right.PORT: FULFIL_PORT}
"""The rights that are answered by a copy -> the action that makes it, and the id of its job."""


FULFILMENT_QUEUE = "fulfilment"
"""The queue of the jobs that carry requests out."""

FULFIL_SUPPLEMENT = "supplement"
"""The action that makes a copy anew, with what another system gave after the answer."""

CHECK_ANSWER = "check_answer"
"""The action that looks at what another system uploaded."""
RETENTION_QUEUE = "retention"
"""The queue of the jobs that erase, whose function alone may destroy keys beside the sweep."""

ERASE = "erase"
"""The action that carries out an erasure, and the id of its job."""

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
class Kept:
    """Something that an erasure left, by its receipt: a kind of record, or a needed category.

    `ground` is the reason, in the words of the receipt or as a ground of refusal; `ends_at` is None
    of what stays as long as the account.
    """

    kind: str | None
    category: str | None
    ground: str
    ends_at: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """The facts of a request. `completed_at` is the moment of the answer, or of the cancellation.

    `waiting` are the other systems that have not answered, and `waits_until` the latest moment
    until which the request waits for them. `locale` is the language of the answer. `history` is its
    entries, oldest first; one that an older release wrote has no event and no actor. `ground` is
    that of a restriction, and `fields` name what is to be corrected (`category.field`), without
    values. `kept` is what an erasure that was carried out left.
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
    begins_at: datetime | None = None
    waiting: tuple[str, ...] = ()
    waits_until: datetime | None = None
    kept: tuple[Kept, ...] = ()

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
    allowed = notice.deadline_of(request.right)
    found = deadline(received_at, facts, allowed.within, allowed.extension, calendar, as_of)
    day, systems = calendar.day(request.received_at), _systems(request, notice)
    return Timed(request, day, found, as_of, systems)


def at_receipt(right: str, received_at: datetime, notice: Notice, now: datetime) -> Deadline:
    """Returns the deadline of a request for a right that reached the controller then, untouched.

    Raises NoticeTooOld for a notice without working days.
    """
    calendar, allowed = calendar_of(*notice.working_days), notice.deadline_of(right)
    return deadline(received_at, (), allowed.within, allowed.extension, calendar, now)


def if_extended(found: Timed, notice: Notice) -> Deadline:
    """Returns the deadline that a request would have if it were extended now."""
    request, allowed = found.request, notice.deadline_of(found.request.right)
    received_at, facts = course(request.received_at, request.history)
    more, calendar = Fact(found.as_of, Event.EXTENDED), calendar_of(*notice.working_days)
    return deadline(
        received_at, (*facts, more), allowed.within, allowed.extension, calendar, found.as_of
    )


def _systems(request: Request, notice: Notice) -> dict[str, str]:
    """Returns the names of the other systems in a history; ids of those that the notice lacks."""
    found = [entry.reason for entry in request.history if entry.event in OF_SYSTEMS]
    known = notice.recipients
    return {
        one: notice.text(known[one].name, request.locale) if one in known else one
        for one in found
        if one is not None
    }
