"""What the comparison of two versions speaks of: differences, changes and their effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from chalicelib.notices.model import Notice

Path: TypeAlias = tuple[str, ...]
"""The way to a value: names of members, and elements of lists as `:` and their id.

So that no id is taken for a member: `("purposes", ":origin")` is a purpose called `origin`.
"""

ELEMENT = ":"
"""What the name of an element begins with in a path. No member of a document does."""


class Effect(StrEnum):
    """What a change means for people."""

    EDITORIAL = "editorial"
    """Nothing: what happens to data, and what people can do, is as it was, or is less."""

    INFORMATIVE = "informative"
    """They are told beforehand (GDPR art. 13(3), 14(4))."""

    MATERIAL = "material"
    """They are asked again: what they agreed to did not cover it (GDPR art. 4(11), 6(1)(a))."""


class Act(StrEnum):
    """How a value of two documents differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """The same elements of a list in another order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two documents differ.

    `pointer` is a JSON Pointer (RFC 6901) into the later document, or into the earlier one for
    what was removed. `before` and `after` are JSON values; None on the side that lacks it.
    """

    path: Path
    act: Act
    pointer: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A difference as the rules see it: with both versions, and what it is about.

    `about` holds ids by what they name, such as {"recipient": "host"}; `touched` is the purpose for
    which something comes or goes, where the place itself says so.
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
    of which rest on consent; otherwise those that are touched, none for a change of the notice as a
    whole. `about` says what else it concerns, by id: for a material `category_added` the category,
    for `recipient_added` the recipient that the earlier consent does not cover.
    """

    effect: Effect
    kind: str
    pointer: str
    purposes: tuple[str, ...]
    about: Mapping[str, str]
    before: Any = field(repr=False)
    after: Any = field(repr=False)
