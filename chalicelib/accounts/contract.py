"""The HTTP operations of accounts and signing in."""

from typing import Any

from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN, read_registration
from chalicelib.accounts.service.forms import FORM
from chalicelib.consents.contract import choices
from chalicelib.errors import Finding
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.web.contract import HTML, JSON, Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import EMAIL, ID, INSTANT, LINK_TOKEN, NOTICE_VERSION, TOKEN, closed

_VERIFICATION = "/v1/accounts/verification"


def _registration(notice: Notice) -> Schema:
    return closed(
        ["email", "password", "locale", "notice_version", "decisions"],
        email=EMAIL,
        password={"type": "string", "minLength": PASSWORD_MIN, "maxLength": PASSWORD_MAX},
        profile=_profile(notice),
        locale={"enum": list(notice.locales), "description": "The language to write to them in."},
        notice_version=NOTICE_VERSION,
        decisions=choices(notice, at_least=0),
    )


def _unfit(notice: Notice, body: Json) -> tuple[Finding, ...]:
    read = read_registration(notice, notice.forms[FORM], body)
    return read if isinstance(read, tuple) else ()


def _profile(notice: Notice) -> Schema:
    """The fields that the notice's form collects, by category, and no others."""
    form = notice.forms[FORM]
    fields: dict[str, dict[str, Schema]] = {}
    for ref in sorted(form.required | form.optional):
        fields.setdefault(ref.category, {})[ref.field] = _field(ref, notice)
    return {
        "type": "object",
        "additionalProperties": False,
        "description": notice.text(form.consequence, "en"),
        "properties": {name: closed([], **properties) for name, properties in fields.items()},
    }


def _field(ref: FieldRef, notice: Notice) -> dict[str, Any]:
    field = notice.categories[ref.category].fields[ref.field]
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": field.maximum,
        "description": notice.text(field.title, "en"),
    }


REGISTER = Operation(
    id="registerAccount",
    method="POST",
    path="/v1/accounts",
    summary="Open an account; its address is proven by a link in a mail",
    summaries={
        "it": "Aprire un account; l'indirizzo si prova con un collegamento inviato per e-mail"
    },
    description="The answer is the same whether or not somebody holds the address already.",
    auth=Auth.NONE,
    body=_registration,
    check=_unfit,
    answers={
        202: Response(
            "A mail was sent to the address, if mail reaches it.",
            closed(["status"], status={"const": "awaiting_verification"}),
            example={"status": "awaiting_verification"},
        )
    },
    problems=frozenset({422, 503}),
    idempotent=True,
)

SHOW_VERIFICATION = Operation(
    id="showVerification",
    method="GET",
    path=_VERIFICATION,
    summary="The page behind the link: a button; nothing changes until it is pressed",
    summaries={
        "it": "La pagina dietro il collegamento: un pulsante; nulla cambia finché non si preme"
    },
    auth=Auth.LINK,
    query={"token": LINK_TOKEN},
    required_query=frozenset({"token"}),
    answers={200: Response("A page with one button.", media_types=(HTML,))},
    problems=frozenset({503}),
)

VERIFY = Operation(
    id="verifyAccount",
    method="POST",
    path=_VERIFICATION,
    summary="Prove the address: the account starts, and its decisions count from now",
    summaries={"it": "Provare l'indirizzo: l'account si attiva e le sue scelte valgono da ora"},
    auth=Auth.LINK,
    body=closed(["token"], token=LINK_TOKEN),
    answers={
        200: Response(
            "The address is proven.",
            closed(["status"], status={"const": "verified"}),
            media_types=(JSON, HTML),
            example={"status": "verified"},
        )
    },
    problems=frozenset({422, 503}),
    form=True,
)

ACCOUNT = Operation(
    id="getAccount",
    method="GET",
    path="/v1/account",
    summary="One's own account, with the profile by category",
    summaries={"it": "Il proprio account, con il profilo per categoria"},
    auth=Auth.SESSION,
    answers={
        200: Response(
            "The account.",
            closed(
                ["id", "state", "locale", "registered_at", "notice_version", "profile"],
                id=ID,
                state={"type": "string", "maxLength": 20},
                locale={"type": "string", "maxLength": 35},
                registered_at=INSTANT,
                notice_version=NOTICE_VERSION,
                profile={
                    "type": "object",
                    "description": "Category to field to value, as the notice names them.",
                    "additionalProperties": {
                        "type": "object",
                        "additionalProperties": {"type": "string"},
                    },
                },
            ),
        )
    },
)

SIGN_IN = Operation(
    id="signIn",
    method="POST",
    path="/v1/sessions",
    summary="Sign in with address and password",
    summaries={"it": "Accedere con indirizzo e password"},
    auth=Auth.NONE,
    body=closed(
        ["email", "password"],
        email=EMAIL,
        password={"type": "string", "minLength": 1, "maxLength": PASSWORD_MAX},
    ),
    example={"email": "ada@example.com", "password": "correct horse battery staple"},
    answers={
        201: Response(
            "A session. Its token is shown this once.",
            closed(
                ["token", "expires_at", "notice"],
                token=TOKEN,
                expires_at=INSTANT,
                notice=closed(
                    ["version", "effective_at"], version=NOTICE_VERSION, effective_at=INSTANT
                ),
            ),
        )
    },
    problems=frozenset({401, 503}),
)

_SESSION = closed(
    ["id", "current", "created_at", "expires_at"],
    id={"type": "string", "pattern": "^[a-z2-7]{32}$", "maxLength": 32},
    current={"type": "boolean"},
    created_at=INSTANT,
    expires_at=INSTANT,
)

LIST_SESSIONS = Operation(
    id="listSessions",
    method="GET",
    path="/v1/sessions",
    summary="Where one is signed in",
    summaries={"it": "Dove si è connessi"},
    auth=Auth.SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of sessions.", page_schema(_SESSION))},
)

END_SESSION = Operation(
    id="endSession",
    method="DELETE",
    path="/v1/sessions/{id}",
    summary="Sign out: `current`, or another of one's sessions by its id",
    summaries={"it": "Uscire: `current`, oppure un'altra delle proprie sessioni con il suo id"},
    auth=Auth.SESSION,
    answers={204: Response("The session has ended, or had already.")},
)

OPERATIONS = (REGISTER, SHOW_VERIFICATION, VERIFY, ACCOUNT, SIGN_IN, LIST_SESSIONS, END_SESSION)
