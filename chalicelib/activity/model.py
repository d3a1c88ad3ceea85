"""Events of people's activity on the site: which are taken in, by which day, and until when. Pure.

A batch is kept in a record for each civil day, category and purpose, so that no event outlives its
own time and an end of one purpose reaches what was collected for it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from chalicelib.accounts.model import NotNormal
from chalicelib.catalogue import STORED
from chalicelib.decisions.permission import Question, Reason, permission
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.records.cards import has_card
from chalicelib.records.model import SKEW, Value, as_kept, is_moment, read_moment, shortened
from chalicelib.subjects.model import Standing

KIND: Final = "activity"
"""The kind of record that keeps events."""

CREATED: Final = "created"
"""The event from which a record is kept: the first that it tells of happened."""

MOST_EVENTS: Final = 100
MOST_FIELDS: Final = 50
"""Most fields of an event."""

MOST_RECORDS: Final = 80
"""Most records of a batch, which are written in one transaction with what permits them."""

OLDEST: Final = timedelta(days=30)
"""How long ago an event may have happened."""

SIGN_EVERY: Final = timedelta(days=1)
"""Shortest time between two signs of interest: one a day is enough for a period of months."""

LONGEST: Final = 4000
"""Most characters of a value, whatever its field says."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as a page tells it, with every value in the form in which it is kept.

    `category` is the one that declares all its fields; None where the notice declares no such event
    for activity.
    """

    index: int
    purpose: str
    type: str
    at: datetime
    fields: Mapping[str, Value]
    category: str | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """An event of which nothing is kept, by its place in the batch, and why."""

    index: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Day:
    """The events of a batch that are kept in one record: of a civil day, category and purpose."""

    day: date
    category: str
    purpose: str
    events: tuple[Event, ...]

    @property
    def began_at(self) -> datetime:
        """The moment of the first event: the end of all is reckoned from it."""
        return min(event.at for event in self.events)


@dataclass(frozen=True, slots=True)
class Judged:
    """The events of a batch that are kept, by record, and the others."""

    days: tuple[Day, ...]
    dropped: tuple[Dropped, ...]

    @property
    def accepted(self) -> int:
        """The number of events that are kept."""
        return sum(len(day.events) for day in self.days)


def holders(notice: Notice) -> dict[str, frozenset[str]]:
    """Returns the items that events may have, by the category of which the notice says so.

    An item with the name of something that every event says itself is no field.
    """
    record = notice.records.get(KIND)
    groups = {} if record is None else record.groups
    found = {
        category: items - STORED[KIND].fields
        for category, items in sorted(groups.items())
        if category in notice.categories
    }
    return {category: items for category, items in found.items() if items}


def findings(body: object, notice: Notice, now: datetime) -> Iterator[Finding]:
    """Lists the faults of a batch that a schema cannot express. No finding repeats a value."""
    told = body.get("events") if isinstance(body, dict) else None
    if not isinstance(told, list) or len(told) > MOST_EVENTS:
        return
    places, held = set[tuple[date, str, str]](), holders(notice)
    over = _last_over(told, notice, now)
    for index, one in enumerate(told):
        if not isinstance(one, dict):
            continue
        at, category = read_moment(one.get("at")), _category(one, notice, held)
        if at is not None:
            yield from _of_moment(f"/events/{index}/at", at, over, now)
        if category is not None:
            yield from _of_values(f"/events/{index}/fields", one["fields"], category, notice)
        if category is not None and at is not None and now - OLDEST <= at <= now + SKEW:
            places.add((at.astimezone(notice.zone).date(), category, str(one["purpose"])))
    if len(places) > MOST_RECORDS:
        detail = f"are of more than {MOST_RECORDS} days and purposes; send fewer at once"
        yield Finding("/events", detail)


def events(body: Mapping[str, Any], notice: Notice, now: datetime) -> tuple[Event, ...]:
    """Returns the events of a batch without faults, in their order."""
    held = holders(notice)
    return tuple(_event(index, one, notice, held, now) for index, one in enumerate(body["events"]))


def judged(
    batch: Sequence[Event], subject: str, standing: Standing | None, notice: Notice, now: datetime
) -> Judged:
    """Returns which events are kept as things stand now, each judged alone, and in which record.

    Of somebody who was never asked nothing is.
    """
    dropped, kept = list[Dropped](), dict[tuple[date, str, str], list[Event]]()
    reasons: dict[tuple[str, str], Reason | None] = {}
    for event in batch:
        reason: Reason | None = Reason.UNDECLARED
        if event.category is not None:
            asked = event.purpose, event.category
            if asked not in reasons:
                reasons[asked] = _against(Question(subject, *asked), standing, notice, now)
            reason = reasons[asked]
        if reason is not None:
            dropped.append(Dropped(event.index, reason))
            continue
        day = event.at.astimezone(notice.zone).date()
        kept.setdefault((day, event.category or "", event.purpose), []).append(event)
    days = (Day(*place, tuple(found)) for place, found in sorted(kept.items()))
    return Judged(tuple(days), tuple(dropped))


def interest_at(judged: Judged, notice: Notice) -> datetime | None:
    """Returns when a mail was opened last, or a link in one followed, by the events that are kept.

    None without such an event, which only a person's yes to its being counted lets in.
    """
    moments = [
        event.at
        for day in judged.days
        if notice.purposes[day.purpose].measures_mail
        for event in day.events
    ]
    return max(moments, default=None)


def _against(
    question: Question, standing: Standing | None, notice: Notice, now: datetime
) -> Reason | None:
    """Returns the first reason against keeping an event; None where it may be kept."""
    answer = permission(question, standing, notice, now)
    if answer.allowed:
        return None
    if standing is None and Reason.UNDECLARED not in answer.reasons:
        return Reason.NOT_ASKED
    return answer.reasons[0]


def _event(
    index: int,
    told: Mapping[str, Any],
    notice: Notice,
    held: Mapping[str, frozenset[str]],
    now: datetime,
) -> Event:
    category = _category(told, notice, held)
    at = read_moment(told["at"]) or now
    fields = dict[str, Value]()
    if category is not None:
        try:
            fields = dict(_values(told["fields"], category, notice))
        except NotNormal:  # another version of the notice took effect since the batch was checked
            category = None
    return Event(index, told["purpose"], told["type"], min(at, now), fields, category)


def _category(
    told: Mapping[str, Any], notice: Notice, held: Mapping[str, frozenset[str]]
) -> str | None:
    """Returns the category that declares all that an event says: one that its purpose uses first.

    None for an event that the notice does not declare, and for one with the number of a card.
    """
    purpose, fields = told.get("purpose"), told.get("fields")
    if not isinstance(fields, dict) or not isinstance(purpose, str) or _has_card(told):
        return None
    known = notice.purposes.get(purpose)
    declared = [name for name, items in held.items() if items >= fields.keys()]
    if known is None or not declared:
        return None
    return next((name for name in declared if name in known.categories), declared[0])


def _has_card(told: Mapping[str, Any]) -> bool:
    values = [told.get("type"), *told["fields"].values()]
    return any(has_card(value) for value in values if not is_moment(value))


def _last_over(told: Sequence[object], notice: Notice, now: datetime) -> datetime:
    """Returns the last moment of a batch of which an event is over; the first of all without any.

    A later one ends later, so that most batches need the end of one event alone.
    """
    rule, oldest = notice.rule(KIND, CREATED), now - OLDEST
    found = (read_moment(one.get("at")) for one in told if isinstance(one, dict))
    moments = sorted({at for at in found if at is not None and oldest <= at <= now})
    over = datetime.min.replace(tzinfo=UTC)
    for at in moments:
        if rule.ends(at) > now:
            break
        over = at
    return over


def _of_moment(place: str, at: datetime, over: datetime, now: datetime) -> Iterator[Finding]:
    if at > now + SKEW:
        yield Finding(place, "must not be in the future")
    elif at < now - OLDEST:
        yield Finding(place, f"must not be longer ago than {OLDEST.days} days")
    elif at <= over:
        yield Finding(place, "is longer ago than such events are kept")


def _of_values(
    place: str, told: Mapping[str, object], category: str, notice: Notice
) -> Iterator[Finding]:
    if len(told) > MOST_FIELDS:
        return
    declared = notice.categories[category].fields
    for name, value in told.items():
        try:
            as_kept(declared[name], value)
        except NotNormal as error:
            yield Finding(f"{place}/{name}", str(error))


def _values(
    told: Mapping[str, object], category: str, notice: Notice
) -> Iterator[tuple[str, Value]]:
    declared = notice.categories[category].fields
    for name, value in told.items():
        yield name, shortened(declared[name], as_kept(declared[name], value))
