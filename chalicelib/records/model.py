"""A record that a system of the site hands over: what it may hold, and when it ends. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chalicelib import texts
from chalicelib.accounts.model import NotNormal, normal
from chalicelib.catalogue import STORED, Ending, Kind, Source
from chalicelib.consents.filings import ordinary
from chalicelib.decisions.permission import Answer, Question, Reason, permission
from chalicelib.errors import Finding
from chalicelib.instants import instant
from chalicelib.notices import access
from chalicelib.notices.model import (
    Field,
    LegalBasis,
    Notice,
    RetentionRule,
    UndeclaredRetention,
)
from chalicelib.records.cards import has_card
from chalicelib.subjects.model import Standing
from chalicelib.web.network import UNKNOWN, network

KINDS: Final = ("call", "recording", "device", "external", "transaction")
"""The kinds of records that can be handed over, in the order in which they are chosen."""

EVENTS: Final = ("closed", "contract_ended", "ended")
"""The events that a system tells later, and with which the end of a record begins."""

CREATED: Final = "created"
"""The event from which all other records are kept: what they tell of happened."""

NONE: Final = "none"
"""The name in the place of a category where the notice lets none in; it is refused."""

MOST_FIELDS: Final = 50
ORIGIN_MAX: Final = 200
GREATEST: Final = 10**15 - 1
"""The greatest number in a field."""

FIRST: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""The first moment of which a record can be."""

SKEW: Final = timedelta(minutes=5)
"""How far the clock of the calling system may be ahead."""

THIRD_PARTY: Final = "third_party"
"""The party that gave what comes from an origin which the notice does not list."""

CARD: Final = "holds the number of a payment card, which is never stored"

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Handed:
    """A record as a system hands it over, with every value in the form in which it is kept."""

    subject: str
    kind: str
    category: str
    fields: Mapping[str, Value]
    origin: str
    occurred_at: datetime
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """When a record ends: at an instant, or some time after an event that is told later."""

    ends_at: datetime | None = None
    ends_from: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A record by its public name: its kind, and the id that ends its sort key."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.id}"


MESSAGE: Final = "message"
"""The kind of a message, which is named by its id alone: people write it, and no system."""


def named(text: str) -> Named | None:
    """Returns the record, or the message, of a public name; None for a text that is none."""
    if re.fullmatch("[a-z2-7]{26}", text):
        return Named(MESSAGE, text)
    kind, _, record_id = text.partition(".")
    known = kind in KINDS and re.fullmatch(r"[a-z][a-z0-9_]{0,47}\.[a-z2-7]{26}", record_id)
    return Named(kind, record_id) if known else None


def holders(notice: Notice) -> dict[str, dict[str, frozenset[str]]]:
    """Returns what may be handed over: by category, the kinds that hold it with their items.

    An item with the name of something that every record says itself, such as its origin, is no
    field.
    """
    found: dict[str, dict[str, frozenset[str]]] = {}
    for kind in KINDS:
        record = notice.records.get(kind)
        for category, items in () if record is None else record.groups.items():
            fields = items - STORED[kind].fields
            if category in notice.categories and fields:
                found.setdefault(category, {})[kind] = fields
    return found


def events(kind: Kind) -> tuple[str, ...]:
    """Lists the events with which the end of records of a kind begins, when a system tells them."""
    return tuple(
        rule.event for rule in kind.rules if rule.event in EVENTS and rule.ending is Ending.INDEX
    )


def rule_of(notice: Notice, kind: str, event: str) -> RetentionRule | None:
    """Returns the rule of a kind from an event; None without one."""
    try:
        return notice.rule(kind, event)
    except UndeclaredRetention:
        return None


def clock_of(notice: Notice, kind: str, occurred_at: datetime) -> Clock:
    """Returns when a record of a kind ends, or the event that has to be told first."""
    told = events(STORED[kind])
    if told:
        return Clock(ends_from=told[0])
    return Clock(ends_at=notice.rule(kind, CREATED).ends(occurred_at))


def read(notice: Notice, body: object, now: datetime) -> Handed | tuple[Finding, ...]:
    """Returns a record in its normal form, or all faults that a schema cannot find.

    `body` is any JSON value; parts of another shape are left to the schema. No finding repeats a
    value.
    """
    if not isinstance(body, dict):
        return ()
    found = list(_cards(body))
    at = _moment(body.get("occurred_at"), "/occurred_at", now, found)
    origin = _origin(notice, body, found)
    kind, fields = _contents(notice, body, found)
    if at is not None and kind and not found:
        ends_at = clock_of(notice, kind, min(at, now)).ends_at
        if ends_at is not None and ends_at <= now:
            detail = "is longer ago than such records are kept"
            found.append(Finding("/occurred_at", detail))
    if found or at is None or not kind or not isinstance(body.get("subject"), str):
        return tuple(found)
    return Handed(
        subject=body["subject"],
        kind=kind,
        category=body["category"],
        fields=fields,
        origin=origin,
        occurred_at=min(at, now),
        purpose=body.get("purpose"),
    )


def moved(body: object, now: datetime) -> Iterator[Finding]:
    """Yields the faults of an event that is told, beyond those of its schema."""
    if isinstance(body, dict):
        found = list[Finding]()
        _moment(body.get("at"), "/at", now, found)
        yield from found


def permitted(handed: Handed, standing: Standing | None, notice: Notice, now: datetime) -> Answer:
    """Returns the decision on keeping a record: that on its purpose, or the first yes of several.

    Without a purpose, every purpose that uses the category is asked, except those which only some
    special records serve: on a legal obligation, or for what may be used while everything else is
    restricted (GDPR art. 18(2)). They have to be named.
    """
    asked = (handed.purpose,) if handed.purpose else ordinary(handed.category, notice)
    answers = [
        permission(Question(handed.subject, one, handed.category), standing, notice, now)
        for one in asked
    ]
    for answer in answers:
        if answer.allowed:
            return answer
    if not answers:
        return Answer(LegalBasis.CONSENT, (Reason.UNDECLARED,), ())
    reasons = dict.fromkeys(reason for answer in answers for reason in answer.reasons)
    return Answer(answers[0].basis, tuple(reasons), ())


def party(origin: str, notice: Notice) -> str:
    """Returns the party that gave a record: that of a source of the notice, or a third party."""
    return access.parties(notice).get(origin, THIRD_PARTY)


def _cards(body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields a finding for each part of a body that holds a card's number.

    A moment in the right form is none, however its digits fall.
    """
    for name, value in body.items():
        if name != "fields" or not isinstance(value, dict):
            if has_card(name) or (has_card(value) and not is_moment(value)):
                yield Finding(f"/{name}" if name in _MEMBERS else "", CARD)
            continue
        for field, inner in value.items():
            if has_card(field):
                yield Finding("/fields", CARD)
            elif has_card(inner) and not is_moment(inner):
                known = re.fullmatch("[a-z][a-z0-9_]{0,47}", field)
                yield Finding(f"/fields/{field}" if known else "/fields", CARD)


_MEMBERS: Final = frozenset(
    {"subject", "category", "fields", "origin", "occurred_at", "purpose", "event", "at"}
)


def _moment(value: object, pointer: str, now: datetime, found: list[Finding]) -> datetime | None:
    """Returns the moment in a text, and adds a finding for one that no such record can be of."""
    at = read_moment(value)
    if at is not None and at > now + SKEW:
        found.append(Finding(pointer, "must not be in the future"))
    elif _is_written(value) and (at is None or at < FIRST):
        found.append(Finding(pointer, f"must not be before {FIRST.year}"))
    return at


def is_moment(value: object) -> bool:
    """Tells whether a value is a moment, as RFC 3339 writes it with its offset."""
    return _is_written(value) and read_moment(value) is not None


def _is_written(value: object) -> bool:
    """Tells whether a value is written as a moment, whether or not there is such a one."""
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def read_moment(value: object) -> datetime | None:
    """Returns the moment, in UTC, that a text with an offset writes; None for anything else."""
    try:
        at = datetime.fromisoformat(value.upper() if isinstance(value, str) else "")
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the schema reports it
        return None


def _origin(notice: Notice, body: Mapping[str, Any], found: list[Finding]) -> str:
    """Returns the origin of a record: as told, or the source by which its person gives such data.

    It has to be told where the person gives no data of the category (GDPR art. 14(2)(f)).
    """
    origin = body.get("origin")
    if isinstance(origin, str):
        text = texts.one_line(origin)
        if texts.is_blank(text) or texts.has_control(text) or _DAMAGED in text:
            found.append(Finding("/origin", "must be a visible text of one line"))
        return text
    category = body.get("category")
    known = notice.categories.get(category) if isinstance(category, str) else None
    parties = access.parties(notice)
    for source in () if known is None else known.sources:
        if parties.get(source) == Source.SUBJECT:
            return source
    if known is not None and "origin" not in body:
        found.append(Finding("/origin", "is required: the person does not give this data"))
    return ""


def _contents(
    notice: Notice, body: Mapping[str, Any], found: list[Finding]
) -> tuple[str, dict[str, Value]]:
    """Returns the kind that holds the fields, and their values in their normal form."""
    category, given = body.get("category"), body.get("fields")
    kinds = holders(notice).get(category, {}) if isinstance(category, str) else {}
    if category == NONE and not kinds:
        found.append(Finding("/category", "is not kept here: the notice declares no such records"))
    if not kinds or not isinstance(given, dict) or len(given) > MOST_FIELDS:
        return "", {}
    known = frozenset[str]().union(*kinds.values())
    values: dict[str, Value] = {}
    for name, value in given.items():
        if name not in known:
            if any(name in fields for held in holders(notice).values() for fields in held.values()):
                found.append(Finding(f"/fields/{name}", "is no field of this category"))
            continue
        try:
            values[name] = as_kept(notice.categories[str(category)].fields[name], value)
        except NotNormal as error:
            found.append(Finding(f"/fields/{name}", str(error)))
    chosen = next((kind for kind, fields in kinds.items() if fields >= given.keys()), "")
    if not chosen and known >= given.keys():
        apart = " or ".join(", ".join(sorted(fields)) for fields in kinds.values())
        found.append(Finding("/fields", f"belong in records of their own: {apart}"))
    if chosen == _SHORTENED:
        values = {
            name: shortened(notice.categories[str(category)].fields[name], value)
            for name, value in values.items()
        }
    return chosen, values


_DAMAGED: Final = "\ufffd"
"""The character in the place of bytes that are no text, which some proxies put there."""

_SHORTENED: Final = "device"
"""The kind whose network addresses are shortened."""


def shortened(field: Field, value: Value) -> Value:
    """Returns a value as it is kept, of a network address no more than its network."""
    return network(value) if field.type == "address" and isinstance(value, str) else value


def as_kept(field: Field, value: object) -> Value:
    """Returns a value as it is kept. Raises NotNormal where its field is of another type."""
    if field.type == "number":
        return _number(value)
    if field.type == "flag":
        if not isinstance(value, bool):
            raise NotNormal("must be true or false")
        return value
    if not isinstance(value, str):
        raise NotNormal("must be a text")
    if len(value) > field.maximum:
        raise NotNormal(f"must have at most {field.maximum} characters")
    if _DAMAGED in value:
        raise NotNormal("holds a character that was damaged on its way")
    text = normal(field, value)
    return _FORMS[field.type](text) if field.type in _FORMS else text


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NotNormal("must be a number")
    if abs(value) > GREATEST:
        raise NotNormal(f"must be at most {GREATEST}")
    return value


def _address(text: str) -> str:
    if network(text) == UNKNOWN:
        raise NotNormal("must be an IP address")
    return str(ipaddress.ip_address(text.split("%", maxsplit=1)[0]))


def _time(text: str) -> str:
    at = read_moment(text) if is_moment(text) else None
    if at is None:
        raise NotNormal("must be a date and time: RFC 3339, with its offset")
    return instant(at)


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        raise NotNormal("must be letters, digits, full stops, low lines and hyphens")
    return text


def _file(text: str) -> str:
    if text[:5].lower() == "data:":
        raise NotNormal("must be a reference to a file, never its contents")
    return text


_FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "address": _address,
    "time": _time,
    "code": _code,
    "file": _file,
}
