"""API keys in the table: one item each, and one in the list of all keys.

They hold no personal data, so no notice has to declare them.
"""

from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib.api_keys.model import ApiKey
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import AccessItem, NobodysData
from chalicelib.storage.transaction import ConditionFailed, Transaction

KIND = "api_key"
_CLASS = "core"


class ApiKeyItem(AccessItem):
    """One key, with a fingerprint in place of its secret."""

    fingerprint = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = UnicodeAttribute()
    created_at = InstantAttribute()
    expires_at = InstantAttribute(null=True)
    revoked_at = InstantAttribute(null=True)
    recipient = UnicodeAttribute(null=True)


class ListedKeyItem(AccessItem):
    """One key in the list of keys, without the fingerprint."""

    name = UnicodeAttribute()
    scopes = UnicodeAttribute()
    created_at = InstantAttribute()
    expires_at = InstantAttribute(null=True)
    revoked_at = InstantAttribute(null=True)
    recipient = UnicodeAttribute(null=True)


def key_place(key_id: str) -> tuple[str, str]:
    """Partition and sort key of a key."""
    return keys.api_key(key_id), keys.record(_CLASS, KIND)


def key_of(item: ApiKeyItem | ListedKeyItem) -> ApiKey:
    """Returns the key that an item of either kind describes."""
    listed = isinstance(item, ListedKeyItem)
    return ApiKey(
        id=keys.record_id(item.sk) if listed else keys.api_key_of(item.pk),
        name=item.name,
        scopes=frozenset(item.scopes.split()),
        created_at=item.created_at,
        expires_at=item.expires_at,
        revoked_at=item.revoked_at,
        recipient=item.recipient,
    )


def get_key(key_id: str) -> ApiKeyItem | None:
    """Returns a key's item, or None.

    One strongly consistent GetItem, since a revoked key must not work.
    """
    pk, sk = key_place(key_id)
    try:
        return ApiKeyItem.get(pk, sk, consistent_read=True)
    except ApiKeyItem.DoesNotExist:
        return None


def put_key(key: ApiKey, fingerprint: str) -> None:
    """Stores a new key and its entry in the list. One transaction."""
    write = Transaction(NobodysData())
    _put(write, key, fingerprint)
    write.commit()


def replace_key(old: ApiKey, until: datetime, new: ApiKey, fingerprint: str) -> None:
    """Stores a new key, and sets the end of the old one. One transaction.

    Raises ConditionFailed when the old one was revoked, or got another end, meanwhile.
    """
    write = Transaction(NobodysData())
    _put(write, new, fingerprint)
    for item in _both(old.id):
        entity = type(item)
        end = entity.expires_at
        same = end.does_not_exist() if old.expires_at is None else end == old.expires_at
        write.update(
            item,
            [end.set(until)],
            entity.pk.exists() & entity.revoked_at.does_not_exist() & same,
        )
    write.commit()


def revoke_key(key_id: str, now: datetime) -> bool:
    """Revokes a key; False when there is none, or it was revoked before. One transaction."""
    write = Transaction(NobodysData())
    for item in _both(key_id):
        entity = type(item)
        write.update(
            item,
            [entity.revoked_at.set(now)],
            entity.pk.exists() & entity.revoked_at.does_not_exist(),
        )
    try:
        write.commit()
    except ConditionFailed:
        return False
    return True


def list_keys() -> ResultIterator[ListedKeyItem]:
    """Lists all keys that were ever made. One Query a MB."""
    return ListedKeyItem.query(
        keys.API_KEYS, ListedKeyItem.sk.startswith(keys.LISTED_KEY_PREFIX), consistent_read=True
    )


def _put(write: Transaction, key: ApiKey, fingerprint: str) -> None:
    pk, sk = key_place(key.id)
    shown: dict[str, Any] = {
        "kind": KIND,
        "name": key.name,
        "scopes": " ".join(sorted(key.scopes)),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "recipient": key.recipient,
    }
    write.put(ApiKeyItem(pk, sk, fingerprint=fingerprint, **shown))
    write.put(ListedKeyItem(keys.API_KEYS, keys.listed_key(key.id), **shown))


def _both(key_id: str) -> tuple[ApiKeyItem, ListedKeyItem]:
    pk, sk = key_place(key_id)
    return ApiKeyItem(pk, sk), ListedKeyItem(keys.API_KEYS, keys.listed_key(key_id))
