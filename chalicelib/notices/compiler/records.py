"""Checks records and retention: the organisation's statements about the software's records.

The software knows the fields of a kind; a document says which items of its categories a kind holds,
and overrides the periods it cares about, within the bounds of the kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from chalicelib.catalogue import Catalogue, Kind, Rule
from chalicelib.catalogue.lengths import average, is_length, written
from chalicelib.catalogue.model import ERASE
from chalicelib.errors import Finding
from chalicelib.notices.compiler.completion import TECHNICAL
from chalicelib.notices.compiler.reader import extend, listed, objects, texts

ENDINGS: Final = frozenset({"closed", "disowned", "ended", "requested", "withdrawn"})
"""Events after which the software no longer needs a record, so that it may be erased at once."""

_ENDINGS: Final = ", ".join(sorted(ENDINGS))


def check(document: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    """Yields kinds and fields that the software does not store, and periods out of bounds.

    `document` is the one that the author wrote.
    """
    items = _items(document)
    for pointer, record in objects(document, "records/*"):
        declared = record.get("kind")
        if not isinstance(declared, str):
            continue
        kind = catalogue.get(declared)
        if kind is None:
            detail = "is a kind of record that the software does not store; remove it."
            yield Finding(extend(pointer, "kind"), detail)
        elif record.get("class", kind.retention_class) != kind.retention_class:
            detail = f"has to be {kind.retention_class}, the class whose key seals this kind."
            yield Finding(extend(pointer, "class"), detail)
        yield from _fields(pointer, record, kind, items)
    yield from _retention(document, catalogue)


def _items(document: dict[str, object]) -> dict[str, set[str]]:
    """Returns the items of every category, by its id."""
    return {
        name: texts(category, "items/*/id")
        for _, category in objects(document, "categories/*")
        if isinstance(name := category.get("id"), str)
    }


def _fields(
    pointer: str, record: dict[str, object], kind: Kind | None, items: dict[str, set[str]]
) -> Iterator[Finding]:
    groups = record.get("fields")
    if not isinstance(groups, dict):
        return
    place = extend(pointer, "fields")
    for group, names in groups.items():
        inner = extend(place, group)
        if group == TECHNICAL:
            known = None if kind is None else kind.fields | kind.former
            detail = "is not a field that the software stores in this kind; remove it."
            yield from _unknown(inner, names, known, detail)
            continue
        yield from _group(place, record, group, items)
        detail = "is not an item of this category; add the item, or remove the field."
        yield from _unknown(inner, names, items.get(group), detail)
        if kind is not None and not kind.by_category and group in items:
            detail = "is not an item that the software keeps in this kind; remove the field."
            yield from _unknown(inner, names, kind.items, detail)


def _group(
    place: str, record: dict[str, object], group: str, items: dict[str, set[str]]
) -> Iterator[Finding]:
    if group not in items:
        detail = "names no category; use a category's id."
        yield Finding(extend(place, group), detail)
    elif isinstance(record.get("categories"), list) and group not in listed(record, "categories"):
        detail = "is not among the record's categories; name it there too."
        yield Finding(extend(place, group), detail)


def _unknown(place: str, names: object, known: Set[str] | None, detail: str) -> Iterator[Finding]:
    for index, name in enumerate(names if isinstance(names, list) else []):
        if known is not None and isinstance(name, str) and name not in known:
            yield Finding(f"{place}/{index}", detail)


def _retention(document: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for pointer, rule in objects(document, "retention/*"):
        kind, event = rule.get("kind"), rule.get("from")
        if isinstance(kind, str) and isinstance(event, str):
            if (kind, event) in seen:
                detail = "has a rule already for this kind and event; keep one of them."
                yield Finding(extend(pointer, "from"), detail)
            seen.add((kind, event))
            known = catalogue[kind].rule(event) if kind in catalogue else None
            if known is not None:
                yield from _out_of_bounds(extend(pointer, "period"), rule.get("period"), known)
                yield from _decided(pointer, rule, known)
        yield from _at_once(pointer, rule)


def _out_of_bounds(place: str, period: object, rule: Rule) -> Iterator[Finding]:
    if not is_length(period) or average(period) <= 0 or rule.allows(period):
        return  # the schema reports an impossible or negative length
    bounds = [
        f"{word} {written(bound)}"
        for word, bound in (("at least", rule.least), ("at most", rule.most))
        if bound is not None
    ]
    yield Finding(place, f"has to be {' and '.join(bounds)}: {rule.why}.")


def _decided(pointer: str, rule: dict[str, object], known: Rule) -> Iterator[Finding]:
    """Yields a finding where a person would have to decide about what goes in any case.

    That is a record that the software lets be kept for no time at all once its event has happened.
    """
    if known.most is not None and average(known.most) == 0 and rule.get("then", ERASE) != ERASE:
        yield Finding(extend(pointer, "then"), f"has to be erase: {known.why}.")


def _at_once(pointer: str, rule: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding for a record that is erased at its own beginning, so that it has no use."""
    period, event = rule.get("period"), rule.get("from")
    if period == {"days": 0} and isinstance(event, str) and event not in ENDINGS:
        detail = f"is no time at all; a record may go at once only from {_ENDINGS}."
        yield Finding(extend(pointer, "period"), detail)
