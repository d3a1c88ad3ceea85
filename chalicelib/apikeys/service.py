"""Making, recognising, listing and revoking API keys."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib import clock
from chalicelib.apikeys import model, store
from chalicelib.apikeys.model import ApiKey
from chalicelib.errors import Forbidden, Unauthenticated, Unprocessable

NO_KEY = "There is no such API key, or it works no more."


def create(
    name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and the text that its holder sends; the text is stored nowhere.

    Raises Unprocessable with everything that is wrong.
    """
    now, asked = clock.now(), frozenset(scopes)
    found = tuple(model.findings(name, asked, expires_at, now))
    if found:
        raise Unprocessable("This key cannot be made.", findings=found)
    credential = model.new_credential()
    key = ApiKey(credential.id, name, asked, now, expires_at)
    store.put_key(key, credential.fingerprint)
    return key, str(credential)


def authenticate(bearer: str | None, scope: str) -> ApiKey:
    """Whose key this is. One strongly consistent GetItem.

    Raises Unauthenticated, the same whatever is wrong with the key, and Forbidden for one that
    works and does not have the scope.
    """
    credential = model.read_credential(bearer or "")
    item = None if credential is None else store.get_key(credential.id)
    if credential is None or item is None or not model.proves(credential, item.fingerprint):
        raise Unauthenticated(NO_KEY)
    key = store.key_of(item)
    if not key.works(clock.now()):
        raise Unauthenticated(NO_KEY)
    if scope not in key.scopes:
        raise Forbidden(f"This needs an API key with the scope {scope}.")
    return key


def revoke(key: str) -> bool:
    """Ends a key from now on; True also when it was ended before, False when there is none.

    `key` is its id, or the whole key as somebody found it where it should not be.
    """
    found = model.read_credential(key)
    key_id = key if found is None else found.id
    return store.revoke_key(key_id, clock.now()) or store.get_key(key_id) is not None


def listed() -> list[ApiKey]:
    """All keys that were ever made, oldest first."""
    return sorted(map(store.key_of, store.list_keys()), key=lambda key: (key.created_at, key.id))


__all__ = ["ApiKey", "authenticate", "create", "listed", "revoke"]
