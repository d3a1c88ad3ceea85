"""Makes, wraps, opens and seals with data keys, and computes the keyed hashes of addresses.

Each retention class has a KMS key of its own, so a role without the right to use it cannot read the
class whatever else it may read. The encryption context binds a wrapped key to its subject and
class. Destroying a data key makes every copy and backup of what it sealed unreadable.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib import settings
from chalicelib.errors import Unauthenticated
from chalicelib.storage import clients, keys
from chalicelib.storage.item import Stored
from chalicelib.vault.envelope import DataKey, NotOpened, seal, unseal
from chalicelib.vault.store import DataKeyItem

_KEY_BYTES = 32

CLASSES: Final = ("core", "account", "marketing", "transaction", "support", "evidence")
"""The retention classes, each of which has a KMS key of its own."""


class KeyDestroyed(Unauthenticated):
    """The subject's data key of this class does not exist: never made, or erased.

    A session of an account that is being erased gets the same answer as an unknown one.
    """


def new_key(subject: str, retention_class: str, now: datetime) -> tuple[DataKey, DataKeyItem]:
    """Returns a new data key and the item that keeps it wrapped.

    One KMS call; nothing is written.
    """
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
    """Returns a new data key for a browser without account, and the item that keeps it unwrapped.

    It seals no more than the choices made under a random number, and a KMS call would cost more
    than all the rest of a capture.
    """
    material = os.urandom(_KEY_BYTES)
    item = _item(subject, retention_class, now)
    item.material = material
    return DataKey(subject, retention_class, material), item


def load_key(subject: str, retention_class: str) -> DataKey:
    """Returns a subject's data key. One strongly consistent GetItem; one KMS call if it is wrapped.

    Raises KeyDestroyed.
    """
    try:
        item = DataKeyItem.get(keys.subject(subject), retention_class, consistent_read=True)
    except DataKeyItem.DoesNotExist:
        raise KeyDestroyed from None
    return open_key(item)


def stored_key(subject: str, retention_class: str) -> DataKeyItem | None:
    """Returns a subject's data key as it is stored; None without one. One strong GetItem."""
    try:
        return DataKeyItem.get(keys.subject(subject), retention_class, consistent_read=True)
    except DataKeyItem.DoesNotExist:
        return None


def open_key(item: DataKeyItem) -> DataKey:
    """Returns the data key that an item keeps. One KMS call if it is wrapped."""
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
    """Seals `fields` into an item, whose partition and sort key must be set already."""
    item.sealed = seal(key, item.pk, item.sk, fields)
    item.sealed_fields = frozenset(fields)


def open_item(item: Stored, key: DataKey) -> dict[str, Any]:
    """Returns the sealed fields of an item; an empty dict where it has none. Raises NotOpened."""
    if item.sealed is None:
        return {}
    return unseal(key, item.pk, item.sk, item.sealed)


def address_mac(address: str) -> str:
    """Returns the keyed hash by which an address is found.

    One KMS call; the key never leaves KMS.
    """
    answer = clients.kms().generate_mac(
        KeyId=settings.address_key(), MacAlgorithm="HMAC_SHA_256", Message=address.encode()
    )
    return answer["Mac"].hex()


def derived_key(purpose: str) -> bytes:
    """Returns the 32-byte key for a purpose; the same purpose gives the same key. One KMS call.

    An address has no line break, so no address hash equals such a key.
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
