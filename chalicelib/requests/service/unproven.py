"""Receives requests by an address alone, and mails the link and the code that prove the address.

Such a request lies in a partition of its own, named by its id, with the address sealed. Nothing is
looked up, so that a known and an unknown address take the same steps and get the same answer.
"""

from datetime import datetime
from typing import Final

from chalicelib import clock, ids
from chalicelib.accounts.model import normal_address
from chalicelib.accounts.service import addresses, codes
from chalicelib.jobs import service as jobs
from chalicelib.links import Page
from chalicelib.notices.model import Notice
from chalicelib.requests import scope, store
from chalicelib.requests.agenda import EXPIRE_AFTER
from chalicelib.requests.machine import CLOSED, Action, Actor, Status, Told
from chalicelib.requests.model import Asked, Channel
from chalicelib.requests.paths import CONFIRM
from chalicelib.requests.service import additions, intake, register
from chalicelib.requests.service.mails import tell
from chalicelib.requests.store import ContactItem, RequestItem
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault

ADDRESS: Final = "email"
"""The sealed field of a contact."""

PROVE: Final = "prove_request"
"""The action of the link that proves the address of a request."""


def path(request_id: str) -> str:
    """Returns the path of the page behind that link, which the mail leads to."""
    return CONFIRM.format(id=request_id)


def make(asked: Asked, email: str, locale: str | None, network: str, notice: Notice) -> str:
    """Records a request that waits for the proof of its address, and returns its id.

    `network` is the caller's, by which mails are counted. Three KMS calls, one more for a
    sub-address; one transaction, one message. Raises
    TooManyRequests when the address or the network had its share of mails, and NoticeTooOld.
    """
    now, request_id, asked = clock.now(), ids.new_id(), scope.meant(asked, notice)
    mac = addresses.keyed(email)
    attempt = addresses.mail_attempt(email, mac, network, now)
    item = intake.new_item(request_id, request_id, asked, locale or notice.locales[0], now)
    item.channel, item.contact = str(Channel.EMAIL), bytes.fromhex(mac)
    intake.record(item, Action.SUBMIT_BY_ADDRESS, Actor.PERSON, notice, now)
    write = Transaction(notice)
    own_key, own_key_item = vault.new_key(request_id, RequestItem.CLASS, now)
    contents = additions.words_of(asked)
    if contents:
        vault.seal_item(item, own_key, contents)
    write.put(own_key_item, label="key")
    keep_address(write, request_id, email, now)
    register.enter(write, item, notice)
    job = tell(write, request_id, request_id, Told.PROOF, now)
    attempt.count(write)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    jobs.send(job)
    return request_id


def keep_address(write: Transaction, request_id: str, email: str, now: datetime) -> None:
    """Adds the address by which a request came, sealed, and the key that seals it. One KMS call."""
    key, key_item = vault.new_key(request_id, ContactItem.CLASS, now)
    contact = ContactItem(*store.contact_place(request_id), kind=ContactItem.KIND)
    vault.seal_item(contact, key, {ADDRESS: normal_address(email)})
    write.put(key_item, label="contact's key")
    write.put(contact)


def ask_again(request_id: str, network: str, notice: Notice) -> None:
    """Has the link, and the code, mailed once more where the address can still be proven by them.

    Of a request that the desk entered it is the receipt, which has a link. The caller learns
    nothing of that. A GetItem; where it waits also two more and a KMS call for the address, since
    sub-addresses are counted by their mailbox, and a transaction. Raises TooManyRequests when the
    address or the network had its share of mails.
    """
    now, item = clock.now(), store.get_request(request_id, request_id)
    if item is None or item.contact is None or not provable(item) or item.status in CLOSED:
        return
    told = Told.PROOF if item.status == Status.AWAITING_VERIFICATION else Told.RECEIPT
    attempt = addresses.mail_attempt(address_of(item), item.contact.hex(), network, now)
    write = Transaction(notice)
    job = tell(write, request_id, request_id, told, now)
    attempt.count(write)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    jobs.send(job)


def provable(item: RequestItem) -> bool:
    """Tells whether the mailbox of a request can be proven: where it waits for that.

    One that the desk entered for somebody without an account runs already, or is answered; the
    proof hands out its token.
    """
    if item.status == Status.AWAITING_VERIFICATION:
        return True
    return item.contact is not None and item.token is None


def address_of(item: RequestItem) -> str:
    """Returns the address by which a request came. Two GetItems and one KMS call.

    Raises the vault's KeyDestroyed.
    """
    contact = store.get_contact(keys.record_id(item.sk))
    if contact is None:
        raise vault.KeyDestroyed
    key = vault.load_key(keys.subject_of(item.pk), ContactItem.CLASS)
    return str(vault.open_item(contact, key)[ADDRESS])


def proof_words(item: RequestItem, notice: Notice) -> dict[str, object] | None:
    """Makes the link and the code of a mail; returns them as the mail's words.

    The code of an earlier mail works no more, its link does. One KMS call, one transaction. None
    where the address was proven, or the request removed, at this moment.
    """
    now, request_id, contact = clock.now(), keys.record_id(item.sk), item.contact
    if contact is None:
        return None
    left = item.received_at + EXPIRE_AFTER - now
    token, link = sessions.new_link(request_id, PROVE, request_id, notice, now, left)
    code = ids.new_code()
    write = Transaction(notice)
    write.put(link, label="link")
    item.sealed_fields = store.SEALED
    write.update(
        item,
        [RequestItem.code.set(codes.code_mac(contact.hex(), code))],
        RequestItem.history == list(item.history),
    )
    try:
        write.commit()
    except ConditionFailed:
        return None
    return {"link": Page(path(request_id), token), "code": code}


def follow_words(item: RequestItem, notice: Notice) -> dict[str, object]:
    """Makes the link by which the person of a letter proves the mailbox; returns the mail's words.

    Links of earlier mails go on to work. One transaction, and none where there is nothing to prove.
    """
    if not provable(item):
        return {"link": None}
    now, request_id = clock.now(), keys.record_id(item.sk)
    token, link = sessions.new_link(request_id, PROVE, request_id, notice, now, EXPIRE_AFTER)
    write = Transaction(notice)
    write.put(link, label="link")
    write.commit()
    return {"link": Page(path(request_id), token), "ends_at": link.expires_at}
