"""Takes messages that come with an address alone, and writes the mail that proves the address.

Such a message lies in a partition of its own, named by its id, with the address sealed in it.
Nothing is looked up, so that a known and an unknown address take the same steps and get the same
answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from chalicelib import clock, ids
from chalicelib.accounts.model import normal_address
from chalicelib.accounts.service import addresses
from chalicelib.decisions.permission import Answer, Reason, not_permitted
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.links import Page
from chalicelib.mail.model import Message
from chalicelib.messages import model, store
from chalicelib.messages.model import Written
from chalicelib.messages.paths import CONFIRM
from chalicelib.messages.service.contents import contents_of, data_key
from chalicelib.messages.service.submission import new_item
from chalicelib.messages.store import MessageItem, message_at
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault

PROVE: Final = "prove_message"
"""The action of the link that proves the address of a message."""

QUEUE: Final = "mail"

PROOF: Final = "message_proof"
"""The action of the job of the mail with that link, and its template."""


def write(email: str, message: Written, network: str, notice: Notice) -> str:
    """Keeps a message until its address is proven, or its rule is over; returns its id.

    `network` is the caller's, by which mails are counted. Two KMS calls, one more for a
    sub-address; one transaction, one message of SQS. Raises Conflict for a form on consent, which
    nobody gives by an address, and TooManyRequests when the address or the network had its share
    of mails.
    """
    if model.needs_consent(message.form, notice):
        basis = notice.purposes[notice.forms[message.form].purpose].basis
        raise not_permitted(Answer(basis, (Reason.NOT_ASKED,), ()))
    now, message_id = clock.now(), ids.new_id()
    mac = addresses.keyed(email)
    attempt = addresses.mail_attempt(email, mac, network, now)
    locale = message.locale or notice.locales[0]
    item = new_item(message_id, message_id, message, locale, now)
    item.contact = bytes.fromhex(mac)
    kept = Transaction(notice)
    key = data_key(kept, None, message_id, now)
    address = {model.ADDRESS: normal_address(email)}
    vault.seal_item(item, key, {**contents_of(message), **address})
    rule = notice.rule(MessageItem.KIND, model.UNPROVEN)
    item.schedule(store.LANE, rule.ends(now), rule.event, now)
    kept.put(item)
    job = jobs.new_job(message_id, QUEUE, PROOF, message_id, now, job_id=PROOF)
    kept.replace(job)
    attempt.count(kept)
    try:
        kept.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    jobs.send(job)
    return message_id


def compose(task: Task, notice: Notice) -> Message | None:
    """Returns the mail with the link; None where the address is proven, or the message gone.

    A BatchGetItem, a GetItem, one KMS call, and the transaction of the link. Links of earlier mails
    go on to work.
    """
    (item,) = reads.batch([message_at(task.subject, task.target)])
    now = clock.now()
    if item is None or item.due_event != model.UNPROVEN or item.ends_at is None:
        return None
    if item.ends_at <= now:
        return None
    try:
        fields = vault.open_item(item, vault.load_key(task.subject, MessageItem.CLASS))
    except vault.KeyDestroyed:
        return None
    left = item.ends_at - now
    token, link = sessions.new_link(task.subject, PROVE, task.target, notice, now, left)
    made = Transaction(notice)
    made.put(link, label="link")
    made.commit()
    words = {
        "link": Page(CONFIRM, token),
        "written_at": item.written_at,
        "ends_at": link.expires_at,
    }
    return Message(PROOF, fields[model.ADDRESS], item.locale, words)


COMPOSERS: Final[Mapping[str, Callable[[Task, Notice], Message | None]]] = {PROOF: compose}
"""The function that composes the mail of each such job."""
