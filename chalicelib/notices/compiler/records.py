"""Checks records: the organisation's statements about the software's records.

The software knows the fields of a kind; a document says which items of its categories a kind holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from chalicelib.catalogue import Catalogue, Kind
from chalicelib.errors import Finding
from chalicelib.notices.compiler.completion import TECHNICAL
from chalicelib.notices.compiler.reader import extend, listed, objects, texts


def check(document: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    """Yields kinds and fields that the software does not store.

    `document` is the one that the author wrote.
    """
    items = _items(document)
    for pointer, record in objects(document, "records/*"):
        declared = record.get("kind")
        if not isinstance(declared, str):
            continue
        kind = catalogue.get(declared)
        if kind is None:
            if "title" not in record:
                detail = (
                    "is a kind of record that the software does not store; correct it, or say in"
                    " title what the organisation keeps."
                )
                yield Finding(extend(pointer, "kind"), detail)
        elif record.get("class", kind.retention_class) != kind.retention_class:
            detail = f"has to be {kind.retention_class}, the class whose key seals this kind."
            yield Finding(extend(pointer, "class"), detail)
        yield from _fields(pointer, record, kind, items)


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
        if kind is not None and not _says(kind) and group in items:
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


def _says(kind: Kind) -> bool:
    """Tells whether the fields of a kind are the notice's to say."""
    return kind.by_category or kind.by_notice or bool(kind.forms)


def _unknown(place: str, names: object, known: Set[str] | None, detail: str) -> Iterator[Finding]:
    for index, name in enumerate(names if isinstance(names, list) else []):
        if known is not None and isinstance(name, str) and name not in known:
            yield Finding(f"{place}/{index}", detail)
