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
_URL: Schema = {"type": "string", "maxLength": 2000}
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
    ["id", "title", "description", "exempt", "purpose", "consent_mode", "purposes"],
    id=_ID,
    title=_WORDS,
    description=_WORDS,
    exempt={"type": "boolean", "description": "Whether it needs no consent."},
    purpose={**_ID, "description": "The purpose whose decision switches the class."},
    consent_mode={
        **_list(_TYPE, len(TYPES)),
        "description": "The types of Google Consent Mode that the class stands for.",
    },
    purposes={
        **_list(_ID, 300),
        "description": (
            "The purposes that its switch decides: its own, and those of its cookies that need "
            "consent."
        ),
    },
)
_COOKIE = closed(
    ["id", "name", "title", "class", "purpose", "lifetime", "party", "lasts"],
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
        "lasts": {**_WORDS, "description": "Its lifetime in words, by locale."},
        "path": {
            "type": "string",
            "maxLength": 200,
            "description": "The path on which it is set; absent where that is `/`.",
        },
        "domain": {
            "type": "string",
            "maxLength": 253,
            "description": "The domain on which it is set; absent where that is the page's host.",
        },
        "pattern": {
            "type": "string",
            "maxLength": 128,
            "description": (
                "The names that it has in browsers, where `name` is not one: a `*` at the end "
                "stands for any text."
            ),
        },
    },
)
_BANNER: Schema = {
    **closed(
        ["words", "dismissal", "wall", "ask_again_on"],
        words={
            "type": "object",
            "maxProperties": 40,
            "additionalProperties": _WORDS,
            "description": (
                "Heading, text, buttons and states of the banner, each by locale: those of the "
                "notice, and the software's where it has none."
            ),
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
        "providers",
        "signal",
        "banner",
        "consent_mode",
        "links",
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
            [
                *("title", "description", "basis", "needs_consent", "place"),
                *("consent_lasts", "consent_lasted", "asks_since"),
            ],
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
            consent_lasts={
                **_LENGTH,
                "type": ["object", "null"],
                "description": "How long a yes lasts; null where it does not end by itself.",
            },
            consent_lasted={
                **_list(closed(["version", "lasts"], version=NOTICE_VERSION, lasts=_LENGTH), 300),
                "description": (
                    "Versions since which a yes lasts longer, oldest first: one given before still "
                    "ends after `lasts`."
                ),
            },
            asks_since={
                **_list(
                    closed(["version", "new"], version=NOTICE_VERSION, new=_list(_WORDS, 300)), 300
                ),
                "description": (
                    "Versions that added to the purpose, oldest first: a yes given before does not "
                    "cover what `new` names."
                ),
            },
        ),
        "description": "The purposes that classes and cookies name, by id.",
    },
    providers={
        "type": "object",
        "maxProperties": 300,
        "additionalProperties": closed(
            ["name"],
            name=_WORDS,
            notice={**_URL, "description": "Where it says itself what it does with data."},
        ),
        "description": "The recipients that set cookies, by id.",
    },
    signal={
        **closed(["purposes"], purposes=_list(_ID, 300)),
        "type": ["object", "null"],
        "description": (
            "The purposes that a browser's Global Privacy Control denies. Null where the notice "
            "honours no signal."
        ),
    },
    banner=_BANNER,
    consent_mode=_CONSENT_MODE,
    links=closed(
        ["notice", "centre"],
        notice={**_URL, "description": "The page of the notice."},
        centre={**_URL, "description": "The privacy centre."},
    ),
)
"""The body of the answer: words in all of the notice's locales."""
