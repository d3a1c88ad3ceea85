"""Signing in with address and password."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib import clock
from chalicelib.accounts import model, passwords, store
from chalicelib.consents.service import subjects
from chalicelib.errors import Unauthenticated
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault

REFUSED = "The address and the password do not belong together."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its token is shown this once."""

    token: str
    expires_at: datetime


def sign_in(email: str, password: str, notice: Notice) -> SignedIn:
    """A session for who knows the password. One KMS call, one read, one transaction.

    A wrong password and an unknown address take the same calls, the same hashing and the same
    answer. Raises Unauthenticated.
    """
    try:
        address = model.same_address(model.normal_address(email))
    except model.NotNormal:
        address = ""
    claim = store.get_claim(vault.address_mac(address or "-"))
    right = passwords.is_password(None if claim is None else claim.password_hash, password)
    if claim is None or not right:
        raise Unauthenticated(REFUSED, type="not-signed-in")
    now = clock.now()
    token, item = sessions.new_session(claim.subject, notice, now)
    write = Transaction(notice)
    write.put(item)
    subjects.record_activity(write, claim.subject, now)
    try:
        write.commit()
    except ConditionFailed:
        raise Unauthenticated(REFUSED, type="not-signed-in") from None
    return SignedIn(str(token), item.expires_at)
