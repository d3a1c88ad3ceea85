"""Receipts: a signed copy of one's own decision, and its verification."""

from chalice.app import Blueprint

from chalicelib.consents.service.context import Caller
from chalicelib.receipts import contract
from chalicelib.receipts.presentation import verdict_shown
from chalicelib.receipts.service import issue, verification
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import receipts as pages

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
    judged = verification.judge(call.body["receipt"])
    return Answer(200, verdict_shown(judged.verdict, judged.kept))


handler = lambda_handler((bp, pages.bp), "receipts")
