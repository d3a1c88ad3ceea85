"""The form of a rule: its places, its condition, and the effect of such a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from chalicelib.notices.changes.model import ELEMENT, Act, Case, Effect, Path

ADDED: Final = frozenset({Act.ADDED})
REMOVED: Final = frozenset({Act.REMOVED})
CHANGED: Final = frozenset({Act.CHANGED})
MOVED: Final = frozenset({Act.MOVED})
EITHER: Final = ADDED | REMOVED
ANY: Final = EITHER | CHANGED

ANYWHERE: Final = "**"
ANY_ELEMENT: Final = ":*"
TOUCHED: Final = "touched"
"""The key in `about` of the purpose to which something is added or from which it is removed."""

SECTION: Final = "section"
"""The key in `about` of the section of a difference that lies in no element."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: the `kind` of change that a difference is, and its effect.

    `places` are ways such as `purposes/{purpose}/channels/{channel}`: `{name}` is any id or member,
    kept under that name; `*` any, not kept; `:*` any element of a list; `a|b` one of several
    members; `**` at the beginning any number of steps. `acts` are the ways in which the two
    documents may differ there, and `when` is a further condition. An effect of MATERIAL is meant
    for the purposes that rest on consent: for all others the same change is informative. An effect
    of None drops the difference, because another change tells the same. With `gathers`, changes of
    one kind about the same thing become one, for several purposes.
    """

    effect: Effect | None
    kind: str
    places: tuple[str, ...]
    acts: frozenset[Act]
    when: Callable[[Case], bool] | None = None
    gathers: bool = False
    _steps: tuple[tuple[str, ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps", tuple(tuple(one.split("/")) for one in self.places))

    def about(self, path: Path) -> Mapping[str, str] | None:
        """Returns the ids that a place names, by kind; None where the rule does not apply to it."""
        for steps in self._steps:
            found = _names(steps, path)
            if found is not None:
                return found
        return None

    @property
    def anywhere(self) -> bool:
        """True for a rule whose places do not begin at the root of the document."""
        return any(steps[0] == ANYWHERE for steps in self._steps)


def _names(steps: tuple[str, ...], path: Path) -> Mapping[str, str] | None:
    if steps[0] == ANYWHERE:
        steps = steps[1:]
        path = path[len(path) - len(steps) :] if len(path) >= len(steps) else ()
    if len(steps) != len(path):
        return None
    found = {}
    for step, token in zip(steps, path, strict=True):
        if step.startswith("{"):
            found[step[1:-1]] = token.removeprefix(ELEMENT)
        elif step == ANY_ELEMENT:
            if not token.startswith(ELEMENT):
                return None
        elif step != "*" and token not in step.split("|"):
            return None
    return found


_OWNERS: Final = (
    "categories/{category}/items/{item}",
    "categories/{category}/outcomes/{right}",
    "purposes/{purpose}",
    "categories/{category}",
    "recipients/{recipient}",
    "retention/{rule}",
    "records/{record}",
    "rights/{right}",
    "sources/{source}",
    "notifications/{notification}",
    "cookies/cookies/{cookie}",
    "cookies/classes/{cookie_class}",
    "forms/{form}",
    "audiences/{audience}",
)
_OWNER_STEPS: Final = tuple(tuple(owner.split("/")) for owner in _OWNERS)


def owner(path: Path) -> Mapping[str, str]:
    """Returns the ids of the element that holds a place, by kind; else the document's section."""
    for steps in _OWNER_STEPS:
        found = _names(steps, path[: len(steps)])
        if found is not None:
            return found
    return {SECTION: path[0]}
