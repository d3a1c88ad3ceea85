"""Accounts in the table: who holds an address, and the profile by category."""

from collections.abc import Iterator

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DeleteError

from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item


class ClaimItem(Item):
    """Who holds an address. Found by the address's keyed hash; the address itself is not here.

    The password's hash stands here, so that signing in is one read.
    """

    KIND = "claim"
    CLASS = "core"

    subject = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    verified_at = InstantAttribute()


class CredentialItem(Item):
    """The password's hash of an account whose address is not proven yet."""

    KIND = "credential"
    CLASS = "account"

    password_hash = UnicodeAttribute()
    registered_at = InstantAttribute()


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


def profile_place(subject: str, category: str) -> tuple[str, str]:
    """Partition and sort key of a category of a profile."""
    return keys.subject(subject), keys.record(ProfileItem.CLASS, ProfileItem.KIND, category)


def get_claim(address_mac: str) -> ClaimItem | None:
    """Who holds an address. One strongly consistent GetItem."""
    pk, sk = claim_place(address_mac)
    try:
        return ClaimItem.get(pk, sk, consistent_read=True)
    except ClaimItem.DoesNotExist:
        return None


def delete_claim(address_mac: str, subject: str) -> None:
    """Removes the claim of a subject; one that is gone, or another's by now, is no error."""
    pk, sk = claim_place(address_mac)
    try:
        ClaimItem(pk=pk, sk=sk).delete(condition=ClaimItem.subject == subject)
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def profiles(subject: str) -> Iterator[ProfileItem]:
    """All categories of a profile. One Query."""
    prefix = keys.record(ProfileItem.CLASS, ProfileItem.KIND)
    return ProfileItem.query(
        keys.subject(subject), ProfileItem.sk.startswith(prefix), consistent_read=True
    )
