"""Signing out, here or everywhere, and the browser that goes on."""

from chalicelib import clock, ids, traces
from chalicelib.accounts import store
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import Unauthenticated
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.sessions.parallel import packed
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle


def new_browser() -> str:
    """Returns a new token for a browser after a sign-out: its next user inherits nothing."""
    return ids.new_secret()


def sign_out(bearer: str | None, session_id: str, notice: Notice) -> bool:
    """Ends one session of who is signed in; True for the one that asks (`current`, or its id).

    One that has ended already is no error. One BatchGetItem and one transaction. Raises
    Unauthenticated.
    """
    own = sessions.read_token(bearer).fingerprint
    current = session_id in ("current", own)
    signed_in, others = sessions.authenticate_and_read(
        bearer, lambda subject: [] if current else [sessions.place(subject, session_id)]
    )
    ended = signed_in.session if current else sessions.opened(others[0])
    if ended is None:
        return current
    write = Transaction(notice)
    sessions.remove(write, ended.subject, ended.id)
    pk, sk = store.claim_place(signed_in.standing.claim or "-")
    listed = store.ended(packed(ended.id, ended.created_at))
    is_theirs = ClaimItem.subject == signed_in.subject
    write.update(ClaimItem(pk=pk, sk=sk), listed, is_theirs, label="claim")
    try:
        write.commit()
    except ConditionFailed:  # the account moved to another address at this moment
        sessions.end(signed_in, ended.id)
    return current


def sign_out_everywhere(signed_in: SignedIn, notice: Notice) -> None:
    """Ends all sessions of an account, this one included, in one transaction.

    Raises Unauthenticated when this session ended at the same moment, by whatever else.
    """
    standing = signed_in.standing
    write = Transaction(notice)
    generation = lifecycle.begin_generation(write, standing, clock.now())
    if standing.claim is not None:
        pk, sk = store.claim_place(standing.claim)
        claim = ClaimItem(pk=pk, sk=sk, subject=standing.subject, generation=standing.generation)
        write.update(
            claim,
            [ClaimItem.generation.set(generation), store.open_sessions()],
            store.same_password(claim),
            label="claim",
        )
    try:
        write.commit()
    except ConditionFailed:
        raise Unauthenticated(sessions.NO_SESSION) from None
    traces.changed("signed_out_everywhere", standing.subject)
