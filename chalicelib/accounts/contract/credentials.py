"""The HTTP operations of choosing another password."""

from chalicelib.accounts.contract.shared import (
    CODE_TOO,
    FACTOR_CODE,
    FORM_ANSWERED,
    GIVEN_PASSWORD,
    PASSWORD,
)
from chalicelib.accounts.model import address_findings
from chalicelib.web.contract import HTML, JSON, Auth, Operation, Response
from chalicelib.web.schemas import EMAIL, LINK_TOKEN, closed

_PATH = "/v1/password-resets"

ASK_RESET = Operation(
    id="requestPasswordReset",
    method="POST",
    path=_PATH,
    summary="Ask for a mail with which to choose a new password",
    description="The answer is the same whether or not somebody holds the address.",
    auth=Auth.NONE,
    body=closed(["email"], email=EMAIL),
    check=lambda _, body, _now: address_findings(body),
    example={"email": "ada@example.com"},
    answers={
        202: Response(
            "A mail was sent, if somebody holds the address.",
            closed(["status"], status={"const": "requested"}),
            media_types=(JSON, HTML),
            example={"status": "requested"},
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({429, 503}),
    idempotent=True,
    form=True,
)

RESET = Operation(
    id="resetPassword",
    method="PUT",
    path=_PATH,
    summary="Choose a new password by the mailed link; all sessions end",
    auth=Auth.LINK,
    body=closed(["token", "password"], token=LINK_TOKEN, password=PASSWORD),
    answers={204: Response("The password is changed.")},
    problems=frozenset({422, 503}),
)

CONFIRM_RESET = Operation(
    id="confirmPasswordReset",
    method="POST",
    path=f"{_PATH}/confirmation",
    summary="The same as PUT /v1/password-resets for an HTML form, which cannot send PUT",
    auth=Auth.LINK,
    body=closed(
        ["token", "password"],
        token=LINK_TOKEN,
        # A person who chose a short one is told so on the page, with the form, by the use case.
        password={"type": "string", "maxLength": 1000},
    ),
    answers={
        200: Response(
            "The password is changed.",
            closed(["status"], status={"const": "changed"}),
            media_types=(JSON, HTML),
            example={"status": "changed"},
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({422, 503}),
    form=True,
)

CHANGE_PASSWORD = Operation(
    id="changeOwnPassword",
    method="PUT",
    path="/v1/account/password",
    summary="Change one's password; all other sessions end, and a mail tells of it",
    auth=Auth.SESSION,
    body=closed(
        ["current_password", "password"],
        current_password=GIVEN_PASSWORD,
        password=PASSWORD,
        code=FACTOR_CODE,
    ),
    description=CODE_TOO,
    example={
        "current_password": "correct horse battery staple",
        "password": "four green boats at noon",
    },
    answers={204: Response("The password is changed.")},
    problems=frozenset({403, 429, 503}),
)

OPERATIONS = (ASK_RESET, RESET, CONFIRM_RESET, CHANGE_PASSWORD)
