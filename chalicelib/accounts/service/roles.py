"""Roles at the desk: only an operator gives them, so that no account gives itself one."""

from dataclasses import dataclass

from chalicelib.accounts import model, roster_store, store
from chalicelib.accounts.second_factor import CONFIRMED
from chalicelib.accounts.service import second_factor
from chalicelib.errors import Forbidden
from chalicelib.notices import service as notices
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.vault import service as vault

DESK = "desk"
"""The role of those who act."""

READER = "reader"
"""The role of those who read what the desk reads, and do nothing."""

ROLES = (DESK, READER)
"""The roles that there are."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the desk; `enrolled` tells whether they have the second factor that it needs."""

    subject: str
    enrolled: bool


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
    if role is None:
        roster_store.remove_in(write, claim.subject)
    else:
        roster_store.put_member(write, claim.subject, role)
    try:
        write.commit()
    except ConditionFailed:
        return False
    return True


def staff(bearer: str | None) -> SignedIn:
    """Returns the session of a token, if it is one of the desk: the check of the right to read.

    One BatchGetItem. Raises Unauthenticated without a session, Forbidden (`staff-only`) for one
    of another account, or that was opened without a second factor.
    """
    signed_in = sessions.authenticate(bearer, with_role=True)
    if signed_in.role not in ROLES:
        raise Forbidden(
            "Only the privacy desk may do this, signed in with a second factor.",
            type="staff-only",
        )
    return signed_in


def officer(bearer: str | None) -> SignedIn:
    """Returns the session of a token, if it is one of the role `desk`: the check of acts.

    One BatchGetItem. Raises the errors of `staff`, and Forbidden (`staff-only`) for a reader.
    """
    signed_in = staff(bearer)
    if signed_in.role != DESK:
        raise Forbidden(
            "A reader looks at what the desk has and acts on nothing.", type="staff-only"
        )
    return signed_in


def members() -> tuple[Member, ...]:
    """The people who act at the desk and whose accounts are active. One Query, one BatchGetItem."""
    listed = roster_store.members()
    places = [
        place
        for subject in listed
        for place in (
            subjects.standing_at(subject),
            sessions.role_at(subject),
            second_factor.places(subject)[0],
        )
    ]
    read = iter(reads.batch(places) if places else ())
    found = []
    for item, role, factor in zip(read, read, read, strict=True):
        standing = None if item is None else subjects.standing_of(item)
        works = role is not None and role.role == DESK
        if standing is None or not works or not standing.active:
            continue
        enrolled = factor is not None and factor.status == CONFIRMED
        found.append(Member(standing.subject, enrolled))
    return tuple(found)


def works_at_the_desk(subject: str) -> bool:
    """Whether an account has the role of those who act. One GetItem."""
    (role,) = reads.batch([sessions.role_at(subject)])
    return role is not None and role.role == DESK


__all__ = [
    "DESK",
    "READER",
    "ROLES",
    "Member",
    "give",
    "members",
    "officer",
    "staff",
    "works_at_the_desk",
]
