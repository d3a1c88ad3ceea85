"""Checks rights of other law than the GDPR, deadlines, the age of people, and sales of data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.elements import longer
from chalicelib.notices.compiler.reader import extend, listed, objects
from chalicelib.pages.words import words

_PLACE: Final = "rights."
_FORM: Final = "registration"


def known() -> frozenset[str]:
    """Returns the rights for which the software has words, which are those that it carries out."""
    names = (name.split(".") for name in words("document", "en") if name.startswith(_PLACE))
    return frozenset(name[1] for name in names)


def check_written(document: dict[str, object]) -> Iterator[Finding]:
    """Yields rights that the software does not know and that have no words of their own.

    `document` is the one that the author wrote.
    """
    ours = known()
    for pointer, right in objects(document, "rights/*"):
        name = right.get("id")
        if not isinstance(name, str) or name in ours or {"title", "description"} <= right.keys():
            continue
        detail = (
            f"is no right that the software has words for: those are {', '.join(sorted(ours))}."
            " Correct it, or write title and description of a right of other law."
        )
        yield Finding(extend(pointer, "id"), detail)


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields deadlines that the law does not allow, an age that nothing tells, and odd sales."""
    ours = known()
    for pointer, right in objects(document, "rights/*"):
        deadline = right.get("deadline")
        if isinstance(deadline, dict) and right.get("id") in ours:
            yield from _deadline(extend(pointer, "deadline"), deadline)
    yield from _age(document)
    yield from _sales(document)


def _deadline(place: str, deadline: Mapping[str, Any]) -> Iterator[Finding]:
    for member, months, most in (("within", 1, "one month"), ("extension", 2, "two months")):
        period = deadline.get(member)
        if isinstance(period, dict) and longer(period, months):
            detail = f"is longer than {most}, the most that GDPR art. 12(3) allows; shorten it."
            yield Finding(extend(place, member), detail)


def _age(document: dict[str, object]) -> Iterator[Finding]:
    minors = document.get("minors")
    if not isinstance(minors, dict) or not isinstance(minors.get("birth_date"), str):
        return
    place, field = "/minors/birth_date", minors["birth_date"]
    if "age" not in minors:
        yield Finding("/minors/age", "is missing: birth_date tells whether people are as old.")
    dates = {
        f"{category.get('id')}.{item.get('id')}"
        for _, category in objects(document, "categories/*")
        for _, item in objects(category, "items/*")
        if item.get("type") == "date"
    }
    asked = [
        name
        for _, form in objects(document, "forms/*")
        if form.get("id") == _FORM
        for name in listed(form, "required")
    ]
    if field not in dates or field not in asked:
        detail = "is no item of type date that the registration form requires; name one, or remove"
        yield Finding(place, f"{detail} it: then people confirm their age.")


def _sales(document: dict[str, object]) -> Iterator[Finding]:
    """Yields a buyer of data that is said not to be sold, and the like of sharing."""
    for pointer, category in objects(document, "categories/*"):
        for member in ("sold", "shared"):
            if f"{member}_to" in category and category.get(member) is not True:
                detail = f"names recipients, but {member} is not true; make both agree."
                yield Finding(extend(pointer, f"{member}_to"), detail)
