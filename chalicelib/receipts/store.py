"""The public keys of receipts in the table `access`: the one in use and its predecessors.

They hold no personal data, so no notice has to declare them. A function that could add a key could
make receipts that verify, so they lie in the table that the fewest functions write.
"""

import json
from collections.abc import Sequence

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage import condition, keys
from chalicelib.storage.item import AccessItem

KIND = "receipt_keys"

Jwk = dict[str, str]
"""A public key as a JSON Web Key (RFC 7517)."""


class PublicKeysItem(AccessItem):
    """Every key that receipts are or were signed with, as a JSON list of JWKs, oldest first."""

    jwks = UnicodeAttribute()


def public_keys() -> list[Jwk]:
    """Lists the stored keys, oldest first; none before one was replaced. One GetItem."""
    item = _get()
    return [] if item is None else list(json.loads(item.jwks))


def put_public_keys(jwks: Sequence[Jwk], before: Sequence[Jwk]) -> bool:
    """Stores these keys in place of those that were read; False if the list changed meanwhile.

    One conditional PutItem.
    """
    item = PublicKeysItem(keys.RECEIPT_KEYS, keys.PUBLIC_KEYS, kind=KIND, jwks=_text(jwks))
    same = PublicKeysItem.jwks == _text(before)
    unchanged = same if before else PublicKeysItem.pk.does_not_exist()
    return condition.held(lambda: item.save(condition=unchanged))


def _get() -> PublicKeysItem | None:
    try:
        return PublicKeysItem.get(keys.RECEIPT_KEYS, keys.PUBLIC_KEYS, consistent_read=True)
    except PublicKeysItem.DoesNotExist:
        return None


def _text(jwks: Sequence[Jwk]) -> str:
    return json.dumps(list(jwks), separators=(",", ":"), sort_keys=True)
