"""The HTTP operations of moving an account to another address."""

from chalicelib.accounts.contract.shared import (
    CODE_TOO,
    FACTOR_CODE,
    FORM_ANSWERED,
    GIVEN_PASSWORD,
)
from chalicelib.accounts.model import PASSWORD_MAX, address_findings
from chalicelib.web.contract import HTML, JSON, Auth, Operation, Response
from chalicelib.web.schemas import EMAIL, LINK_TOKEN, closed

CHANGE_ADDRESS = Operation(
    id="changeAddress",
    method="PUT",
    path="/v1/account/email",
    summary="Move the account to another address, which has to confirm",
    description=(
        "The answer is the same whether or not somebody holds that address. Once confirmed, the "
        "old address can undo the move for 72 hours; for that long there is no other move. "
        f"{CODE_TOO}"
    ),
    auth=Auth.SESSION,
    body=closed(["email", "password"], email=EMAIL, password=GIVEN_PASSWORD, code=FACTOR_CODE),
    check=lambda _, body, _now: address_findings(body),
    example={"email": "ada@example.org", "password": "correct horse battery staple"},
    answers={
        202: Response(
            "A mail was sent to the new address.",
            closed(["status"], status={"const": "awaiting_confirmation"}),
            example={"status": "awaiting_confirmation"},
        )
    },
    problems=frozenset({403, 409, 429, 503}),
)

CONFIRM_ADDRESS = Operation(
    id="confirmAddress",
    method="POST",
    path="/v1/account/email/confirmation",
    summary="Confirm the new address: one signs in with it from now",
    description=(
        "With the account's `password` it is known that who reads the mail is also whose account "
        "it is: then a password that is reset by a link later leaves the second factor as it is. "
        "A blank one is none; a wrong one is answered 403 (`wrong-password`) and spends nothing."
    ),
    auth=Auth.LINK,
    body=closed(
        ["token"],
        token=LINK_TOKEN,
        password={"type": "string", "maxLength": PASSWORD_MAX},
    ),
    answers={
        200: Response(
            "The account has moved.",
            closed(["status"], status={"const": "confirmed"}),
            media_types=(JSON, HTML),
            example={"status": "confirmed"},
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({403, 422, 429, 503}),
    form=True,
)

UNDO_ADDRESS = Operation(
    id="undoAddress",
    method="POST",
    path="/v1/account/email/undo",
    summary="Undo the move: the old address is back, all sessions end, a new password is due",
    auth=Auth.LINK,
    body=closed(["token"], token=LINK_TOKEN),
    answers={
        200: Response(
            "The account is back. A mail with which to choose a new password was sent.",
            closed(["status"], status={"const": "undone"}),
            media_types=(JSON, HTML),
            example={"status": "undone"},
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({422, 503}),
    form=True,
)

OPERATIONS = (CHANGE_ADDRESS, CONFIRM_ADDRESS, UNDO_ADDRESS)
