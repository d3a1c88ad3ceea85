"""The pages of moving an account to another address: behind the link of each of the two mails."""

from chalicelib.accounts.model import PASSWORD_MAX
from chalicelib.accounts.paths import FORMER_ADDRESS, NEW_ADDRESS
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.schemas import LINK_TOKEN, closed

CONFIRM_PAGE = PageOperation(
    id="showAddressConfirmation",
    method="GET",
    path=NEW_ADDRESS,
    query={"token": LINK_TOKEN},
    token=True,
    done=frozenset({"confirmed", "before"}),
)

CONFIRM_FORM = PageOperation(
    id="confirmAddressByForm",
    method="POST",
    path=NEW_ADDRESS,
    body=closed(
        ["token"], token=LINK_TOKEN, password={"type": "string", "maxLength": PASSWORD_MAX}
    ),
)

UNDO_PAGE = PageOperation(
    id="showAddressUndo",
    method="GET",
    path=FORMER_ADDRESS,
    query={"token": LINK_TOKEN},
    token=True,
    done=frozenset({"undone", "before"}),
)

UNDO_FORM = PageOperation(
    id="undoAddressByForm",
    method="POST",
    path=FORMER_ADDRESS,
    body=closed(["token"], token=LINK_TOKEN),
)
