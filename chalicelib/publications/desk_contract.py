"""The HTTP operations with which the privacy officer writes, tries out and publishes versions."""

from chalicelib.jobs.rounds.model import Status
from chalicelib.publications.simulation_contract import SIMULATION
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, closed

MAX_DOCUMENT = 512 * 1024
"""Bytes of a body with a document: the shipped one has about 150 KB."""

VERSION: Schema = {**NOTICE_VERSION, "description": "The version that a document is of."}

DOCUMENT: Schema = {
    "type": "object",
    "description": "A notice document of any shape: what is wrong with it, the compiler tells.",
}

_STAFF = (
    "Needs a session that was opened with a second factor, of an account with the role `desk`; "
    "any other is answered 403 with the type `staff-only`."
)
_EITHER = "The body holds either a `document`, or names a draft by its `version`"

_FINDINGS: Schema = {
    "type": "array",
    "description": "Everything that is wrong with the document; empty when it compiles.",
    "items": closed(
        ["pointer", "detail"],
        pointer={"type": "string", "description": "Where: a JSON Pointer (RFC 6901)."},
        detail={"type": "string"},
    ),
}
_UNCONFIRMED: Schema = {
    "type": "array",
    "description": "What the controller has still to confirm before it serves in production.",
    "items": {"type": "string"},
}
_CONFIRMATIONS: Schema = {
    "type": "array",
    "description": (
        "What would confirm each of them as it reads, `<id>=<digest>`: for `RISERBO_CONFIRMED`."
    ),
    "items": {"type": "string"},
}
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
_EXAMPLE_DIGEST = "9f2c" * 16

SAVE = Operation(
    id="saveNoticeDraft",
    method="POST",
    path="/v1/desk/notices",
    summary="Save a document as the draft of its version, in place of an earlier one",
    summaries={"it": "Salvare un documento come bozza della sua versione, al posto di una prima"},
    description=(
        f"{_STAFF} A draft need not compile; it only has to be an object with a valid `version` "
        "that is not published. It is kept for a year after it was saved last, or until it is "
        "published. There may be 50 at once."
    ),
    auth=Auth.STAFF,
    max_body=MAX_DOCUMENT,
    idempotent=True,
    body=closed(
        ["document"],
        document={**DOCUMENT, "required": ["version"], "properties": {"version": VERSION}},
    ),
    example={"document": {"version": "2027-03-01"}},
    answers={
        201: Response(
            "The draft, and what the compiler says about it.",
            closed(
                ["version", "digest", "findings", "unconfirmed", "confirmations"],
                version=VERSION,
                digest=DIGEST,
                findings=_FINDINGS,
                unconfirmed=_UNCONFIRMED,
                confirmations=_CONFIRMATIONS,
            ),
        )
    },
    problems=frozenset({403, 503}),
)

LIST = Operation(
    id="listNoticeDrafts",
    method="GET",
    path="/v1/desk/notices",
    summary="The drafts, newest version first",
    summaries={"it": "Le bozze, dalla versione più recente"},
    description=_STAFF,
    auth=Auth.STAFF,
    query=PAGE_QUERY,
    answers={
        200: Response(
            "A page of drafts.",
            page_schema(
                closed(
                    ["version", "digest", "saved_at", "findings"],
                    version=VERSION,
                    digest=DIGEST,
                    saved_at=INSTANT,
                    findings={
                        "type": "integer",
                        "minimum": 0,
                        "description": "How many defects it had when it was saved.",
                    },
                )
            ),
        )
    },
    problems=frozenset({403, 503}),
)

READ = Operation(
    id="getNoticeDraft",
    method="GET",
    path="/v1/desk/notices/{version}",
    summary="One draft: the document, and what the compiler says about it now",
    summaries={"it": "Una bozza: il documento e ciò che ne dice ora il compilatore"},
    description=_STAFF,
    auth=Auth.STAFF,
    answers={
        200: Response(
            "The draft.",
            closed(
                [
                    "version",
                    "digest",
                    "saved_at",
                    "findings",
                    "unconfirmed",
                    "confirmations",
                    "document",
                ],
                version=VERSION,
                digest=DIGEST,
                saved_at=INSTANT,
                findings=_FINDINGS,
                unconfirmed=_UNCONFIRMED,
                confirmations=_CONFIRMATIONS,
                document={"type": "object", "description": "The document as it was saved."},
            ),
        )
    },
    problems=frozenset({403, 503}),
)

DELETE = Operation(
    id="deleteNoticeDraft",
    method="DELETE",
    path="/v1/desk/notices/{version}",
    summary="Throw a draft away; a version that is published stays",
    summaries={"it": "Eliminare una bozza; una versione pubblicata resta"},
    description=_STAFF,
    auth=Auth.STAFF,
    answers={204: Response("There is no such draft any more.")},
    problems=frozenset({403, 503}),
)

SIMULATE = Operation(
    id="simulateNotice",
    method="POST",
    path="/v1/desk/notices/simulate",
    summary="What publishing a version would do, without doing it",
    summaries={"it": "Che cosa comporterebbe pubblicare una versione, senza pubblicarla"},
    description=f"{_STAFF} {_EITHER}.",
    auth=Auth.STAFF,
    max_body=MAX_DOCUMENT,
    body={
        **closed(
            [],
            version=VERSION,
            document=DOCUMENT,
            exact={
                "type": "boolean",
                "default": False,
                "description": "Count everybody, in the background, rather than a sample.",
            },
        ),
        "oneOf": [
            {"required": ["version"], "properties": {"document": False}},
            {"required": ["document"], "properties": {"version": False}},
        ],
    },
    example={"version": "2027-03-01"},
    answers={
        200: Response(
            "What would happen. A document that does not compile has nothing but findings.",
            SIMULATION,
        )
    },
    problems=frozenset({403, 404, 409, 422, 503}),
)

PUBLISH = Operation(
    id="publishNotice",
    method="POST",
    path="/v1/desk/notices/publish",
    summary="Publish a version: from its effective date on it is in force, and never changes",
    summaries={
        "it": "Pubblicare una versione: dalla data di efficacia è in vigore e non cambia più"
    },
    description=(
        f"{_STAFF} {_EITHER} and the `digest` that was read, so that nothing is published that "
        "nobody looked at. Whom the version concerns is told of it from now on. Refused, with "
        "every reason, where the document does not compile, may not follow the version in force, "
        "takes effect too soon, or, in production, holds what the controller has not confirmed."
    ),
    auth=Auth.STAFF,
    max_body=MAX_DOCUMENT,
    idempotent=True,
    body={
        **closed([], version=VERSION, digest=DIGEST, document=DOCUMENT),
        "oneOf": [
            {"required": ["version", "digest"], "properties": {"document": False}},
            {"required": ["document"], "properties": {"version": False, "digest": False}},
        ],
    },
    example={"version": "2027-03-01", "digest": _EXAMPLE_DIGEST},
    answers={
        201: Response(
            "The version, published. It is at /v1/notices/{version} for ever.",
            closed(
                ["version", "digest", "effective_at", "text_date", "status"],
                version=VERSION,
                digest=DIGEST,
                effective_at=INSTANT,
                text_date={"type": "string", "format": "date", "maxLength": 10},
                status={"enum": ["scheduled", "in_force", "superseded"]},
            ),
            headers={"Location": "Path of the version."},
        )
    },
    problems=frozenset({403, 404, 503}),
)

PROGRESS = Operation(
    id="getNoticeAnnouncement",
    method="GET",
    path="/v1/desk/notices/{version}/announcement",
    summary="How far telling people of a version has come",
    summaries={"it": "A che punto è l'avviso alle persone di una versione"},
    description=_STAFF,
    auth=Auth.STAFF,
    answers={
        200: Response(
            "The round that visits everybody, and what it did so far.",
            closed([*_ROUND, *_COUNTS], **_ROUND, **_COUNTS),
        )
    },
    problems=frozenset({403, 503}),
)

OPERATIONS = (SAVE, LIST, SIMULATE, PUBLISH, READ, DELETE, PROGRESS)
