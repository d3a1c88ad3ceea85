"""Accounts in the table: who holds an address, who waits for one, and the profile by category."""

from collections.abc import Iterator
from datetime import datetime

from pynamodb.attributes import (
    BinarySetAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from chalicelib.sessions.model import MOST
from chalicelib.sessions.parallel import Began
from chalicelib.storage import condition, keys
from chalicelib.storage.attributes import InstantAttribute, still
from chalicelib.storage.item import AccessItem, Item, MailedItem


class ClaimItem(AccessItem):
    """The holder of an address, found by its keyed hash; the address itself is not here.

    The data that signing in needs stands here, so that it is one read: the password's hash, the
    generation of sessions that the password opens, whether there is a second factor, and the
    country of the last sign-in. `proven` says that the holder of the password reads the mail of the
    address: they chose it, or gave it, together with a link or a code from there. `sessions` lists
    which are open (`sessions.parallel`), so that the oldest makes room for one. An address
    that was given up has `reserved_until` instead: until then only its old holder can come back
    to it.
    """

    KIND = "claim"
    CLASS = "core"

    subject = UnicodeAttribute()
    password_hash = UnicodeAttribute(null=True)
    verified_at = InstantAttribute()
    generation = NumberAttribute(default=0)
    second_factor = BooleanAttribute(default=False)
    country = UnicodeAttribute(null=True)
    proven = BooleanAttribute(default=False)
    sessions = BinarySetAttribute(legacy_encoding=False, null=True)
    reserved_until = InstantAttribute(null=True)


class CredentialItem(AccessItem):
    """The password's hash of an account whose address is not proven yet."""

    KIND = "credential"
    CLASS = "account"

    password_hash = UnicodeAttribute()
    registered_at = InstantAttribute()


class PendingItem(AccessItem):
    """A registration that waits for the proof of its address, found by the address's hash."""

    KIND = "pending"
    CLASS = "core"

    subject = UnicodeAttribute()
    expires_at = InstantAttribute()


class CodeItem(MailedItem):
    """The short code of a verification mail, found by the address's and the code's keyed hash."""

    KIND = "code"
    CLASS = "core"

    subject = UnicodeAttribute()
    expires_at = InstantAttribute()


class ProfileItem(Item):
    """The fields of one category of the profile, sealed."""

    KIND = "profile"
    CLASS = "account"


def claim_place(address_mac: str) -> tuple[str, str]:
    """Partition and sort key of the claim on an address."""
    return keys.claim(address_mac), keys.record(ClaimItem.CLASS, ClaimItem.KIND)


def credential_place(subject: str) -> tuple[str, str]:
    """Partition and sort key of a pending account's credential."""
    return keys.subject(subject), keys.record(CredentialItem.CLASS, CredentialItem.KIND)


def pending_place(address_mac: str, subject: str) -> tuple[str, str]:
    """Partition and sort key of a registration that waits."""
    return keys.claim(address_mac), keys.record(PendingItem.CLASS, PendingItem.KIND, subject)


def code_place(address_mac: str, code_mac: str) -> tuple[str, str]:
    """Partition and sort key of a short code."""
    return keys.claim(address_mac), keys.record(CodeItem.CLASS, CodeItem.KIND, code_mac)


def profile_place(subject: str, category: str) -> tuple[str, str]:
    """Partition and sort key of a category of a profile."""
    return keys.subject(subject), keys.record(ProfileItem.CLASS, ProfileItem.KIND, category)


def get_claim(address_mac: str) -> ClaimItem | None:
    """Returns the claim on an address, also a reserved one. One strongly consistent GetItem."""
    pk, sk = claim_place(address_mac)
    try:
        return ClaimItem.get(pk, sk, consistent_read=True)
    except ClaimItem.DoesNotExist:
        return None


def is_free(now: datetime) -> Condition:
    """Returns the condition that an address is neither held nor reserved."""
    free: Condition = ClaimItem.pk.does_not_exist() | (ClaimItem.reserved_until <= now)
    return free


def same_password(claim: ClaimItem) -> Condition:
    """Returns the condition that a claim still has the password and the holder that were read."""
    same: Condition = (
        (ClaimItem.subject == claim.subject)
        & still(ClaimItem.generation, int(claim.generation))
        & ClaimItem.reserved_until.does_not_exist()
    )
    return same


def open_sessions(*packed: bytes) -> Action:
    """Returns the action that lists these sessions as open, and no others."""
    listed = ClaimItem.sessions
    return listed.set(set(packed)) if packed else listed.remove()


def began(claim: ClaimItem, session: Began) -> tuple[Action, Condition]:
    """Returns the action that lists one more session, and the condition that there is room."""
    listed = ClaimItem.sessions
    if not session.ended:
        room: Condition = listed.does_not_exist() | (size(listed) < MOST)
        return listed.add({session.added}), room
    same: Condition = listed == set(claim.sessions or ())
    return open_sessions(*session.left), same


def ended(packed: bytes) -> list[Action]:
    """Returns the actions that take a session off the list of a claim."""
    return [ClaimItem.sessions.delete({packed})]


def new_password(password_hash: str | None, generation: int, *still_open: bytes) -> list[Action]:
    """Returns the actions for a claim's new password and generation; None leaves no password.

    Sessions of earlier generations end, all but those that are `still_open`.
    """
    password = ClaimItem.password_hash
    return [
        open_sessions(*still_open),
        password.remove() if password_hash is None else password.set(password_hash),
        ClaimItem.generation.set(generation),
    ]


def pending_of(address_mac: str, now: datetime) -> Iterator[PendingItem]:
    """All registrations that wait for the proof of an address. One Query for a hundred."""
    prefix = keys.record(PendingItem.CLASS, PendingItem.KIND)
    return PendingItem.query(
        keys.claim(address_mac),
        PendingItem.sk.startswith(prefix),
        filter_condition=PendingItem.expires_at > now,
        consistent_read=True,
        page_size=100,
    )


def delete_claim(address_mac: str, subject: str) -> None:
    """Removes the claim of a subject; one that is gone, or another's by now, is no error."""
    pk, sk = claim_place(address_mac)
    own = ClaimItem.subject == subject
    condition.held(lambda: ClaimItem(pk=pk, sk=sk).delete(condition=own))


def profiles(subject: str) -> Iterator[ProfileItem]:
    """All categories of a profile. One Query."""
    prefix = keys.record(ProfileItem.CLASS, ProfileItem.KIND)
    return ProfileItem.query(
        keys.subject(subject), ProfileItem.sk.startswith(prefix), consistent_read=True
    )
