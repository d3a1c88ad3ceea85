"""Switching the second factor on and off, and making new recovery codes.

Both switches begin a new generation of sessions, in the one transaction that changes the item,
the claim and the session that asks. So no session says of itself a second factor that its account
does not have, and nothing that was read before the switch can be committed after it: no sign-in
without a code, and no move of the claim that would leave the second factor behind.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib import clock, traces
from chalicelib.accounts import second_factor as rules
from chalicelib.accounts import second_factor_store, store
from chalicelib.accounts.second_factor import CONFIRMED, Used
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import mails, reauthentication, second_factor
from chalicelib.accounts.service.contents import address_of
from chalicelib.accounts.service.profile import GONE
from chalicelib.accounts.service.reauthentication import Proven
from chalicelib.accounts.service.second_factor import Enrolled, Given
from chalicelib.accounts.service.signin import failed
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import Conflict, Forbidden, Problem, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt, FactorAttempt
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.sessions.parallel import packed
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.vault import service as vault

_CHANGED = "The account has changed meanwhile; sign in again."


@dataclass(frozen=True, slots=True)
class Offered:
    """A fresh secret, in base32 and as the URI of a QR code. Answered once, kept only sealed."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def offer(signed_in: SignedIn, password: str, network: str, notice: Notice) -> Offered:
    """A fresh secret to put into an authenticator app; an earlier one that was offered is void.

    Nothing changes for the account until `confirm`. Raises Forbidden (wrong password), Conflict
    (there is a second factor), TooManyRequests, and Unauthenticated (the account changed).
    """
    now, subject = clock.now(), signed_in.subject
    proven = reauthentication.prove(signed_in, password, network, notice, now)
    if proven.claim.second_factor:
        raise _is_on()
    try:
        key = vault.load_key(subject, SecondFactorItem.CLASS)
        address = address_of(subject, notice)
    except vault.KeyDestroyed:
        raise Unauthenticated(GONE) from None
    secret = rules.new_secret()
    item = second_factor_store.offer_item(subject, secret, key, now)
    write = Transaction(notice)
    write.replace(item, condition=second_factor_store.not_confirmed())
    proven.require(write)
    lifecycle.record_activity(write, subject, now, signed_in.standing.generation)
    _commit(write, proven.attempt)
    return Offered(secret, rules.uri(secret, notice.site_name, address))


def offered_still(signed_in: SignedIn, secret: str, notice: Notice) -> Offered | None:
    """Returns what was offered, to show it again to a caller that has the secret already.

    None unless `secret` is the one that can be confirmed now: a session alone never reads it.
    Raises Unauthenticated (the account changed).
    """
    item, key = reads.batch(second_factor.places(signed_in.subject))
    if item is None or item.status == CONFIRMED or not rules.is_open(item.created_at, clock.now()):
        return None
    enrolled = second_factor.opened(item, key)
    if enrolled is None or not _is_same(secret, enrolled.factor.secret):
        return None
    try:
        address = address_of(signed_in.subject, notice)
    except vault.KeyDestroyed:
        raise Unauthenticated(GONE) from None
    return Offered(secret, rules.uri(secret, notice.site_name, address))


def confirm(
    signed_in: SignedIn, code: str, network: str, notice: Notice, secret: str | None = None
) -> tuple[str, ...]:
    """Switches the second factor on, with a time-based code of the secret that was offered.

    `secret` is the one that the caller took the code of, where it says so: where another was
    offered since, its codes are not counted as guesses.
    Answers the recovery codes, which are shown this once. All other sessions end; its person is
    told. Raises Forbidden (wrong code), Conflict (nothing is offered, or it is on already),
    TooManyRequests, and Unauthenticated (the account changed).
    """
    now, subject = clock.now(), signed_in.subject
    mac = signed_in.standing.claim or ""
    attempt = limits.guess(mac, network, now).about(subject)
    item, key, claim, *counters = reads.batch(
        [
            *second_factor.places(subject),
            (ClaimItem, *store.claim_place(mac)),
            *attempt.places(),
        ]
    )
    tries = attempt.refuse_exhausted(counters)
    _refuse_not_offered(item, now)
    enrolled = second_factor.opened(item, key)
    if enrolled is None or claim is None or claim.subject != subject:
        raise Unauthenticated(_CHANGED)
    if secret is not None and not _is_same(secret, enrolled.factor.secret):
        raise _is_not_offered()
    step = rules.step_of(enrolled.factor.secret, code, now)
    if step is None:
        raise failed(attempt, tries, notice, _wrong_code())
    codes, hashes = _new_recovery_codes(enrolled)
    write = Transaction(notice)
    attempt.forgive(write, tries)
    confirmation = second_factor_store.confirmation(step, hashes)
    write.update(item, confirmation, second_factor_store.still_offered(item))
    _switch(write, signed_in, claim, now, on=True)
    mail = mails.ask(write, subject, mails.SECOND_FACTOR_ON, "", now)
    _commit(write, attempt)
    jobs.send(mail)
    traces.changed("second_factor_on", subject, network)
    return codes


def renew_recovery_codes(
    signed_in: SignedIn, password: str, code: str, network: str, notice: Notice
) -> tuple[str, ...]:
    """New recovery codes in place of all earlier ones, shown this once; its person is told.

    Raises Forbidden (wrong password, or wrong code), Conflict (there is no second factor),
    TooManyRequests, and Unauthenticated (the account changed).
    """
    now, subject = clock.now(), signed_in.subject
    proven = reauthentication.prove(signed_in, password, network, notice, now)
    if not proven.claim.second_factor:
        raise Conflict("There is no second factor.", type="second-factor-off")
    given, enrolled, used = _prove_code(proven, code, now, notice)
    codes, hashes = _new_recovery_codes(enrolled)
    write = Transaction(notice)
    proven.require(write)
    given.codes.require(write)
    renewal = second_factor_store.renewal(used, hashes)
    write.update(enrolled.item, renewal, second_factor_store.unused(enrolled.item, used))
    lifecycle.record_activity(write, subject, now, signed_in.standing.generation)
    mail = mails.ask(write, subject, mails.RECOVERY_CODES_RENEWED, "", now)
    _commit(write, proven.attempt, given.codes)
    jobs.send(mail)
    traces.changed("recovery_codes_renewed", subject, network)
    return codes


def remove(signed_in: SignedIn, password: str, code: str, network: str, notice: Notice) -> None:
    """Switches the second factor off; one that is off stays so. All other sessions end.

    Its person is told. The role has to be read with the session. Raises Forbidden (wrong password,
    or wrong code), Conflict (a role at the desk needs it), TooManyRequests, and Unauthenticated
    (the account changed).
    """
    if signed_in.given is not None:
        raise Conflict(
            "Who works at the desk needs a second factor.", type="role-needs-second-factor"
        )
    now = clock.now()
    proven = reauthentication.prove(signed_in, password, network, notice, now)
    if not proven.claim.second_factor:
        return
    given, enrolled, used = _prove_code(proven, code, now, notice)
    write = Transaction(notice)
    proven.require(write)
    given.codes.require(write)
    write.delete(enrolled.item, condition=second_factor_store.unused(enrolled.item, used))
    _switch(write, signed_in, proven.claim, now, on=False)
    mail = mails.ask(write, signed_in.subject, mails.SECOND_FACTOR_OFF, "", now)
    _commit(write, proven.attempt, given.codes)
    jobs.send(mail)
    traces.changed("second_factor_off", signed_in.subject, network)


def _refuse_not_offered(item: SecondFactorItem | None, now: datetime) -> None:
    """Raises Conflict unless this is a secret that can be confirmed."""
    if item is not None and item.status == CONFIRMED:
        raise _is_on()
    if item is None or not rules.is_open(item.created_at, now):
        raise _is_not_offered()


def _is_not_offered() -> Conflict:
    return Conflict(
        "No second factor is offered, or it was too long ago: ask for a new one.",
        type="second-factor-not-offered",
    )


def _is_same(secret: str, offered: str) -> bool:
    return hmac.compare_digest(secret.encode(), offered.encode())


def _prove_code(
    proven: Proven, code: str, now: datetime, notice: Notice
) -> tuple[Given, Enrolled, Used]:
    """The second factor, and what the code of it uses up. Raises Forbidden, which is counted."""
    given = second_factor.give(proven.claim.subject, code, now)
    if given.enrolled is None or given.used is None:
        raise second_factor.wrong(given, proven.attempt, proven.tries, notice, _wrong_code())
    return given, given.enrolled, given.used


def _new_recovery_codes(enrolled: Enrolled) -> tuple[tuple[str, ...], frozenset[str]]:
    """Fresh recovery codes, and what is stored in place of them."""
    codes = rules.new_recovery_codes()
    return codes, rules.fingerprints(enrolled.factor.secret, codes)


def _switch(
    write: Transaction, signed_in: SignedIn, claim: ClaimItem, now: datetime, *, on: bool
) -> None:
    """Adds what a switch changes in claim, standing and session."""
    generation = lifecycle.begin_generation(write, signed_in.standing, now)
    write.update(
        claim,
        [
            ClaimItem.second_factor.set(on),
            ClaimItem.generation.set(generation),
            store.open_sessions(packed(signed_in.session.id, signed_in.session.created_at)),
        ],
        store.same_password(claim),
        label="claim",
    )
    sessions.carry_over(write, signed_in.session, generation, second_factor=on)


def _commit(write: Transaction, attempt: Attempt, codes: FactorAttempt | None = None) -> None:
    """Commits. Raises TooManyRequests, or says that something changed the same meanwhile."""
    try:
        write.commit()
    except ConditionFailed as condition:
        changed: Problem = Unauthenticated(_CHANGED)
        if SecondFactorItem.KIND in condition.labels:
            detail = "The second factor has changed meanwhile."
            changed = Conflict(detail, type="second-factor-changed")
        guessed = None if codes is None else codes.refusal(condition)
        raise attempt.refusal(condition) or guessed or changed from None


def _is_on() -> Conflict:
    return Conflict("There is a second factor already; remove it first.", type="second-factor-on")


def _wrong_code() -> Forbidden:
    return Forbidden("The code is wrong, or was used already.", type="wrong-code")
