"""The difference of two versions of a notice, by its effect on people.

Pure: two compiled notices in, changes out. `rules` holds the table with its reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from chalicelib.notices.changes.concerned import concerned
from chalicelib.notices.changes.differences import differences
from chalicelib.notices.changes.model import Case, Change, Difference, Effect
from chalicelib.notices.changes.refusals import refusals
from chalicelib.notices.changes.rule import SECTION, TOUCHED, Rule, owner
from chalicelib.notices.changes.rules import RULES, UNFORESEEN
from chalicelib.notices.model import Notice

__all__ = ["Change", "Effect", "changes", "refusals"]

_WEIGHT: Final = (Effect.MATERIAL, Effect.INFORMATIVE, Effect.EDITORIAL)


def changes(before: Notice, after: Notice) -> tuple[Change, ...]:
    """Lists the changes of `after`, the weightiest first, then by kind and place.

    Every difference of the two documents is in some change, except those of `version` and
    `effective_at`, which tell versions apart. A difference that widens purposes of which some rest
    on consent gives two changes: a material one for these, an informative one for the others.
    """
    found = (
        change
        for difference in differences(before, after)
        for change in _changes(difference, before, after)
    )
    return tuple(sorted(_gathered(found), key=_place))


def classed(difference: Difference, before: Notice, after: Notice) -> tuple[Rule, Case]:
    """Returns the rule that decides about a difference, and the case that it applies to."""
    for rule in RULES:
        names = rule.about(difference.path) if difference.act in rule.acts else None
        if names is None:
            continue
        held = owner(difference.path)
        about = {**(held if rule.anywhere or SECTION in held else {}), **names}
        touched = about.pop(TOUCHED, None)
        case = Case(difference, before, after, about, touched)
        if rule.when is None or rule.when(case):
            return rule, case
    return UNFORESEEN, Case(difference, before, after, owner(difference.path))


def _changes(difference: Difference, before: Notice, after: Notice) -> Iterator[Change]:
    rule, case = classed(difference, before, after)
    if rule.effect is None:
        return
    purposes = concerned(case)
    asked = purposes & after.choices.keys() if rule.effect is Effect.MATERIAL else frozenset()
    if asked:
        yield _change(Effect.MATERIAL, rule, case, asked)
    if not asked or purposes - asked:
        told = Effect.INFORMATIVE if rule.effect is Effect.MATERIAL else rule.effect
        yield _change(told, rule, case, purposes - asked)


def _change(effect: Effect, rule: Rule, case: Case, purposes: Iterable[str]) -> Change:
    difference = case.difference
    return Change(
        effect=effect,
        kind=rule.kind,
        pointer=difference.pointer,
        purposes=tuple(sorted(purposes)),
        about=case.about,
        before=None if rule.gathers else difference.before,
        after=None if rule.gathers else difference.after,
    )


_GATHERED: Final = frozenset(rule.kind for rule in RULES if rule.gathers)


def _gathered(found: Iterable[Change]) -> Iterator[Change]:
    """Merges the changes of one kind about one thing into one, at the first of their places."""
    kept: dict[object, Change] = {}
    for change in found:
        place = "" if change.kind in _GATHERED else change.pointer
        key = (change.effect, change.kind, tuple(sorted(change.about.items())), place)
        known = kept.get(key)
        kept[key] = change if known is None else _joined(known, change)
    return iter(kept.values())


def _joined(one: Change, other: Change) -> Change:
    purposes = tuple(sorted({*one.purposes, *other.purposes}))
    return replace(min(one, other, key=_depth), purposes=purposes)


def _depth(change: Change) -> tuple[int, list[tuple[int, str]]]:
    return change.pointer.count("/"), _in_order(change.pointer)


def _place(change: Change) -> tuple[int, str, list[tuple[int, str]]]:
    return _WEIGHT.index(change.effect), change.kind, _in_order(change.pointer)


def _in_order(pointer: str) -> list[tuple[int, str]]:
    """Returns a pointer as a key to sort by, with indexes as numbers."""
    return [(int(step), "") if step.isdigit() else (-1, step) for step in pointer.split("/")]
