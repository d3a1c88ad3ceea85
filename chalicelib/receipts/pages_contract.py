"""The pages of receipts: one of one's own, and the check of any."""

from chalicelib.receipts.contract import MAX_RECEIPT
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed

RECEIPT_PAGE = PageOperation(
    id="showReceipt",
    method="GET",
    path="/account/receipts/{entry}",
    session=Session.REQUIRED,
    tab="choices",
)

VERIFY_PAGE = PageOperation(id="showReceiptCheck", method="GET", path="/receipts/verify")

VERIFY_FORM = PageOperation(
    id="checkReceiptByForm",
    method="POST",
    path="/receipts/verify",
    body=closed(["receipt"], receipt={"type": "string", "maxLength": MAX_RECEIPT}),
)
"""Any text is checked: one that is no receipt is not valid."""
