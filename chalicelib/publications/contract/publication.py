"""The operations by which the desk publishes a version, and calls one back."""

from chalicelib.accounts.contract.second_factor import CODE
from chalicelib.jobs.rounds.model import Status
from chalicelib.publications.contract.schemas import DOCUMENT, EITHER, MAX_DOCUMENT, VERSION
from chalicelib.publications.contract.simulation import SECOND_PERSON
from chalicelib.retention.amendments.model import Change
from chalicelib.retention.amendments.model import Status as Applies
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, STAFF_ACTS, STAFF_READS, closed

_ROUND: dict[str, Schema] = {
    "version": VERSION,
    "since": {**VERSION, "description": "The version that it follows."},
    "status": {
        "enum": [str(status) for status in Status],
        "description": "Whether everybody was visited.",
    },
    "pass": {
        "type": "integer",
        "description": "Everybody is visited at least twice, since records move meanwhile.",
    },
    "started_at": INSTANT,
    "finished_at": {**INSTANT, "type": ["string", "null"]},
}
_COUNTS: dict[str, Schema] = {
    name: {"type": "integer", "minimum": 0, "description": text}
    for name, text in {
        "sent": "Mails that SES accepted, of all passes.",
        "repeated": "Mails that may have come twice: nobody knew whether SES took the first.",
        "bounced": "People whom no mail reaches: SES refused it, or their address takes none.",
        "seen": "People who said in their account that they have seen it.",
        "concerned": "People whom the version concerns, in the last pass or the one under way.",
        "alone": "People whom it does not concern, in that pass.",
        "left": "People still to be told, in that pass.",
        "uncertain": "People of whom nobody knows yet whether SES accepted their mail.",
    }.items()
}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_RULE_ID: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,99}$", "maxLength": 100}
_RULE = closed(
    [
        "rule",
        "kind",
        "event",
        "changes",
        "status",
        "records",
        "moves",
        "moved",
        "at_once",
        "confirmed_at",
    ],
    rule=_RULE_ID,
    kind={"type": "string"},
    event={"type": "string"},
    changes={"type": "array", "items": {"enum": [str(one) for one in Change]}},
    status={
        "enum": [str(one) for one in Applies],
        "description": (
            "Its records are counted, and until then the rule before is obeyed; so it is while "
            "this one waits for a yes; or it applies."
        ),
    },
    records={**_COUNT, "description": "All records that it is about, once counted."},
    moves={**_COUNT, "description": "Of these, those that get another date."},
    moved={**_COUNT, "description": "Dates that were moved."},
    at_once={**_COUNT, "description": "Records that go at once by it, and not by the one before."},
    confirmed_at={**INSTANT, "type": ["string", "null"], "description": "When somebody said yes."},
)
_DATES_SCHEMA = closed(
    ["status", "pass", "started_at", "finished_at", "moved", "left", "waiting", "rules"],
    status={
        "enum": [*(str(status) for status in Status), None],
        "description": "That of the round that moves dates; null before the version is in force.",
    },
    **{"pass": {**_COUNT, "description": "The first walk counts, the next one moves."}},
    started_at={**INSTANT, "type": ["string", "null"]},
    finished_at={**INSTANT, "type": ["string", "null"]},
    moved={**_COUNT, "description": "Dates that this round moved."},
    left={**_COUNT, "description": "Dates that it still has to move, of those counted so far."},
    waiting={**_COUNT, "description": "Records that a yes would erase at once."},
    rules={"type": "array", "items": _RULE},
)
_DATES: Schema = {
    **_DATES_SCHEMA,
    "type": ["object", "null"],
    "description": (
        "How the records there are follow the retention rules that it changes; null where no date "
        "moves."
    ),
}
_WAITING = closed(
    ["version", "digest", "status", "reasons", "expires_at", "alone_from"],
    version=VERSION,
    digest=DIGEST,
    status={"const": "awaiting_second"},
    reasons={**SECOND_PERSON, "description": "Why one person is not enough."},
    expires_at={**INSTANT, "description": "Until when a second person may publish it."},
    alone_from={
        **INSTANT,
        "type": ["string", "null"],
        "description": (
            "From when the same person may, where nobody else is at the desk; else null."
        ),
    },
)
_EXAMPLE_DIGEST = "9f2c" * 16

PUBLISH = Operation(
    id="publishNotice",
    method="POST",
    path="/v1/desk/notices/publish",
    summary="Publish a version: from its effective date on it is in force, and never changes",
    description=(
        f"{STAFF_ACTS} {EITHER} and the `digest` that was read, so that nothing is published that "
        "nobody looked at; and a `code` of the second factor, which is used up. Whom the version "
        "concerns is told of it from now on, and so is everybody at the desk. Refused, with every "
        "reason, where the document does not compile, may not follow the version in force, takes "
        "effect too soon, or, in production, holds what the controller has not confirmed. Only "
        "then is the code asked for, and no more than five wrong ones an hour. With `replaces`, "
        "the version that waits is withdrawn for this one. A version that erases records at once, "
        "keeps something for less than a month that was kept longer, or lets go by itself what a "
        "person looked at before, needs two people of the desk: the first is answered 202, and the "
        "version is published when the second asks for the very same document within seven days. "
        "Where nobody else is at the desk, the same person may, 24 hours later."
    ),
    auth=Auth.STAFF,
    acts=True,
    max_body=MAX_DOCUMENT,
    idempotent=True,
    body={
        **closed(
            [],
            version=VERSION,
            digest=DIGEST,
            document=DOCUMENT,
            code={
                **CODE,
                "description": "What the app of who publishes shows now; no recovery code.",
            },
            replaces={
                **NOTICE_VERSION,
                "description": "The version that waits, to be withdrawn for this one.",
            },
        ),
        "oneOf": [
            {"required": ["version", "digest"], "properties": {"document": False}},
            {"required": ["document"], "properties": {"version": False, "digest": False}},
        ],
    },
    example={"version": "2027-03-01", "digest": _EXAMPLE_DIGEST, "code": "287082"},
    answers={
        201: Response(
            "The version, published. It is at /v1/notices/{version} for ever.",
            closed(
                ["version", "digest", "effective_at", "text_date", "status"],
                version=VERSION,
                digest=DIGEST,
                effective_at=INSTANT,
                text_date={"type": "string", "format": "date", "maxLength": 10},
                status={"enum": ["scheduled", "in_force"]},
            ),
            headers={"Location": "Path of the version."},
        ),
        202: Response("It waits for a second person of the desk.", _WAITING),
    },
    problems=frozenset({403, 404, 429, 503}),
)

WITHDRAW = Operation(
    id="withdrawNotice",
    method="POST",
    path="/v1/desk/notices/withdraw",
    summary="Call back a version that has not taken effect: it never will",
    description=(
        f"{STAFF_ACTS} Works until five minutes before the version takes effect; later it is "
        "answered 409 with the type `too-late`. Nobody is told of the version any more; whoever "
        "was gets one mail that it will not come, and nothing of it is asked. The version stays "
        "readable with the status `withdrawn`, and its name is not used again. Withdrawing again "
        "changes nothing. No code is asked for: who sees something wrong must be able to stop it."
    ),
    auth=Auth.STAFF,
    acts=True,
    body=closed(["version"], version=VERSION),
    example={"version": "2027-03-01"},
    answers={
        200: Response(
            "It is withdrawn, or was before.",
            closed(
                ["version", "digest", "effective_at", "status"],
                version=VERSION,
                digest=DIGEST,
                effective_at={**INSTANT, "description": "When it would have taken effect."},
                status={"const": "withdrawn"},
            ),
        )
    },
    problems=frozenset({403, 404, 409, 503}),
)

PROGRESS = Operation(
    id="getNoticeAnnouncement",
    method="GET",
    path="/v1/desk/notices/{version}/announcement",
    summary="How far telling people of a version has come",
    description=STAFF_READS,
    auth=Auth.STAFF,
    answers={
        200: Response(
            "The round that visits everybody, what it did so far, and the dates of records.",
            closed([*_ROUND, *_COUNTS, "dates"], **_ROUND, **_COUNTS, dates=_DATES),
        )
    },
    problems=frozenset({403, 503}),
)

CONFIRM = Operation(
    id="confirmRule",
    method="POST",
    path="/v1/desk/notices/confirm",
    summary="Say yes to what a changed retention rule would erase at once",
    description=(
        f"{STAFF_ACTS} A rule of the version in force that would erase at once more than 1,000 "
        "records, and more than a tenth of those that it is about, waits for this, whoever "
        "published the version and however; until then the rule before is obeyed. `erases` is the "
        "number that the progress tells as `at_once`: another one is refused with 409. Whoever "
        "finds the rule wrong publishes another version instead. Answered 409 with `not-ready` "
        "while the records are counted, and with `too-late` for a version that is not in force. "
        "The same again changes nothing."
    ),
    auth=Auth.STAFF,
    acts=True,
    body=closed(
        ["version", "rule", "erases"],
        version=VERSION,
        rule={**_RULE_ID, "description": "The id of the rule."},
        erases={"type": "integer", "minimum": 1, "maximum": 10**12},
    ),
    example={"version": "2027-03-01", "rule": "standing_end", "erases": 18_204},
    answers={200: Response("It applies; a round moves its records.", _DATES_SCHEMA)},
    problems=frozenset({403, 404, 409, 503}),
)

OPERATIONS = (PUBLISH, WITHDRAW, PROGRESS, CONFIRM)
