"""The HTTP operations of signing in and of sessions."""

from chalicelib.accounts.contract.shared import FACTOR_CODE
from chalicelib.accounts.model import PASSWORD_MAX, REFERENCE_MAX
from chalicelib.consents.contract.schemas import VISITOR
from chalicelib.notices.contract.versions import ANNOUNCEMENT
from chalicelib.web.contract import Auth, Operation, Response
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import EMAIL, ID, INSTANT, NOTICE_VERSION, TOKEN, closed

SIGN_IN = Operation(
    id="signIn",
    method="POST",
    path="/v1/sessions",
    summary="Sign in with address and password",
    auth=Auth.NONE,
    description=(
        "An account with a second factor also needs `code`: without it, a right password is "
        "answered 401 with the type `second-factor-needed`. With `Riserbo-Visitor`, what was "
        "decided in this browser joins the account: what the person chose in the account stays, "
        "and a yes from the browser never takes the place of a no. The answer then has `visitor`, "
        "a fresh token: store it in place of the browser's old one, also in its cookie, so that "
        "whoever uses the browser next inherits nothing. Without `visitor` in the answer keep the "
        "old one: the next time somebody signs in, it joins."
    ),
    visitor=True,
    body=closed(
        ["email", "password"],
        email=EMAIL,
        password={"type": "string", "minLength": 1, "maxLength": PASSWORD_MAX},
        code=FACTOR_CODE,
    ),
    example={"email": "ada@example.com", "password": "correct horse battery staple"},
    answers={
        201: Response(
            "A session. Its token is shown this once.",
            closed(
                ["token", "expires_at", "notice"],
                token=TOKEN,
                expires_at=INSTANT,
                visitor=VISITOR,
                notice=closed(
                    ["version", "effective_at", "announcement"],
                    version=NOTICE_VERSION,
                    effective_at=INSTANT,
                    announcement=ANNOUNCEMENT,
                ),
            ),
        )
    },
    problems=frozenset({401, 429, 503}),
)

_SESSION = closed(
    [
        "id",
        "current",
        "created_at",
        "expires_at",
        "second_factor",
        "ip_address",
        "approximate_place",
    ],
    id={"type": "string", "pattern": "^[a-z2-7]{32}$", "maxLength": 32},
    current={"type": "boolean"},
    created_at=INSTANT,
    expires_at=INSTANT,
    second_factor={"type": "boolean", "description": "Whether one was given."},
    ip_address={
        "type": ["string", "null"],
        "maxLength": 50,
        "description": "The network it was opened from: the address, shortened.",
    },
    approximate_place={
        "type": ["string", "null"],
        "maxLength": 2,
        "description": "The country it was opened from (ISO 3166-1), where it is known.",
    },
)

LIST_SESSIONS = Operation(
    id="listSessions",
    method="GET",
    path="/v1/sessions",
    summary="Where one is signed in",
    auth=Auth.SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of sessions.", page_schema(_SESSION))},
)

_FRESH = {"Riserbo-Visitor": "The browser's token from now on, where it sent one."}

END_SESSION = Operation(
    id="endSession",
    method="DELETE",
    path="/v1/sessions/{id}",
    summary="Sign out: `current`, or another of one's sessions by its id",
    description=(
        "Where `current` ends and the browser sends its `Riserbo-Visitor`, the answer has that "
        "header too, with a fresh token to be used in place of the old one."
    ),
    auth=Auth.SESSION,
    visitor=True,
    answers={204: Response("The session has ended, or had already.", headers=_FRESH)},
)

END_SESSIONS = Operation(
    id="endSessions",
    method="DELETE",
    path="/v1/sessions",
    summary="Sign out everywhere, here too",
    description=(
        "If the browser sends its `Riserbo-Visitor`, the answer has that header too, with a fresh "
        "token to be used in place of the old one."
    ),
    auth=Auth.SESSION,
    visitor=True,
    answers={204: Response("All sessions of the account have ended.", headers=_FRESH)},
    problems=frozenset({503}),
)

INTROSPECT = Operation(
    id="introspectSession",
    method="POST",
    path="/v1/sessions/introspection",
    summary="Whether a session is alive and whose it is, for the site's back end",
    description=(
        "Needs an API key with the scope `introspection`. Of a session that is not alive, or of "
        "a deactivated account, only `active: false` is said (after RFC 7662, section 2.2)."
    ),
    auth=Auth.SERVICE,
    scope="introspection",
    body=closed(["token"], token={"type": "string", "minLength": 1, "maxLength": 200}),
    example={"token": f"{'a' * 26}.{'b' * 43}"},
    answers={
        200: Response(
            "The session.",
            closed(
                ["active"],
                active={"type": "boolean"},
                account=ID,
                session={"type": "string", "maxLength": 40},
                created_at=INSTANT,
                expires_at=INSTANT,
                second_factor={"type": "boolean"},
                role={
                    "type": ["string", "null"],
                    "maxLength": 20,
                    "description": "Only in a session opened with a second factor.",
                },
                locale={"type": "string", "maxLength": 35},
                reference={
                    "type": ["string", "null"],
                    "maxLength": REFERENCE_MAX,
                    "description": "The site's own id of the person, if it gave one.",
                },
            ),
            example={"active": False},
        )
    },
    problems=frozenset({401, 403, 503}),
)

OPERATIONS = (SIGN_IN, LIST_SESSIONS, END_SESSIONS, END_SESSION, INTROSPECT)
