"""Unsubscribing by one click, and links for mails that the site sends."""

from chalice.app import Blueprint

from chalicelib.errors import Problem
from chalicelib.notices import service as notices
from chalicelib.unsubscribe import contract
from chalicelib.unsubscribe.pages import done_page
from chalicelib.unsubscribe.presentation import link_shown
from chalicelib.unsubscribe.service import links, opt_out
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML
from chalicelib.web.salvage import Loose
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import unsubscribe as pages

connect()
bp = Blueprint(__name__)


def _keep(loose: Loose, _: Problem) -> Answer:
    """Ends the mails of the link, even if the rest of the request is invalid."""
    return _end(loose.call, loose.call.path["token"])


@route(bp, contract.UNSUBSCRIBE, keep=_keep)
def unsubscribe(call: Call, token: str) -> Answer:
    """200 when such mails are no longer sent."""
    return _end(call, token)


def _end(call: Call, token: str) -> Answer:
    notice = notices.current()
    opt_out.end(token, call.locale(notice.locales), notice)
    if call.media_type == HTML:
        scope = links.looked_at(token).scope
        return Answer(200, done_page(scope, notice, call.locale), media_type=HTML)
    return Answer(200, {"status": "unsubscribed"})


@route(bp, contract.ISSUE)
def issue_link(call: Call) -> Answer:
    """200 with the link, and the headers for the mail."""
    subject, purpose, locale = (call.body.get(name) for name in ("subject", "purpose", "locale"))
    link = opt_out.issue(call.bearer, subject, purpose, locale, notices.current())
    return Answer(200, link_shown(link))


handler = lambda_handler((bp, pages.bp), "unsubscribe")
