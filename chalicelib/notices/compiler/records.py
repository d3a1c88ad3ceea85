"""Records: the document declares what the software stores, all of it and nothing beyond."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from chalicelib.catalogue import Catalogue, StoredKind
from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend, listed, objects, texts

TECHNICAL: Final = "technical"
"""The group of stored fields that belong to no category."""

ENDINGS: Final = frozenset({"closed", "disowned", "ended", "withdrawn"})
"""Events after which the software does not need a record any more, so that it may go at once."""

_ENDINGS: Final = ", ".join(sorted(ENDINGS))


def check(document: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    """Kinds and fields that are stored and not declared, or declared and not known."""
    if isinstance(document.get("records"), list):
        for kind in sorted(catalogue.keys() - texts(document, "records/*/kind")):
            detail = f"does not declare the kind {kind}, which the software stores. Add it."
            yield Finding("/records", detail)
    items = _items(document)
    for pointer, record in objects(document, "records/*"):
        declared = record.get("kind")
        if not isinstance(declared, str):
            continue
        if declared not in catalogue:
            detail = "is a kind of record that the software does not store; remove it."
            yield Finding(extend(pointer, "kind"), detail)
        stored = catalogue.get(declared)
        if stored is not None and record.get("class") != stored.retention_class:
            detail = f"has to be {stored.retention_class}, the class whose key seals this kind."
            yield Finding(extend(pointer, "class"), detail)
        yield from _fields(pointer, record, stored, items)
    yield from _retention(document, catalogue)


def _items(document: dict[str, object]) -> dict[str, set[str]]:
    """The items of every category, by its id."""
    return {
        name: texts(category, "items/*/id")
        for _, category in objects(document, "categories/*")
        if isinstance(name := category.get("id"), str)
    }


def _fields(
    pointer: str,
    record: dict[str, object],
    stored: StoredKind | None,
    items: dict[str, set[str]],
) -> Iterator[Finding]:
    groups = record.get("fields")
    if not isinstance(groups, dict):
        return
    place = extend(pointer, "fields")
    declared = {name for group in groups for name in listed(groups, group)}
    needed = stored.fields - stored.added if stored else frozenset[str]()
    for name in sorted(needed - declared):
        yield Finding(place, f"does not declare {name}, which the software stores. Add it.")
    for group in groups:
        if group != TECHNICAL:
            yield from _group(place, record, group, items)
        allowed = items.get(group)
        if group == TECHNICAL:
            allowed = set(stored.fields) if stored else None
        if allowed is not None:
            yield from _unknown(extend(place, group), groups[group], group, allowed)


def _group(
    place: str, record: dict[str, object], group: str, items: dict[str, set[str]]
) -> Iterator[Finding]:
    if group not in items:
        detail = "names no category; use a category's id, or technical."
        yield Finding(extend(place, group), detail)
    elif isinstance(record.get("categories"), list) and group not in listed(record, "categories"):
        detail = "is not among the record's categories; name it there too."
        yield Finding(extend(place, group), detail)


def _unknown(place: str, names: object, group: str, allowed: Set[str]) -> Iterator[Finding]:
    for index, field in enumerate(names if isinstance(names, list) else []):
        if isinstance(field, str) and field not in allowed:
            detail = (
                "is not a field that the software stores in this kind; remove it."
                if group == TECHNICAL
                else "is not an item of this category; add the item, or remove the field."
            )
            yield Finding(f"{place}/{index}", detail)


def _retention(document: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    ruled = texts(document, "retention/*/kind")
    for pointer, record in objects(document, "records/*"):
        kind = record.get("kind")
        if isinstance(kind, str) and kind not in ruled:
            detail = "has no retention rule; add one for this kind to retention."
            yield Finding(extend(pointer, "kind"), detail)
    seen: set[tuple[str, str]] = set()
    for pointer, rule in objects(document, "retention/*"):
        kind, event = rule.get("kind"), rule.get("from")
        if isinstance(kind, str) and isinstance(event, str):
            if (kind, event) in seen:
                detail = "has a rule already for this kind and event; keep one of them."
                yield Finding(extend(pointer, "from"), detail)
            seen.add((kind, event))
        yield from _at_once(pointer, rule)
    if isinstance(document.get("retention"), list):
        needed = {(kind, event) for kind, one in catalogue.items() for event in one.events}
        for kind, event in sorted(needed - seen):
            detail = f"has no rule for {kind} from {event}, which the software applies. Add it."
            yield Finding("/retention", detail)


def _at_once(pointer: str, rule: dict[str, object]) -> Iterator[Finding]:
    """A record that goes at once from its own beginning could never be used."""
    period, event = rule.get("period"), rule.get("from")
    if period == {"days": 0} and isinstance(event, str) and event not in ENDINGS:
        detail = f"is no time at all; a record may go at once only from {_ENDINGS}."
        yield Finding(extend(pointer, "period"), detail)
