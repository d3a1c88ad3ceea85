"""Proving an address: the moment at which an account comes to hold it."""

from chalicelib import clock
from chalicelib.accounts import model, store
from chalicelib.accounts.service import mails
from chalicelib.accounts.service.profile import address_of
from chalicelib.accounts.store import ClaimItem, CredentialItem
from chalicelib.consents.service import subjects
from chalicelib.errors import Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import reading
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault


def verify(token_text: str, notice: Notice) -> None:
    """Uses a link: claims the address, activates the account, and spends the link, all at once.

    Of two registrations of one address the first to be verified holds it; the other's link is
    answered as one that is not valid. Raises Unprocessable.
    """
    token, link = sessions.open_link(token_text, mails.VERIFY)
    subject, now = token.subject, clock.now()
    standing, credential = reading.together(
        [
            subjects.standing_at(subject),
            (CredentialItem, *store.credential_place(subject)),
        ]
    )
    if standing is None or credential is None:
        raise Unprocessable(sessions.NO_LINK, type="link-not-valid")
    mac = vault.address_mac(model.same_address(address_of(subject, notice)))
    pk, sk = store.claim_place(mac)
    claim = ClaimItem(
        pk=pk,
        sk=sk,
        kind=ClaimItem.KIND,
        subject=subject,
        password_hash=credential.password_hash,
        verified_at=now,
    )
    write = Transaction(notice)
    write.put(claim)
    write.delete(credential)
    write.delete(link, condition=type(link).pk.exists())
    subjects.activate(write, standing, mac, notice, now)
    try:
        write.commit()
    except ConditionFailed:
        raise Unprocessable(sessions.NO_LINK, type="link-not-valid") from None
