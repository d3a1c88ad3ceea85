"""Data keys: made, kept wrapped, opened, destroyed; and keyed hashes of addresses.

Each retention class has a KMS key of its own, so a role without the right to use it cannot read
the class whatever else it may read. The encryption context binds a wrapped key to its subject
and class. Destroying a data key makes every copy and backup of what it sealed unreadable.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib import settings
from chalicelib.errors import Unauthenticated
from chalicelib.storage import clients, keys
from chalicelib.storage.item import Stored
from chalicelib.vault.envelope import DataKey, NotOpened, seal, unseal
from chalicelib.vault.store import DataKeyItem

_KEY_BYTES = 32


class KeyDestroyed(Unauthenticated):
    """The subject's data key of this class does not exist: never made, or erased.

    Who is signed in while their account is being erased is answered as anybody unknown.
    """


def new_key(subject: str, retention_class: str, now: datetime) -> tuple[DataKey, DataKeyItem]:
    """A fresh data key and the item that keeps it wrapped. One KMS call; nothing is written."""
    answer = clients.kms().generate_data_key(
        KeyId=settings.class_key(retention_class),
        KeySpec="AES_256",
        EncryptionContext=_context(subject, retention_class),
    )
    item = _item(subject, retention_class, now)
    item.wrapped = answer["CiphertextBlob"]
    return DataKey(subject, retention_class, answer["Plaintext"]), item


def new_visitor_key(
    subject: str, retention_class: str, now: datetime
) -> tuple[DataKey, DataKeyItem]:
    """A data key for a browser without account, kept unwrapped.

    What it seals is no more than the choices of a random number, and a KMS call would cost more
    than all the rest of a capture.
    """
    material = os.urandom(_KEY_BYTES)
    item = _item(subject, retention_class, now)
    item.material = material
    return DataKey(subject, retention_class, material), item


def load_key(subject: str, retention_class: str) -> DataKey:
    """A subject's data key. One strongly consistent GetItem, and one KMS call if it is wrapped.

    Raises KeyDestroyed.
    """
    try:
        item = DataKeyItem.get(keys.subject(subject), retention_class, consistent_read=True)
    except DataKeyItem.DoesNotExist:
        raise KeyDestroyed from None
    return open_key(item)


def open_key(item: DataKeyItem) -> DataKey:
    """The data key that an item keeps. One KMS call if it is wrapped."""
    subject, retention_class = keys.subject_of(item.pk), item.sk
    if item.material is not None:
        return DataKey(subject, retention_class, item.material)
    answer = clients.kms().decrypt(
        KeyId=settings.class_key(retention_class),
        CiphertextBlob=item.wrapped or b"",
        EncryptionContext=_context(subject, retention_class),
    )
    return DataKey(subject, retention_class, answer["Plaintext"])


def seal_item(item: Stored, key: DataKey, fields: Mapping[str, Any]) -> None:
    """Puts `fields` into an item, sealed. The item's keys must be set already."""
    item.sealed = seal(key, item.pk, item.sk, fields)
    item.sealed_fields = frozenset(fields)


def open_item(item: Stored, key: DataKey) -> dict[str, Any]:
    """The sealed fields of an item; none when it has none. Raises NotOpened."""
    if item.sealed is None:
        return {}
    return unseal(key, item.pk, item.sk, item.sealed)


def address_mac(address: str) -> str:
    """The keyed hash under which an address is found. One KMS call; the key never leaves KMS."""
    answer = clients.kms().generate_mac(
        KeyId=settings.address_key(), MacAlgorithm="HMAC_SHA_256", Message=address.encode()
    )
    return answer["Mac"].hex()


def derived_key(purpose: str) -> bytes:
    """A key for what `purpose` says, which KMS makes again at any time. One KMS call.

    No address has a line break, so none of their hashes is such a key.
    """
    return bytes.fromhex(address_mac(f"\n{purpose}"))


def _context(subject: str, retention_class: str) -> dict[str, str]:
    return {"subject": subject, "class": retention_class}


def _item(subject: str, retention_class: str, now: datetime) -> DataKeyItem:
    return DataKeyItem(
        pk=keys.subject(subject), sk=retention_class, kind=DataKeyItem.KIND, created_at=now
    )


__all__ = [
    "DataKey",
    "KeyDestroyed",
    "NotOpened",
    "address_mac",
    "derived_key",
    "load_key",
    "new_key",
    "new_visitor_key",
    "open_item",
    "open_key",
    "seal_item",
]
