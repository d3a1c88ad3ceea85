"""The contents of messages, sealed with the key of their class, and the messages as values."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib.messages import model
from chalicelib.messages.model import Message, Written
from chalicelib.messages.store import MessageItem
from chalicelib.notices.model import Notice
from chalicelib.storage import keys
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import is_visitor
from chalicelib.vault import last
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem

KEY: Final = "key"
"""The label of the condition that a class of a subject has no key yet."""


def key_at(subject: str) -> Place:
    """Returns the place of the key of a subject's messages, to be read with other items."""
    return DataKeyItem, keys.subject(subject), MessageItem.CLASS


def data_key(
    write: Transaction, stored: DataKeyItem | None, subject: str, now: datetime
) -> DataKey:
    """Returns the key of the class; one that is made with its first record is added. One KMS call.

    A browser's lies unwrapped, and takes none. Of several that are made at once one is written: the
    others' transactions fail, and are repeated with that one. One that is there has to stay until
    the message is written.
    """
    if stored is not None:
        last.require(write, stored)
        return vault.open_key(stored)
    make = vault.new_visitor_key if is_visitor(subject) else vault.new_key
    key, made = make(subject, MessageItem.CLASS, now)
    write.put(made, label=KEY)
    return key


def contents_of(message: Written) -> dict[str, str]:
    """Returns what is sealed of a message: the text, and the fields beside it."""
    return {**message.fields, model.TEXT: message.text}


def message_of(item: MessageItem, key: DataKey, notice: Notice) -> Message:
    """Returns the message of an item, opened. Raises the vault's NotOpened."""
    fields = vault.open_item(item, key)
    fields.pop(model.ADDRESS, None)
    return Message(
        id=keys.record_id(item.sk),
        form=item.form,
        locale=item.locale,
        written_at=item.written_at,
        closed_at=item.closed_at,
        text=fields.pop(model.TEXT),
        fields=fields,
        looked_at=item.ends_at,
        then=notice.rule(MessageItem.KIND, item.due_event or model.CREATED).then,
    )
