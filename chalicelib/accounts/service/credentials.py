"""Choosing another password: by a mailed link, or signed in."""

from datetime import datetime

from chalicelib import clock, traces
from chalicelib.accounts import passwords, store
from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.password_rules import unfit
from chalicelib.accounts.second_factor_store import SecondFactorItem, second_factor_place
from chalicelib.accounts.service import mails, reauthentication
from chalicelib.accounts.service.contents import read_profile
from chalicelib.accounts.service.letters import reset_target
from chalicelib.accounts.service.verification import ask_by_address
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import BadRequest, Finding
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.limits import service as limits
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Session, SignedIn
from chalicelib.sessions.parallel import packed
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing


class UnfitPassword(BadRequest):
    """400: a password that cannot be chosen; the one finding's reason says why."""

    def __init__(self, reason: str, detail: str, limit: int | None = None) -> None:
        finding = Finding("/password", detail, reason, limit)
        super().__init__("The password cannot be used.", type="validation", findings=(finding,))


def ask_reset(email: str, network: str, notice: Notice) -> None:
    """Asks for the mail with which one chooses a new password, for an address known or not.

    Raises TooManyRequests.
    """
    ask_by_address(mails.RESET, email, network, notice, limits.reset)


def reset(token_text: str, password: str, notice: Notice) -> None:
    """Uses a mailed link to choose a new password; all sessions end, and its person is told.

    A second factor stays as it is, unless it was turned on in an account whose person never showed
    that they read the mail of this address: that one is removed, and the person is told of it too.
    Raises Unprocessable (the link; DoneAlready where it was used for this) and BadRequest (the
    password).
    """
    token, link = sessions.open_link(token_text, mails.RESET)
    standing = subjects.account_standing(token.subject)
    if standing is None or not standing.usable or standing.claim is None:
        raise sessions.refusal(token_text, mails.RESET)
    if link.target != reset_target(standing):
        raise sessions.refusal(token_text, mails.RESET)
    refuse_unfit(password, token.subject, notice)
    claim, role = reads.batch(
        [(ClaimItem, *store.claim_place(standing.claim)), sessions.role_at(token.subject)]
    )
    if claim is None or claim.subject != token.subject:
        raise sessions.refusal(token_text, mails.RESET)
    write = Transaction(notice)
    sessions.spend(write, link)
    now = clock.now()
    drops = claim.second_factor and not claim.proven and role is None
    mail, _ = _change(write, claim, standing, password, now, drops=drops)
    due = [mail]
    if drops:
        write.delete(SecondFactorItem(*second_factor_place(token.subject)))
        due.append(mails.ask(write, token.subject, mails.SECOND_FACTOR_OFF, "", now))
    try:
        write.commit()
    except ConditionFailed:
        raise sessions.refusal(token_text, mails.RESET) from None
    for job in due:
        jobs.send(job)
    traces.changed("password_reset", token.subject)


def change(
    signed_in: SignedIn,
    current: str,
    password: str,
    network: str,
    notice: Notice,
    code: str | None = None,
) -> None:
    """Changes the password of who is signed in; all other sessions end, and its person is told.

    An account with a second factor also needs a `code` of it. Raises Forbidden (the current
    password is wrong), BadRequest (the new one), TooManyRequests, and Unauthenticated (the code is
    missing or wrong, or the session ended meanwhile).
    """
    now = clock.now()
    proven = reauthentication.prove(signed_in, current, network, notice, now)
    refuse_unfit(password, signed_in.subject, notice)
    write = Transaction(notice)
    due = proven.use_code(write, code, now, notice)
    session = signed_in.session
    mail, generation = _change(write, proven.claim, signed_in.standing, password, now, session)
    sessions.carry_over(write, signed_in.session, generation)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise proven.refusal(failed) from None
    for job in (*due, mail):
        jobs.send(job)
    traces.changed("password_changed", signed_in.subject, network)


def refuse_unfit(password: str, subject: str, notice: Notice) -> None:
    """Raises UnfitPassword when one is short, common, or made of what an account tells."""
    if len(password) < PASSWORD_MIN:
        told = f"must have at least {PASSWORD_MIN} characters"
        raise UnfitPassword("too_short", told, PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        told = f"must have at most {PASSWORD_MAX} characters"
        raise UnfitPassword("too_long", told, PASSWORD_MAX)
    own = (value for fields in read_profile(subject).values() for value in fields.values())
    refusal = unfit(password, [*own, notice.site_name])
    if refusal is not None:
        raise UnfitPassword(refusal.reason, refusal.detail)


def _change(
    write: Transaction,
    claim: ClaimItem,
    standing: Standing,
    password: str,
    now: datetime,
    session: Session | None = None,
    *,
    drops: bool = False,
) -> tuple[JobItem, int]:
    """Adds the new password, chosen in a `session` that goes on, or by a mailed link."""
    by_link = session is None
    generation = lifecycle.begin_generation(write, standing, now, reached=by_link)
    still_open = [] if session is None else [packed(session.id, session.created_at)]
    actions = store.new_password(passwords.hash_password(password), generation, *still_open)
    if by_link:
        actions.append(ClaimItem.proven.set(True))
        if drops:
            actions.append(ClaimItem.second_factor.set(False))
    write.update(claim, actions, store.same_password(claim), label="claim")
    return mails.ask(write, standing.subject, mails.PASSWORD_CHANGED, "", now), generation
