"""The pages of one's own requests, and the forms on them."""

from typing import Final

from chalicelib.requests.contract.course import DISPUTE, MESSAGE
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.pages.contract import PageOperation, Session

LIST: Final = "/account/requests"
ONE: Final = "/account/requests/{id}"

LIST_PAGE = PageOperation(
    id="showRequests",
    method="GET",
    path=LIST,
    session=Session.REQUIRED,
    query={"cursor": PAGE_QUERY["cursor"]},
    tab="requests",
)

ONE_PAGE = PageOperation(
    id="showRequest",
    method="GET",
    path=ONE,
    session=Session.REQUIRED,
    done=frozenset({"made", "joined", "confirmed", "sent", "disputed", "cancelled"}),
    tab="requests",
)

CONFIRM_FORM = PageOperation(
    id="confirmRequestByForm",
    method="POST",
    path=f"{ONE}/confirm",
    session=Session.REQUIRED,
    tab="requests",
)

MESSAGE_FORM = PageOperation(
    id="sendMessageByForm",
    method="POST",
    path=f"{ONE}/messages",
    session=Session.REQUIRED,
    body=MESSAGE.body,
    check=MESSAGE.check,
    once=True,
    tab="requests",
)

DISPUTE_FORM = PageOperation(
    id="disputeRequestByForm",
    method="POST",
    path=f"{ONE}/dispute",
    session=Session.REQUIRED,
    body=DISPUTE.body,
    check=DISPUTE.check,
    once=True,
    tab="requests",
)

CANCEL_FORM = PageOperation(
    id="cancelRequestByForm",
    method="POST",
    path=f"{ONE}/cancel",
    session=Session.REQUIRED,
    tab="requests",
)

DOWNLOAD_FORM = PageOperation(
    id="getExportByForm",
    method="POST",
    path=f"{ONE}/download",
    session=Session.REQUIRED,
    tab="requests",
)

RECEIPT_PAGE = PageOperation(
    id="showClosingReceipt",
    method="GET",
    path=f"{ONE}/receipt",
    session=Session.REQUIRED,
    tab="requests",
)
