"""The list of the accounts with a role at the desk, since no index finds roles."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

MOST = 33
"""Most members of the desk that are read."""


class MemberItem(Item):
    """The entry of an account with a role; it gives no right without the role itself."""

    KIND = "role"
    CLASS = "core"

    role = UnicodeAttribute()


def put_member(write: Transaction, subject: str, role: str) -> None:
    """Adds a subject's entry in the list with its role, in place of any other."""
    item = MemberItem(keys.DESK, keys.member(subject), kind=MemberItem.KIND, role=role)
    write.replace(item, label="member")


def remove_in(write: Transaction, subject: str) -> None:
    """Adds the deletion of a subject's entry in the list."""
    write.delete(MemberItem(keys.DESK, keys.member(subject)), label="member")


def remove(subject: str) -> None:
    """Deletes a subject's entry in the list; a missing one is no error. One DeleteItem."""
    MemberItem(keys.DESK, keys.member(subject)).delete()


def members() -> tuple[str, ...]:
    """The subjects that are listed, up to MOST. One Query, strongly consistent."""
    found = MemberItem.query(
        keys.DESK,
        MemberItem.sk.startswith(keys.MEMBER_PREFIX),
        consistent_read=True,
        limit=MOST,
    )
    return tuple(keys.member_of(item.sk) for item in found)
