"""Moving an account to another address: asked, confirmed from the new one, undone from the old.

A thief with a session and the password could take an account over by moving it, so the old address
can undo the move for 72 hours: then all sessions end, and no password works until the owner chooses
another. For that long the old address stays reserved.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib import clock, traces
from chalicelib.accounts import address_store, model, passwords, store
from chalicelib.accounts.address_store import EmailChangeItem
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import mails, moves, reauthentication
from chalicelib.accounts.service.addresses import mail_attempt
from chalicelib.accounts.service.claims import holder
from chalicelib.accounts.service.shown import wrong
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import BadRequest, Conflict, Finding
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions import tries
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault
from chalicelib.webhooks import service as webhooks

CONFIRM, UNDO = "confirm_address", "undo_address"
"""The actions of the links in the two mails."""

CONFIRM_VALID, UNDO_VALID = timedelta(hours=24), moves.UNDO_VALID
"""The time that each of them works."""


ATTEMPTS = 3
"""Most tries with a link that loses a race: each reads the standing again."""


def ask(
    signed_in: SignedIn,
    email: str,
    password: str,
    network: str,
    notice: Notice,
    code: str | None = None,
) -> None:
    """Asks the new address for confirmation; until then nothing changes.

    The worker looks up whether the address is held, out of the caller's sight. An account with a
    second factor also needs a `code` of it. Raises Forbidden (wrong password), Unauthenticated (the
    code is missing or wrong), BadRequest (the address is the same), Conflict (the last move may
    still be undone) and TooManyRequests.
    """
    now = clock.now()
    proven = reauthentication.prove(signed_in, password, network, notice, now)
    address = model.normal_address(email)
    target, former = vault.address_mac(model.same_address(address)), signed_in.standing.claim or ""
    if target == former:
        finding = Finding("/email", "is the account's address already", "same_address")
        raise BadRequest("The address does not change.", type="validation", findings=(finding,))
    pk, sk = address_store.email_change_place(signed_in.subject)
    item = EmailChangeItem(
        pk=pk,
        sk=sk,
        kind=EmailChangeItem.KIND,
        former=former,
        target=target,
        requested_at=now,
    )
    moves.schedule(item, notice, now)
    key = vault.load_key(signed_in.subject, EmailChangeItem.CLASS)
    vault.seal_item(item, key, {"email": address})
    attempt = mail_attempt(address, target, network, now)
    write = Transaction(notice)
    due = proven.use_code(write, code, now, notice)
    write.replace(item, condition=address_store.not_confirmed_since(now - UNDO_VALID))
    lifecycle.record_activity(write, signed_in.subject, now, signed_in.standing.generation)
    attempt.count(write)
    about = bound(target, signed_in.standing)
    mail = mails.ask(write, signed_in.subject, mails.CONFIRM_ADDRESS, about, now)
    try:
        write.commit()
    except ConditionFailed as failed:
        if EmailChangeItem.KIND in failed.labels:
            raise Conflict(
                "The address was changed in the last 72 hours; that can still be undone.",
                type="address-changed-lately",
            ) from None
        raise attempt.refusal(failed) or proven.refusal(failed) from None
    for job in (*due, mail):
        jobs.send(job)


def confirm(token_text: str, notice: Notice, password: str = "") -> None:
    """Uses the link that the new address got: the account signs in with that address from now.

    With the account's `password` it is proven that the account's owner presses the button, and not
    only a reader of the mail: then a password that is chosen by a mailed link later leaves the
    second factor as it is. Raises WrongPassword, TooManyRequests and Unprocessable, also when
    another account holds the address by now; DoneAlready for a link that was used for this.
    """
    _repeatedly(lambda: _confirm(token_text, password, notice), token_text, CONFIRM)


def _confirm(token_text: str, password: str, notice: Notice) -> None:
    now = clock.now()
    token, link = sessions.open_link(token_text, CONFIRM)
    if password:
        tries.refuse_exhausted(link, now)
    move = moves.read(token.subject, notice)
    change, standing = move.change, move.standing
    claim = holder(store.get_claim(standing.claim or "-"))
    known = change.confirmed_at is None and link.target == bound(change.target, standing)
    if claim is None or not known or standing.claim != change.former:
        raise sessions.refusal(token_text, CONFIRM)
    write = Transaction(notice)
    if password and not passwords.is_password(claim.password_hash, password):
        tries.count(write, link, now)
        raise wrong(write)
    sessions.spend(write, link)
    held = moves.moved_claim(change.target, claim, now)
    held.proven = bool(password)
    write.put(held, label="new claim", condition=store.is_free(now))
    former = moves.moved_claim(change.former, claim, now)
    former.password_hash, former.second_factor, former.country = None, False, None
    former.sessions = None
    former.reserved_until = former.expires = now + UNDO_VALID
    write.replace(former, label="former claim", condition=store.same_password(claim))
    lifecycle.move(write, standing, change.target, now)
    new, old = move.addresses["email"], move.profile[move.ref.field]
    moves.put_address(write, move, new, notice, now)
    done = moves.confirmed(change, now, notice)
    done.proven = claim.proven
    vault.seal_item(done, move.key, {"email": new, "former_email": old})
    write.replace(done, condition=address_store.same(change))
    mail = mails.ask(write, token.subject, mails.ADDRESS_CHANGED, change.former, now)
    _commit(write, standing, [mail], notice, now)
    traces.changed("address_moved", token.subject)


def undo(token_text: str, notice: Notice) -> None:
    """Uses the link that the old address got: the account is what it was, with no password.

    All sessions end; a mail with which its owner chooses another password follows, and one tells
    the other address. A second factor goes if it is younger than the move: it would be that of
    who moved the account. Raises Unprocessable, and DoneAlready.
    """
    _repeatedly(lambda: _undo(token_text, notice), token_text, UNDO)


def _undo(token_text: str, notice: Notice) -> None:
    now = clock.now()
    token, link = sessions.open_link(token_text, UNDO)
    move = moves.read(token.subject, notice)
    change, standing = move.change, move.standing
    claim = holder(store.get_claim(standing.claim or "-"))
    known = change.confirmed_at is not None and link.target == change.former
    if claim is None or not known or standing.claim != change.target:
        raise sessions.refusal(token_text, UNDO)
    write = Transaction(notice)
    sessions.spend(write, link)
    generation = lifecycle.begin_generation(write, standing, now, change.former)
    back = moves.moved_claim(change.former, claim, now)
    back.password_hash, back.generation, back.proven = None, generation, change.proven
    back.sessions = None
    if move.factor is not None and move.factor.created_at >= change.requested_at:
        made = SecondFactorItem.created_at == move.factor.created_at
        write.delete(move.factor, condition=made)
        back.second_factor = False
    write.replace(back, label="former claim", condition=ClaimItem.subject == token.subject)
    write.delete(claim, label="new claim", condition=store.same_password(claim))
    moves.put_address(write, move, move.addresses["former_email"], notice, now)
    undone = moves.wish(change, notice, now)
    vault.seal_item(undone, move.key, move.addresses)
    write.replace(undone, condition=address_store.same(change))
    mail = mails.ask(write, token.subject, mails.ADDRESS_RESTORED, "", now)
    left = mails.ask(write, token.subject, mails.MOVE_UNDONE, change.target, now)
    _commit(write, standing, [mail, left], notice, now)
    traces.changed("address_restored", token.subject)


def _commit(
    write: Transaction, standing: Standing, due: list[JobItem], notice: Notice, now: datetime
) -> None:
    """Commits the change, and tells the recipients of the former address (GDPR art. 19)."""
    asked = webhooks.notify(write, standing, webhooks.Event.RECTIFIED, notice, now)
    write.commit()
    for job in (*due, *asked):
        jobs.send(job)


def bound(target: str, standing: Standing) -> str:
    """Returns the target of a link that confirms a move: the new address, and this password.

    So a move that a thief asked for ends when the account's owner chooses another password.
    """
    return f"{target}.{standing.generation}"


def addresses(subject: str) -> tuple[EmailChangeItem, dict[str, str]] | None:
    """The latest move and the addresses in it, for its mails; None when it is gone."""
    change = address_store.get_email_change(subject)
    if change is None:
        return None
    return change, vault.open_item(change, vault.load_key(subject, EmailChangeItem.CLASS))


def _repeatedly(use: Callable[[], None], token_text: str, action: str) -> None:
    """Uses a link, again where something else of the account changed at the same moment."""
    for _ in range(ATTEMPTS):
        try:
            return use()
        except ConditionFailed:
            continue
    raise sessions.refusal(token_text, action)
