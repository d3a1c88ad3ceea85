"""Signing in: address, password, and a second factor where the account has one."""

from dataclasses import dataclass, replace
from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib import clock, traces
from chalicelib.accounts import passwords, store
from chalicelib.accounts.service import addresses, mails, second_factor
from chalicelib.accounts.service.claims import holder
from chalicelib.accounts.store import ClaimItem
from chalicelib.clock import instant
from chalicelib.consents.service import joining, lifecycle
from chalicelib.errors import Problem, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.storage import reading
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.web.network import site

REFUSED = "The address and the password do not belong together."


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a call comes from: its network, cut short, and its country if a proxy told it."""

    network: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class NewSession:
    """A new session: its token is shown this once.

    `visitor` is the token that the browser has to use from now on, where its choices joined.
    """

    token: str
    expires_at: datetime
    visitor: str | None = None


def sign_in(
    email: str,
    password: str,
    code: str | None,
    origin: Origin,
    notice: Notice,
    visitor: str | None = None,
) -> NewSession:
    """A session for who knows the password. One KMS call, one read, one transaction.

    The choices of the browser whose token is `visitor` join the account then (see
    `consents.service.joining`); without a token nothing more is called.

    A wrong password and an unknown address take the same calls, the same hashing and the same
    answer. An account with a second factor takes two calls more, once its password is right.

    Raises Unauthenticated (also for a second factor that is missing or wrong) and TooManyRequests.
    """
    now = clock.now()
    mac = addresses.keyed(email)
    attempt = limits.guess(mac, origin.network, now)
    found, *counters = reading.batch([(ClaimItem, *store.claim_place(mac)), *attempt.places()])
    claim = holder(found)
    attempt = attempt.about(None if claim is None else claim.subject)
    tries = attempt.refuse_exhausted(counters)
    right = passwords.is_password(None if claim is None else claim.password_hash, password)
    if claim is None or not right:
        raise failed(attempt, tries, notice)
    write, mails_due = Transaction(notice), list[JobItem]()
    if claim.second_factor:
        if code is None:
            raise _without_code(attempt, tries, notice)
        given = second_factor.give(claim.subject, code, now)
        accepted = second_factor.accept(write, given, now)
        if accepted is None:
            raise second_factor.wrong(given, attempt, tries, notice, second_factor.refused())
        mails_due += accepted
    session, more = _open(write, claim, password, origin, notice, now)
    attempt.forgive(write, tries)
    try:
        write.commit()
    except ConditionFailed as condition:
        raise (
            attempt.refusal(condition)
            or limits.factor(claim.subject, now).refusal(condition)
            or _lost(condition)
        ) from None
    for job in (*mails_due, *more):
        jobs.send(job)
    factor = traces.CODE if claim.second_factor else traces.PASSWORD
    traces.signed_in(claim.subject, factor, origin.network)
    if visitor is None:
        return session
    return replace(session, visitor=joining.join(claim.subject, visitor, notice))


def failed(
    attempt: Attempt, tries: int, notice: Notice, refusal: Exception | None = None
) -> Exception:
    """Counts a wrong guess; what is to be raised for it. One transaction."""
    write = Transaction(notice)
    attempt.count(write, tries)
    try:
        write.commit()
    except ConditionFailed as condition:
        return attempt.refusal(condition) or condition
    reason, factor = "wrong_password", traces.PASSWORD
    if attempt.subject is None:
        reason = "unknown_address"
    elif isinstance(refusal, Problem) and refusal.type == "wrong-code":
        reason, factor = "wrong_code", traces.CODE
    traces.refused(reason, factor, attempt.network, attempt.subject)
    return refusal or Unauthenticated(REFUSED, type="not-signed-in")


def _lost(condition: ConditionFailed) -> Unauthenticated:
    """What a sign-in is answered when the account changed while it was under way."""
    if second_factor.KIND in condition.labels:
        return second_factor.refused()
    return Unauthenticated(REFUSED, type="not-signed-in")


def _without_code(attempt: Attempt, tries: int, notice: Notice) -> Exception:
    """What is to be raised for a right password alone: only told while a try is left.

    Otherwise many guesses sent at once would tell the right one apart. One transaction.
    """
    write = Transaction(notice)
    attempt.require(write, tries)
    try:
        write.commit()
    except ConditionFailed as condition:
        return attempt.refusal(condition) or condition
    traces.asked(attempt.subject, attempt.network)
    return second_factor.needed()


def _open(
    write: Transaction,
    claim: ClaimItem,
    password: str,
    origin: Origin,
    notice: Notice,
    now: datetime,
) -> tuple[NewSession, tuple[JobItem, ...]]:
    """Adds the session, on condition that the password is still the account's; its mails."""
    generation = int(claim.generation)
    opened = Opened(bool(claim.second_factor), site(origin.network), origin.country)
    token, session = sessions.new_session(claim.subject, opened, generation, notice, now)
    write.put(session)
    lifecycle.record_activity(write, claim.subject, now, generation)
    due = _update_claim(write, claim, password, origin, now)
    return NewSession(str(token), session.expires_at), due


def _update_claim(
    write: Transaction, claim: ClaimItem, password: str, origin: Origin, now: datetime
) -> tuple[JobItem, ...]:
    """Adds what a sign-in changes in the claim, which is rarely anything.

    A hash with parameters of the past is made anew; a country other than the last one is kept,
    and its person told.
    """
    actions, due = list[Action](), tuple[JobItem, ...]()
    if claim.password_hash is not None and passwords.needs_rehash(claim.password_hash):
        actions.append(ClaimItem.password_hash.set(passwords.hash_password(password)))
    if origin.country is not None and origin.country != claim.country:
        actions.append(ClaimItem.country.set(origin.country))
        if claim.country is not None:
            about = f"{origin.country} {instant(now)}"
            due = (mails.ask(write, claim.subject, mails.NEW_SIGN_IN, about, now),)
    if actions:
        write.update(claim, actions, store.same_password(claim), label="claim")
    return due
