"""Questions to other systems about a request, and the answers that they may give. Pure.

A controller answers a request from everything it holds, wherever that lies (GDPR art. 12(3), 15,
17), and a processor helps it (art. 28(3)(e)). So each own system and processor that the notice
names for a right is asked, by ids alone, and answers by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.model import FieldRef, Notice, Purpose, Recipient

INLINE_MAX: Final = 256 * 1024
"""The most bytes of records in the body of an answer, as JSON; more are uploaded."""

UPLOAD_MAX: Final = 100_000_000
"""The most bytes of an upload."""

RECORDS_MAX: Final = 5_000
"""The most records in the body of an answer."""

AGAIN_AFTER: Final = timedelta(days=1)
"""The time after which a system that has not answered in its time is asked again."""

AGAIN_MOST: Final = 14
"""How often a system is asked again: for two weeks from the end of its time, then the desk has to.
"""

ERASE: Final = "erase"
"""The right after which nothing is left here: what asks about it lies outside of the partition."""

GIVES_DATA: Final = frozenset({"copy", "port"})
"""The rights about which a system answers with data."""


class Status(StrEnum):
    """The answer of a system."""

    DATA = "data"
    """It gives what it holds."""
    DONE = "done"
    """It did what was asked: it corrected, restricted or erased, or gave the data itself."""
    NOTHING = "nothing"
    """It holds nothing about the person."""
    REFUSED = "refused"
    """It may not do it, on a ground of the law."""


class State(StrEnum):
    """The state of what a system gives."""

    AWAITED = "awaited"
    """A place to upload was given, and nothing was said to lie there."""
    CHECKED = "checked"
    """It was uploaded, and its form is being looked at."""
    UNFIT = "unfit"
    """Its form was refused; another upload may come."""
    TAKEN = "taken"
    """It is given to the person."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a system uploads: its size in bytes, and the SHA-256 of its contents, in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came. `ground` comes with a refusal, `records` or `upload` with data."""

    recipient: str
    status: Status
    ground: str | None = None
    records: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question to one system about a request; its answer is None while there is none.

    `asked` counts the times. `late` says that the answer came when the request no longer waited.
    """

    request: str
    recipient: str
    right: str
    categories: tuple[str, ...]
    asked_at: datetime
    answer_by: datetime
    asked: int = 1
    status: Status | None = None
    ground: str | None = None
    answered_at: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Supplement:
    """The answer of a system for a copy: `status` is None without one.

    `records` are those of an answer with data, one after the other, each an object with
    `category`, `fields` and, where the system said it, `recorded_at`.
    """

    system: str
    status: Status | None
    records: Iterable[Mapping[str, Any]] = field(default=(), repr=False)
    ground: str | None = None
    answered_at: datetime | None = None
    late: bool = False


def held(recipient: Recipient, notice: Notice) -> Mapping[str, Mapping[str, int]]:
    """Returns what a recipient may hold by the notice: category -> field -> most characters.

    For each of its purposes these are the items that it gets for it, where the notice names some,
    else the fields of all categories of the purpose.
    """
    items = {
        item
        for purpose in recipient.purposes
        if purpose in notice.purposes
        for item in _given(recipient, notice.purposes[purpose], notice)
    }
    return {
        name: {
            one.id: one.maximum
            for one in notice.categories[name].fields.values()
            if (name, one.id) in items
        }
        for name in sorted({item.category for item in items} & notice.categories.keys())
    }


def _given(recipient: Recipient, purpose: Purpose, notice: Notice) -> Iterator[FieldRef]:
    limited = recipient.items_for(purpose.id)
    if limited is not None:
        yield from limited
        return
    for name in purpose.categories:
        yield from (FieldRef(name, one) for one in notice.categories[name].fields)


def asked_of(
    right: str, categories: Collection[str], notice: Notice
) -> Mapping[str, tuple[str, ...]]:
    """Returns the systems that are asked about a right, each with the categories it may hold.

    `categories` are those that the request names; without any it is about all. A system that may
    hold none of them is not asked.
    """
    found = {}
    for recipient in notice.recipients.values():
        if recipient.answers is None or right not in recipient.answers.rights:
            continue
        theirs = held(recipient, notice).keys()
        wanted = tuple(sorted(theirs & set(categories) if categories else theirs))
        if wanted:
            found[recipient.id] = wanted
    return found


def answer_by(recipient: Recipient, now: datetime) -> datetime:
    """Returns the end of a system's time. Raises ValueError for one that takes no part."""
    if recipient.answers is None:
        raise ValueError("the recipient takes no part in requests")
    return now + timedelta(days=recipient.answers.within.days)


def ask_again_at(question: Question, now: datetime) -> datetime | None:
    """Returns when a system is asked once more; None when it was asked often enough, or answered.

    The first time is the end of its own time, then once a day.
    """
    if question.status is not None or question.asked > AGAIN_MOST:
        return None
    return max(question.answer_by, now + AGAIN_AFTER)


def unfit(
    records: Iterable[Any], known: Mapping[str, Mapping[str, int]], at: str = "/records"
) -> Iterator[Finding]:
    """Yields what is wrong with records that fit the schema, by what the system may hold."""
    for number, record in enumerate(records):
        if isinstance(record, dict):
            yield from unfit_record(record, known, f"{at}/{number}")


def unfit_record(
    record: Mapping[str, Any], known: Mapping[str, Mapping[str, int]], at: str
) -> Iterator[Finding]:
    """Yields what is wrong with one record: its category, its fields, the length of a value."""
    category, fields = record.get("category"), record.get("fields")
    theirs = known.get(category) if isinstance(category, str) else None
    if theirs is None:
        yield Finding(f"{at}/category", "is no category that the notice lets this system hold")
        return
    for name, value in fields.items() if isinstance(fields, dict) else ():
        most = theirs.get(name)
        place = f"{at}/fields/{name.replace('~', '~0').replace('/', '~1')}"
        if most is None:
            yield Finding(place, "is no field of this category that this system may hold")
        elif isinstance(value, str) and len(value) > most:
            yield Finding(place, f"is longer than {most} characters")


def misplaced(answer: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields the members of an answer that do not belong to its status, and those it lacks."""
    status = answer.get("status")
    given = [name for name in ("records", "upload") if name in answer]
    if status == Status.DATA:
        if not given:
            yield Finding("/records", "is missing: give the records, or `upload` for many")
        elif len(given) > 1:
            yield Finding("/upload", "comes instead of the records; remove one of them")
    else:
        for name in given:
            yield Finding(f"/{name}", "belongs to the status `data`; remove it")
    if status == Status.REFUSED and "ground" not in answer:
        yield Finding("/ground", "is missing: name the ground of the refusal")
    if status != Status.REFUSED and "ground" in answer:
        yield Finding("/ground", "belongs to the status `refused`; remove it")


def same(question: Question, answer: Answer) -> bool:
    """Tells whether an answer says what was answered before, its data apart."""
    return question.status is answer.status and question.ground == answer.ground
