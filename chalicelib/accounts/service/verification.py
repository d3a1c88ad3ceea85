"""Proving an address: the moment at which an account comes to hold it."""

from collections.abc import Mapping

from chalicelib import clock, traces
from chalicelib.accounts import store
from chalicelib.accounts.service import addresses, codes, mails, proof
from chalicelib.accounts.service.proof import Next, Waiting
from chalicelib.accounts.service.shown import WrongPassword, wrong
from chalicelib.accounts.store import CodeItem
from chalicelib.errors import Finding, Unprocessable
from chalicelib.jobs import service as jobs
from chalicelib.limits import service as limits
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions import tries as password_tries
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction


def prove(body: Mapping[str, str], network: str, notice: Notice) -> Next:
    """Uses what a body has that fits the operation's schema: a token, or an address and a code."""
    password = body.get("password")
    if "code" in body:
        return verify_by_code(body["email"], body["code"], password, network, notice)
    return verify(body["token"], password, notice)


def verify(token_text: str, password: str | None, notice: Notice) -> Next:
    """Uses a link: claims the address, starts the account, and spends the link, all at once.

    With the password of a registration that waits for the address, that registration starts;
    without a password the address is proven, and an account without anything starts. A wrong
    password spends nothing and is counted by the link. Of two registrations of one address the
    first to be verified holds it; the other's link is answered as one that is not valid. Raises
    WrongPassword, TooManyRequests and Unprocessable, and DoneAlready for who proved it by this
    link before.
    """
    now = clock.now()
    token, link = sessions.open_link(token_text, mails.VERIFY)
    if password is not None:
        password_tries.refuse_exhausted(link, now)
    own = proof.waiting(token.subject)
    if own is None:
        raise sessions.refusal(token_text, mails.VERIFY)
    write = Transaction(notice)
    if password is not None:
        found = proof.opened_by(own, link.target, password, now)
        if found is None:
            password_tries.count(write, link, now)
            raise wrong(write)
        own = found
    sessions.spend(write, link)
    if not _start(write, own, link.target, password, notice):
        raise sessions.refusal(token_text, mails.VERIFY)
    return _next(password)


def verify_by_code(
    email: str, code: str, password: str | None, network: str, notice: Notice
) -> Next:
    """Verifies with the short code of a mail, for a person who reads it on another device.

    A wrong code and an unknown address take the same calls and get the same answer. A wrong
    password beside a right code is counted as a wrong code, which stays as it is. Raises
    Unprocessable, WrongPassword, and TooManyRequests.
    """
    now, mac = clock.now(), addresses.keyed(email)
    attempt = limits.code(mac, network, now)
    place = store.code_place(mac, codes.code_mac(mac, code))
    found, *counters = reads.batch([(CodeItem, *place), *attempt.places()])
    tries = attempt.refuse_exhausted(counters)
    refusal: Exception = _code_not_valid()
    write = Transaction(notice)
    own = None if found is None or found.expires_at <= now else proof.waiting(found.subject)
    if own is not None and password is not None:
        own = proof.opened_by(own, mac, password, now)
        refusal = refusal if own else WrongPassword()
    if own is not None:
        write.delete(found, condition=CodeItem.pk.exists())
        attempt.forgive(write, tries)
        if _start(write, own, mac, password, notice):
            return _next(password)
        write = Transaction(notice)
    attempt.count(write, tries)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    traces.refused("wrong_code", traces.MAILED_CODE, network)
    raise refusal


def _start(
    write: Transaction, own: Waiting, mac: str, password: str | None, notice: Notice
) -> bool:
    start = proof.start_alone if password is None else proof.start
    return start(write, own, mac, notice, clock.now())


def _next(password: str | None) -> Next:
    return Next.CHOOSE_PASSWORD if password is None else Next.SIGN_IN


def _code_not_valid() -> Unprocessable:
    finding = Finding("/code", "is wrong or too old", "code_not_valid")
    detail = "This code is not valid: it is wrong or too old."
    return Unprocessable(detail, type="code-not-valid", findings=(finding,))


def ask_again(email: str, network: str, notice: Notice) -> None:
    """Asks for the mail once more. The same calls and answer for every address.

    Raises TooManyRequests.
    """
    ask_by_address(mails.RESEND, email, network, notice, limits.mail)


def ask_by_address(
    action: str, email: str, network: str, notice: Notice, counted: addresses.Counting
) -> None:
    """Asks for a mail to the holder of an address, known or not. Raises TooManyRequests."""
    now, mac = clock.now(), addresses.keyed(email)
    attempt = addresses.mail_attempt(email, mac, network, now, counted)
    write = Transaction(notice)
    job = mails.ask_for_address(write, action, mac, now)
    attempt.count(write)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    jobs.send(job)
