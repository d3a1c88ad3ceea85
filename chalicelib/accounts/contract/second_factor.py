"""The HTTP operations of the second factor."""

from chalicelib.accounts.model import PASSWORD_MAX
from chalicelib.accounts.second_factor import RECOVERY_CODES
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import closed

CODE: Schema = {
    "type": "string",
    "minLength": 6,
    "maxLength": 40,
    "pattern": "^[0-9A-Za-z -]{6,40}$",
    "description": (
        "The six digits that the authenticator app shows, or a recovery code; spaces, hyphens and"
        " case do not matter."
    ),
}
"""A code of a second factor, as people type it."""

_PASSWORD: Schema = {"type": "string", "minLength": 1, "maxLength": PASSWORD_MAX}
_PROOF = closed(["password", "code"], password=_PASSWORD, code=CODE)
_PROOF_EXAMPLE: Json = {"password": "correct horse battery staple", "code": "492 039"}

_RECOVERY_CODES = closed(
    ["recovery_codes"],
    recovery_codes={
        "type": "array",
        "description": "Each signs in once in place of a code of the app. Shown this once.",
        "minItems": RECOVERY_CODES,
        "maxItems": RECOVERY_CODES,
        "items": {
            "type": "string",
            "maxLength": 19,
            "pattern": "^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$",
        },
    },
)

OFFER = Operation(
    id="offerSecondFactor",
    method="POST",
    path="/v1/account/second-factor",
    summary="Get a secret for an authenticator app; nothing changes until a code of it is sent",
    description="A secret that was offered before, and not confirmed, is void.",
    auth=Auth.SESSION,
    body=closed(["password"], password=_PASSWORD),
    example={"password": "correct horse battery staple"},
    answers={
        201: Response(
            "A secret, shown this once. It can be confirmed for an hour.",
            closed(
                ["secret", "uri"],
                secret={
                    "type": "string",
                    "maxLength": 32,
                    "pattern": "^[A-Z2-7]{32}$",
                    "description": "For RFC 6238 with SHA-1, six digits and 30 seconds; base32.",
                },
                uri={
                    "type": "string",
                    "format": "uri",
                    "maxLength": 4000,
                    "description": "The same as an otpauth:// URI, to be shown as a QR code.",
                },
            ),
        )
    },
    problems=frozenset({403, 409, 429, 503}),
)

CONFIRM = Operation(
    id="confirmSecondFactor",
    method="POST",
    path="/v1/account/second-factor/confirmation",
    summary="Switch the second factor on with a code of the app; all other sessions end",
    auth=Auth.SESSION,
    body=closed(["code"], code=CODE),
    example={"code": "492 039"},
    answers={200: Response("The second factor is on.", _RECOVERY_CODES)},
    problems=frozenset({403, 409, 429, 503}),
)

RENEW_RECOVERY_CODES = Operation(
    id="renewRecoveryCodes",
    method="POST",
    path="/v1/account/second-factor/recovery-codes",
    summary="Get new recovery codes; all earlier ones are void",
    auth=Auth.SESSION,
    body=_PROOF,
    example=_PROOF_EXAMPLE,
    answers={200: Response("The new recovery codes.", _RECOVERY_CODES)},
    problems=frozenset({403, 409, 429, 503}),
)

REMOVE = Operation(
    id="removeSecondFactor",
    method="POST",
    path="/v1/account/second-factor/removal",
    summary="Switch the second factor off; all other sessions end",
    description="Refused to who works at the privacy desk.",
    auth=Auth.SESSION,
    body=_PROOF,
    example=_PROOF_EXAMPLE,
    answers={204: Response("There is no second factor, or there was none.")},
    problems=frozenset({403, 409, 429, 503}),
)

OPERATIONS = (OFFER, CONFIRM, RENEW_RECOVERY_CODES, REMOVE)
"""All of them."""
