"""The second factor where a code of it is asked for: at sign-in, and before it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.accounts import second_factor as rules
from chalicelib.accounts import second_factor_store as store
from chalicelib.accounts.second_factor import CONFIRMED, Factor, RecoveryCodeUsed
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import mails
from chalicelib.accounts.service.profile import account_key_at
from chalicelib.errors import Unauthenticated
from chalicelib.jobs.store import JobItem
from chalicelib.storage import reading
from chalicelib.storage.reading import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

KIND = SecondFactorItem.KIND
"""The label of a second factor's condition in a transaction."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A second factor as it was read, and opened."""

    item: SecondFactorItem
    factor: Factor


@dataclass(frozen=True, slots=True)
class Accepted:
    """A code that was right; `mails` are to be sent after the commit."""

    mails: tuple[JobItem, ...] = ()


def needed() -> Unauthenticated:
    """What a sign-in without a code is answered, once its password was right."""
    return Unauthenticated(
        "This account has a second factor: send a code of it too, as `code`.",
        type="second-factor-needed",
    )


def refused() -> Unauthenticated:
    """What a sign-in with a wrong code is answered, once its password was right."""
    return Unauthenticated(
        "The code of the second factor is wrong, or was used already.",
        type="second-factor-wrong",
    )


def accept(write: Transaction, subject: str, code: str, now: datetime) -> Accepted | None:
    """Adds that a code is used up, if it is right; None for one that is wrong or was used.

    A code that somebody else uses at the same moment makes the transaction fail, so whatever it
    opens is written in the same one. One read, and one KMS call.
    """
    enrolled = read(subject)
    used = None if enrolled is None else rules.use(enrolled.factor, code, now)
    if enrolled is None or used is None:
        return None
    write.update(enrolled.item, store.usage(used), store.unused(enrolled.item, used))
    if not isinstance(used, RecoveryCodeUsed):
        return Accepted()
    left = str(used.left)
    return Accepted((mails.ask(write, subject, mails.RECOVERY_CODE_USED, left, now),))


def read(subject: str) -> Enrolled | None:
    """A subject's confirmed second factor, opened. One BatchGetItem, and one KMS call."""
    item, key = reading.batch(places(subject))
    return opened(item, key) if item is not None and item.status == CONFIRMED else None


def places(subject: str) -> Sequence[Place]:
    """Where a second factor and the key that opens it lie, to be read together with others."""
    return (SecondFactorItem, *store.second_factor_place(subject)), account_key_at(subject)


def opened(item: SecondFactorItem, key: DataKeyItem | None) -> Enrolled | None:
    """A second factor of items that were read; None when its key was erased. One KMS call."""
    return None if key is None else Enrolled(item, store.factor_of(item, vault.open_key(key)))
