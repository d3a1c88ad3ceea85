"""Proving an address: the moment at which an account comes to hold it."""

from datetime import datetime

from chalicelib import clock
from chalicelib.accounts import store
from chalicelib.accounts.service import addresses, letters, mails
from chalicelib.accounts.store import ClaimItem, CodeItem, CredentialItem, PendingItem
from chalicelib.consents.service import lifecycle, subjects
from chalicelib.errors import Unprocessable
from chalicelib.jobs import service as jobs
from chalicelib.limits import service as limits
from chalicelib.notices.model import Notice
from chalicelib.publications.service import newcomers
from chalicelib.sessions import service as sessions
from chalicelib.storage import reading
from chalicelib.storage.transaction import ConditionFailed, Transaction


def verify(token_text: str, notice: Notice) -> None:
    """Uses a link: claims the address, activates the account, and spends the link, all at once.

    Of two registrations of one address the first to be verified holds it; the other's link is
    answered as one that is not valid. Raises Unprocessable, and DoneAlready for who proved it by
    this link before.
    """
    token, link = sessions.open_link(token_text, mails.VERIFY)
    write = Transaction(notice)
    sessions.spend(write, link)
    if not _prove(write, token.subject, link.target, notice, clock.now()):
        raise sessions.refusal(token_text, mails.VERIFY)


def verify_by_code(email: str, code: str, network: str, notice: Notice) -> None:
    """The same with the short code of a mail, for who opened the account and reads it elsewhere.

    A wrong code and an unknown address take the same calls and get the same answer. Raises
    Unprocessable, and TooManyRequests.
    """
    now, mac = clock.now(), addresses.keyed(email)
    attempt = limits.code(mac, network, now)
    place = store.code_place(mac, letters.code_mac(mac, code))
    found, *counters = reading.batch([(CodeItem, *place), *attempt.places()])
    tries = attempt.refuse_exhausted(counters)
    write = Transaction(notice)
    if found is not None and found.expires_at > now:
        write.delete(found, condition=CodeItem.pk.exists())
        attempt.forgive(write, tries)
        if _prove(write, found.subject, mac, notice, now):
            return
        write = Transaction(notice)
    attempt.count(write, tries)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    raise Unprocessable("This code is not valid: it is wrong or too old.", type="code-not-valid")


def ask_again(email: str, network: str, notice: Notice) -> None:
    """Asks for the mail once more. The same calls and answer for every address.

    Raises TooManyRequests.
    """
    ask_by_address(mails.RESEND, email, network, notice, limits.mail)


def ask_by_address(
    action: str, email: str, network: str, notice: Notice, counted: addresses.Counting
) -> None:
    """Asks for a mail to whoever holds an address, known or not. Raises TooManyRequests."""
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


def _prove(write: Transaction, subject: str, mac: str, notice: Notice, now: datetime) -> bool:
    """Commits that a pending account holds its address; False when it cannot any more."""
    standing, credential = reading.together(
        [subjects.standing_at(subject), (CredentialItem, *store.credential_place(subject))]
    )
    if standing is None or credential is None:
        return False
    pk, sk = store.claim_place(mac)
    claim = ClaimItem(
        pk=pk,
        sk=sk,
        kind=ClaimItem.KIND,
        subject=subject,
        password_hash=credential.password_hash,
        verified_at=now,
    )
    write.put(claim, condition=store.is_free(now))
    write.delete(credential)
    pk, sk = store.pending_place(mac, subject)
    write.delete(PendingItem(pk=pk, sk=sk))
    lifecycle.activate(write, standing, mac, notice, now)
    told = newcomers.ask(write, subjects.standing_of(standing), notice, now)
    try:
        write.commit()
    except ConditionFailed:
        return False
    if told is not None:
        jobs.send(told)
    return True
