"""The operations that prove the address of a request."""

from chalicelib.accounts.contract.shared import FORM_ANSWERED
from chalicelib.errors import Finding
from chalicelib.requests.contract.schemas import REQUEST, optional
from chalicelib.web.contract import HTML, JSON, Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import LINK_TOKEN, TOKEN, closed

_CODE: Schema = {
    "type": "string",
    "pattern": "^[0-9]{8}$",
    "maxLength": 8,
    "description": "The code of the mail, for who reads it on another device.",
}


def _one_proof(body: Json) -> tuple[Finding, ...]:
    if isinstance(body, dict) and {"token", "code"} <= body.keys():
        return (Finding("/code", "comes instead of the token; remove one of them"),)
    return ()


VERIFICATION = "/v1/requests/{id}/verification"

PROVE = Operation(
    id="verifyRequest",
    method="POST",
    path=VERIFICATION,
    summary="Prove the address of a request that was made with an address alone",
    description=(
        "By the token of the mailed link, or by the mail's code. A request whose address an "
        "account holds moves into that account, and `token` is null: its person signs in. Where "
        "the account has a second factor, the request waits there until its person sends this "
        "operation with a session and an empty body. Otherwise `token` opens this one request, as "
        "`Authorization: Bearer`, until 30 days after it is closed."
    ),
    auth=Auth.SESSION_OR_LINK,
    body=closed([], token=LINK_TOKEN, code=_CODE),
    check=lambda _, body, _now: _one_proof(body),
    example={"code": "12345678"},
    answers={
        200: Response(
            "The address is proven.",
            closed(["request", "token"], request=REQUEST, token=optional(TOKEN)),
            media_types=(JSON, HTML),
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({409, 422, 429, 503}),
    form=True,
)

PROVE_AGAIN = Operation(
    id="resendRequestVerification",
    method="POST",
    path="/v1/requests/{id}/verification/resend",
    summary="Ask for the link and the code once more",
    description="The answer is the same whether or not such a request waits.",
    auth=Auth.NONE,
    answers={202: Response("Asked for.", closed(["status"], status={"const": "requested"}))},
    problems=frozenset({429, 503}),
)

OPERATIONS = (
    PROVE,
    PROVE_AGAIN,
)
"""The operations that prove an address."""
