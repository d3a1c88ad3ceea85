"""The operations by which the privacy officer writes versions and tries them out."""

from chalicelib.publications.contract.schemas import DOCUMENT, EITHER, MAX_DOCUMENT, VERSION
from chalicelib.publications.contract.simulation import SIMULATION
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import DIGEST, INSTANT, STAFF_ACTS, STAFF_READS, closed

_FINDINGS: Schema = {
    "type": "array",
    "description": "Everything that is wrong with the document; empty when it compiles.",
    "items": closed(
        ["pointer", "detail"],
        pointer={"type": "string", "description": "Where: a JSON Pointer (RFC 6901)."},
        detail={"type": "string"},
    ),
}
_WARNINGS: Schema = {
    **_FINDINGS,
    "description": (
        "What a document that compiles had better say: a class of cookies that asks and lists no "
        "cookie. They refuse nothing."
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
        "What would confirm each of them as it reads, `<id>=<digest>`: for `infra/stages.json`."
    ),
    "items": {"type": "string"},
}

SAVE = Operation(
    id="saveNoticeDraft",
    method="POST",
    path="/v1/desk/notices",
    summary="Save a document as the draft of its version, in place of an earlier one",
    description=(
        f"{STAFF_ACTS} A draft need not compile; it only has to be an object with a valid "
        "`version` that is not published. It is kept for a year after it was saved last, or until "
        "it is published. There may be 50 at once."
    ),
    auth=Auth.STAFF,
    acts=True,
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
                ["version", "digest", "findings", "warnings", "unconfirmed", "confirmations"],
                version=VERSION,
                digest=DIGEST,
                findings=_FINDINGS,
                warnings=_WARNINGS,
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
    description=STAFF_READS,
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
    description=STAFF_READS,
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
                    "warnings",
                    "unconfirmed",
                    "confirmations",
                    "document",
                ],
                version=VERSION,
                digest=DIGEST,
                saved_at=INSTANT,
                findings=_FINDINGS,
                warnings=_WARNINGS,
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
    description=f"{STAFF_ACTS} A version that is published is answered 409.",
    auth=Auth.STAFF,
    acts=True,
    answers={204: Response("There is no such draft any more.")},
    problems=frozenset({403, 409, 503}),
)

SIMULATE = Operation(
    id="simulateNotice",
    method="POST",
    path="/v1/desk/notices/simulate",
    summary="What publishing a version would do, without doing it",
    description=f"{STAFF_ACTS} {EITHER}.",
    auth=Auth.STAFF,
    acts=True,
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

OPERATIONS = (SAVE, LIST, SIMULATE, READ, DELETE)
