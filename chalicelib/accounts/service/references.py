"""The site's back end and accounts: it introspects sessions, and keeps its own id of a person.

Only the back end may say which of its users an account is: a person who could say so would become
any of them.
"""

from dataclasses import dataclass

from chalicelib import clock
from chalicelib.accounts.reference_store import ReferenceItem, reference_place
from chalicelib.accounts.service.contents import account_key_at
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import USABLE
from chalicelib.vault import service as vault

NO_ACCOUNT = "There is no such account, or it cannot be used."


@dataclass(frozen=True, slots=True)
class Introspected:
    """A session that is alive, of an account that is in use, and the site's id of its person."""

    signed_in: SignedIn
    reference: str | None


def introspect(token_text: str) -> Introspected | None:
    """Returns the session of a token; None for one that is not alive (RFC 7662, section 2.2).

    The person of a deactivated account may sign in to come back, but the site does not serve them.
    One BatchGetItem, and one KMS call where the site gave a reference.
    """
    try:
        signed_in, (item, key) = sessions.authenticate_and_read(
            token_text,
            lambda subject: [(ReferenceItem, *reference_place(subject)), account_key_at(subject)],
            with_role=True,
        )
    except Unauthenticated:
        return None
    if not signed_in.standing.active:
        return None
    reference = None
    if item is not None and key is not None:
        reference = vault.open_item(item, vault.open_key(key))["reference"]
    return Introspected(signed_in, reference)


def refer(subject: str, reference: str | None, notice: Notice) -> None:
    """Stores the site's own id of a person, in place of an earlier one; None removes it.

    Raises NotFound.
    """
    pk, sk = reference_place(subject)
    item = ReferenceItem(pk=pk, sk=sk, kind=ReferenceItem.KIND, set_at=clock.now())
    write = Transaction(notice)
    if reference is None:
        write.delete(item)
    else:
        try:
            key = vault.load_key(subject, ReferenceItem.CLASS)
        except vault.KeyDestroyed:
            raise NotFound(NO_ACCOUNT) from None
        vault.seal_item(item, key, {"reference": reference})
        write.replace(item)
    lifecycle.require_account(write, subject, *USABLE)
    try:
        write.commit()
    except ConditionFailed:
        raise NotFound(NO_ACCOUNT) from None
