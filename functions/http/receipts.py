"""Receipts: a signed copy of one's own decision, and its verification."""

from chalice.app import Blueprint

from chalicelib.consents.service.context import Caller
from chalicelib.receipts import contract
from chalicelib.receipts.model import Reason
from chalicelib.receipts.presentation import verdict_shown
from chalicelib.receipts.service import closing, issue, verification
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.RECEIPT)
def get_receipt(call: Call, entry_id: str) -> Answer:
    """200 with the receipt of one of the caller's own entries."""
    caller = Caller(bearer=call.bearer, visitor=None if call.bearer else call.visitor)
    issued = issue.issue(caller, entry_id, call.network)
    if call.media_type == HTML:
        page, locale = issue.document(issued, call.locale)
        return Answer(200, page, {"Content-Language": locale}, HTML)
    return Answer(
        200,
        {
            "entry_id": entry_id,
            "receipt": issued.receipt,
            "content": dict(issued.content),
            "standing": dict(issued.standing),
        },
    )


@route(bp, contract.VERIFY)
def verify_receipt(call: Call) -> Answer:
    """200 with the verdict, for any text."""
    receipt = call.body["receipt"]
    verdict = verification.verify(receipt)
    if verdict.reason is Reason.TYPE:
        ended = verification.verify_closing(receipt)
        if ended.content is not None:
            return Answer(200, verdict_shown(ended, closing.kept(ended.content)))
        verdict = verification.verify_root(receipt) if ended.reason is Reason.TYPE else ended
    return Answer(200, verdict_shown(verdict))


handler = lambda_handler(bp, "receipts")
