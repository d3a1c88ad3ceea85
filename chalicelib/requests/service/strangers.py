"""Enters requests of people whom the house does not know, which came by mail, post or phone.

Such a request lies in a partition of its own, named by its id, as one that was asked with an
address alone. It is received and on the clock, since it reached the controller; the desk may ask
who writes. Where there is an address, the mails go there, and the receipt has the link by which its
person follows the request.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib import ids
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act
from chalicelib.audit.model import Action as Audited
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.machine import Action, Actor, Told
from chalicelib.requests.model import Entered, Received, timed
from chalicelib.requests.service import additions, contacts, intake, register, unproven
from chalicelib.requests.service.mails import tell
from chalicelib.requests.store import RequestItem
from chalicelib.storage.transaction import Transaction
from chalicelib.vault import service as vault

if TYPE_CHECKING:
    from chalicelib.audit.store import HeadItem


def begin(
    by: str,
    received: Received,
    address_mac: str | None,
    head: HeadItem | None,
    notice: Notice,
    now: datetime,
) -> Entered:
    """Enters a new request for a member of the desk, whose subject is `by`.

    `address_mac` is the keyed hash of its address, where it has one; `head` that of the audit, as
    it was read. All rights wait for the desk: nobody can tell yet what there is about the person.
    Two KMS calls with an address, one without; one transaction. The commit fails at the label
    `open request` where the address has an open request of the right. Raises NoticeTooOld.
    """
    write, request_id = Transaction(notice), ids.new_id()
    locale = received.locale or notice.locales[0]
    item = intake.new_item(request_id, request_id, received.asked, locale, received.at)
    item.channel = str(received.channel)
    item.contact = None if address_mac is None else bytes.fromhex(address_mac)
    intake.record(item, Action.SUBMIT, Actor.DESK, notice, now)
    _seal(write, item, received, request_id, now)
    sent = list[JobItem]()
    if received.email is not None:
        unproven.keep_address(write, request_id, received.email, now)
        sent.append(tell(write, request_id, request_id, Told.RECEIPT, now))
    register.enter(write, item, notice)
    contacts.hold(write, item)
    audit.follow(
        write, Act(by, Audited.REQUEST_RECORDED, request_id, request_id), notice, now, head
    )
    write.commit()
    for job in sent:
        jobs.send(job)
    return Entered(request_id, timed(store.request_of(item), notice, now))


def _seal(
    write: Transaction, item: RequestItem, received: Received, request_id: str, now: datetime
) -> None:
    """Adds the key of the partition, and seals what was said."""
    key, key_item = vault.new_key(request_id, RequestItem.CLASS, now)
    said = additions.words_of(received.asked)
    if received.identified_by is not None:
        said = {**said, "identified_by": received.identified_by}
    if said:
        vault.seal_item(item, key, said)
    write.put(key_item, label="key")
