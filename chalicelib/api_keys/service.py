"""Makes, recognises, replaces, lists and revokes API keys."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.api_keys import model, store
from chalicelib.api_keys.model import ApiKey, Credential
from chalicelib.api_keys.store import ApiKeyItem
from chalicelib.errors import Forbidden, NotFound, Unauthenticated, Unprocessable
from chalicelib.storage import reads
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed

NO_KEY = "There is no such API key, or it works no more."
NONE_TO_REPLACE = "There is no such key, or it works no more: `make keys` lists them by id."

_AT_ONCE = 100
"""Most items that DynamoDB reads in one BatchGetItem."""


def create(
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    recipient: str | None = None,
) -> tuple[ApiKey, str]:
    """Makes a key; returns it and the text that its holder sends, which is not stored.

    `recipient` is the one whose answers a key with the scope `answers` gives.

    Raises Unprocessable with all findings.
    """
    now, asked = clock.now(), frozenset(scopes)
    found = tuple(model.findings(name, asked, expires_at, now, recipient))
    if found:
        raise Unprocessable("This key cannot be made.", findings=found)
    credential = model.new_credential()
    key = ApiKey(credential.id, name, asked, now, expires_at, recipient=recipient)
    store.put_key(key, credential.fingerprint)
    return key, str(credential)


def authenticate(bearer: str | None, scope: str) -> ApiKey:
    """Returns the key of a bearer token. One strongly consistent GetItem.

    Raises Unauthenticated, with the same answer for every defect of the key, and Forbidden for a
    working key without the scope.
    """
    credential = _credential(bearer)
    return _recognised(credential, store.get_key(credential.id), scope)


def authenticate_and_read(
    bearer: str | None, scope: str, wanted: Sequence[Place]
) -> tuple[ApiKey, list[Any]]:
    """Returns the key, and the items at the places in `wanted`, each strongly consistent.

    One BatchGetItem for the key and up to 99 items; one more for each further 100 items, once the
    key is recognised. `wanted` must have no place twice. Raises as `authenticate`.
    """
    credential = _credential(bearer)
    place = (ApiKeyItem, *store.key_place(credential.id))
    first = _AT_ONCE - 1
    item, *found = reads.batch([place, *wanted[:first]])
    key = _recognised(credential, item, scope)
    for start in range(first, len(wanted), _AT_ONCE):
        found += reads.batch(wanted[start : start + _AT_ONCE])
    return key, found


def named(bearer: str | None) -> str:
    """Returns the id of the key that a bearer token says it is. Raises Unauthenticated."""
    return _credential(bearer).id


def rotate(key: str, expires_at: datetime | None = None) -> tuple[ApiKey, str, datetime]:
    """Makes a key that replaces another, with its name, scopes and recipient and an end of its own.

    `key` is the old one's id, or the whole key. Returns the new key, the text that its holder
    sends, and the instant until which the old key works beside it: `GRACE` from now, or its own end
    where that comes first. Repeated, it makes another key, so that one whose text was lost can be
    revoked.

    Raises NotFound for a key that does not work, and Unprocessable for an end that has passed.
    """
    now, key_id = clock.now(), _id(key)
    item = store.get_key(key_id)
    old = None if item is None else store.key_of(item)
    if old is None or not old.works(now):
        raise NotFound(NONE_TO_REPLACE)
    found = tuple(model.findings(old.name, old.scopes, expires_at, now, old.recipient))
    if found:
        raise Unprocessable("This key cannot be made.", findings=found)
    credential = model.new_credential()
    new = replace(old, id=credential.id, created_at=now, expires_at=expires_at)
    until = now + model.GRACE if old.expires_at is None else min(old.expires_at, now + model.GRACE)
    try:
        store.replace_key(old, until, new, credential.fingerprint)
    except ConditionFailed:
        raise NotFound(NONE_TO_REPLACE) from None
    return new, str(credential), until


def revoke(key: str) -> bool:
    """Revokes a key from now on; True also if it was revoked before, False when there is none.

    `key` is its id, or the whole key, such as one found in a public place.
    """
    key_id = _id(key)
    return store.revoke_key(key_id, clock.now()) or store.get_key(key_id) is not None


def listed() -> list[ApiKey]:
    """Lists all keys that were ever made, oldest first."""
    return sorted(map(store.key_of, store.list_keys()), key=lambda key: (key.created_at, key.id))


def _credential(bearer: str | None) -> Credential:
    credential = model.read_credential(bearer or "")
    if credential is None:
        raise Unauthenticated(NO_KEY)
    return credential


def _recognised(credential: Credential, item: ApiKeyItem | None, scope: str) -> ApiKey:
    if item is None or not model.proves(credential, item.fingerprint):
        raise Unauthenticated(NO_KEY)
    key = store.key_of(item)
    if not key.works(clock.now()):
        raise Unauthenticated(NO_KEY)
    if scope not in key.scopes:
        raise Forbidden(f"This needs an API key with the scope {scope}.")
    return key


def _id(key: str) -> str:
    found = model.read_credential(key)
    return key if found is None else found.id


__all__ = [
    "ApiKey",
    "authenticate",
    "authenticate_and_read",
    "create",
    "listed",
    "named",
    "revoke",
    "rotate",
]
