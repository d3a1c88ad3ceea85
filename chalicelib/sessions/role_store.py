"""Roles at the desk in the table: apart from the standing, to which most functions write."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.item import AccessItem

KIND = "role"
_CLASS = "core"


class RoleItem(AccessItem):
    """The role at the desk that an operator gave to an account."""

    KIND = KIND
    CLASS = _CLASS

    role = UnicodeAttribute()


def role_place(subject: str) -> tuple[str, str]:
    """Returns partition and sort key of an account's role."""
    return keys.subject(subject), keys.record(_CLASS, KIND)


def role_item(subject: str, role: str) -> RoleItem:
    """Returns a role as it is stored."""
    pk, sk = role_place(subject)
    return RoleItem(pk=pk, sk=sk, kind=KIND, role=role)
