"""Who works at the desk: an operator says so, nobody can give a role to themselves."""

from chalicelib.accounts import model, store
from chalicelib.consents.service import lifecycle
from chalicelib.notices import service as notices
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
    lifecycle.set_role(write, claim.subject, mac, role)
    try:
        write.commit()
    except ConditionFailed:
        return False
    return True


__all__ = ["DESK", "ROLES", "give"]
