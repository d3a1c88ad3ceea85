"""The schema of the answer of `GET /v1/cookies`."""

from chalicelib.notices.cookies import ASK_AGAIN_ON, DENIED, GRANTED, TYPES
from chalicelib.notices.model import LegalBasis
from chalicelib.web.contract import Schema
from chalicelib.web.schemas import DIGEST, NOTICE_VERSION, closed

_ID: Schema = {"type": "string", "maxLength": 48}
_WORDS: Schema = {
    "type": "object",
    "maxProperties": 12,
    "additionalProperties": {"type": "string", "maxLength": 4000},
    "description": "A text by locale.",
}
_TYPE: Schema = {"enum": list(TYPES)}
_LENGTH: Schema = {
    "type": "object",
    "maxProperties": 3,
    "additionalProperties": {"type": "integer"},
    "description": 'A length of time, such as `{"months": 6}`.',
}


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "maxItems": most, "items": items}


_CLASS = closed(
    ["id", "title", "description", "exempt", "purpose", "consent_mode"],
    id=_ID,
    title=_WORDS,
    description=_WORDS,
    exempt={"type": "boolean", "description": "Whether it needs no consent."},
    purpose={**_ID, "description": "The purpose whose decision switches the class."},
    consent_mode={
        **_list(_TYPE, len(TYPES)),
        "description": "The types of Google Consent Mode that the class stands for.",
    },
)
_COOKIE = closed(
    ["id", "name", "title", "class", "purpose", "lifetime", "party"],
    **{
        "id": {
            "type": "string",
            "maxLength": 132,
            "description": (
                "Its name, by which answers on consents tell it; `name#2` for the second of a name."
            ),
        },
        "name": {"type": "string", "maxLength": 128},
        "title": _WORDS,
        "description": _WORDS,
        "class": _CLASS["properties"]["id"],
        "purpose": _ID,
        "lifetime": {
            "type": "object",
            "maxProperties": 1,
            "additionalProperties": {"type": ["integer", "boolean"]},
            "description": (
                '`{"session": true}`, `{"until_deleted": true}`, or one unit: `{"months": 6}`.'
            ),
        },
        "party": {"enum": ["first", "third"]},
        "provider": {**_ID, "description": "The recipient that sets it."},
        "means": {"enum": ["cookie", "pixel", "local_storage", "beacon", "device_identifier"]},
    },
)
_BANNER: Schema = {
    **closed(
        ["words", "dismissal", "wall", "ask_again_on"],
        words={
            "type": "object",
            "maxProperties": 20,
            "additionalProperties": _WORDS,
            "description": "Heading, text and buttons of the banner, each by locale.",
        },
        dismissal={
            "const": DENIED,
            "description": "What closing by X, scrolling on or saying nothing counts as.",
        },
        wall={
            "const": False,
            "description": "Whether the site may be closed to who refuses: it may not.",
        },
        ask_again={**_LENGTH, "description": "After how long a refusal may be asked about again."},
        ask_again_on={
            **_list({"enum": list(ASK_AGAIN_ON)}, len(ASK_AGAIN_ON)),
            "description": (
                "What lets a site ask earlier: `material_change`, an `ask_again` in GET "
                "/v1/consents; `choice_unknown`, a browser that no longer holds its token."
            ),
        },
        signal={
            **_WORDS,
            "description": "What a browser's signal does; absent where it does nothing.",
        },
    ),
    "type": ["object", "null"],
    "description": "Null where no class needs consent.",
}
_CONSENT_MODE: Schema = {
    **closed(
        ["version", "mode", "default", "update"],
        version={"const": 2},
        mode={
            "const": "basic",
            "description": "No tag of Google is loaded, and nothing is sent to it, before a yes.",
        },
        default=closed(list(TYPES), **{name: {"enum": [DENIED, GRANTED]} for name in TYPES}),
        update=closed(
            [],
            **{
                name: {**_ID, "description": "The purpose whose `granted` grants the type."}
                for name in TYPES
            },
        ),
    ),
    "type": ["object", "null"],
    "description": (
        "Google Consent Mode: what a site hands to `consent default`, and which decision updates "
        "which type. Null where no class names a type."
    ),
}

CATALOGUE: Schema = closed(
    [
        "version",
        "digest",
        "locales",
        "classes",
        "cookies",
        "purposes",
        "banner",
        "consent_mode",
    ],
    version={**NOTICE_VERSION, "description": "The version that says all this."},
    digest=DIGEST,
    locales=_list({"type": "string", "maxLength": 35}, 12),
    classes=_list(_CLASS, 12),
    cookies=_list(_COOKIE, 300),
    purposes={
        "type": "object",
        "maxProperties": 300,
        "additionalProperties": closed(
            ["title", "description", "basis", "needs_consent", "place"],
            title=_WORDS,
            description=_WORDS,
            basis={"enum": [str(basis) for basis in LegalBasis]},
            needs_consent={"type": "boolean"},
            place={
                "type": "string",
                "maxLength": 56,
                "description": (
                    "Its address on the page of the notice: `/v1/notice#` and this. The page "
                    "unfolds what it leads to."
                ),
            },
        ),
        "description": "The purposes that classes and cookies name, by id.",
    },
    banner=_BANNER,
    consent_mode=_CONSENT_MODE,
)
"""The body of the answer: words in all of the notice's locales."""
