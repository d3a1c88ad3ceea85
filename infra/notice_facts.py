"""The facts of a notice that its machine-readable exports share: bases, data, recipients, times.

They are read from the completed document, so that a member which a notice leaves out is left out of
an export, too. Nothing of this is in the deployed package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.notices import parties
from chalicelib.notices.countries import EEA
from chalicelib.notices.model import Notice

Value = Mapping[str, Any]

ARTICLES: Final[Mapping[str, str]] = {
    "consent": "A6-1-a",
    "explicit_consent": "A6-1-a",
    "contract": "A6-1-b",
    "legal_obligation": "A6-1-c",
    "vital_interests": "A6-1-d",
    "public_task": "A6-1-e",
    "legitimate_interest": "A6-1-f",
}
"""Kind of a legal basis -> paragraph and letter of GDPR art. 6, as exports write it."""

CONDITIONS: Final[Mapping[str, str]] = {
    "explicit_consent": "A9-2-a",
    "employment_law": "A9-2-b",
    "vital_interests": "A9-2-c",
    "not_for_profit_body": "A9-2-d",
    "made_public": "A9-2-e",
    "legal_claims": "A9-2-f",
    "substantial_public_interest": "A9-2-g",
    "health_care": "A9-2-h",
    "public_health": "A9-2-i",
    "archiving": "A9-2-j",
}
"""Condition for a special category -> paragraph and letter of GDPR art. 9. Those for data on
criminal offences (art. 10) have no letters, and no place in an export."""

_UNITS: Final = (("years", "Y"), ("months", "M"), ("days", "D"))


@dataclass(frozen=True, slots=True)
class Kept:
    """How long data of a category is kept: in words, and as a duration of ISO 8601 if it is one."""

    text: str
    duration: str | None


def bases(purpose: Value) -> list[Value]:
    """Lists the legal bases of a purpose; one without `kind` is not stated."""
    return parties.several(purpose["basis"])


def covering(purpose: Value, category: str) -> list[Value]:
    """Lists the legal bases that cover data of a category: those that name it, else the rest."""
    stated = bases(purpose)
    whole = [one for one in stated if category in one.get("categories", ())]
    part = [one for one in stated if _holds(one.get("items", ()), category)]
    rest = [one for one in stated if "categories" not in one and "items" not in one]
    return [*whole, *part, *([] if whole else rest)]


def conditions(notice: Notice, purpose: Value) -> list[str]:
    """Lists the conditions on which special categories are used for a purpose (GDPR art. 9(2)).

    Of a purpose on consent that states none it is explicit consent.
    """
    stated = [one["condition"] for one in bases(purpose) if "condition" in one]
    if not stated and notice.purposes[purpose["id"]].explicit:
        stated = ["explicit_consent"]
    return [one for one in dict.fromkeys(stated) if one in CONDITIONS]


def purposes_of(notice: Notice, category: str) -> list[Value]:
    """Lists the purposes that use data of a category."""
    return [one for one in notice.completed["purposes"] if category in one["categories"]]


def recipients_of(notice: Notice, category: str) -> list[Value]:
    """Lists the recipients that get data of a category for any of its purposes."""
    purposes = purposes_of(notice, category)
    return [
        value
        for value in notice.completed["recipients"]
        if any(
            value["id"] in one["recipients"] and _gets(notice, value["id"], one["id"], category)
            for one in purposes
        )
    ]


def _gets(notice: Notice, recipient: str, purpose: str, category: str) -> bool:
    items = notice.recipients[recipient].items_for(purpose)
    return items is None or any(item.category == category for item in items)


def countries(recipient: Value) -> list[str]:
    """Lists the codes of the countries in which a recipient handles data; empty if not stated."""
    return list(recipient["country"].get("codes", ()))


def transfers(recipient: Value) -> list[tuple[str, Value]]:
    """Lists the countries outside the European Economic Area, each with what protects data there.

    A transfer without countries stands for all that no other one names.
    """
    stated: list[Value] = parties.several(recipient.get("transfer"))
    own = {code: one for one in stated for code in one.get("countries", ())}
    rest: Value = next((one for one in stated if "countries" not in one), {})
    outside = dict.fromkeys([*own, *(one for one in countries(recipient) if one not in EEA)])
    return [(code, own.get(code, rest)) for code in outside]


def kept(notice: Notice, category: Value, locale: str) -> Iterator[Kept]:
    """Yields how long data of a category is kept: the notice's words, then each of its rules."""
    stated = category["retention"]
    if "text" in stated:
        yield Kept(notice.text(stated["text"], locale), None)
    for name in stated.get("rules", ()):
        rule = next(one for one in notice.completed["retention"] if one["id"] == name)
        told = [notice.text(rule[one], locale) for one in ("title", "criterion") if one in rule]
        yield Kept(": ".join(told), duration(rule["period"]) if "period" in rule else None)


def duration(period: Mapping[str, int]) -> str:
    """Returns a length of time as ISO 8601 writes it, such as `P2Y6M` or `PT12H`."""
    days = "".join(f"{period[unit]}{sign}" for unit, sign in _UNITS if period.get(unit))
    hours = f"T{period['hours']}H" if period.get("hours") else ""
    return f"P{days}{hours}" if days or hours else "P0D"


def refusal(notice: Notice, category: str, locale: str) -> str:
    """Returns what follows where data of a category is not given: the sentences of its forms."""
    said = [
        notice.text(form["consequence"], locale)
        for form in notice.completed["forms"]
        if any(
            name.partition(".")[0] == category for name in (*form["required"], *form["optional"])
        )
    ]
    return " ".join(dict.fromkeys(said))


def demanded(notice: Notice, category: str) -> bool:
    """Tells whether a form requires data of a category."""
    return any(_holds(form["required"], category) for form in notice.completed["forms"])


def _holds(references: Iterable[str], category: str) -> bool:
    return any(name.partition(".")[0] == category for name in references)
