"""The pages of choosing a new password by a mailed link."""

from chalicelib.accounts.model import address_findings
from chalicelib.accounts.paths import NEW_PASSWORD, RESETS
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.schemas import EMAIL, LINK_TOKEN, closed

ASK_PAGE = PageOperation(
    id="showReset", method="GET", path=RESETS, done=frozenset({"sent", "before"})
)

ASK_FORM = PageOperation(
    id="askResetByForm",
    method="POST",
    path=RESETS,
    body=closed(["email"], email=EMAIL),
    check=lambda _, fields, _now: address_findings(fields),
    once=True,
)

NEW_PAGE = PageOperation(
    id="showNewPassword",
    method="GET",
    path=NEW_PASSWORD,
    query={"token": LINK_TOKEN},
    token=True,
)

NEW_FORM = PageOperation(
    id="resetByForm",
    method="POST",
    path=NEW_PASSWORD,
    # The use case finds a password that is too short or too long, once it knows the link.
    body=closed(["token", "password"], token=LINK_TOKEN, password={"type": "string"}),
    once=True,
)
