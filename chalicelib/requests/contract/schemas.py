"""The schemas of a request and of what is written about it, and the rules of such texts."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib import texts
from chalicelib.errors import Finding
from chalicelib.requests.clock.calendar import DayOff
from chalicelib.requests.clock.deadline import PAUSING
from chalicelib.requests.machine import CLOSED, Action, Actor, Status
from chalicelib.requests.model import DETAILS_MAX, Channel
from chalicelib.web.contract import Schema
from chalicelib.web.schemas import ID, INSTANT, closed


def blank(body: Mapping[str, Any], member: str = "details") -> Iterator[Finding]:
    """Yields a text of a body that is blank, or has control characters."""
    text = body.get(member)
    said = text if isinstance(text, str) and text else "a"
    if texts.is_blank(said):
        yield Finding(f"/{member}", "must not be blank")
    elif texts.has_control(texts.lines(said).replace("\t", " ")):
        yield Finding(f"/{member}", "must not contain control characters")


_DAY: Schema = {"type": "string", "format": "date", "maxLength": 10}

_NAMES: Schema = {"type": "array", "items": {"type": "string", "maxLength": 60}}


def optional(schema: Schema) -> Schema:
    """Returns the schema of text that may be null."""
    return {**schema, "type": ["string", "null"]}


def code(*codes: object, nullable: bool = False) -> Schema:
    """Returns the schema of one of the codes, or null."""
    return {"enum": [*(str(one) for one in codes), *([None] if nullable else [])]}


def _every(description: str, **members: Schema) -> Schema:
    return {**closed(list(members), **members), "description": description}


_ENTRY = _every(
    "An event. One that an older release recorded has no event and no actor.",
    at=INSTANT,
    status=code(*Status),
    event=code(*Action, nullable=True),
    by=code(*Actor, nullable=True),
    reason={"type": ["string", "null"], "maxLength": 60, "description": "A code."},
    text={
        "type": ["string", "null"],
        "maxLength": 400,
        "description": "The event in words, in the language of the request.",
    },
)

_KEPT = _every(
    "A kind of record that stays, or a category that the account cannot be without.",
    kind={"type": ["string", "null"], "maxLength": 40},
    category={"type": ["string", "null"], "maxLength": 100},
    ground={
        "type": "string",
        "maxLength": 2000,
        "description": "Why, in the words of the receipt; of a category a ground of refusal.",
    },
    ends_at={**optional(INSTANT), "description": "Null where it stays as long as the account."},
)

_PAUSE = _every(
    "A time in which the clock stands still, with the civil days that it adds.",
    cause=code(*sorted(PAUSING)),
    since=_DAY,
    until=optional(_DAY),
    days={"type": "integer", "minimum": 0},
)

_CLOCK = _every(
    "How `due_on` comes about (GDPR art. 12(3), Regulation 1182/71).",
    counted_from={
        **_DAY,
        "description": "The day of receipt, or of the dispute: it counts as none.",
    },
    first_due_on={**_DAY, "description": "The due day without an extension."},
    extended_on=optional(_DAY),
    pauses={"type": "array", "items": _PAUSE},
    ends_on={**_DAY, "description": "The end of the period, before it is moved."},
    days_off={
        "type": "array",
        "items": _every("A day that moved the end.", on=_DAY, why=code(*DayOff)),
    },
)

REQUEST = _every(
    "A request, with its clock as of now, or as of the answer where there is one.",
    id=ID,
    right={"type": "string", "maxLength": 48},
    status=code(*Status),
    channel=code(*Channel),
    received_at=INSTANT,
    received_on={**_DAY, "description": "The civil day of receipt in the notice's zone."},
    due_on={**_DAY, "description": "The civil day by which it is answered."},
    due_at={**INSTANT, "description": "The last millisecond of `due_on`."},
    extended={"type": "boolean"},
    paused_since=optional(INSTANT),
    overdue={"type": "boolean"},
    disputed={"type": "boolean"},
    purposes=_NAMES,
    categories=_NAMES,
    fields={
        "type": "array",
        "items": {"type": "string", "maxLength": 130},
        "description": "Of `rectify`: the fields to be corrected (`category.field`), no values.",
    },
    outcome={
        **code(*sorted(CLOSED), nullable=True),
        "description": "The last answer, which stays while it is disputed.",
    },
    kept={"type": "array", "items": _KEPT, "description": "What an erasure has left."},
    completed_at=optional(INSTANT),
    history={"type": "array", "items": _ENTRY},
    clock=_CLOCK,
)
"""The schema of a request as its person is shown it."""

_MESSAGE = _every(
    "A text that came with an event: a message, a question, an answer.",
    at=INSTANT,
    by=code(*Actor),
    text={"type": "string"},
)

ONE: Schema = {
    **REQUEST,
    "required": [*REQUEST["required"], "messages"],
    "properties": {
        **REQUEST["properties"],
        "messages": {"type": "array", "items": _MESSAGE, "description": "Oldest first."},
    },
}

TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": DETAILS_MAX}
