"""Adds to an open request what is asked once more: purposes, categories, words, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib import texts
from chalicelib.errors import Conflict, Finding, Unprocessable
from chalicelib.requests import scope, store
from chalicelib.requests.history import written
from chalicelib.requests.machine import Action, Actor, advanced
from chalicelib.requests.model import CHANGES_MAX, DETAILS_MAX, JOINED_MAX, Asked
from chalicelib.requests.service import messages
from chalicelib.requests.store import SEALED, RequestItem
from chalicelib.storage.transaction import Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey

if TYPE_CHECKING:
    from chalicelib.requests.service.effects import Concerned


def adds(
    person: Concerned,
    item: RequestItem,
    asked: Asked,
    new: Asked,
    now: datetime,
    *,
    beside: Transaction | None = None,
) -> bool:
    """Adds to an item what is new, and an entry about it; tells whether there was anything.

    `new` is what was asked without the corrections that are made at once, which are new always.
    Words that would make the details too long become a text of their own, that of the entry, in
    the transaction `beside`; without one they are refused. Raises Unprocessable where it would
    become too long, and Conflict where words or corrections were added a hundred times; a purpose
    or category more is never refused.
    """
    before = item.purposes, item.categories, item.ground, item.fields
    whole = scope.is_whole(asked) or scope.is_whole(store.request_of(item))
    item.purposes = None if whole else _both(item.purposes, asked.purposes)
    item.categories = None if whole else _both(item.categories, asked.categories)
    item.ground = item.ground or (None if asked.ground is None else str(asked.ground))
    item.fields = _both(item.fields, scope.named(asked.changes))
    added = before != (item.purposes, item.categories, item.ground, item.fields)
    said = _say(person, item, words_of(new), now, beside)
    spoken = said or new.changes != asked.changes
    item.sealed_fields = SEALED
    if added or spoken:
        history = store.request_of(item).history
        if spoken and sum(entry.event is Action.JOIN for entry in history) >= JOINED_MAX:
            detail = f"There are {JOINED_MAX} additions to this request already."
            raise Conflict(detail, type="too-many-messages")
        item.history = [
            *item.history,
            written(advanced(history, Action.JOIN, Actor.PERSON, now)[-1]),
        ]
    return added or spoken


def _say(
    person: Concerned,
    item: RequestItem,
    contents: Mapping[str, Any],
    now: datetime,
    beside: Transaction | None,
) -> bool:
    """Seals words and corrections with what an item holds; tells whether they are new."""
    if not contents:
        return False
    key = key_of(person)
    known = {} if item.sealed is None else vault.open_item(item, key)
    merged, apart = _merged(known, contents), False
    if beside is not None and len(merged.get("details", "")) > DETAILS_MAX:
        messages.put(beside, item, key, Actor.PERSON, contents["details"], now)
        apart, merged["details"] = True, known["details"]
    _refuse_too_much(merged)
    if merged != known:
        vault.seal_item(item, key, merged)
    return apart or merged != known


def _refuse_too_much(merged: Mapping[str, Any]) -> None:
    """Raises Unprocessable where what was said in several requests is too long together."""
    changes = sum(len(fields) for fields in merged.get("changes", {}).values())
    sizes = (
        ("/details", len(merged.get("details", "")), DETAILS_MAX, "characters"),
        ("/changes", changes, CHANGES_MAX, "corrections"),
    )
    found = tuple(
        Finding(place, f"has, with what was asked before, more than {most} {of}")
        for place, length, most, of in sizes
        if length > most
    )
    if found:
        raise Unprocessable("The open request would become too long.", findings=found)


def _both(before: str | None, added: tuple[str, ...]) -> str | None:
    known = (before or "").split()
    return " ".join([*known, *(one for one in added if one not in known)]) or None


def _merged(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what is sealed after a later request: texts one after the other, changes by field."""
    merged = dict(before)
    details = said.get("details")
    if details is not None and details not in before.get("details", "").split("\n\n"):
        merged["details"] = "\n\n".join(filter(None, [before.get("details"), details]))
    for category, fields in said.get("changes", {}).items():
        changes = merged.get("changes", {})
        merged["changes"] = {**changes, category: {**changes.get(category, {}), **fields}}
    return merged


def key_of(person: Concerned) -> DataKey:
    """Returns the key that seals requests of a person. One KMS call, and a GetItem at most."""
    return key_for(person.loaded.subject, person)


def key_for(subject: str, person: Concerned | None) -> DataKey:
    """Returns the key that seals requests. One KMS call, and a GetItem where it was not read."""
    if person is None or person.loaded.key is None:
        return vault.load_key(subject, RequestItem.CLASS)
    return vault.open_key(person.loaded.key)


def words_of(asked: Asked) -> dict[str, Any]:
    """Returns what is sealed of a request: the person's own words and corrections."""
    details = {} if asked.details is None else {"details": texts.lines(asked.details)}
    changes = {"changes": {name: dict(fields) for name, fields in asked.changes.items()}}
    return details | (changes if asked.changes else {})
