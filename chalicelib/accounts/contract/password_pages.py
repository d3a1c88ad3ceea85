"""The page on which a person who is signed in changes the password."""

from chalicelib.accounts.contract.shared import FACTOR_CODE, GIVEN_PASSWORD
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed

PASSWORD_PAGE = PageOperation(
    id="showOwnPassword",
    method="GET",
    path="/account/password",
    session=Session.REQUIRED,
    done=frozenset({"changed"}),
    tab="security",
)

PASSWORD_FORM = PageOperation(
    id="changePasswordByForm",
    method="POST",
    path="/account/password",
    session=Session.REQUIRED,
    # The use case finds a new password that is too short or too long.
    body=closed(
        ["current_password", "password"],
        current_password=GIVEN_PASSWORD,
        password={"type": "string"},
        code=FACTOR_CODE,
    ),
    once=True,
)
