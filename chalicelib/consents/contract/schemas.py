"""The schemas of what answers about consent hold, for all operations that give such answers."""

from chalicelib.consents.desk import Channel
from chalicelib.decisions.effect import WORDS
from chalicelib.notices.model import LegalBasis
from chalicelib.subjects.model import Decision, Origin
from chalicelib.web.contract import Schema
from chalicelib.web.schemas import DIGEST, ENTRY_ID, INSTANT, NOTICE_VERSION, closed

VISITOR: Schema = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_-]{22,128}$",
    "maxLength": 128,
    "description": "The token of a browser seen first now: keep it, send it as Riserbo-Visitor.",
}

RECEIPT: Schema = {
    "type": "string",
    "format": "uri",
    "maxLength": 2048,
    "description": "Where the person gets a signed receipt of the entry.",
}

_IDS: Schema = {"type": "array", "items": {"type": "string", "maxLength": 255}}

_PURPOSE: Schema = {"type": "string", "maxLength": 64}

_ASK_AGAIN: Schema = {
    **closed(
        ["whole", "categories", "recipients", "channels", "cookies", "cookie_classes"],
        whole={
            "type": "boolean",
            "description": "The consent covers nothing of the purpose as it is now.",
        },
        categories={**_IDS, "description": "Data that it does not cover, by category."},
        recipients={**_IDS, "description": "Who may not receive data because of it."},
        channels={**_IDS, "description": "Channels that it does not cover."},
        cookies={**_IDS, "description": "Cookies that it does not cover, by name."},
        cookie_classes={**_IDS, "description": "Classes of cookies that it does not cover."},
    ),
    "type": ["object", "null"],
    "description": (
        "What a consent does not cover since the notice changed; null while it covers all. For the "
        "rest it stays in force until the person decides again."
    ),
}

EFFECT: Schema = {
    "enum": [str(word) for word in WORDS],
    "description": (
        "What the decision point says now: `granted` only where it says yes to the whole purpose; "
        "otherwise its first reason. A yes that ended is `expired`, one that a later version of "
        "the notice goes beyond `ask_again`."
    ),
}
"""The effective state of a consent, in every answer the same."""

STANDING: Schema = {
    "type": "object",
    "description": (
        "What stands about each purpose that was decided on. `ask_again` names what a yes does "
        "not hold for since the notice changed: nothing of it may be done before there is another."
    ),
    "additionalProperties": closed(
        [
            "decision",
            "recorded",
            "origin",
            "decided_at",
            "expires_at",
            "entry_id",
            "notice_version",
            "ask_again",
            "ask_again_at",
        ],
        decision=EFFECT,
        recorded={
            "enum": [str(decision) for decision in Decision],
            "description": "What the person decided last, as the ledger has it.",
        },
        origin={
            "enum": [str(origin) for origin in Origin],
            "description": (
                "Who decided: the person (`own`), their browser's Sec-GPC (`signal`), or a "
                "browser whose choices the account took over when they signed in (`joined`)."
            ),
        },
        decided_at=INSTANT,
        expires_at={
            **INSTANT,
            "type": ["string", "null"],
            "description": (
                "When a yes ends by itself: then it counts as not given. Where the notice reckons "
                "from the last sign of interest, a sign-in before then moves it, and so does a "
                "mail that was opened, where its person agreed to have that counted."
            ),
        },
        entry_id=ENTRY_ID,
        notice_version=NOTICE_VERSION,
        ask_again=_ASK_AGAIN,
        ask_again_at={
            **INSTANT,
            "type": ["string", "null"],
            "description": (
                "Before this instant a banner does not ask about it again. Null where it may now, "
                "since `ask_again` names something, and where no banner asks about it at all."
            ),
        },
    ),
}

ASK: Schema = {
    "type": "object",
    "description": (
        "What an account is asked about, by purpose: a browser in which its person signed in had "
        "said yes, which is no consent of theirs. It stays no until they decide, and is gone from "
        "here once they did. Empty for a browser, which is asked nothing by it."
    ),
    "additionalProperties": closed(
        ["said_at", "notice_version", "entry_id"],
        said_at={**INSTANT, "description": "When the browser said yes."},
        notice_version={**NOTICE_VERSION, "description": "To which words."},
        entry_id={**ENTRY_ID, "description": "The account's entry that records the question."},
    ),
}

OVERLOOKED: Schema = {
    "type": "array",
    "maxItems": 100,
    "description": (
        "Only where a refusal was recorded though something else was wrong: what was, as in a "
        "problem's `errors`."
    ),
    "items": closed(
        ["pointer", "detail"],
        pointer={"type": "string", "maxLength": 400},
        detail={"type": "string", "maxLength": 400},
    ),
}

NEVER_REFUSED = (
    "A no is never refused for its form: with a superseded or unknown version of the notice, an "
    "unknown member, an event id or `Idempotency-Key` that was used before, beyond a limit and the "
    "like it is recorded, with the version that it names if that was ever in force, else with the "
    "one in force, and `overlooked` tells what was wrong. Where the request asks for a yes "
    "too, or cannot be read, that stays refused with the problem that it met, whose member "
    "`recorded` is then the answer to the no; `errors` names each yes that other words keep out."
)
"""The description of a no, in all operations through which one may come."""

DATA: Schema = {
    "type": "array",
    "maxItems": 1000,
    "description": (
        "What the refusals among these decisions mean for the data, by purpose and category: what "
        "was agreed to before, and what goes though it never was."
    ),
    "items": closed(
        ["purpose", "category", "erased_at", "kept_for"],
        purpose=_PURPOSE,
        category={"type": "string", "maxLength": 64},
        erased_at={
            **INSTANT,
            "type": ["string", "null"],
            "description": (
                "When what is kept of it is erased, unless somebody agrees again before. Null "
                "where it stays because of `kept_for`, and where nothing of it is kept here."
            ),
        },
        kept_for={
            "type": "array",
            "maxItems": 1000,
            "description": "The purposes that use it all the same, and why they may.",
            "items": closed(
                ["purpose", "basis"],
                purpose=_PURPOSE,
                basis={"enum": [str(basis) for basis in LegalBasis]},
            ),
        },
        records={
            **closed(
                ["count", "erased_at"],
                count={"type": "integer", "minimum": 1},
                erased_at={**INSTANT, "description": "When the last of them goes."},
            ),
            "description": (
                "Records of the category that were kept for this purpose and that none needs any "
                "more, such as answers to a survey: no operation answers them any more once their "
                "time has come. Left out where there are none."
            ),
        },
    ),
}

ENTRY: Schema = closed(
    [
        "entry_id",
        "decided_at",
        "decisions",
        "source",
        "event",
        "locale",
        "notice_version",
        "notice_digest",
        "previous",
        "commitment",
        "salt",
        "hash",
    ],
    entry_id=ENTRY_ID,
    decided_at=INSTANT,
    decisions={"type": "object", "additionalProperties": {"enum": [str(one) for one in Decision]}},
    source={"type": "string", "maxLength": 40},
    event={"type": "string", "maxLength": 64, "description": "Hash of the client's event id."},
    locale={"type": "string", "maxLength": 35},
    evidence={
        "type": "string",
        "maxLength": 128,
        "description": (
            "What proves which words were shown, verified when it came in; `not verified` stands "
            "for what did not hold. Missing where none came."
        ),
    },
    explicit={
        **_IDS,
        "description": (
            "The purposes granted explicitly, each by a statement of its own (GDPR art. 9(2)(a))."
        ),
    },
    channel={"enum": [str(one) for one in Channel], "description": "How it reached the desk."},
    signal={
        **closed([], gpc={"type": "array", "maxItems": 1000, "items": _PURPOSE}),
        "description": "The purposes that a signal of the browser decided, by its name.",
    },
    joined={
        **closed(
            ["visitor", "entries"],
            visitor={"type": "string", "maxLength": 64, "description": "The browser's subject."},
            entries={"type": "object", "additionalProperties": ENTRY_ID},
            asked={
                "type": "object",
                "additionalProperties": ENTRY_ID,
                "description": "What the browser agreed to and the account is only asked about.",
            },
        ),
        "description": "Whose choices the account took over, and the entry of each purpose.",
    },
    desk={
        **closed(
            ["received_at", "by"],
            received_at=INSTANT,
            by={"type": "string", "maxLength": 64, "description": "Hash that names who filed it."},
            reference={"type": "string", "maxLength": 64},
        ),
        "description": "When the desk received it, and the number under which it is filed there.",
    },
    notice_version=NOTICE_VERSION,
    notice_digest=DIGEST,
    previous=DIGEST,
    commitment=DIGEST,
    salt={"type": "string", "maxLength": 64},
    hash=DIGEST,
)
