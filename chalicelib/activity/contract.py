"""The operation by which pages tell what people do on the site."""

from datetime import datetime
from typing import Final

from chalicelib.activity import model
from chalicelib.decisions.permission import Reason
from chalicelib.errors import Finding
from chalicelib.notices.model import Field, Notice
from chalicelib.records.model import GREATEST
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import INSTANT, closed

_NAME: Final[Schema] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,47}$", "maxLength": 48}
_VALUE: Final[Schema] = {
    "type": ["string", "number", "boolean"],
    "minLength": 1,
    "maxLength": model.LONGEST,
    "minimum": -GREATEST,
    "maximum": GREATEST,
}
_REASONS: Final = [str(one) for one in Reason if one is not Reason.GRANTED]


def _body(notice: Notice) -> Schema:
    held = model.holders(notice)
    items: dict[str, list[Field]] = {}
    for category, names in held.items():
        for name in sorted(names):
            items.setdefault(name, []).append(notice.categories[category].fields[name])
    fields = {name: _field(found, notice) for name, found in sorted(items.items())}
    event = closed(
        ["purpose", "type", "at", "fields"],
        purpose={**_NAME, "description": "What it is kept for, by a purpose's id."},
        type={
            "type": "string",
            "pattern": "^[a-z][a-z0-9_.:-]{0,63}$",
            "maxLength": 64,
            "description": "What happened, in a word of the website's own, in small letters.",
        },
        at={**INSTANT, "description": "When: not in the future, and at most 30 days ago."},
        fields={
            "type": "object",
            "maxProperties": model.MOST_FIELDS,
            "propertyNames": _NAME,
            "properties": fields,
            "additionalProperties": _VALUE,
            "description": (
                "Items that the notice declares for activity. An event with any other is dropped."
            ),
        },
    )
    return closed(
        ["events"],
        events={
            "type": "array",
            "minItems": 1,
            "maxItems": model.MOST_EVENTS,
            "items": event,
        },
    )


def _field(found: list[Field], notice: Notice) -> Schema:
    """Returns the schema of an item, of which several categories may have one of that name."""
    types = sorted({_TYPES.get(field.type, "string") for field in found})
    schema: Schema = {"type": types[0] if len(types) == 1 else types}
    if "string" in types:
        longest = min(model.LONGEST, max(field.maximum for field in found))
        schema = {**schema, "minLength": 1, "maxLength": longest}
    if "number" in types:
        schema = {**schema, "minimum": -GREATEST, "maximum": GREATEST}
    return {**schema, "description": notice.text(found[0].title, "en")}


_TYPES: Final = {"number": "number", "flag": "boolean"}


def _check(notice: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    return tuple(model.findings(body, notice, now))


TAKE = Operation(
    id="tellActivity",
    method="POST",
    path="/v1/activity",
    summary="Tell what a person does on the site, of which only what they permit is kept",
    description=(
        "By a browser (`Riserbo-Visitor`) or somebody who is signed in. Each event is judged "
        "alone, as of now: it is kept if its purpose stands at yes, the purpose uses the category "
        "that holds activity, and the notice declares each of its fields. `dropped` names every "
        "other one with the decision point's code; one with the number of a payment card is "
        "`undeclared`. Of somebody who was never asked nothing is kept, not even that they came, "
        "nor an `Idempotency-Key`. What is kept of an account for the purpose that counts opened "
        "mails is a sign of interest, from which consents may go on. How often a person and a "
        "network may call it is a setting."
    ),
    auth=Auth.VISITOR_OR_SESSION,
    body=_body,
    check=_check,
    answers={
        202: Response(
            "What is permitted is kept.",
            closed(
                ["accepted", "dropped"],
                accepted={
                    "type": "integer",
                    "minimum": 0,
                    "maximum": model.MOST_EVENTS,
                    "description": "How many events are kept.",
                },
                dropped={
                    "type": "array",
                    "maxItems": model.MOST_EVENTS,
                    "items": closed(
                        ["index", "reason"],
                        index={
                            "type": "integer",
                            "minimum": 0,
                            "maximum": model.MOST_EVENTS - 1,
                            "description": "The place of the event in the batch, from 0.",
                        },
                        reason={"enum": _REASONS, "description": "Why nothing of it is kept."},
                    ),
                },
            ),
        )
    },
    problems=frozenset({401, 409, 429, 503}),
    idempotent=True,
)

OPERATIONS = (TAKE,)
"""The operations on activity."""
