"""Signing in: address, password, and a second factor where the account has one."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib import clock, traces
from chalicelib.accounts import passwords, store
from chalicelib.accounts.service import addresses, mails, second_factor, tickets
from chalicelib.accounts.service.claims import holder
from chalicelib.accounts.service.tickets import Ticket
from chalicelib.accounts.store import ClaimItem
from chalicelib.consents.service import account_join
from chalicelib.decisions import interest
from chalicelib.errors import Problem, Unauthenticated
from chalicelib.instants import instant
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt
from chalicelib.notices.model import Notice
from chalicelib.sessions import parallel
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.sessions.parallel import Began
from chalicelib.storage import contention, reads
from chalicelib.storage.contention import Contended
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.web.network import site

CLAIM = "claim"
"""The label of the claim's condition in a transaction."""

ACTIVE = "active"
"""The label of the standing's condition in a transaction."""

REFUSED = "The address and the password do not belong together."

TOO_LATE = "The code was not given in time; sign in again."


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a call: its network, cut short, and its country if a proxy told it."""

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


class SecondFactorNeeded(Unauthenticated):
    """401: the password was right, and the account has a second factor; its claim, to go on."""

    def __init__(self, claim: ClaimItem) -> None:
        told = second_factor.needed()
        super().__init__(told.detail, type=told.type)
        self.claim = claim


class TicketNotValid(Unauthenticated):
    """401: the ticket has ended, or is none; signing in has to begin again."""

    default_type = "ticket-not-valid"


@dataclass(frozen=True, slots=True)
class _Proof:
    """The proof that somebody knows a password: the password itself, or a ticket for it."""

    mac: str
    password: str | None = field(default=None, repr=False)
    ticket: Ticket | None = None

    def holds(self, claim: ClaimItem | None) -> bool:
        """Tells whether it proves the password of a claim, hashing as long where there is none."""
        if self.ticket is not None:
            return self.ticket.is_of(claim)
        hashed = None if claim is None else claim.password_hash
        return passwords.is_password(hashed, self.password or "")


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
    return _sign_in(_Proof(addresses.keyed(email), password), code, origin, notice, visitor)


def begin(email: str, password: str, origin: Origin, notice: Notice) -> NewSession | str:
    """A session, or the ticket for `go_on` where the account also needs a code of a second factor.

    It costs what `sign_in` costs, and one KMS call more for the first ticket of a process. Raises
    as `sign_in`.
    """
    proof = _Proof(addresses.keyed(email), password)
    try:
        return _sign_in(proof, None, origin, notice)
    except SecondFactorNeeded as needed:
        return tickets.issue(proof.mac, needed.claim, clock.now())


def go_on(ticket: str | None, code: str, origin: Origin, notice: Notice) -> NewSession:
    """A session for who has a ticket of `begin` and a code. Two reads, one transaction.

    A wrong code counts as at `sign_in`, and a ticket that was made up as a wrong password. Raises
    TicketNotValid, Unauthenticated for a wrong code, and TooManyRequests.
    """
    found = tickets.read(ticket, clock.now())
    if found is None:
        raise TicketNotValid(TOO_LATE)
    return _sign_in(_Proof(found.mac, ticket=found), code, origin, notice)


def _sign_in(
    proof: _Proof, code: str | None, origin: Origin, notice: Notice, visitor: str | None = None
) -> NewSession:
    """A session for who knows the password; what `sign_in` says of costs and refusals."""
    now, mac = clock.now(), proof.mac
    attempt = limits.guess(mac, origin.network, now)
    found, *counters = reads.batch([(ClaimItem, *store.claim_place(mac)), *attempt.places()])
    claim = holder(found)
    attempt = attempt.about(None if claim is None else claim.subject)
    tries = attempt.refuse_exhausted(counters)
    right = proof.holds(claim)
    if claim is None or not right:
        over = None if proof.ticket is None else TicketNotValid(TOO_LATE)
        raise failed(attempt, tries, notice, over)
    given = None
    if claim.second_factor:
        if code is None:
            raise _without_code(attempt, tries, notice, claim)
        given = second_factor.give(claim.subject, code, now)
        if given.used is None:
            raise second_factor.wrong(given, attempt, tries, notice, second_factor.refused())
    seen: Standing | None = None
    for _ in contention.attempts():
        write = Transaction(notice)
        due = () if given is None else second_factor.accept(write, given, now) or ()
        session, more = _open(write, claim, proof.password, origin, notice, now, seen)
        attempt.forgive(write, tries)
        try:
            write.commit()
        except ConditionFailed as condition:
            again = _by_now(claim, mac, seen, notice, condition)
            if again is not None:
                claim, seen = again
                continue
            raise (
                attempt.refusal(condition)
                or limits.factor(found.subject, now).refusal(condition)
                or _lost(condition)
            ) from None
        break
    else:
        raise Contended
    for job in (*due, *more):
        jobs.send(job)
    factor = traces.CODE if claim.second_factor else traces.PASSWORD
    traces.signed_in(claim.subject, factor, origin.network)
    if visitor is None:
        return session
    return replace(session, visitor=account_join.join(found.subject, visitor, notice))


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


def _by_now(
    claim: ClaimItem,
    mac: str,
    seen: Standing | None,
    notice: Notice,
    condition: ConditionFailed,
) -> tuple[ClaimItem, Standing | None] | None:
    """The claim and the standing by now, where a sign-in can be tried again; None where it cannot.

    One GetItem for each of the two whose condition failed.
    """
    if not condition.labels <= {CLAIM, ACTIVE}:
        return None
    found = _with_another_session(claim, mac) if CLAIM in condition.labels else claim
    if found is None or ACTIVE not in condition.labels:
        return None if found is None else (found, seen)
    stands = _with_another_sign(claim, seen, notice)
    return None if stands is None else (found, stands)


def _with_another_sign(claim: ClaimItem, seen: Standing | None, notice: Notice) -> Standing | None:
    """The standing, if its last sign of interest is old or another than was seen; else None.

    It is read where a person comes back after the shortest time for which the notice lets a consent
    last without interest, less some days, and never where the notice has no such time.
    """
    if interest.unbroken_since(notice, clock.now()) is None:
        return None
    found = subjects.account_standing(claim.subject)
    if found is None or not found.usable or found.generation != int(claim.generation):
        return None
    return None if seen is not None and seen.interest_at == found.interest_at else found


def _with_another_session(claim: ClaimItem, mac: str) -> ClaimItem | None:
    """The claim by now, if it was another session that began meanwhile; None for what else changed.

    One GetItem, where two people sign in to one account at the same moment.
    """
    by_now = holder(store.get_claim(mac))
    if by_now is None or by_now.sessions == claim.sessions:
        return None
    same = (claim.subject, claim.generation, claim.password_hash, claim.second_factor)
    read = (by_now.subject, by_now.generation, by_now.password_hash, by_now.second_factor)
    return by_now if same == read else None


def _lost(condition: ConditionFailed) -> Unauthenticated:
    """Returns the refusal of a sign-in whose account changed while it was under way."""
    if second_factor.KIND in condition.labels:
        return second_factor.refused()
    return Unauthenticated(REFUSED, type="not-signed-in")


def _without_code(attempt: Attempt, tries: int, notice: Notice, claim: ClaimItem) -> Exception:
    """Returns the problem for a right password without a code: it says so only while a try is left.

    Otherwise many guesses sent at once would tell the right one apart. One transaction.
    """
    write = Transaction(notice)
    attempt.require(write, tries)
    try:
        write.commit()
    except ConditionFailed as condition:
        return attempt.refusal(condition) or condition
    traces.asked(attempt.subject, attempt.network)
    return SecondFactorNeeded(claim)


def _open(
    write: Transaction,
    claim: ClaimItem,
    password: str | None,
    origin: Origin,
    notice: Notice,
    now: datetime,
    seen: Standing | None,
) -> tuple[NewSession, tuple[JobItem, ...]]:
    """Adds the session, on condition that the password is still the account's; its mails.

    With the standing `seen`, what had ended of its consents stays ended.
    """
    generation = int(claim.generation)
    opened = Opened(bool(claim.second_factor), site(origin.network), origin.country)
    token, session = sessions.new_session(claim.subject, opened, generation, notice, now)
    write.put(session)
    lifecycle.record_interest(
        write,
        claim.subject,
        now,
        generation,
        unbroken_since=interest.unbroken_since(notice, now),
        seen=seen,
        lapses={} if seen is None else interest.lapses(seen, notice, now),
    )
    began = parallel.begin(claim.sessions or (), token.fingerprint, now)
    for ended in began.ended:
        sessions.remove(write, claim.subject, ended)
    due = _update_claim(write, claim, began, password, origin, now)
    return NewSession(str(token), session.expires_at), due


def _update_claim(
    write: Transaction,
    claim: ClaimItem,
    began: Began,
    password: str | None,
    origin: Origin,
    now: datetime,
) -> tuple[JobItem, ...]:
    """Adds what a sign-in changes in the claim: the session is listed, and rarely anything else.

    A hash with parameters of the past is made anew; a country other than the last one is kept,
    and its person told.
    """
    listed, room = store.began(claim, began)
    actions, due = [listed], tuple[JobItem, ...]()
    hashed = claim.password_hash
    if password is not None and hashed is not None and passwords.needs_rehash(hashed):
        actions.append(ClaimItem.password_hash.set(passwords.hash_password(password)))
    if origin.country is not None and origin.country != claim.country:
        actions.append(ClaimItem.country.set(origin.country))
        if claim.country is not None:
            about = f"{origin.country} {instant(now)}"
            due = (mails.ask(write, claim.subject, mails.NEW_SIGN_IN, about, now),)
    write.update(claim, actions, store.same_password(claim) & room, label=CLAIM)
    return due
