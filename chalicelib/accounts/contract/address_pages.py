"""The page on which a person who is signed in moves the account to another address."""

from chalicelib.accounts.contract.shared import FACTOR_CODE, GIVEN_PASSWORD
from chalicelib.accounts.model import address_findings
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import EMAIL, closed

ADDRESS_PAGE = PageOperation(
    id="showAddress",
    method="GET",
    path="/account/email",
    session=Session.REQUIRED,
    done=frozenset({"sent"}),
    tab="security",
)

ADDRESS_FORM = PageOperation(
    id="changeAddressByForm",
    method="POST",
    path="/account/email",
    session=Session.REQUIRED,
    body=closed(
        ["email", "current_password"],
        email=EMAIL,
        current_password=GIVEN_PASSWORD,
        code=FACTOR_CODE,
    ),
    check=lambda _, fields, _now: address_findings(fields),
    once=True,
)
