"""The HTTP operations that publish the notice."""

from chalicelib.web.contract import HTML, JSON, MARKDOWN, Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, closed

_ABOUT: dict[str, Schema] = {
    "version": NOTICE_VERSION,
    "digest": DIGEST,
    "effective_at": INSTANT,
    "text_date": {"type": "string", "format": "date", "maxLength": 10},
}

_HEADERS = {
    "ETag": "Of this version in this form and language.",
    "Riserbo-Notice-Version": "The version that was served.",
    "Riserbo-Notice-Evidence": (
        "Proves which version and language were served in this hour; send it with decisions."
    ),
}

NOTICE = Operation(
    id="getNotice",
    method="GET",
    path="/v1/notice",
    summary="The notice in force, as JSON, HTML or Markdown, in the reader's language",
    summaries={
        "it": "L'informativa in vigore, in JSON, HTML o Markdown, nella lingua di chi legge"
    },
    auth=Auth.NONE,
    answers={
        200: Response(
            "The notice. In JSON, every text is in the language chosen.",
            closed(
                [*_ABOUT, "locale", "locales", "document"],
                **_ABOUT,
                locale={"type": "string", "maxLength": 35},
                locales={"type": "array", "items": {"type": "string", "maxLength": 35}},
                document={"type": "object", "description": "The document, in one language."},
            ),
            media_types=(JSON, HTML, MARKDOWN),
            headers=_HEADERS,
        )
    },
    problems=frozenset({503}),
)

VERSION = Operation(
    id="getNoticeVersion",
    method="GET",
    path="/v1/notices/{version}",
    summary="One version: the document as published in JSON, or a rendering of it",
    summaries={"it": "Una versione: in JSON il documento come pubblicato, oppure una sua resa"},
    auth=Auth.NONE,
    answers={
        200: Response(
            "The version. `digest` is the SHA-256 of `document` in canonical form (RFC 8785).",
            closed(
                [*_ABOUT, "document"],
                **_ABOUT,
                document={"type": "object", "description": "The document as it was published."},
            ),
            media_types=(JSON, HTML, MARKDOWN),
            headers=_HEADERS,
        )
    },
    problems=frozenset({503}),
)

VERSIONS = Operation(
    id="listNotices",
    method="GET",
    path="/v1/notices",
    summary="All versions, newest first",
    summaries={"it": "Tutte le versioni, dalla più recente"},
    auth=Auth.NONE,
    query=PAGE_QUERY,
    answers={
        200: Response(
            "A page of versions.",
            page_schema(closed([*_ABOUT, "published_at"], **_ABOUT, published_at=INSTANT)),
        )
    },
)

COOKIES = Operation(
    id="getCookies",
    method="GET",
    path="/v1/cookies",
    summary="The cookies in use and the words of the banner",
    summaries={"it": "I cookie in uso e le parole del banner"},
    auth=Auth.NONE,
    answers={200: Response("The catalogue.", {"type": "object"}, headers=_HEADERS)},
    problems=frozenset({503}),
)

OPERATIONS = (NOTICE, VERSIONS, VERSION, COOKIES)
