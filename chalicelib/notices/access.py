"""The notice's information in a copy of a person's data (GDPR art. 15(1) and (2)). Pure.

The sentences are those of the notice's page, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chalicelib.notices import erasure
from chalicelib.notices.countries import EEA
from chalicelib.notices.model import Category, Notice, Purpose, Recipient
from chalicelib.notices.rendering import bases
from chalicelib.notices.rendering.data import kept, kept_by
from chalicelib.notices.rendering.people import countries, transfer
from chalicelib.notices.rendering.words import Wording

TRANSFERS: Final[Mapping[str, str]] = {
    "none": "the data stays within the European Economic Area",
    "third_country": "it goes, or may go, outside; `countries` names where, as far as it is stated",
    "not_stated": "the controller has not stated whether it leaves, or to which country it goes",
}
"""The values of a recipient's `transfer`, with their meaning."""

SAFEGUARDS: Final[Mapping[str, str]] = {
    "adequacy": "a decision of the Commission (GDPR art. 45)",
    "standard_clauses": "standard clauses (art. 46(2)(c))",
    "binding_rules": "binding corporate rules (art. 47)",
    "code_of_conduct": "a code of conduct (art. 46(2)(e))",
    "certification": "a certification (art. 46(2)(f))",
    "derogation": "a derogation (art. 49)",
    "not_needed": "nothing is transferred: `transfer` is `none`",
    "not_stated": "the controller has not stated it",
}
"""The values of a recipient's `safeguard`, with their meaning."""


def category_kept(notice: Notice, category: str, locale: str) -> list[str]:
    """Lists the sentences of the notice's page on how long data of a category is kept."""
    wording = Wording(notice, locale)
    found = next(one for one in notice.completed["categories"] if one["id"] == category)
    lines = kept(notice, wording, found["retention"], f"categories/{category}/retention")
    return [line.text for line in lines]


def category_stays(notice: Notice, category: str, locale: str) -> list[dict[str, str]]:
    """Lists what stays of a category that is erased on request: kind, title, reason and how long.

    Empty where the notice's own text says it, or nothing stays.
    """
    wording = Wording(notice, locale)
    return [
        {
            "kind": one.kind,
            "title": wording.words(notice.records[one.kind].title),
            "why": wording.words(one.why),
            "kept": kept_by(wording, one.rule),
        }
        for one in erasure.beside(notice, category)
    ]


def record_kept(notice: Notice, kind: str, locale: str) -> list[str]:
    """Lists sentences on how long records of a kind are kept: one for each rule of the notice.

    A kind without a rule is kept as long as the data that it holds: the sentences of its
    categories. Of a kind that the notice does not name, the sentence is that nothing is stated.
    """
    wording = Wording(notice, locale)
    rules = [one for one in notice.retention.values() if one.kind == kind]
    if rules:
        return [kept_by(wording, rule) for rule in rules]
    record = notice.records.get(kind)
    groups = [] if record is None else [one for one in record.groups if one in notice.categories]
    said = (text for group in groups for text in category_kept(notice, group, locale))
    return list(dict.fromkeys(said)) or [wording.label("mark_not_stated")]


def purpose_named(notice: Notice, purpose: Purpose, locale: str) -> dict[str, Any]:
    """Returns a purpose with its legal basis, its act and the interest pursued (art. 15(1)(a))."""
    wording = Wording(notice, locale)
    named: dict[str, Any] = {
        "purpose": purpose.id,
        "title": notice.text(purpose.title, locale),
        "description": notice.text(purpose.description, locale),
        "basis": str(purpose.basis),
        "basis_words": bases.named(wording, purpose),
    }
    value = next(one for one in notice.completed["purposes"] if one["id"] == purpose.id)
    if "retention" in value:
        lines = kept(notice, wording, value["retention"], f"purposes/{purpose.id}/retention")
        named["kept"] = [line.text for line in lines]
    said = {
        "interest": bases.interests(wording, purpose),
        "act": bases.acts(wording, purpose),
        "condition": bases.conditions(wording, purpose),
    }
    return {**named, **{name: text for name, text in said.items() if text is not None}}


def explicitly(notice: Notice, purpose: Purpose, locale: str) -> dict[str, str]:
    """Returns the words that ask for explicit consent, as `explicit`; empty where none is needed.

    They are those of the notice's page (GDPR art. 9(2)(a)).
    """
    words = bases.explicit(notice, Wording(notice, locale), purpose)
    return {} if words is None else {"explicit": words}


def special_named(notice: Notice, category: Category, locale: str) -> str | None:
    """Returns which special data a category is (GDPR art. 9, 10), in the page's words, or None."""
    return Wording(notice, locale).special(category)


def sources_named(notice: Notice, category: Category, locale: str) -> list[dict[str, Any]]:
    """Lists the ways in which data of a category arrives, and who gives it (art. 15(1)(g))."""
    wording = Wording(notice, locale)
    known = {source["id"]: source for source in notice.completed["sources"]}
    return [
        {
            "source": one,
            "title": notice.text(known[one]["title"], locale),
            "party": known[one]["party"],
            "party_words": wording.label(f"party_{known[one]['party']}"),
        }
        for one in category.sources
    ]


def parties(notice: Notice) -> dict[str, str]:
    """Returns the party of each source of the notice: subject, observed, third_party or public."""
    return {source["id"]: source["party"] for source in notice.completed["sources"]}


def untold(notice: Notice) -> frozenset[str]:
    """Returns the sources of whose data nobody is told, on a ground of GDPR art. 14(5)."""
    return frozenset(one["id"] for one in notice.completed["sources"] if "not_told" in one)


def party_named(notice: Notice, party: str, locale: str) -> str:
    """Returns the words for the party of a source, as the notice's page has them."""
    return Wording(notice, locale).label(f"party_{party}")


def automated(notice: Notice, locale: str) -> dict[str, Any]:
    """Returns what is said of decisions by machines, and the purposes with such (art. 15(1)(h))."""
    wording = Wording(notice, locale)
    return {
        "text": notice.text(notice.completed["automated_decisions"]["text"], locale),
        "purposes": [
            {
                "purpose": one.id,
                "title": notice.text(one.title, locale),
                "automated": one.automated,
                "automated_words": wording.label(f"automation_{one.automated}"),
            }
            for one in notice.purposes.values()
            if one.automated != "none"
        ],
    }


def recipient_named(notice: Notice, recipient: Recipient, locale: str) -> dict[str, Any]:
    """Returns a recipient's name, countries, and the safeguards of a transfer outside the Union.

    `transfer` and `safeguard` are words of `TRANSFERS` and `SAFEGUARDS`, never null; `place` and
    `transfer_words` say the same as the notice's page does. `countries` is empty only where no
    country is stated.
    """
    wording = Wording(notice, locale)
    found = next(one for one in notice.completed["recipients"] if one["id"] == recipient.id)
    path = f"recipients/{recipient.id}"
    state = _state(recipient, found.get("transfer"))
    stated = recipient.transfer_tool or "not_stated"
    return {
        "name": notice.text(recipient.name, locale),
        "countries": list(recipient.countries),
        "place": _joined(countries(wording, found["country"], f"{path}/country")),
        "transfer": state,
        "safeguard": "not_needed" if state == "none" else stated,
        "transfer_words": _joined(transfer(wording, found.get("transfer"), f"{path}/transfer")),
    }


def _state(recipient: Recipient, stated: Mapping[str, Any] | None) -> str:
    if stated is None:
        return "none"
    outside = not EEA.issuperset(recipient.countries)
    return "third_country" if outside or recipient.transfer_tool else "not_stated"


def _joined(lines: list[Any]) -> str:
    return " ".join(line.text for line in lines)
