"""Checks the legal bases of purposes (GDPR art. 6), and what each of several covers.

A purpose has one basis, or a list of them. Of several, one that names no data covers what no other
one names, so that the software can tell by the data on which basis it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend, listed, objects, texts
from chalicelib.notices.countries import EEA
from chalicelib.notices.model import LegalBasis

CONSENT: Final = "consent"

_BY_LAW: Final = {
    "legal_obligation": "is missing: name the Union or Member State act (GDPR art. 6(3)).",
    "public_task": "is missing: name the act that lays the task down (GDPR art. 6(3)).",
}
"""The bases that need an act, with the finding for one without."""

_FOREIGN: Final = re.compile(
    r"\bU\.?\s?S\.?\s?C(?:ode\b|\.|\b(?=\s*(?:§|sec)))|\bC\.?F\.?R\b|\bPub\.\s?L\b"
    r"|\bCLOUD Act\b|\bPatriot Act\b|\bFISA\b|\bCal\.\s(?:Civ|Bus|Penal)|\bCCPA\b|\bCPRA\b"
    r"|\bHIPAA\b|\bCOPPA\b|\bInvestigatory Powers Act\b",
    re.IGNORECASE,
)
"""Citations of acts that are no Union or Member State law, as lawyers of these countries write."""

_THIRD_COUNTRY: Final = (
    "is no basis of GDPR art. 6(1)(c) or (e): these need the law of the Union or of a Member State"
    " (art. 6(3)). Rest the purpose on legitimate_interest and name this law as the interest."
)


def bases_of(purpose: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Lists the legal bases of a purpose, in its document's order; none where it has none."""
    basis = purpose.get("basis")
    found = basis if isinstance(basis, list) else [basis]
    return [one for one in found if isinstance(one, dict)]


def kinds_of(purpose: Mapping[str, Any]) -> set[str]:
    """Returns the kinds of a purpose's legal bases, as far as it states them."""
    return {kind for one in bases_of(purpose) if isinstance(kind := one.get("kind"), str)}


def governing(kinds: Iterable[LegalBasis]) -> LegalBasis:
    """Returns the basis by which a purpose with several goes: consent, or else the first."""
    found = list(kinds)
    return LegalBasis.CONSENT if LegalBasis.CONSENT in found else found[0]


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields bases without a part that they need, and data that several leave open."""
    items = _items(document)
    for pointer, purpose in objects(document, "purposes/*"):
        basis, place = purpose.get("basis"), extend(pointer, "basis")
        several = isinstance(basis, list) and len(basis) > 1
        for where, one in placed(place, basis):
            yield from _parts(where, one)
            yield from _coverage(where, one, purpose, items, several=several)
        if several:
            yield from _uncovered(place, purpose)
        yield from _change(pointer, purpose)


def placed(place: str, basis: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Yields each basis of a purpose with its place."""
    if isinstance(basis, dict):
        yield place, basis
    elif isinstance(basis, list):
        for index, one in enumerate(basis):
            if isinstance(one, dict):
                yield extend(place, index), one


def _parts(place: str, basis: dict[str, object]) -> Iterator[Finding]:
    kind = basis.get("kind")
    if "kind" not in basis and basis.get("to_confirm") is not True:
        detail = "is missing: name the legal basis, or set to_confirm where nobody states one."
        yield Finding(extend(place, "kind"), detail)
    if isinstance(kind, str) and kind in _BY_LAW:
        if "act" not in basis:
            yield Finding(extend(place, "act"), _BY_LAW[kind])
        yield from _foreign(place, basis)
    elif "law" in basis:
        detail = "belongs to a legal_obligation or a public_task; remove it."
        yield Finding(extend(place, "law"), detail)
    if kind == "legitimate_interest" and "interest" not in basis:
        detail = "is missing: say which interest, and whose (GDPR art. 13(1)(d))."
        yield Finding(extend(place, "interest"), detail)


def _foreign(place: str, basis: dict[str, object]) -> Iterator[Finding]:
    """Yields an act of a third country: by the country that is named, or by its citation."""
    law = basis.get("law")
    if isinstance(law, str):
        if law not in EEA:
            yield Finding(extend(place, "law"), _THIRD_COUNTRY)
    elif "law" not in basis and any(_FOREIGN.search(text) for text in texts(basis, "act/*")):
        detail = f"{_THIRD_COUNTRY} If it is such a law, name its country in law."
        yield Finding(extend(place, "act"), detail)


def _coverage(
    place: str,
    basis: dict[str, object],
    purpose: dict[str, object],
    items: set[str],
    *,
    several: bool,
) -> Iterator[Finding]:
    used = listed(purpose, "categories")
    for member in ("categories", "items", "text"):
        if member in basis and not several:
            detail = "is for one of several bases: a single one covers the whole purpose; remove it"
            yield Finding(extend(place, member), f"{detail}, or write basis as a list of several.")
    for member in ("categories", "items"):
        for index, name in enumerate(listed(basis, member)):
            where = extend(extend(place, member), index)
            if name.partition(".")[0] not in used:
                yield Finding(where, "is no data of this purpose; name its category there.")
            elif member == "items" and name not in items:
                yield Finding(where, "names no item of a category; write category.item.")


def _uncovered(place: str, purpose: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding for data that no basis covers, since all of them name other data."""
    bases = bases_of(purpose)
    if any(not (listed(one, "categories") or listed(one, "items")) for one in bases):
        return
    named = {
        name.partition(".")[0]
        for one in bases
        for name in (*listed(one, "categories"), *listed(one, "items"))
    }
    for category in listed(purpose, "categories"):
        if category not in named:
            yield Finding(place, f"covers no data of {category}: name it in one of the bases.")


def _change(pointer: str, purpose: dict[str, object]) -> Iterator[Finding]:
    change = purpose.get("basis_change")
    if isinstance(change, dict) and change.get("from") in kinds_of(purpose):
        detail = "is the basis that the purpose has; name the one it had, or remove basis_change."
        yield Finding(f"{pointer}/basis_change/from", detail)


def _items(document: dict[str, object]) -> set[str]:
    return {
        f"{category['id']}.{item}"
        for _, category in objects(document, "categories/*")
        if isinstance(category.get("id"), str)
        for item in texts(category, "items/*/id")
    }
