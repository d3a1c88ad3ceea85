"""The schema of a simulation's answer."""

from typing import Any, Final

from chalicelib.notices.contract.versions import CHANGES
from chalicelib.retention.amendments.model import Change
from chalicelib.web.contract import Schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, closed

_COUNT: Schema = {"type": "integer", "minimum": 0}
_MONTH: Schema = {
    "type": ["string", "null"],
    "pattern": "^[0-9]{4}-[0-9]{2}$",
    "description": "A month, such as 2027-03; null where there is none.",
}


SECOND_PERSON: Schema = {
    "type": "array",
    "items": closed(
        ["reason", "about"],
        reason={
            "enum": ["erases_at_once", "below_a_month", "not_reviewed"],
            "description": (
                "Records go as soon as it takes effect; a period becomes shorter than a month; "
                "what a person looked at before it went now goes by itself."
            ),
        },
        about={"type": "string", "description": "The way to the rule or the period."},
    ),
}
"""The reasons why one person of the desk is not enough to publish a version."""


def _or_null(schema: Schema, description: str) -> Schema:
    return {**schema, "type": [schema["type"], "null"], "description": description}


def _counts(of: str) -> Schema:
    return {"type": "object", "additionalProperties": _COUNT, "description": f"{of} -> how many."}


def _changes() -> Any:
    """Returns the schema of changes, in the form of `GET /v1/notices/{version}/changes`."""
    schema = CHANGES.answers[200].schema or {}
    return schema["properties"]["changes"]


_FINDING: Final = {"pointer": {"type": "string"}, "detail": {"type": "string"}}

_REFUSAL: Schema = closed(
    ["type", "pointer", "detail"],
    type={"type": "string", "description": "The type of the problem that publishing would answer."},
    pointer={"type": ["string", "null"], "description": "Where in the document, if at one place."},
    detail={"type": "string"},
)

_VISITORS: Schema = closed(
    ["browsers", "ask"],
    browsers={**_COUNT, "description": "Browsers without account that decided about cookies."},
    ask=_counts("Purpose to ask again about"),
)

_PEOPLE: Schema = closed(
    ["exact", "shards", "read", "accounts", "tell", "ask", "ask_first", "alone", "visitors"],
    exact={
        "type": "boolean",
        "description": "Whether everybody was read; otherwise counts are reckoned up and rounded.",
    },
    shards={**_COUNT, "maximum": 16, "description": "How many of 16 shards were read."},
    read={**_COUNT, "description": "How many people and browsers were read in them."},
    accounts={**_COUNT, "description": "Accounts in use, or stopped by their person."},
    tell={**_COUNT, "description": "Accounts that are told by mail."},
    ask=_counts("Purpose to ask again about"),
    ask_first={
        "type": "array",
        "items": {"type": "string", "maxLength": 48},
        "description": "New purposes that rest on consent: everybody is asked when they next come.",
    },
    alone={**_COUNT, "description": "Accounts that are neither told nor asked."},
    visitors=_VISITORS,
)

_PERIOD: Schema = closed([], days=_COUNT, months=_COUNT, years=_COUNT)

_RECORD: Schema = closed(
    [
        "rule",
        "kind",
        "event",
        "changes",
        "then",
        "before",
        "after",
        "count",
        "at_once",
        "earliest",
        "latest",
        "months",
    ],
    rule={"type": "string", "description": "The retention rule that the version changes."},
    kind={"type": "string", "description": "The kind of record; a standing is a whole account."},
    event={"type": "string", "description": "From what the time runs."},
    changes={
        "type": "array",
        "items": {"enum": [str(one) for one in Change]},
        "description": (
            "What it changes: the rule is new, the time shorter or longer (both of months after "
            "days, by the month), what happens at the end, the warnings before it, or what "
            "outlives it; only the last moves no date."
        ),
    },
    then={"type": "string", "description": "What happens at the end."},
    before=_or_null(_PERIOD, "How long the version in force keeps them; null for a new rule."),
    after={**_PERIOD, "description": "How long this version would."},
    count=_or_null(
        _COUNT,
        "Records that go earlier or later than they would otherwise, as they are counted in "
        "`people`. Null for kinds that go with their account or by an expiry of their own, which "
        "the version leaves as it is.",
    ),
    at_once=_or_null(_COUNT, "Of these, those whose time is over when the version takes effect."),
    earliest={**_MONTH, "description": "The month in which the first of the others goes."},
    latest={**_MONTH, "description": "The month in which the last of them goes."},
    months=_counts("Month, such as 2027-03, in which others go"),
)

_REQUESTS: Schema = closed(
    ["exact", "open", "rights", "deadline_changed"],
    exact={"type": "boolean", "description": "Whether all open requests were looked at."},
    open=_or_null(_COUNT, "Open requests that were looked at; null where none can change."),
    rights=_counts("Right that would do something else to some category of data"),
    deadline_changed={
        **_COUNT,
        "description": (
            "How many were made under another deadline than new ones will have. They keep theirs."
        ),
    },
)

_COUNTING: Schema = closed(
    ["status", "shards", "started_at", "finished_at"],
    status={"enum": ["running", "complete"]},
    shards={**_COUNT, "maximum": 16, "description": "How many of 16 shards are done."},
    started_at=INSTANT,
    finished_at=_or_null(INSTANT, "When everybody was counted."),
)

_WITHOUT = "null where the document does not compile"

SIMULATION: Schema = closed(
    [
        "compiles",
        "findings",
        "version",
        "digest",
        "since",
        "effective_at",
        "unconfirmed",
        "refused_in_production",
        "refusals",
        "second_person",
        "changes",
        "people",
        "missing",
        "records",
        "requests",
        "counting",
    ],
    compiles={"type": "boolean"},
    findings={
        "type": "array",
        "items": closed(["pointer", "detail"], **_FINDING),
        "description": "Everything that is wrong with the document; empty when it compiles.",
    },
    version=_or_null(NOTICE_VERSION, f"The version of the document; {_WITHOUT}."),
    digest=_or_null(DIGEST, f"What publishing this very text would be asked for; {_WITHOUT}."),
    since=_or_null(NOTICE_VERSION, f"The version in force, which it would follow; {_WITHOUT}."),
    effective_at=_or_null(INSTANT, f"When it would take effect; {_WITHOUT}."),
    unconfirmed={
        "type": "array",
        "items": {"type": "string"},
        "description": "What the controller has still to confirm before it serves in production.",
    },
    second_person={
        **SECOND_PERSON,
        "description": (
            "Why two people of the desk have to publish it; empty where one may. Without figures, "
            "each rule that keeps something for less time may erase at once."
        ),
    },
    refused_in_production={
        "type": "boolean",
        "description": "Whether production would not publish it as it is now.",
    },
    refusals={
        "type": "array",
        "items": _REFUSAL,
        "description": "Every reason why it could not be published here and now.",
    },
    changes=_changes(),
    people=_or_null(_PEOPLE, f"Whom it concerns; null where `missing` says why, and {_WITHOUT}."),
    missing={
        "enum": ["too_many", "counting", None],
        "description": (
            "Why there are no figures: there is too much to be read at once, so ask for `exact`; "
            "or everybody is being counted, so ask again. Null where there are."
        ),
    },
    records={
        "type": ["array", "null"],
        "items": _RECORD,
        "description": "The records of each retention rule that it changes; null as `people`.",
    },
    requests=_or_null(_REQUESTS, f"Open requests that would change; {_WITHOUT}."),
    counting=_or_null(
        _COUNTING,
        "The count of everybody with this text, after the version in force, of the last 24 hours; "
        "null where there is none.",
    ),
)
"""The answer of `POST /v1/desk/notices/simulate`."""
