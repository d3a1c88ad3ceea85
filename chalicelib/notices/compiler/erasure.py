"""Checks that what a notice says of erasure is what its rules do (GDPR art. 13(2)(a), 17).

The rule of `standing` from `requested` names the kinds that stay, each with the reason. A category
that says `kept` or `anonymised` needs kinds that stay. One that says `erased` may have such kinds:
the reader is told beside it what stays and why. It is refused only where every kind that holds the
data stays, so that nothing would go, and its text does not say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from chalicelib.catalogue import Catalogue
from chalicelib.catalogue.model import ERASE
from chalicelib.errors import Finding
from chalicelib.notices.compiler.completion import BY, ORGANISATION
from chalicelib.notices.compiler.reader import extend, listed, objects, texts
from chalicelib.notices.erasure import REQUESTED, RIGHT, STAYING, SUBJECT

REQUEST: Final = "request"
"""The kind of the request that asks for the erasure."""

_GOES: Final = "erased"


def check(document: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    """Yields kinds that cannot stay, and outcomes that the rules belie. `document` is completed."""
    for pointer, rule in objects(document, "retention/*"):
        if rule.get("kind") == SUBJECT:
            yield from _unable(pointer, rule, catalogue)
            if rule.get("from") == REQUESTED and rule.get("then") != ERASE:
                detail = "has to be erase: a person asked for it (GDPR art. 17(1))."
                yield Finding(extend(pointer, "then"), detail)
            if rule.get("from") == REQUESTED and REQUEST not in texts(rule, "survives/*/kind"):
                detail = f"has to name {REQUEST}: it proves that the person was answered."
                yield Finding(extend(pointer, "survives"), detail)
    stays = _staying(document)
    for pointer, category in objects(document, "categories/*"):
        outcomes = category.get("outcomes")
        found = outcomes.get(RIGHT) if isinstance(outcomes, dict) else None
        if isinstance(found, dict):
            place = extend(extend(extend(pointer, "outcomes"), RIGHT), "outcome")
            yield from _belied(place, category, found, stays, document)


def _unable(pointer: str, rule: dict[str, object], catalogue: Catalogue) -> Iterator[Finding]:
    for place, stays in objects(rule, "survives/*"):
        kind = stays.get("kind")
        known = catalogue.get(kind) if isinstance(kind, str) else None
        if known is not None and not known.may_stay and not known.apart:
            detail = "is a kind that cannot outlive its person: it opens doors, or is of no use."
            yield Finding(extend(f"{pointer}{place}", "kind"), detail)


def _staying(document: dict[str, object]) -> set[str]:
    """Returns the kinds that stay when a person asks for erasure."""
    return {
        kind
        for _, rule in objects(document, "retention/*")
        if rule.get("kind") == SUBJECT and rule.get("from") == REQUESTED
        for kind in texts(rule, "survives/*/kind")
    }


def _belied(
    place: str,
    category: dict[str, object],
    found: dict[str, object],
    stays: Set[str],
    document: dict[str, object],
) -> Iterator[Finding]:
    name = category.get("id")
    holding = _holding(document, name) if isinstance(name, str) else set()
    ruled = _ruled(document, listed(category.get("retention"), "rules"))
    kept, own = found.get("outcome") in STAYING, _own(document)
    if kept and (holding | ruled) & own:
        return  # it stays with the organisation, which says so itself
    holding, ruled = holding - own, ruled - own
    if kept:
        going = sorted(holding - stays)
        if not holding and ruled and not ruled & stays:
            going = sorted(ruled)
        if going:
            detail = (
                f"lets the data stay, but no rule lets {', '.join(going)} stay: name it in survives"
                f" of the rule of {SUBJECT} from {REQUESTED}, or write {_GOES}."
            )
            yield Finding(place, detail)
    elif found.get("outcome") == _GOES and "text" not in found:
        held = holding or ruled
        if held and held <= stays:
            detail = (
                f"says that the data goes, but all that holds it stays by the rule of {SUBJECT}"
                f" from {REQUESTED}: {', '.join(sorted(held))}. Say in its text what stays, or"
                " write kept."
            )
            yield Finding(place, detail)


def _own(document: dict[str, object]) -> set[str]:
    """Returns the kinds of record that the organisation ends itself."""
    return {
        kind
        for _, record in objects(document, "records/*")
        if record.get(BY) == ORGANISATION and isinstance(kind := record.get("kind"), str)
    }


def _holding(document: dict[str, object], category: str) -> set[str]:
    """Returns the kinds of record that hold items of a category."""
    return {
        kind
        for _, record in objects(document, "records/*")
        if isinstance(kind := record.get("kind"), str) and listed(record.get("fields"), category)
    }


def _ruled(document: dict[str, object], rules: list[str]) -> set[str]:
    """Returns the kinds of record of a category's rules."""
    return {
        kind
        for _, rule in objects(document, "retention/*")
        if rule.get("id") in rules and isinstance(kind := rule.get("kind"), str)
    }
