"""Removes a request whose address was not proven in time, and all that was stored to prove it."""

from datetime import datetime

from chalicelib.requests import store
from chalicelib.requests.machine import Action, Actor, advanced
from chalicelib.requests.service import register
from chalicelib.requests.service.closure import REQUEST
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys, partition
from chalicelib.storage.item import Item, MailedItem
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
    if subjects.account_standing(subject) is not None:
        return
    for stored in partition.read(item.pk, (Item, MailedItem)):
        if stored.sk != item.sk:
            write.delete(stored.table(pk=stored.pk, sk=stored.sk))
    for retention_class in partition.keys_of(item.pk):
        write.delete(DataKeyItem(pk=item.pk, sk=retention_class))
