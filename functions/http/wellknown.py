"""Well-known places: reporting a vulnerability, changing a password, a signal, public keys."""

from chalice.app import Blueprint

from chalicelib import clock, settings
from chalicelib.accounts.paths import OWN_PASSWORD
from chalicelib.links import page
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.signals import honours_global_privacy_control
from chalicelib.receipts.service import verification as receipts
from chalicelib.site import wellknown
from chalicelib.web.app import lambda_handler
from chalicelib.web.conditional import tag_of
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, wellknown.SECURITY)
def security_txt(_call: Call) -> Answer:
    """200 with the file of RFC 9116."""
    notice = notices.current()
    contact = settings.security_contact() or _reports(notice)
    text = wellknown.security_txt(contact, notice.locales, settings.public_url(), clock.now())
    return Answer(200, text, {"Cache-Control": wellknown.FOR_A_DAY}, wellknown.TEXT)


def _reports(notice: Notice) -> str:
    """Returns where to report to, as a URI: the notice's mailbox, else the page of the notice."""
    if notice.mailbox is not None:
        return wellknown.mail_to(notice.mailbox)
    return page("/notice")


@route(bp, wellknown.CHANGE_PASSWORD)
def change_password(_call: Call) -> Answer:
    """302 to the page for another password, which leads who is not signed in to sign in first."""
    return Answer(302, None, {"Location": page(OWN_PASSWORD)}, wellknown.TEXT)


@route(bp, wellknown.GPC)
def gpc_json(_call: Call) -> Answer:
    """200 with whether the notice in force honours Global Privacy Control."""
    notice = notices.current()
    statement = wellknown.global_privacy_control(
        honoured=honours_global_privacy_control(notice), since=notice.effective_day
    )
    headers = {"Cache-Control": wellknown.BRIEFLY, "ETag": tag_of(statement)}
    return Answer(200, statement, headers)


@route(bp, wellknown.JWKS)
def jwks_json(_call: Call) -> Answer:
    """200 with the keys that verify receipts."""
    keys = receipts.key_set()
    return Answer(200, keys, {"Cache-Control": wellknown.FOR_AN_HOUR, "ETag": tag_of(keys)})


handler = lambda_handler(bp, "wellknown")
