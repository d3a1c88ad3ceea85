"""Registering. Known and unknown addresses take the same steps and get the same answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib import clock, ids
from chalicelib.accounts import model, passwords, store
from chalicelib.accounts.service import addresses, mails
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.store import CredentialItem, PendingItem, ProfileItem
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import ledger, withdrawal
from chalicelib.errors import BadRequest
from chalicelib.jobs import service as jobs
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault

OPERATOR = "operator"
"""The network of an invitation, under which its mails are counted."""

SOURCE = "registration"
"""The source, in the ledger, of decisions made at registration."""


def register(body: Mapping[str, Any], network: str, notice: Notice, *, gpc: bool = False) -> None:
    """Writes a pending account with its decisions and the job that mails its address.

    `body` fits the operation's schema; `gpc` is True when the browser sent `Sec-GPC: 1`, which
    denies what its person does not decide. The address is not looked up: the job's worker asks
    whether it is held, out of the caller's sight. Three KMS calls, one transaction, one message.

    Raises BadRequest with everything that is wrong, Unprocessable when the words that the person
    saw are not those in force, TooManyRequests when the address had its share of mails.
    """
    notices.refuse_other_words(body["notice_version"], notice)
    read = model.read_registration(notice, notice.forms[FORM], body)
    if isinstance(read, tuple):
        raise BadRequest("The registration does not fit.", type="validation", findings=read)
    choices = {purpose: Choice(choice) for purpose, choice in body["decisions"].items()}
    shown = Shown(notice.version, notice.digest, body["locale"], SOURCE)
    _await_proof(read, body["password"], choices, shown, network, notice, gpc=gpc)


def invite(email: str, notice: Notice) -> None:
    """Writes a pending account of a member of staff, with nothing but an address to be proven.

    It is the way in where the notice has no form of registration. The password of such a
    registration is random and told to nobody, so the proof of the address leads to a mail with
    which to choose one.
    Raises model.NotNormal for what is no address, TooManyRequests when the address had its share.
    """
    address = model.normal_address(email)
    ref = notice.forms[FORM].address
    if ref is None:
        raise LookupError("the software's own form always has an address")
    read = model.Registration(address, {ref.category: {ref.field: address}})
    shown = Shown(notice.version, notice.digest, notice.locales[0], SOURCE)
    _await_proof(read, ids.new_secret(), {}, shown, OPERATOR, notice)


def _await_proof(
    read: model.Registration,
    password: str,
    choices: Mapping[str, Choice],
    shown: Shown,
    network: str,
    notice: Notice,
    *,
    gpc: bool = False,
) -> None:
    subject, now = ids.new_id(), clock.now()
    mac = vault.address_mac(model.same_address(read.address))
    attempt = addresses.mail_attempt(read.address, mac, network, now)
    account_key, account_item = vault.new_key(subject, ProfileItem.CLASS, now)
    ledger_key, ledger_item = vault.new_key(subject, ledger.LEDGER_CLASS, now)

    write = Transaction(notice)
    write.put(account_item, label="account key")
    write.put(ledger_item, label="ledger key")
    standing = ledger.open_ledger(write, subject, ledger_key, choices, shown, notice, now, gpc=gpc)
    for category, fields in read.profile.items():
        pk, sk = store.profile_place(subject, category)
        item = ProfileItem(pk=pk, sk=sk, kind=ProfileItem.KIND)
        vault.seal_item(item, account_key, fields)
        withdrawal.schedule(item, category, standing, notice, now)
        write.put(item, label=f"profile {category}")
    pk, sk = store.credential_place(subject)
    write.put(
        CredentialItem(
            pk=pk,
            sk=sk,
            kind=CredentialItem.KIND,
            password_hash=passwords.hash_password(password),
            registered_at=now,
        )
    )
    write.put(_pending(mac, subject, notice, now))
    job = mails.ask(write, subject, mails.VERIFY, subject, now)
    attempt.count(write)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    jobs.send(job)


def _pending(mac: str, subject: str, notice: Notice, now: datetime) -> PendingItem:
    """Returns the item that finds a registration by its address, while it waits for the proof."""
    pk, sk = store.pending_place(mac, subject)
    ends = notice.rule(PendingItem.KIND, "created").ends(now)
    return PendingItem(
        pk=pk, sk=sk, kind=PendingItem.KIND, subject=subject, expires_at=ends, expires=ends
    )
