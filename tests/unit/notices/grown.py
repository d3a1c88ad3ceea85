"""The association grown: a notice in two languages in which everything occurs that can change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chalicelib.catalogue import STORED, Catalogue, Ending, Kind, Rule
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice

_TEXT = Path(__file__).with_name("association.json").read_text("utf-8")


def words(text: str) -> dict[str, str]:
    """A text that is known in each language."""
    return {"en": text, "it": f"[it] {text}"}


def said(text: str, **more: Any) -> dict[str, Any]:
    """A statement."""
    return {"origin": "published", "text": words(text), **more}


def one(document: Mapping[str, Any], place: str, name: str) -> Any:
    """The element with this id of the list at a place such as `cookies/classes`."""
    found: Any = document
    for step in place.split("/"):
        found = found[step]
    return next(
        value for value in found if name in (value.get("id"), value.get("kind"), value.get("name"))
    )


def recipient(name: str, role: str, codes: list[str], *purposes: str) -> dict[str, Any]:
    """A recipient in these countries; one outside the area is in the United States."""
    found: dict[str, Any] = {
        "id": name,
        "origin": "published",
        "name": words(name.title()),
        "role": role,
        "country": {"codes": codes, "origin": "published"},
        "purposes": list(purposes),
    }
    if not codes:
        found["country"] = said("Not known.", to_confirm=True)
        found["transfer"] = said("Not known.", to_confirm=True)
    elif "US" in codes:
        found["transfer"] = {"tool": "standard_clauses", "origin": "published"}
    return found


def purpose(name: str, basis: str, *categories: str) -> dict[str, Any]:
    """A purpose without recipients."""
    return {
        "id": name,
        "origin": "published",
        "title": words(name.title()),
        "description": words(f"What {name} is."),
        "basis": {"kind": basis, "origin": "published", "interest": words("Ours.")},
        "marketing": False,
        "channels": ["web"],
        "automated": "none",
        "categories": list(categories),
        "recipients": [],
    }


def share(document: dict[str, Any], name: str, *purposes: str) -> None:
    """Lets a recipient of the document receive data for further purposes."""
    for asked in purposes:
        one(document, "purposes", asked)["recipients"].append(name)
        if asked not in one(document, "recipients", name)["purposes"]:
            one(document, "recipients", name)["purposes"].append(asked)


def receive(document: dict[str, Any], found: dict[str, Any]) -> None:
    """Adds a recipient, named by its purposes."""
    document["recipients"].append(found)
    share(document, found["id"], *found["purposes"])


def document() -> dict[str, Any]:
    """The document, fresh for whoever changes it."""
    grown: dict[str, Any] = _bilingual(json.loads(_TEXT))
    grown["locales"] = ["en", "it"]
    grown["introduction"] = said("Read this.")
    grown["minors"] = said("From sixteen.")
    grown["account_page"] = [{"id": "sign", "origin": "published", "text": words("Sign in.")}]
    grown["recovery_window"] = {"origin": "published", "days": 7, "text": words("Seven days.")}
    grown["processing_location"] = {**said("In Ireland."), "countries": ["IE"]}
    grown["site"]["description"] = words("A garden.")
    grown["controller"]["phone"] = "+353 1"
    grown["controller"]["representative"] = said("Speaks for us.", name="Flora Ltd")
    grown["requests"]["limits"] = [{"id": "ours", "origin": "law", "text": words("Not all.")}]
    one(grown, "retention", "standing_end")["then"] = "erase"
    one(grown, "retention", "standing_end")["warn"] = [{"days": 30}, {"days": 7}]
    _sources(grown)
    _purposes(grown)
    _recipients(grown)
    _cookies(grown)
    _facts(grown)
    return grown


def _facts(grown: dict[str, Any]) -> None:
    """Adds what the association ends itself, and a time of one purpose."""
    grown["records"].append(
        {"kind": "invoice", "title": words("Bill"), "fields": {"plot": ["number"]}}
    )
    bill = {"id": "bill_kept", "origin": "law", "title": words("Bills"), "kind": "invoice"}
    bill |= {"from": "year_ended", "starts": words("from the year's end"), "period": {"years": 10}}
    season = {"id": "season_kept", "origin": "law", "title": words("Season"), "kind": "session"}
    season |= {"from": "season_ended", "starts": words("from autumn"), "period": {"hours": 72}}
    grown["retention"] += [bill, season]
    grown["audiences"] = [
        {"id": name, "origin": "published", "title": words(name.title())}
        for name in ("members", "guests")
    ]
    one(grown, "purposes", "water_rota")["audiences"] = ["members"]
    kept = {"origin": "published", "text": words("Until the water is shared out.")}
    one(grown, "purposes", "water_rota")["retention"] = kept


def _sources(grown: dict[str, Any]) -> None:
    """Adds a source of whose data nobody is told by mail."""
    ground = {"kind": "known", "text": words("Whoever joins hears that neighbours may report.")}
    source = {"id": "neighbours", "origin": "published", "title": words("Neighbours")}
    grown["sources"].append({**source, "party": "third_party", "not_told": ground})


def _purposes(grown: dict[str, Any]) -> None:
    grown["purposes"].append(purpose("visits", "consent", "device"))
    visits = grown["purposes"][-1]
    visits["basis"] = [
        {"kind": "consent", "origin": "published", "items": ["device.approximate_place"]},
        {"kind": "legal_obligation", "origin": "law", "act": words("An act on networks.")},
    ]
    visits.update(lasts={"months": 12}, signals=["gpc"])
    one(grown, "purposes", "newsletter")["consent_lasts"] = {"years": 2}
    safety = one(grown, "purposes", "sign_in_safety")
    safety["basis"] = [
        safety["basis"],
        {"kind": "public_task", "origin": "law", "act": words("An act."), "categories": ["device"]},
    ]
    note = {"id": "seldom", "origin": "published", "text": words("Four times a year.")}
    one(grown, "purposes", "newsletter")["notes"] = [note]
    one(grown, "purposes", "water_rota")["logic"] = said("Dry plots come first.")
    one(grown, "purposes", "sign_in_safety")["when_restricted"] = {
        "kind": "rights_of_others",
        "text": words("Break-ins are kept out all the same."),
    }
    one(grown, "purposes", "sign_in_safety")["basis_change"] = {
        "from": "contract",
        "ground": words("It protects all members."),
        "origin": "published",
    }


def _recipients(grown: dict[str, Any]) -> None:
    receive(grown, {**recipient("counter", "processor", ["IE"], "visits")})
    counter = one(grown, "recipients", "counter")
    counter["items"] = ["device.approximate_place"]
    counter["answers"] = {"rights": ["copy", "erase"], "within": {"days": 7}}
    receive(grown, recipient("seed_shop", "controller", ["IE"], "newsletter"))
    one(grown, "recipients", "seed_shop")["items"] = ["member.full_name"]
    receive(grown, recipient("helpers", "processor", [], "water_rota"))


def _cookies(grown: dict[str, Any]) -> None:
    grown["cookies"]["classes"].append(
        {
            "id": "measurement",
            "origin": "published",
            "title": words("Counting"),
            "description": words("They count."),
            "exempt": False,
            "purpose": "visits",
            "consent_mode": ["analytics_storage"],
        }
    )
    grown["cookies"]["cookies"].append(cookie("count", "measurement", "visits"))
    names = ("title", "text", "accept_all", "refuse_all", "choose", "save", "settings", "signal")
    banner = {name: words(name) for name in names}
    grown["cookies"]["banner"] = {"origin": "published", "ask_again": {"months": 6}, **banner}
    third = {"id": "none", "origin": "published", "text": words("Third parties set none.")}
    grown["cookies"]["third_parties"] = [third]


def cookie(name: str, cookie_class: str, served: str) -> dict[str, Any]:
    """A cookie of three months."""
    return {
        "name": name,
        "origin": "published",
        "title": words(name.title()),
        "class": cookie_class,
        "purpose": served,
        "lifetime": {"months": 3},
        "party": "first",
    }


def compiled(document: dict[str, Any]) -> Notice:
    """The notice of a document whose records are those that the software knows."""
    return compile_notice(document, _catalogue(document))


def _catalogue(document: dict[str, Any]) -> Catalogue:
    """A catalogue that the document fits: the rows change kinds and fields, too.

    Kinds that came after the association's document are in all of them.
    """
    named = {record["kind"] for record in json.loads(_TEXT)["records"]}
    found = {name: kind for name, kind in STORED.items() if name not in named}
    for record in document["records"]:
        if "class" not in record:
            continue  # the association's own
        names = frozenset(name for names in record["fields"].values() for name in names)
        known = STORED.get(record["kind"])
        found[record["kind"]] = Kind(
            record["kind"],
            record["class"],
            plain=names,
            items=names,
            rules=tuple(_reckoned(document, record["kind"], () if known is None else known.rules)),
            may_stay=True,
            anonymised=names,
        )
    return found


def _reckoned(document: dict[str, Any], kind: str, known: tuple[Rule, ...]) -> Iterator[Rule]:
    """The rules of a kind: those that the software knows, and what only the document states."""
    yield from known
    for rule in document["retention"]:
        new = rule["kind"] == kind and rule["from"] not in {one.event for one in known}
        if new and "starts" not in rule:
            yield Rule(rule["from"], rule["period"], Ending.INDEX)


def _bilingual(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"en"}:
            return words(value["en"])
        return {name: _bilingual(inner) for name, inner in value.items()}
    return [_bilingual(inner) for inner in value] if isinstance(value, list) else value
