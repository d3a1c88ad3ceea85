"""Schemas that several operations of accounts share."""

from collections.abc import Mapping

from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.web.contract import Response, Schema

FACTOR_CODE: Schema = {
    "type": "string",
    "pattern": "^[0-9A-Za-z -]{6,40}$",
    "maxLength": 40,
    "description": "A code of the second factor (RFC 6238), or one of the recovery codes.",
}

CODE_TOO = (
    "An account with a second factor also needs `code`: without it the answer is 401 with the type "
    "`second-factor-needed`, with a wrong one `second-factor-wrong`. A code works once."
)

PASSWORD: Schema = {"type": "string", "minLength": PASSWORD_MIN, "maxLength": PASSWORD_MAX}
"""A password that is chosen; more about it, the use case finds."""

GIVEN_PASSWORD: Schema = {"type": "string", "minLength": 1, "maxLength": PASSWORD_MAX}
"""A password that a caller gives as theirs."""


FORM_ANSWERED: Mapping[int, Response] = {
    303: Response("For a form of a page that is older than the page's address: what came of it.")
}
"""The answer to a browser that sends a form to where the forms of pages once went."""
