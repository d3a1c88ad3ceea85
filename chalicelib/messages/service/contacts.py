"""Proven messages of people without an account, by their address.

Each lies in a partition named by its own id, to which an entry leads by the keyed hash.
"""

from __future__ import annotations

from typing import Final

from chalicelib import clock
from chalicelib.messages import store
from chalicelib.messages.model import Message
from chalicelib.messages.service.contents import key_at, message_of
from chalicelib.messages.store import MessagePlaceItem, message_at
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.storage import reads
from chalicelib.vault import service as vault

MOST: Final = 50
"""Most messages of an address that are shown at once."""


def ids_of(address_mac: str) -> list[str]:
    """Returns the ids of the messages of an address; some may be gone. One Query, strong."""
    return store.messages_of_address(address_mac)


def of_address(address_mac: str, notice: Notice) -> list[Message]:
    """Returns up to MOST messages of an address, opened, without the address.

    One Query and one BatchGetItem; one KMS call for each message.
    """
    found = ids_of(address_mac)[:MOST]
    places = [place for one in found for place in (message_at(one, one), key_at(one))]
    read = iter(reads.batch(places) if places else [])
    now = clock.now()
    return [
        message_of(item, vault.open_key(key), notice)
        for item, key in zip(read, read, strict=True)
        if item is not None and key is not None and not ends.gone(item, notice, now)
    ]


def forget(address_mac: str) -> None:
    """Deletes the entries of an address, whose messages are gone. One Query, a DeleteItem each."""
    for message_id in ids_of(address_mac):
        entry = store.address_entry(bytes.fromhex(address_mac), message_id)
        MessagePlaceItem(pk=entry.pk, sk=entry.sk).delete()
