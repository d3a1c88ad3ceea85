"""The page behind the link that proves the address of a message, and its form."""

from chalicelib.messages.paths import CONFIRM
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.schemas import LINK_TOKEN, closed

CONFIRM_PAGE = PageOperation(
    id="showMessageConfirmation",
    method="GET",
    path=CONFIRM,
    query={"token": LINK_TOKEN},
    token=True,
    done=frozenset({"kept", "in_account", "before"}),
)

CONFIRM_FORM = PageOperation(
    id="proveMessageByForm",
    method="POST",
    path=CONFIRM,
    body=closed(["token"], token=LINK_TOKEN),
    token=True,
)
