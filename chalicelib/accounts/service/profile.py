"""What an account holds about its person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.accounts import store
from chalicelib.accounts.model import Profile
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.store import ProfileItem
from chalicelib.consents.service import subjects
from chalicelib.errors import Unauthenticated
from chalicelib.notices.model import Notice
from chalicelib.sessions.model import Session
from chalicelib.vault import service as vault


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its person sees it."""

    id: str
    state: str
    locale: str
    registered_at: datetime
    notice_version: str
    profile: Profile


def account(session: Session) -> Account:
    """The account of a session. Raises Unauthenticated when it is gone."""
    standing = subjects.account_standing(session.subject)
    if standing is None:
        raise Unauthenticated("This account is gone.")
    return Account(
        id=session.subject,
        state=str(standing.state),
        locale=standing.locale,
        registered_at=standing.registered_at,
        notice_version=standing.notice_version,
        profile=read_profile(session.subject),
    )


def read_profile(subject: str) -> dict[str, dict[str, Any]]:
    """A profile by category, opened. One Query, one GetItem, one KMS call.

    Raises the vault's KeyDestroyed.
    """
    key = vault.load_key(subject, ProfileItem.CLASS)
    return {
        item.sk.rsplit("#", 1)[1]: vault.open_item(item, key) for item in store.profiles(subject)
    }


def address_of(subject: str, notice: Notice) -> str:
    """The address that an account was registered with: the field that the notice's form names.

    Raises the vault's KeyDestroyed, and KeyError when the profile has none.
    """
    ref = notice.forms[FORM].address
    if ref is None:
        raise KeyError("the notice's form has no address")
    address: str = read_profile(subject)[ref.category][ref.field]
    return address
