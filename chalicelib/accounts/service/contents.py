"""The contents of an account, opened: its profile, and the address that it was registered with."""

from typing import Any

from chalicelib.accounts import store
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.store import ProfileItem
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.storage import keys
from chalicelib.storage.reads import Place
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem


def account_key_at(subject: str) -> Place:
    """Returns the place of the data key that opens an account's profile."""
    return DataKeyItem, keys.subject(subject), ProfileItem.CLASS


def read_profile(subject: str) -> dict[str, dict[str, Any]]:
    """A profile by category, opened. One Query, one GetItem, one KMS call.

    Raises the vault's KeyDestroyed.
    """
    key = vault.load_key(subject, ProfileItem.CLASS)
    return {
        item.sk.rsplit("#", 1)[1]: vault.open_item(item, key) for item in store.profiles(subject)
    }


def address_at(subject: str, notice: Notice) -> tuple[Place, Place]:
    """Returns the places of an account's address and its data key, for reading many at once.

    Raises KeyError when the notice's form has no address.
    """
    profile = store.profile_place(subject, _address(notice).category)
    return account_key_at(subject), (ProfileItem, *profile)


def open_address(key: DataKeyItem | None, profile: ProfileItem | None, notice: Notice) -> str:
    """The address in items that were read from there. One KMS call.

    Raises the vault's KeyDestroyed, and KeyError when the profile has none.
    """
    if key is None or profile is None:
        raise vault.KeyDestroyed
    opened = vault.open_item(profile, vault.open_key(key))
    address: str = opened[_address(notice).field]
    return address


def address_of(subject: str, notice: Notice) -> str:
    """The address that an account was registered with: the field that the notice's form names.

    Raises the vault's KeyDestroyed, and KeyError when the profile has none.
    """
    ref = _address(notice)
    address: str = read_profile(subject)[ref.category][ref.field]
    return address


def _address(notice: Notice) -> FieldRef:
    ref = notice.forms[FORM].address
    if ref is None:
        raise KeyError("the notice's form has no address")
    return ref
