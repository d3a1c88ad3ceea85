"""The confirmations of the notice by the controller: a list in the table, named by its digest.

The deployment writes the list before it tells functions the digest, and a list never changes. So a
function that runs while there is a new one goes on with the one that it was deployed with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from chalicelib import logs, settings
from chalicelib.notices import store

MAX_BYTES = 300 * 1024
"""Most bytes of a list in one item, beside its keys (DynamoDB takes 400 KiB)."""

_known: dict[str, frozenset[str]] = {}
"""The lists that this process has read, by digest: one or two."""


def confirmed() -> frozenset[str]:
    """Returns the confirmations of this deployment, `<id>=<digest>` of statements as they read.

    No call without any, and none when this process has the list; otherwise one GetItem. A list that
    is not there, as after a restore to a moment before it was written, confirms nothing.
    """
    digest = settings.confirmations()
    if digest is None:
        return frozenset()
    if digest not in _known:
        found = store.get_confirmations(digest)
        if found is None:
            logs.log("notice.confirmations_missing")
            return frozenset()
        _known[digest] = found
    return _known[digest]


def digest_of(entries: Collection[str]) -> str:
    """Returns the digest that names a list of confirmations, 64 hexadecimal characters.

    It is the same in any order of the entries; of no entries it is the empty text.
    """
    if not entries:
        return ""
    return hashlib.sha256("\n".join(sorted(set(entries))).encode()).hexdigest()


def item_of(entries: Collection[str]) -> Mapping[str, Any]:
    """Returns the item that holds a list of confirmations, as DynamoDB takes it."""
    stored: Mapping[str, Any] = store.confirmations_item(
        digest_of(entries), set(entries)
    ).serialize()
    return stored
