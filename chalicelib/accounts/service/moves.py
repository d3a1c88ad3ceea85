"""The parts of a move to another address: the data its links read, the items they write."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.accounts import address_store, store
from chalicelib.accounts.address_store import EmailChangeItem
from chalicelib.accounts.second_factor_store import SecondFactorItem, second_factor_place
from chalicelib.accounts.service.contents import account_key_at
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.service.profile import put_profile
from chalicelib.accounts.store import ClaimItem, ProfileItem
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import reads
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey

UNDO_VALID: Final = timedelta(hours=72)
"""Time for which a move can be undone from the old address, once it was confirmed."""


@dataclass(frozen=True, slots=True)
class Move:
    """All that a link about a move needs, as it stood at one instant."""

    change: EmailChangeItem
    standing: Standing
    key: DataKey
    profile: dict[str, Any]
    addresses: dict[str, str]
    ref: FieldRef
    factor: SecondFactorItem | None


def read(subject: str, notice: Notice) -> Move:
    """Reads the data for a link about a subject's latest move. One TransactGetItems, one KMS call.

    Raises Unprocessable when there is no move, or no account any more that could make it.
    """
    ref = notice.forms[FORM].address
    if ref is None:
        raise sessions.link_not_valid()
    change, standing_item, key_item, profile, factor = reads.together(
        [
            (EmailChangeItem, *address_store.email_change_place(subject)),
            subjects.standing_at(subject),
            account_key_at(subject),
            (ProfileItem, *store.profile_place(subject, ref.category)),
            (SecondFactorItem, *second_factor_place(subject)),
        ]
    )
    if change is None or standing_item is None or key_item is None or profile is None:
        raise sessions.link_not_valid()
    standing = subjects.standing_of(standing_item)
    if not standing.usable:
        raise sessions.link_not_valid()
    key = vault.open_key(key_item)
    fields, sealed = vault.open_item(profile, key), vault.open_item(change, key)
    return Move(change, standing, key, fields, sealed, ref, factor)


def moved_claim(address_mac: str, claim: ClaimItem, now: datetime) -> ClaimItem:
    """The claim of the same account on another address; that it is `proven` is not taken over."""
    pk, sk = store.claim_place(address_mac)
    return ClaimItem(
        pk=pk,
        sk=sk,
        kind=ClaimItem.KIND,
        subject=claim.subject,
        password_hash=claim.password_hash,
        verified_at=now,
        generation=claim.generation,
        second_factor=claim.second_factor,
        country=claim.country,
        sessions=claim.sessions,
    )


def put_address(
    write: Transaction, move: Move, address: str, notice: Notice, now: datetime
) -> None:
    """Adds the profile with another address in it."""
    fields = {**move.profile, move.ref.field: address}
    put_profile(write, move.standing, move.ref.category, fields, move.key, notice, now)


def confirmed(change: EmailChangeItem, now: datetime, notice: Notice) -> EmailChangeItem:
    """The move as one that has happened."""
    item = wish(change, notice, now)
    item.confirmed_at = now
    return item


def wish(change: EmailChangeItem, notice: Notice, now: datetime) -> EmailChangeItem:
    """The move as one that has not happened, or not any more: its mail still has to be written."""
    item = EmailChangeItem(
        pk=change.pk,
        sk=change.sk,
        kind=EmailChangeItem.KIND,
        former=change.former,
        target=change.target,
        requested_at=change.requested_at,
    )
    schedule(item, notice, now)
    return item


def schedule(item: EmailChangeItem, notice: Notice, now: datetime) -> None:
    """Puts a move among what is due when its rule ends, and never while it can be undone.

    Three days of the calendar may have an hour less than the 72 hours that a mail promises.
    """
    rule = notice.rule(EmailChangeItem.KIND, "created")
    ends = max(rule.ends(now), now + UNDO_VALID)
    item.schedule(address_store.LANE, ends, rule.event, now)
