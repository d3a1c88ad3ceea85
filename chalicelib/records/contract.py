"""The operations by which systems of the site hand over records, and tell of their ends."""

from datetime import datetime
from typing import Any

from chalicelib.errors import Finding
from chalicelib.notices.model import Field, Notice
from chalicelib.records import model
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import ID, INSTANT, closed

SCOPE = "records"
"""The scope that an API key needs."""

_NAME: Schema = {
    "type": "string",
    "pattern": "^([a-z_]{1,40}[.][a-z][a-z0-9_]{0,47}[.])?[a-z2-7]{26}$",
    "maxLength": 116,
    "description": (
        "Its kind, its category and an id, with full stops between them; of a message the id alone."
    ),
}
_SUBJECT: Schema = {**ID, "description": "Whose record it is."}
_EVENT: Schema = {"enum": list(model.EVENTS), "description": "What happened."}


def _record(notice: Notice) -> Schema:
    held = model.holders(notice)
    names: dict[str, list[Field]] = {}
    for category, kinds in sorted(held.items()):
        for name in sorted(frozenset[str]().union(*kinds.values())):
            names.setdefault(name, []).append(notice.categories[category].fields[name])
    fields = closed([], **{name: _field(found, notice) for name, found in sorted(names.items())})
    return closed(
        ["subject", "category", "fields", "occurred_at"],
        subject=_SUBJECT,
        category={
            "enum": sorted(held) or [model.NONE],
            "description": "Which of the notice's categories of data it is.",
        },
        fields={
            **fields,
            "minProperties": 1 if held else 0,
            "maxProperties": model.MOST_FIELDS,
            "description": "What it says: items that the notice declares for the category.",
        },
        origin={
            "type": "string",
            "minLength": 1,
            "maxLength": model.ORIGIN_MAX,
            "description": (
                "Who gave it: one of the notice's sources, or a name. It may be left out where "
                "people give such data themselves."
            ),
        },
        occurred_at={
            **INSTANT,
            "description": "When that happened of which it tells: not in the future.",
        },
        purpose={
            "enum": sorted(notice.purposes),
            "description": (
                "What it is kept for; without it, any ordinary purpose that uses the category."
            ),
        },
    )


def _field(found: list[Field], notice: Notice) -> dict[str, Any]:
    """Returns the schema of a field, which may belong to several categories."""
    types = sorted({_TYPES.get(field.type, "string") for field in found})
    schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    if "string" in types:
        schema["maxLength"] = max(field.maximum for field in found)
    if "number" in types:
        schema |= {"minimum": -model.GREATEST, "maximum": model.GREATEST}
    return {**schema, "description": notice.text(found[0].title, "en")}


_TYPES = {"number": "number", "flag": "boolean"}


def _unfit(notice: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    read = model.read(notice, body, now)
    return read if isinstance(read, tuple) else ()


def _unfit_event(_: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    return tuple(model.moved(body, now))


_KEPT = closed(
    ["id"],
    id=_NAME,
    ends_at={**INSTANT, "description": "When it goes."},
    ends_from={
        "enum": list(model.EVENTS),
        "description": "The event that begins its end, where none began yet.",
    },
)
_LIMITED = "How often a key may call it is a setting; beyond it, 429 says when to go on."

RECORD = Operation(
    id="handOverRecord",
    method="POST",
    path="/v1/records",
    summary="Keep a record about somebody, if the notice and the person allow it",
    description=(
        "Needs an API key with the scope `records`. Categories and fields are those that the "
        "notice declares for records of a system: calls, recordings (a reference, never sound), "
        "devices, transactions, and what others told. 409 means that it may not be kept, `reasons` "
        "says why as the decision point does, and nothing is stored. A body with the number of a "
        "payment card anywhere in it is refused. A network address of a device is shortened. The "
        f"answer says when the record goes, or from which event on. {_LIMITED}"
    ),
    auth=Auth.SERVICE,
    scope=SCOPE,
    body=_record,
    check=_unfit,
    answers={201: Response("Kept.", _KEPT)},
    problems=frozenset({401, 403, 409, 429, 503}),
    idempotent=True,
)

MOVE = Operation(
    id="moveRecord",
    method="PATCH",
    path="/v1/records/{id}",
    summary="Tell the event with which the end of a record begins",
    description=(
        "Needs an API key with the scope `records`. It works once: the same event again has the "
        "same answer, another one gets 409 (`move-not-allowed`). An event from which the notice "
        "reckons no end of such records is refused. A message is closed by it: `closed`, as of a "
        f"moment not before its writing. {_LIMITED}"
    ),
    auth=Auth.SERVICE,
    scope=SCOPE,
    body=closed(["subject", "event", "at"], subject=_SUBJECT, event=_EVENT, at=INSTANT),
    check=_unfit_event,
    answers={200: Response("It ends then.", closed(["id", "ends_at"], id=_NAME, ends_at=INSTANT))},
    problems=frozenset({401, 403, 404, 409, 429, 503}),
)

END = Operation(
    id="endRecord",
    method="DELETE",
    path="/v1/records/{id}",
    summary="End a record now",
    description=(
        "Needs an API key with the scope `records`. It ends a message too. One that is held, or of "
        "somebody who has the use of their data restricted, stays: 409 (`held`). "
        f"{_LIMITED}"
    ),
    auth=Auth.SERVICE,
    scope=SCOPE,
    query={"subject": _SUBJECT},
    required_query=frozenset({"subject"}),
    answers={204: Response("It is gone.")},
    problems=frozenset({401, 403, 404, 409, 429, 503}),
)

OPERATIONS = (RECORD, MOVE, END)
