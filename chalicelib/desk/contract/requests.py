"""The operations by which the desk lists, reads, enters and decides requests."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib import texts
from chalicelib.accounts.model import address_findings
from chalicelib.consents.desk import Channel, date_findings
from chalicelib.errors import Finding
from chalicelib.messages.contract import MESSAGE
from chalicelib.notices.model import Notice
from chalicelib.requests.casework import ACTIONS, CODES, REASON_MIN, WITH_TEXT, Act
from chalicelib.requests.contract import schemas, submission
from chalicelib.requests.grounds import Ground, Right
from chalicelib.requests.machine import Action, Actor, Extension, Question, Status
from chalicelib.requests.model import DETAILS_MAX, Received
from chalicelib.subjects.model import Kind, Life
from chalicelib.systems.model import Status as Answered
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, DatedCursor, page_schema
from chalicelib.web.schemas import ID, INSTANT, STAFF_ACTS, STAFF_READS, closed

_CURSOR = DatedCursor("request")
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": DETAILS_MAX}
_DAY: Schema = {"type": "string", "format": "date", "maxLength": 10}
_CODES = tuple(dict.fromkeys(str(one) for codes in CODES.values() for one in codes))
_SUBJECT: Schema = {**ID, "description": "The person: an account, or a browser."}


def _with(shown: Schema, **more: Schema) -> Schema:
    """Returns the schema of what a person sees of a request, with what the desk sees beside."""
    return {
        **shown,
        "required": list(dict.fromkeys([*shown["required"], *more])),
        "properties": {**shown["properties"], **more},
    }


_LISTED: Schema = _with(schemas.REQUEST, subject=_SUBJECT)
_PERSON: Schema = {
    **closed(
        ["subject", "kind", "state", "restricted"],
        subject=_SUBJECT,
        kind={"enum": [str(kind) for kind in Kind]},
        state={
            "enum": [*(str(life) for life in Life), None],
            "description": "Null of a person whose data is erased.",
        },
        restricted={"type": "boolean", "description": "Whether a restriction stands (art. 18)."},
    ),
    "description": "The person who asked.",
}
_MESSAGE: Schema = {
    **closed(
        ["at", "by", "text"],
        at=INSTANT,
        by={"enum": [str(actor) for actor in Actor]},
        text={"type": "string"},
    ),
    "description": "Words that came with an event of the history.",
}
_NAMES: Schema = {"type": "array", "items": {"type": "string", "maxLength": 100}}
_PREVIEW: Schema = {
    **closed(
        ["done", "decisions", "restricts", "corrects", "erased", "kept", "needed"],
        done={
            "enum": ["at_once", "by_job", "by_hand"],
            "description": "Whether approving does it at once, has it done, or leaves it to do.",
        },
        decisions={
            "type": "object",
            "additionalProperties": {"enum": ["denied", "objected"]},
            "description": "What would stand in the ledger, by purpose.",
        },
        restricts={"type": "boolean", "description": "Whether a restriction would go on."},
        corrects={**_NAMES, "description": "The fields that would be corrected."},
        erased={**_NAMES, "description": "What an erasure would remove; empty for other rights."},
        kept={**_NAMES, "description": "What an erasure would leave; empty for other rights."},
        needed={
            **_NAMES,
            "description": "Categories that were asked for and that the account cannot be without.",
        },
    ),
    "description": "What approving would do.",
}
_KEPT: Schema = closed(
    ["kind", "category", "ground", "ends_at"],
    kind={"type": "string", "maxLength": 40, "description": "All of them, or those that it names."},
    category={"type": ["string", "null"], "maxLength": 100, "description": "Null of all."},
    ground={"type": "string", "maxLength": 40, "description": "That of the hold."},
    ends_at=INSTANT,
)
_QUESTION: Schema = closed(
    [
        "recipient",
        "name",
        "answer_by",
        "asked",
        "status",
        "ground",
        "answered_at",
        "supplement",
    ],
    recipient={"type": "string", "maxLength": 48, "description": "By the notice's id."},
    name={"type": "string"},
    answer_by={**INSTANT, "description": "The end of its time."},
    asked={"type": "integer", "minimum": 1, "description": "How often it was asked."},
    status={"enum": [*map(str, Answered), None], "description": "Null without an answer."},
    ground={"type": ["string", "null"], "maxLength": 40},
    answered_at={**INSTANT, "type": ["string", "null"]},
    supplement={"type": "boolean", "description": "Whether it came after its time."},
)
_CASE: Schema = _with(
    schemas.REQUEST,
    subject=_SUBJECT,
    person=_PERSON,
    identified_by={
        "type": ["string", "null"],
        "maxLength": 200,
        "description": "How the desk came to know the person; null where they signed in.",
    },
    details={"type": ["string", "null"], "description": "The person's own words."},
    changes={
        "type": "object",
        "description": "The corrections that are asked for, by category and field.",
    },
    ground={"type": ["string", "null"], "maxLength": 20, "description": "Of a restriction."},
    messages={"type": "array", "items": _MESSAGE, "description": "The oldest first."},
    preview={**_PREVIEW, "type": ["object", "null"]},
    kept={
        "type": "array",
        "items": _KEPT,
        "description": "The kinds of records that holds keep, whatever is erased.",
    },
    waiting={
        "type": "array",
        "items": _QUESTION,
        "description": "The systems that were asked and have not answered.",
    },
    answers={
        "type": "array",
        "items": _QUESTION,
        "description": "The systems that were asked and have answered.",
    },
)

LIST = Operation(
    id="listDeskRequests",
    method="GET",
    path="/v1/desk/requests",
    summary="The open requests by the day on which they are due, or the closed ones of a month",
    description=(
        f"{STAFF_READS} The list shows no words of anybody and is no entry of the audit. A page "
        "with a filter looks at 500 requests, so it may hold fewer than `limit` although more "
        "follow: `next` is null on the last page alone."
    ),
    auth=Auth.STAFF,
    query={
        **PAGE_QUERY,
        "status": {
            "enum": [str(status) for status in Status],
            "description": "Those that stand so now.",
        },
        "right": {"enum": [str(right) for right in Right], "description": "For this right."},
        "due_before": {**_DAY, "description": "Those that are due before this day."},
        "overdue": {"type": "boolean", "description": "Those that are late, or are not."},
        "closed_in": {
            "type": "string",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$",
            "maxLength": 7,
            "description": "Instead of open ones, those that were closed in this month.",
        },
    },
    answers={200: Response("A page of requests.", page_schema(_LISTED))},
    problems=frozenset({403, 503}),
)

GET = Operation(
    id="getDeskRequest",
    method="GET",
    path="/v1/desk/requests/{id}",
    summary="One request: its clock, what was written, who asked, and what approving would do",
    description=f"{STAFF_READS} That it was read is an entry of the audit.",
    auth=Auth.STAFF,
    answers={200: Response("The request.", _CASE)},
    problems=frozenset({403, 409, 503}),
)


READ_MESSAGES = Operation(
    id="listDeskMessages",
    method="GET",
    path="/v1/desk/requests/{id}/messages",
    summary="What the person of one open request wrote by the site's forms",
    description=(
        f"{STAFF_READS} Each page that is read is an entry of the audit. Of a request that is "
        "closed, or whose address is not proven, nothing is shown: 409 (`move-not-allowed`)."
    ),
    auth=Auth.STAFF,
    query=PAGE_QUERY,
    answers={200: Response("A page of messages.", page_schema(MESSAGE))},
    problems=frozenset({403, 404, 409, 503}),
)


def _enter(notice: Notice) -> Schema:
    asked = submission.MAKE.body_schema(lambda: notice)
    assert asked is not None
    members = {name: one for name, one in asked["properties"].items() if name != "email"}
    members["right"] = {
        "enum": submission.rights_of(notice),
        "description": "Which right is used.",
    }
    return {
        **closed(
            ["right", "channel", "received_at"],
            **members,
            subject={**ID, "description": "Whose request it is: an account or a browser."},
            email={
                "type": "string",
                "format": "email",
                "minLength": 3,
                "maxLength": 254,
                "description": "Or the address to answer to, of an account or of nobody known.",
            },
            channel={
                "enum": [str(channel) for channel in Channel],
                "description": "How it came; `mail` and `email` mean the same.",
            },
            received_at={
                **INSTANT,
                "description": (
                    "When it reached the controller: not in the future, within the last five years."
                ),
            },
            identified_by={
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "description": "How the desk knows that it is this person; kept sealed.",
            },
        ),
        "oneOf": [
            {"required": ["subject"], "properties": {"email": False}},
            {"required": ["email"], "properties": {"subject": False}},
            {"required": ["details"], "properties": {"subject": False, "email": False}},
        ],
    }


def _unfit(notice: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    return (
        *submission.unfit(notice, body, now),
        *address_findings(body),
        *date_findings(body, now),
        *blank(body, "identified_by"),
    )


def blank(body: object, member: str) -> Iterator[Finding]:
    """Yields the findings about a text that is blank or has control characters."""
    text = body.get(member) if isinstance(body, dict) else None
    if not isinstance(text, str) or not text:
        return
    if texts.is_blank(text):
        yield Finding(f"/{member}", "must not be blank")
    elif texts.has_control(texts.lines(text).replace("\t", " ")):
        yield Finding(f"/{member}", "must not contain control characters")


ENTER = Operation(
    id="enterRequest",
    method="POST",
    path="/v1/desk/requests",
    summary="Enter a request that came by mail, post or phone, or in person, with its day",
    description=(
        f"{STAFF_ACTS} The clock counts from the day on which it was received. A request of the "
        "same right that is open is joined, and keeps the earlier day. The person is told by mail. "
        "Somebody without an account is entered with the address alone, or with neither address "
        "nor subject where the details say where the answer goes; such a request is on the clock, "
        "may be paused for `identity`, and waits for the desk. It is an entry of the audit."
    ),
    auth=Auth.STAFF,
    acts=True,
    body=_enter,
    check=_unfit,
    example={
        "right": "copy",
        "email": "ada@example.org",
        "channel": "post",
        "received_at": "2026-11-20T09:00:00Z",
    },
    answers={
        201: Response("Entered.", _LISTED),
        200: Response("The open request of that right, to which what is new was added.", _LISTED),
    },
    problems=frozenset({403, 404, 409, 503}),
    idempotent=True,
)

_ACT: Schema = closed(
    ["action"],
    action={"enum": [str(action) for action in ACTIONS]},
    ground={
        "enum": list(_CODES),
        "description": (
            "Of `refuse` the ground ("
            + ", ".join(f"`{one}`" for one in Ground)
            + "), of `extend` "
            + " or ".join(f"`{one}`" for one in Extension)
            + ", of `pause` "
            + " or ".join(f"`{one}`" for one in Question)
            + "."
        ),
    },
    reason={
        **_TEXT,
        "description": f"Words: of `extend` the reason, at least {REASON_MIN} characters.",
    },
    text={**_TEXT, "description": "Words: a note, the question of a pause, an answer."},
)


def _unfit_act(_notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    if not isinstance(body, dict) or body.get("action") not in list(ACTIONS):
        return ()
    action = Action(str(body["action"]))
    found = (*blank(body, "reason"), *blank(body, "text"))
    return (*found, *_unfit_code(action, body), *_unfit_words(action, body))


def _unfit_code(action: Action, body: Mapping[str, Any]) -> Iterator[Finding]:
    ground, codes = body.get("ground"), CODES.get(action)
    if codes is None:
        if ground is not None:
            yield Finding("/ground", "does not belong to this action; remove it")
    elif ground is None:
        yield Finding("/ground", "is required for this action", "choice")
    elif isinstance(ground, str) and ground in _CODES and ground not in set(codes):
        yield Finding("/ground", "is a code of another action")


def _unfit_words(action: Action, body: Mapping[str, Any]) -> Iterator[Finding]:
    reason, text = body.get("reason"), body.get("text")
    if reason is not None and text is not None:
        yield Finding("/text", "is given beside `reason`; one of them holds the words")
        return
    words = reason if text is None else text
    pointer = "/reason" if text is None else "/text"
    needed = action in WITH_TEXT or body.get("ground") == Question.CLARIFICATION
    if words is None and needed:
        pointer = "/reason" if action is Action.EXTEND else "/text"
        yield Finding(pointer, "is required here", "required")
    elif action is Action.EXTEND and isinstance(words, str) and _length(words) < REASON_MIN:
        detail = f"must have at least {REASON_MIN} characters that are no spaces"
        yield Finding(pointer, detail, "too_short", REASON_MIN)


def _length(words: str) -> int:
    return len(" ".join(words.split()))


ACT = Operation(
    id="actOnRequest",
    method="POST",
    path="/v1/desk/requests/{id}/actions",
    summary="Approve, refuse, extend, pause, resume, lift, complete, or note something",
    description=(
        f"{STAFF_ACTS} A move that the request does not have as it stands is answered 409 with the "
        "type `move-not-allowed`, a ground that the law does not know for the right with "
        "`ground-not-allowed`, and one that comes too late with `too-late`; nothing changes then. "
        "An extension is possible once, until the first due day. The clock stops for `identity` "
        "within five working days of receipt, and never for what came by a session; for "
        "`clarification` it stops for a copy alone. To `resume` a request that waits for its "
        "person to prove the address, or to sign in, takes it up where it is: the desk knows who "
        "asks. Of two acts at once one is done, and the other is answered 409. Words are kept "
        "sealed; the history and the audit hold codes. The person "
        "is told by mail, save of a note and of what goes on."
    ),
    auth=Auth.STAFF,
    acts=True,
    body=_ACT,
    check=_unfit_act,
    example={
        "action": "extend",
        "ground": "complexity",
        "reason": "Data of eleven years lies in two archives.",
    },
    answers={200: Response("The request after it.", _LISTED)},
    problems=frozenset({403, 404, 409, 503}),
    idempotent=True,
)

OPERATIONS = (LIST, ENTER, GET, READ_MESSAGES, ACT)


def act_in(body: Mapping[str, Any]) -> Act:
    """Returns the act in a body that fits the operation."""
    action = Action(body["action"])
    codes, words = CODES.get(action), body.get("text", body.get("reason"))
    code = None if codes is None else codes(body["ground"])
    return Act(action, code, None if words is None else texts.lines(words))


def received_in(body: Mapping[str, Any]) -> Received:
    """Returns the request in a body that fits the operation."""
    said = body.get("identified_by")
    return Received(
        submission.asked(body),
        body["channel"],
        datetime.fromisoformat(body["received_at"].upper()),
        body.get("subject"),
        body.get("email"),
        body.get("locale"),
        None if said is None else texts.lines(said),
    )


place_after = _CURSOR.after
place = _CURSOR.place


def day_in(query: Mapping[str, Any]) -> date | None:
    """Returns the day before which requests are due; None without one."""
    text = query.get("due_before")
    return None if text is None else date.fromisoformat(text)
