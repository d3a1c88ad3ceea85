"""The pages of requests: using a right, proving an address, following one's own requests."""

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.accounts.service.shown import WrongPassword
from chalicelib.errors import DoneAlready, Finding, Forbidden
from chalicelib.pages.languages import tag_of
from chalicelib.receipts.service import closing
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.contract import (
    confirmation_pages,
    course_pages,
    submission,
    submission_pages,
)
from chalicelib.requests.pages.confirmation import confirmation_page
from chalicelib.requests.pages.course import list_page, request_page
from chalicelib.requests.pages.links import proven_page
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
from chalicelib.requests.service.exports import Issued
from chalicelib.sessions import service as sessions
from chalicelib.web.answer import Answer
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, encode
from chalicelib.web.pages import answers
from chalicelib.web.pages.answers import Done
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
        return Done(confirmation_pages.CONFIRM.format(id=made_id), "sent")
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
def prove_request(visit: Visit, id: str) -> Done | Answer:
    """The request as it stands, with the token that opens it, which is shown this once."""
    try:
        if "token" in visit.body:
            found = proof.by_link(id, visit.body["token"], visit.notice)
        else:
            code = confirmation_pages.code_of(visit.body)
            found = proof.by_code(id, code, visit.call.network, visit.notice)
    except DoneAlready:
        return Done(confirmation_pages.CONFIRM.format(id=id), "before")
    shown = proven_page(visit.notice, lambda _: visit.language, found.request, found.token)
    return answers.html(shown, visit.language)


@acts(bp, confirmation_pages.RESEND_FORM, again=show_request_confirmation)
def resend_request_mail(visit: Visit, id: str) -> Done:
    """To the page for the code, whether or not such a request waits."""
    unproven.ask_again(id, visit.call.network, visit.notice)
    return Done(confirmation_pages.CONFIRM.format(id=id), "resent")


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


@acts(bp, course_pages.CONFIRM_FORM, again=show_request)
def confirm_request(visit: Visit, id: str) -> Done:
    """To the request, which waited for its person to sign in."""
    proof.by_session(visit.session, id, visit.notice)
    return _to(id, "confirmed")


@acts(bp, course_pages.MESSAGE_FORM, again=show_request)
def send_message(visit: Visit, id: str) -> Done:
    """To the request, with the message."""
    own = access.owner(visit.session, id)
    messages.send(own, id, visit.body["text"], visit.notice)
    return _to(id, "sent")


@acts(bp, course_pages.DISPUTE_FORM, again=show_request)
def dispute_request(visit: Visit, id: str) -> Done:
    """To the request, which is open again."""
    own = access.owner(visit.session, id)
    messages.dispute(own, id, visit.body.get("text"), visit.notice)
    return _to(id, "disputed")


@acts(bp, course_pages.CANCEL_FORM, again=show_request)
def cancel_request(visit: Visit, id: str) -> Done:
    """To the request, cancelled."""
    view.cancel(access.owner(visit.session, id), id, visit.notice)
    return _to(id, "cancelled")


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
    return Done(course_pages.ONE.format(id=request_id), word)
