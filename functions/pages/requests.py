"""The pages of requests: using a right, proving an address, following one's own requests."""

from collections.abc import Callable, Mapping

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.accounts.service.shown import WrongPassword
from chalicelib.errors import DoneAlready, Finding, Forbidden, Unauthenticated
from chalicelib.pages.languages import tag_of
from chalicelib.receipts.service import closing
from chalicelib.requests import paths
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.contract import (
    confirmation_pages,
    course_pages,
    submission,
    submission_pages,
)
from chalicelib.requests.machine import Status
from chalicelib.requests.model import Proven
from chalicelib.requests.pages.confirmation import confirmation_page, download_page, key_page
from chalicelib.requests.pages.course import list_page, request_page
from chalicelib.requests.pages.submission import submission_page
from chalicelib.requests.service import (
    access,
    exports,
    intake,
    messages,
    own_erasure,
    proof,
    unproven,
    view,
)
from chalicelib.requests.service.access import seconds
from chalicelib.requests.service.exports import Issued
from chalicelib.sessions import service as sessions
from chalicelib.web.answer import Answer
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, encode
from chalicelib.web.pages import answers, cookie
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit
from chalicelib.web.validation import unfit

bp = Blueprint(__name__)


@shows(bp, submission_pages.NEW_PAGE)
def show_new_request(visit: Visit) -> str:
    """The choice among the rights, or the form of one."""
    return submission_page(visit, clock.now())


@acts(bp, submission_pages.NEW_FORM, again=show_new_request)
def make_request(visit: Visit) -> Done:
    """To the request; without a session to where it says that a mail is on its way."""
    body, notice = submission_pages.submitted(visit.body), visit.notice
    asked = submission.asked(body)
    if visit.session is None:
        if "email" not in body:
            raise unfit((Finding("/email", "is required", "required"),))
        locale = tag_of(visit.language, notice.locales)
        made_id = unproven.make(asked, body["email"], locale, visit.call.network, notice)
        return Done(paths.CONFIRM.format(id=made_id), "sent")
    own = None
    if "password" in body:
        own = _proven(visit, body["password"], body.get("code"))
    made = intake.make(visit.session, asked, None, notice, own)
    return _to(made.request.request.id, "joined" if made.already else "made")


def _proven(visit: Visit, password: str, code: str | None) -> own_erasure.OwnErasure:
    """The proof for an erasure of one's own; a wrong password is said beside its field."""
    try:
        return own_erasure.prove(visit.session, password, code, visit.call.network, visit.notice)
    except Forbidden as problem:
        if problem.type == "wrong-password":
            raise WrongPassword from None
        raise


@shows(bp, confirmation_pages.CONFIRM_PAGE)
def show_request_confirmation(visit: Visit, id: str) -> str:
    """One button, or the field for the code; it looks nothing up and changes nothing."""
    return confirmation_page(visit, id)


@acts(bp, confirmation_pages.CONFIRM_FORM, again=show_request_confirmation)
def prove_request(visit: Visit, id: str) -> Done:
    """To the request, which the browser can open by now; into an account, by signing in.

    For the mail once more it is to the page for the code, whether or not such a request waits.
    """
    confirm = paths.CONFIRM
    if confirmation_pages.RESEND in visit.body:
        unproven.ask_again(id, visit.call.network, visit.notice)
        return Done(confirm.format(id=id), "resent")
    try:
        found = _proof_of_mailbox(id, visit)
    except DoneAlready:
        return Done(confirm.format(id=id), "before")
    request = found.request.request
    if found.token is not None:
        return _opened(request.id, found.token, "confirmed", visit)
    waits = request.status is Status.AWAITING_VERIFICATION
    return Done(confirm.format(id=request.id), "sign_in" if waits else "account")


def _proof_of_mailbox(request_id: str, visit: Visit) -> Proven:
    """The proof by link or code. A second press of the button within ten minutes opens it again."""
    if "token" not in visit.body:
        code = confirmation_pages.code_of(visit.body)
        return proof.by_code(request_id, code, visit.call.network, visit.notice, again=True)
    link = visit.body["token"]
    try:
        return proof.by_link(request_id, link, visit.notice)
    except DoneAlready:
        return proof.by_link_again(request_id, link, visit.notice)


def _opened(request_id: str, token: str, word: str, visit: Visit) -> Done:
    """The way to a request, with its token in the cookie, where no address or log holds it."""
    kept = cookie.opened_request(token, seconds(visit.notice))
    return Done(paths.ONE.format(id=request_id), word, cookie=kept)


@shows(bp, confirmation_pages.FOLLOW_PAGE)
def show_request_key(visit: Visit) -> str:
    """The field for the key of a request."""
    return key_page(visit)


@acts(bp, confirmation_pages.FOLLOW_FORM, again=show_request_key)
def open_request(visit: Visit) -> Done:
    """To the request whose key was typed."""
    key = "".join(visit.body["key"].split())
    request_id = key.partition(".")[0]
    try:
        access.owner(key, request_id)
    except Unauthenticated:
        raise unfit((Finding("/key", "opens no request", "wrong_key"),)) from None
    return _opened(request_id, key, "", visit)


@shows(bp, confirmation_pages.DOWNLOAD_PAGE)
def show_download(visit: Visit, id: str) -> str:
    """One button; it looks nothing up and changes nothing."""
    return download_page(visit, id)


@acts(bp, confirmation_pages.DOWNLOAD_FORM, again=show_download)
def issue_by_link(visit: Visit, id: str) -> Answer:
    """The same page, with a link to the copy that works for a minute."""
    issued = exports.issue_by_link(id, visit.body["token"], visit.notice)
    return answers.html(download_page(visit, id, issued), visit.language)


@shows(bp, course_pages.LIST_PAGE)
def show_requests(visit: Visit) -> str:
    """A page of the person's requests."""
    signed_in = sessions.authenticate(visit.session)
    after = decode(visit.call.query.get("cursor"), ["id"])
    found = view.listed(signed_in, after["id"] if after else None, DEFAULT_LIMIT, visit.notice)
    following = encode({"id": found.next}) if found.next else ""
    return list_page(visit.speaking(signed_in.standing.locale), found, following)


@shows(bp, course_pages.ONE_PAGE)
def show_request(visit: Visit, id: str) -> str:
    """One of the person's requests, and what was written about it."""
    return _one(visit, id)


def _one(visit: Visit, request_id: str, issued: Issued | None = None) -> str:
    own, notice = access.owner(visit.session, request_id), visit.notice
    found = view.get(own, request_id, notice)
    told = messages.told(own.subject, found.request)
    known = visit.speaking(None if own.standing is None else own.standing.locale)
    today = calendar_of(*notice.working_days).day(clock.now())
    return request_page(known, found, told, today, issued)


@acts(bp, course_pages.ACT_FORM, again=show_request)
def act_on_request(visit: Visit, id: str) -> Done:
    """To the request, after what its form asked for."""
    return _ACTS[visit.body[course_pages.ACT]](visit, id)


def _confirm(visit: Visit, id: str) -> Done:
    """Confirms the request, which waited for its person to sign in."""
    proof.by_session(visit.session, id, visit.notice)
    return _to(id, "confirmed")


def _message(visit: Visit, id: str) -> Done:
    own = access.owner(visit.session, id)
    messages.send(own, id, visit.body["text"], visit.notice)
    return _to(id, "sent")


def _dispute(visit: Visit, id: str) -> Done:
    own = access.owner(visit.session, id)
    messages.dispute(own, id, visit.body.get("text"), visit.notice)
    return _to(id, "disputed")


def _cancel(visit: Visit, id: str) -> Done:
    view.cancel(access.owner(visit.session, id), id, visit.notice)
    return _to(id, "cancelled")


def _close(_visit: Visit, _id: str) -> Done:
    """Ends the page of a request in this browser, as signing out does; the request stays."""
    return Done(paths.FOLLOW, "left", cookie=cookie.ended())


_ACTS: Mapping[str, Callable[[Visit, str], Done]] = {
    "confirm": _confirm,
    "message": _message,
    "dispute": _dispute,
    "cancel": _cancel,
    "close": _close,
}
"""The act of each value of the form's field."""


@acts(bp, course_pages.DOWNLOAD_FORM, again=show_request)
def issue_copy(visit: Visit, id: str) -> Answer:
    """The request, with a link to the copy that works for a minute.

    It is no redirect: the policy of pages lets no form lead to the store of copies.
    """
    issued = exports.issue_export(access.owner(visit.session, id), id, visit.notice)
    return answers.html(_one(visit, id, issued), visit.language)


@shows(bp, course_pages.RECEIPT_PAGE)
def show_closing_receipt(visit: Visit, id: str) -> str:
    """The receipt of an erasure that was carried out."""
    own = access.owner(visit.session, id)
    receipt = view.receipt_of(own, id, visit.notice)
    text, _ = closing.document(receipt, visit.notice, lambda _: visit.language, visit.frame)
    return text


def _to(request_id: str, word: str) -> Done:
    return Done(paths.ONE.format(id=request_id), word)


moved(
    bp,
    {
        "/v1/requests/{id}/verification": paths.CONFIRM,
        "/v1/requests/{id}/download": paths.DOWNLOAD,
    },
)
