"""The operations that publish the notice."""

from collections.abc import Mapping

from chalicelib.notices.contract.banner import BANNER
from chalicelib.notices.contract.cookies import CATALOGUE
from chalicelib.web.contract import HTML, JSON, MARKDOWN, Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, closed

_ABOUT: dict[str, Schema] = {
    "version": NOTICE_VERSION,
    "digest": DIGEST,
    "effective_at": INSTANT,
    "text_date": {"type": "string", "format": "date", "maxLength": 10},
}

ANNOUNCEMENT: Schema = {
    **closed(
        ["version", "since", "effect", "effective_at", "show_until", "changes"],
        version={**NOTICE_VERSION, "description": "The version that changes something."},
        since={**NOTICE_VERSION, "description": "The version before it."},
        effect={
            "enum": ["informative", "material"],
            "description": "The weightiest of its changes: people are told, or asked again.",
        },
        effective_at={**INSTANT, "description": "When it takes effect, or took effect."},
        show_until={**INSTANT, "description": "Until when the site shows it."},
        changes={
            "type": "string",
            "format": "uri",
            "maxLength": 2000,
            "description": "Where the difference can be read, as JSON, HTML or Markdown.",
        },
    ),
    "type": ["object", "null"],
    "description": (
        "What a site shows on its home page and sign-in screen; null while there is no change "
        "that people have to know of."
    ),
}

_OF_THE_SOFTWARE = ("technical_detail", "software_statements")

_SENTENCES: Schema = {"type": "array", "items": {"type": "string"}}

_RECORD: Schema = closed(
    ["kind", "title", "description", "items", "kept"],
    kind={"type": "string", "maxLength": 48, "description": "The kind, by its name."},
    title={"type": "string", "description": "What the record is."},
    description={"type": ["string", "null"], "description": "What it holds, and why."},
    items={**_SENTENCES, "description": "The items of categories that it holds."},
    kept={**_SENTENCES, "description": "How long it is kept, from when, and what happens then."},
)

_STATUS: Schema = {
    "enum": ["scheduled", "in_force", "superseded", "withdrawn"],
    "description": (
        "Published and yet to take effect, in force, followed by another, or called back before it "
        "took effect."
    ),
}

_HEADERS = {
    "ETag": "Of this version in this form and language.",
    "Riserbo-Notice-Version": "The version that was served.",
    "Riserbo-Notice-Evidence": (
        "Proves which version and language were served in this hour; send it with decisions."
    ),
}

_AUDIENCE: Mapping[str, Schema] = {
    "audience": {
        "type": "string",
        "maxLength": 48,
        "description": (
            "An id of the notice's `audiences`: on the page, what concerns them comes first. "
            "Any other text changes nothing."
        ),
    }
}

NOTICE = Operation(
    id="getNotice",
    method="GET",
    path="/v1/notice",
    summary="The notice in force, as JSON, HTML or Markdown, in the reader's language",
    auth=Auth.NONE,
    query=_AUDIENCE,
    answers={
        200: Response(
            "The notice. In JSON, every text is in the language chosen.",
            closed(
                [*_ABOUT, "locale", "locales", "announcement", "document", *_OF_THE_SOFTWARE],
                **_ABOUT,
                announcement=ANNOUNCEMENT,
                locale={"type": "string", "maxLength": 35},
                locales={"type": "array", "items": {"type": "string", "maxLength": 35}},
                document={
                    "type": "object",
                    "description": (
                        "The document, in one language, with what it leaves to the software: that "
                        "has the origin `software`."
                    ),
                },
                technical_detail={
                    "type": "array",
                    "items": _RECORD,
                    "description": "The records that the software keeps, in words.",
                },
                software_statements={
                    **_SENTENCES,
                    "description": "What the software does by itself, in words.",
                },
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
    auth=Auth.NONE,
    query=_AUDIENCE,
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
    auth=Auth.NONE,
    query=PAGE_QUERY,
    answers={
        200: Response(
            "A page of versions.",
            page_schema(
                closed(
                    [*_ABOUT, "published_at", "status"],
                    **_ABOUT,
                    published_at=INSTANT,
                    status=_STATUS,
                )
            ),
        )
    },
    problems=frozenset({503}),
)

_CHANGE = closed(
    ["effect", "kind", "pointer", "purposes", "text"],
    effect={
        "enum": ["material", "informative", "editorial"],
        "description": "What it means: people are asked again, told, or neither.",
    },
    kind={
        "type": "string",
        "maxLength": 48,
        "description": "The rule that classed it (docs/notice.md lists them).",
    },
    pointer={
        "type": "string",
        "maxLength": 1000,
        "description": (
            "Where: a JSON Pointer (RFC 6901) into the later document, or into the earlier one for "
            "what was removed; each with what it leaves to the software at the end of its lists."
        ),
    },
    purposes={
        "type": "array",
        "items": {"type": "string", "maxLength": 48},
        "description": (
            "The purposes to ask again about, if it is material; otherwise those it touches, none "
            "for a change of the notice as a whole."
        ),
    },
    text={"type": "string", "description": "The change in words, in the reader's language."},
)

CHANGES = Operation(
    id="getNoticeChanges",
    method="GET",
    path="/v1/notices/{version}/changes",
    summary="What a version changed, by its effect on people",
    description=(
        "Material changes concern purposes that rest on consent, and what people agreed to did not "
        "cover them; of informative ones people are told beforehand; editorial ones mean nothing "
        "for them. The weightiest come first."
    ),
    auth=Auth.NONE,
    query={
        "since": {
            **NOTICE_VERSION,
            "description": "The earlier version; the one before in the list where it is left out.",
        }
    },
    answers={
        200: Response(
            "The changes between two versions.",
            closed(
                ["from", "to", "effective_at", "changes"],
                **{
                    "from": {**NOTICE_VERSION, "description": "The earlier version."},
                    "to": {**NOTICE_VERSION, "description": "The later version."},
                    "effective_at": {**INSTANT, "description": "When the later one takes effect."},
                    "changes": {"type": "array", "items": _CHANGE},
                },
            ),
            media_types=(JSON, HTML, MARKDOWN),
            headers={"ETag": "Of these two versions in this form and language."},
        )
    },
    problems=frozenset({503}),
)

COOKIES = Operation(
    id="getCookies",
    method="GET",
    path="/v1/cookies",
    summary="The cookies in use, words and rules of the banner, Google Consent Mode",
    description=(
        "Decisions about the `purposes` are sent to POST /v1/consents. Nothing that is not exempt "
        "is set, loaded or sent before its purpose is granted."
    ),
    auth=Auth.NONE,
    answers={200: Response("The catalogue.", CATALOGUE, headers=_HEADERS)},
    problems=frozenset({503}),
    public=True,
)

OPERATIONS = (NOTICE, VERSIONS, VERSION, CHANGES, COOKIES, BANNER)
