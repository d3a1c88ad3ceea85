"""The values of a comparison of two versions: differences, changes and their effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from chalicelib.notices.model import Notice

Path: TypeAlias = tuple[str, ...]
"""The way to a value: names of members, and elements of lists as `:` and their id.

The colon keeps an id from being taken for a member: `("purposes", ":origin")` is a purpose called
`origin`."""

ELEMENT = ":"
"""The prefix of an element's name in a path. No member of a document begins with it."""


class Effect(StrEnum):
    """The effect of a change on people."""

    EDITORIAL = "editorial"
    """None: the use of data, and people's choices, are as before or narrower."""

    INFORMATIVE = "informative"
    """People are told beforehand (GDPR art. 13(3), 14(4))."""

    MATERIAL = "material"
    """People are asked again: their consent did not cover it (GDPR art. 4(11), 6(1)(a))."""


class Act(StrEnum):
    """The way in which a value of two documents differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """The same elements of a list in another order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two documents differ.

    `pointer` is a JSON Pointer (RFC 6901) into the later document, or into the earlier one for a
    removed value. `before` and `after` are JSON values; None on the side that lacks it.
    """

    path: Path
    act: Act
    pointer: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A difference in the form that rules test: with both versions, and the ids that it is about.

    `about` holds ids by kind, such as {"recipient": "host"}; `touched` is the purpose to which
    something is added or from which it is removed, where the place itself names it.
    """

    difference: Difference
    before: Notice
    after: Notice
    about: Mapping[str, str]
    touched: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change between two versions.

    `kind` is the name of the rule that classed it; `pointer`, `before` and `after` are as in
    `Difference`. `purposes` are sorted: for a material change the purposes to ask again about, all
    of which rest on consent; otherwise those that it concerns, none for a change of the notice as a
    whole. `about` holds further ids by kind: for a material `category_added` the category, for
    `recipient_added` the recipient that the earlier consent does not cover.
    """

    effect: Effect
    kind: str
    pointer: str
    purposes: tuple[str, ...]
    about: Mapping[str, str]
    before: Any = field(repr=False)
    after: Any = field(repr=False)
