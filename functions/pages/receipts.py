"""The pages of receipts: one of one's own, to keep or print, and the check of any."""

from chalice.app import Blueprint

from chalicelib.consents.service.context import Caller
from chalicelib.receipts import pages_contract as contract
from chalicelib.receipts.check_page import check_page
from chalicelib.receipts.service import issue, verification
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.RECEIPT_PAGE)
def show_receipt(visit: Visit, entry: str) -> str:
    """The receipt of one of the person's own entries; 404 for another's as for none."""
    issued = issue.issue(Caller(bearer=visit.session or ""), entry, visit.call.network)
    return issue.page(issued, visit.speaking(issued.locale).frame)


@shows(bp, contract.VERIFY_PAGE)
def show_check(visit: Visit) -> str:
    """The field for a receipt."""
    return check_page(visit, None)


@acts(bp, contract.VERIFY_FORM, again=show_check)
def check_receipt(visit: Visit) -> str:
    """The proofs of the text, below the field. It changes nothing, so no redirect follows."""
    return check_page(visit, verification.judge("".join(visit.body["receipt"].split())))
