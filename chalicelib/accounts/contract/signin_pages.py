"""The pages of signing in and of signing out."""

from chalicelib.accounts.contract.shared import FACTOR_CODE, GIVEN_PASSWORD
from chalicelib.pages.frame import PROVE
from chalicelib.web.contract import Schema
from chalicelib.web.pages.contract import AGAIN, MAX_FORM, PageOperation, Session
from chalicelib.web.pages.destinations import MOST
from chalicelib.web.schemas import EMAIL, closed

TO: Schema = {"type": "string", "description": "The page that asked for a session."}
_TO_OF_FORM: Schema = {**TO, "maxLength": MOST}

SIGN_IN = PageOperation(
    id="showSignIn",
    method="GET",
    path="/sign-in",
    query={"to": TO},
    done=frozenset({"again", "password", "verified"}),
    opens_accounts=True,
)

SIGN_IN_FORM = PageOperation(
    id="signInByForm",
    method="POST",
    path="/sign-in",
    body=closed(["email", "password"], email=EMAIL, password=GIVEN_PASSWORD, to=_TO_OF_FORM),
    opens_accounts=True,
)

CODE = PageOperation(
    id="showSignInCode",
    method="GET",
    path="/sign-in/code",
    query={"to": TO},
    opens_accounts=True,
)

CODE_FORM = PageOperation(
    id="signInByCode",
    method="POST",
    path="/sign-in/code",
    body=closed(["code"], code=FACTOR_CODE, to=_TO_OF_FORM),
    opens_accounts=True,
)

PROVE_FORM = PageOperation(
    id="proveAgainByForm",
    method="POST",
    path=PROVE,
    session=Session.REQUIRED,
    query={"to": TO},
    body={"type": "object", "additionalProperties": {"type": "string"}},
    max_body=MAX_FORM,
    decodes=frozenset({AGAIN}),
)
"""A form of the desk on its way: its other fields are those of the page that it goes on to."""

SIGN_OUT_FORM = PageOperation(
    id="signOutByForm",
    method="POST",
    path="/sign-out",
    session=Session.OPTIONAL,
)
