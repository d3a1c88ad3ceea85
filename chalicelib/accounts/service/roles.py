"""Who works at the desk: an operator says so, nobody can give a role to themselves."""

from chalicelib.accounts import model, store
from chalicelib.consents.service import lifecycle
from chalicelib.errors import Forbidden
from chalicelib.notices import service as notices
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault

DESK = "desk"
ROLES = (DESK,)
"""The roles that there are."""


def give(email: str, role: str | None) -> bool:
    """Gives the account that holds an address a role, or with None takes its role away.

    The role works only in sessions that were opened with a second factor. False when no account
    holds the address, or one that is not active and so gets no role. Raises NotNormal for what is
    no address, ValueError for a role that does not exist, Contended.
    """
    if role is not None and role not in ROLES:
        raise ValueError("no such role")
    mac = vault.address_mac(model.same_address(model.normal_address(email)))
    claim = store.get_claim(mac)
    if claim is None:
        return False
    write = Transaction(notices.current())
    lifecycle.require_holder(write, claim.subject, mac, active=role is not None)
    sessions.give_role(write, claim.subject, role)
    try:
        write.commit()
    except ConditionFailed:
        return False
    return True


def staff(bearer: str | None) -> SignedIn:
    """Whose session this is, if it is one of the desk: the only check of who may do its work.

    One BatchGetItem. Raises Unauthenticated without a session, Forbidden (`staff-only`) for one
    of another account, or that was opened without a second factor.
    """
    signed_in = sessions.authenticate(bearer, with_role=True)
    if signed_in.role != DESK:
        raise Forbidden(
            "Only the privacy desk may do this, signed in with a second factor.",
            type="staff-only",
        )
    return signed_in


__all__ = ["DESK", "ROLES", "give", "staff"]
