"""How the rows of changes edit a document, and the form of a row.

A row has a name, an edit of the grown association's document, and the changes of the edited notice
after the other and the other way round: effect (M, I, E), kind and purposes each.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

from tests.unit.notices.grown import one, purpose, share

Document: TypeAlias = dict[str, Any]
Row: TypeAlias = tuple[str, Callable[[Document], object], str, str]


def at(place: str, name: str, /, **members: Any) -> Callable[[Document], object]:
    """Sets members of an element."""
    return lambda document: one(document, place, name).update(deepcopy(members))


def without(place: str, name: str, member: str) -> Callable[[Document], object]:
    """Takes a member of an element away."""
    return lambda document: one(document, place, name).pop(member)


def more(place: str, name: str, member: str, *values: Any) -> Callable[[Document], object]:
    """Adds to a list of an element."""
    return lambda document: one(document, place, name)[member].extend(deepcopy(values))


def new(place: str, value: Any) -> Callable[[Document], object]:
    """Adds an element to a list of the document."""

    def add(document: Document) -> None:
        found: Any = document
        for step in place.split("/"):
            found = found[step]
        found.append(deepcopy(value))

    return add


def all_of(*edits: Callable[[Document], object]) -> Callable[[Document], object]:
    """Several edits, one after the other."""
    return lambda document: [edit(document) for edit in edits]


def new_purpose(basis: str, **more_of_it: Any) -> Callable[[Document], object]:
    """Adds a purpose that uses what members give."""
    added = {**purpose("swaps", basis, "member"), **more_of_it}
    if basis == "consent":
        del added["basis"]["interest"]
    return new("purposes", added)


def basis(name: str, kind: str, **more_of_it: Any) -> Callable[[Document], object]:
    """Moves a purpose to another basis."""
    return at("purposes", name, basis={"kind": kind, "origin": "published", **more_of_it})


def shared(name: str, *purposes: str) -> Callable[[Document], object]:
    """Lets a known recipient receive data for further purposes."""
    return lambda document: share(document, name, *purposes)


def under(place: str, **members: Any) -> Any:
    """Sets members of an object of the document."""

    def change(document: Document) -> None:
        found: Any = document
        for step in filter(None, place.split("/")):
            found = found[step]
        found.update(members)

    return change


def gone(place: str) -> Any:
    """Takes a member away."""
    *way, last = place.split("/")

    def change(document: Document) -> None:
        found: Any = document
        for step in way:
            found = found[step]
        del found[last]

    return change
