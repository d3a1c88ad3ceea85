"""Removes a request whose address was not proven in time, and all that was stored to prove it."""

from datetime import datetime

from chalicelib.requests import store
from chalicelib.requests.machine import Action, Actor, advanced
from chalicelib.requests.service import register
from chalicelib.requests.service.transitions import REQUEST
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys, partition
from chalicelib.storage.item import Item, MailedItem, NobodysData
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.vault.store import DataKeyItem


def remove(write: Transaction, item: RequestItem, now: datetime) -> None:
    """Adds the end of an unproven request, on condition that it is as it was read.

    With it goes everything in the partition that was made for it: address, links, and the data keys
    with which a restored copy of them could be read. In the partition of an account only the
    request goes: the mark of its right is of another one, which is open. Its place in the register
    goes too. Two Queries of the
    partition and one of its keys, and one GetItem. Raises MoveNotAllowed for a request whose
    address is proven.
    """
    advanced(store.request_of(item).history, Action.EXPIRE, Actor.SYSTEM, now)
    subject = keys.subject_of(item.pk)
    write.delete(item, label=REQUEST, condition=RequestItem.history == list(item.history))
    register.leave(write, item)
    if subjects.account_standing(subject) is None:
        _empty(write, item.pk, but=item.sk)


def clear(subject: str) -> None:
    """Removes what is left in the partition of a request that moved, or joined another one.

    These are the data keys and links that were made for it. It is safe to repeat. One GetItem, two
    Queries of the partition, one of its keys, and one transaction.
    """
    if store.get_request(subject, subject) is not None:
        return
    write = Transaction(NobodysData())
    _empty(write, keys.subject(subject))
    write.commit()


def _empty(write: Transaction, pk: str, but: str | None = None) -> None:
    """Adds the end of all that lies in a partition, but for the item of that sort key."""
    for stored in partition.read(pk, (Item, MailedItem)):
        if stored.sk != but:
            write.delete(stored.table(pk=stored.pk, sk=stored.sk))
    for retention_class in partition.keys_of(pk):
        write.delete(DataKeyItem(pk=pk, sk=retention_class))
