"""The parties of a notice: those who decide about the data, and the ways to reach a party. Pure.

A document names one controller, or a list of several; a party has one address of a kind, or a list
of several. This module reads both forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Party = Mapping[str, Any]
"""A party as a document describes it."""

CONTACTS: Final = ("email", "form", "pec", "address")
"""The ways of which a controller states at least one, in the order in which people are sent."""

_MAIL: Final = ("email", "pec")


def several(value: Any) -> list[Any]:
    """Returns what stands where one or a list of several may; empty where nothing does."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def controllers(document: Mapping[str, Any]) -> tuple[Party, ...]:
    """Returns the controllers of a document in its order; the first is the one turned to first."""
    return tuple(several(document["controller"]))


def contact(party: Party) -> str:
    """Returns the first way to reach a party, for people; empty where it states none."""
    return next((found for way in CONTACTS for found in several(party.get(way))), "")


def mailbox(document: Mapping[str, Any]) -> str | None:
    """Returns the e-mail address of the organisation that the software may write to.

    That of `requests`, else the first controller's with one, else a data protection officer's;
    None where the document states no e-mail address.
    """
    own = document["requests"].get("email")
    officers = (party["dpo"] for party in controllers(document) if "dpo" in party)
    found = (
        address
        for party in (*controllers(document), *officers)
        for way in _MAIL
        for address in several(party.get(way))
    )
    return own or next(found, None)


def arrangements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Lists the arrangements between joint controllers (GDPR art. 26(2))."""
    return several(document.get("arrangement"))


def decide_jointly(document: Mapping[str, Any]) -> bool:
    """Tells whether more than one controller decides about the same data, as far as is stated.

    A controller with sites or people of its own decides about them alone.
    """
    shared = [one for one in controllers(document) if "hosts" not in one and "people" not in one]
    return len(shared) > 1
