"""The proof of an address starts the registration whose password is given, or an empty account.

A stranger can register anybody's address. So a person who proves one also gives the password, which
only the registrant has: then that registration becomes the account, with its profile and decisions.
Without it the address is proven by an empty account whose password is still to be chosen, and the
registration is disowned and erased. A mail's link stands for its address: with the password of
another registration that waits for it, that other one starts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib import ids, logs
from chalicelib.accounts import passwords, store
from chalicelib.accounts.service import mails, newcomers
from chalicelib.accounts.service.contents import address_of
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.store import ClaimItem, CredentialItem, PendingItem, ProfileItem
from chalicelib.consents.model import Shown
from chalicelib.consents.service import ledger, withdrawal
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.vault import service as vault
from chalicelib.webhooks import service as webhooks

if TYPE_CHECKING:
    from chalicelib.subjects.store import StandingItem

SOURCE = "verification"

OPENED = "Registrations"
"""The metric of accounts whose address was proven, which is when a registration counts."""
"""The source, in the ledger, of the first entry of an account that begins without decisions."""

MOST_OTHERS = 5
"""Most other registrations of an address that a password is compared with, the newest first:
comparing is slow on purpose, and the link of each one's own mail works in any case."""


class Next(StrEnum):
    """The next step of the person."""

    SIGN_IN = "sign_in"
    CHOOSE_PASSWORD = "choose_password"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A registration that waits for the proof of its address."""

    standing: "StandingItem"
    credential: CredentialItem

    @property
    def subject(self) -> str:
        """The subject that it would become an account of."""
        return subjects.standing_of(self.standing).subject


def waiting(subject: str) -> Waiting | None:
    """The registration of a subject; None for one that waits no more. One TransactGetItems."""
    return _waiting(*reads.together(_places(subject)))


def opened_by(own: Waiting, mac: str, password: str, now: datetime) -> Waiting | None:
    """The registration of an address that a password belongs to; None when it is none's.

    `own` is the one that the mail was made for. Only where it is not that one's, the others are
    read: one Query and one BatchGetItem more.
    """
    if passwords.is_password(own.credential.password_hash, password):
        return own
    others = [one for one in store.pending_of(mac, now) if one.subject != own.subject]
    newest = sorted(others, key=lambda one: one.expires_at, reverse=True)[:MOST_OTHERS]
    wanted = [place for one in newest for place in _places(one.subject)]
    found = reads.batch(wanted) if wanted else []
    for other in (_waiting(*pair) for pair in zip(found[::2], found[1::2], strict=True)):
        if other and passwords.is_password(other.credential.password_hash, password):
            return other
    return None


def start(write: Transaction, own: Waiting, mac: str, notice: Notice, now: datetime) -> bool:
    """Commits that a registration becomes the account that holds its address.

    False when it cannot any more: another account holds the address, or the registration ended.
    """
    claim = _claim(mac, own.subject, own.credential.password_hash, now)
    write.put(claim, condition=store.is_free(now))
    _leave_the_queue(write, own, mac)
    lifecycle.activate(write, own.standing, mac, notice, now)
    told = newcomers.ask(write, subjects.standing_of(own.standing), notice, now)
    return _commit(write, [] if told is None else [told])


def start_alone(write: Transaction, own: Waiting, mac: str, notice: Notice, now: datetime) -> bool:
    """Commits that an address is proven, and that nothing of its registration counts.

    The account is a new subject: its ledger never held what another decided, and its profile has
    the address alone. Its person gets a mail with which to choose a password. Three KMS calls; as
    `start` False when it cannot any more.
    """
    dropped = subjects.standing_of(own.standing)
    subject = ids.new_id()
    account_key, account_item = vault.new_key(subject, ProfileItem.CLASS, now)
    ledger_key, ledger_item = vault.new_key(subject, ledger.LEDGER_CLASS, now)
    write.put(account_item, label="account key")
    write.put(ledger_item, label="ledger key")
    shown = Shown(notice.version, notice.digest, dropped.locale, SOURCE)
    standing = ledger.open_ledger(write, subject, ledger_key, {}, shown, notice, now, claim=mac)
    for category, fields in _address_alone(dropped.subject, notice):
        pk, sk = store.profile_place(subject, category)
        item = ProfileItem(pk=pk, sk=sk, kind=ProfileItem.KIND)
        vault.seal_item(item, account_key, fields)
        withdrawal.schedule(item, category, standing, notice, now)
        write.put(item, label=f"profile {category}")
    write.put(_claim(mac, subject, None, now), condition=store.is_free(now))
    _leave_the_queue(write, own, mac)
    lifecycle.disown(write, dropped, notice, now)
    due = webhooks.notify(write, dropped, webhooks.Event.DISOWNED, notice, now)
    told = newcomers.ask(write, standing, notice, now)
    mail = mails.ask(write, subject, mails.CHOOSE_PASSWORD, "", now)
    return _commit(write, [*due, mail, *([] if told is None else [told])])


def _address_alone(subject: str, notice: Notice) -> Iterator[tuple[str, dict[str, str]]]:
    """The profile of a registration without anything but its address, by category."""
    ref = notice.forms[FORM].address
    if ref is not None:
        yield ref.category, {ref.field: address_of(subject, notice)}


def _places(subject: str) -> list[reads.Place]:
    return [
        subjects.standing_at(subject),
        (CredentialItem, *store.credential_place(subject)),
    ]


def _waiting(standing: "StandingItem | None", credential: CredentialItem | None) -> Waiting | None:
    if standing is None or credential is None or not subjects.standing_of(standing).waits:
        return None
    return Waiting(standing, credential)


def _claim(mac: str, subject: str, password_hash: str | None, now: datetime) -> ClaimItem:
    pk, sk = store.claim_place(mac)
    return ClaimItem(
        pk=pk,
        sk=sk,
        kind=ClaimItem.KIND,
        subject=subject,
        password_hash=password_hash,
        verified_at=now,
        proven=True,
    )


def _leave_the_queue(write: Transaction, own: Waiting, mac: str) -> None:
    """Adds that a registration waits no more."""
    write.delete(own.credential)
    pk, sk = store.pending_place(mac, own.subject)
    write.delete(PendingItem(pk=pk, sk=sk))


def _commit(write: Transaction, due: list[JobItem]) -> bool:
    try:
        write.commit()
    except ConditionFailed:
        return False
    logs.measure("account.opened", OPENED)
    for job in due:
        jobs.send(job)
    return True
