"""Checks forms: they collect only items that their purpose uses and a record may keep."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.catalogue import FORMS, STORED, Kind
from chalicelib.errors import Finding
from chalicelib.notices.compiler.completion import BY, ORGANISATION
from chalicelib.notices.compiler.consent import categories_of_consent
from chalicelib.notices.compiler.purposes import categories_of
from chalicelib.notices.compiler.reader import extend, listed, objects, select, texts
from chalicelib.notices.compiler.references import items


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields missing forms, and fields that a form cannot use, no record keeps, or that repeat."""
    if isinstance(document.get("forms"), list):
        for form_id in sorted(FORMS - texts(document, "forms/*/id")):
            detail = (
                f"has no form {form_id}, and no purpose uses a category with an item of type email,"
                " by which the staff of the desk sign in. Add one of the two."
            )
            yield Finding("/forms", detail)
    known, categories = items(document), dict[str, str]()
    types, chosen = _types(document), categories_of_consent(document)
    for pointer, form in objects(document, "forms/*"):
        used = categories_of(document, form.get("purpose"))
        storable = _storable(document, _kind_of(form))
        for member, place, reference in _references(pointer, form):
            if reference not in known:
                continue
            # A person who chooses a purpose in the form may give the data that it needs there, but
            # never as a condition of the form itself (GDPR art. 7(4)).
            fitting = used if used is None or member == "required" else used | chosen
            if fitting is not None and reference.partition(".")[0] not in fitting:
                detail = "is of a category that the form's purpose does not use; add it there."
                yield Finding(place, detail)
            if reference not in storable:
                detail = "is declared by no record, so it could not be kept; add it to records."
                yield Finding(place, detail)
        yield from _address(pointer, form, types)
        yield from _of_record(pointer, form, categories)
        for index, reference in enumerate(listed(form, "optional")):
            if reference in listed(form, "required"):
                detail = "is required already; keep it in one of the two."
                yield Finding(f"{pointer}/optional/{index}", detail)


def _references(pointer: str, form: dict[str, object]) -> Iterator[tuple[str, str, str]]:
    """Yields each field of a form, with the member that asks for it and its place."""
    for member in ("required", "optional"):
        for place, value in select(form, f"{member}/*"):
            if isinstance(value, str):
                yield member, pointer + place, value


def _address(pointer: str, form: dict[str, object], types: dict[str, object]) -> Iterator[Finding]:
    address, place = form.get("address"), extend(pointer, "address")
    form_id = form.get("id")
    if "address" not in form and isinstance(form_id, str) and form_id in FORMS:
        detail = "is missing: name the field of type email by which the software reaches people."
        yield Finding(place, detail)
    if not isinstance(address, str):
        return
    if isinstance(form.get("required"), list) and address not in listed(form, "required"):
        yield Finding(place, "is not required; the address has to be one of the required fields.")
    if address in types and types[address] != "email":
        yield Finding(place, "is not an item of type email, by which people are reached.")


def _types(document: dict[str, object]) -> dict[str, object]:
    return {
        f"{category.get('id')}.{item.get('id')}": item.get("type")
        for _, category in objects(document, "categories/*")
        for _, item in objects(category, "items/*")
    }


def _kind_of(form: dict[str, object]) -> Kind | None:
    """Returns the kind of records that hold what a form asks for, where one names it."""
    return next((kind for kind in STORED.values() if form.get("id") in [*kind.forms]), None)


def _of_record(
    pointer: str, form: dict[str, object], categories: dict[str, str]
) -> Iterator[Finding]:
    """Yields what is wrong in a form whose answers are a record of their own.

    It requires that kind's own item, such as the text. All fields of the kind's forms are of one
    category: where a person has a category erased, its records go, and no others.
    `categories` has the category of each kind, by the forms before this one.
    """
    kind, fields = _kind_of(form), list(_references(pointer, form))
    if kind is None:
        return
    required = [name.partition(".")[2] for member, _, name in fields if member == "required"]
    for name in sorted(kind.items - {*required}):
        detail = f"has no field {name}, in which the record keeps what was written. Require one."
        yield Finding(extend(pointer, "required"), detail)
    for _, place, reference in fields:
        category, _, name = reference.partition(".")
        if name in kind.plain:
            detail = f"has the name of a field that each {kind.name} has; name the item otherwise."
            yield Finding(place, detail)
        if categories.setdefault(kind.name, category) != category:
            detail = f"is of another category than the other fields of a {kind.name}; use one."
            yield Finding(place, detail)


def _storable(document: dict[str, object], kind: Kind | None) -> set[str]:
    """Returns every item that a record may hold, of that kind where one is given."""
    records = (record for _, record in objects(document, "records/*"))
    own = [one for one in records if one.get(BY) != ORGANISATION]
    kept = [one for one in own if kind is None or one.get("kind") == kind.name]
    return {
        f"{group}.{name}"
        for record in kept
        for _, groups in objects(record, "fields")
        for group in groups
        for name in listed(groups, group)
    }
