"""Signing out everywhere, and the browser that goes on."""

from chalicelib import clock, ids, traces
from chalicelib.accounts import store
from chalicelib.accounts.store import ClaimItem
from chalicelib.consents.service import lifecycle
from chalicelib.errors import Unauthenticated
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.transaction import ConditionFailed, Transaction


def new_browser() -> str:
    """The token of a browser whose person signed out: whoever uses it next inherits nothing."""
    return ids.new_secret()


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
            [ClaimItem.generation.set(generation)],
            store.same_password(claim),
            label="claim",
        )
    try:
        write.commit()
    except ConditionFailed:
        raise Unauthenticated(sessions.NO_SESSION) from None
    traces.changed("signed_out_everywhere", standing.subject)
