"""A notice of every legal basis, of special data, or with other law's rights, runs everywhere.

Its documents are the product's, changed; each is published on a local engine, in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.bench.engines import services
from tests.bench.world import World, world
from tests.functions.versions import shipped
from tests.functions.walk import Walk, everything

ACT = {"it": "Una legge", "en": "An act"}
Document = dict[str, Any]


def _purpose(document: Document, name: str) -> Document:
    found: Document = next(one for one in document["purposes"] if one["id"] == name)
    return found


def every_basis(document: Document) -> None:
    """All six bases, several for one purpose, and one that nobody states."""
    _purpose(document, "run_account")["basis"] = [
        {"kind": "contract", "origin": "published"},
        {"kind": "legal_obligation", "origin": "law", "act": ACT, "categories": ["transaction"]},
    ]
    _purpose(document, "support")["basis"] = [
        {"kind": "contract", "origin": "published", "categories": ["identity", "company"]},
        {"kind": "consent", "origin": "published"},
    ]
    _purpose(document, "improvement")["basis"] = {
        "kind": "public_task",
        "origin": "law",
        "act": ACT,
    }
    _purpose(document, "research")["basis"] = {"origin": "published", "to_confirm": True}
    _purpose(document, "security")["basis"] = {"kind": "vital_interests", "origin": "published"}
    _purpose(document, "surveys")["profiling"] = True


def other_law(document: Document) -> None:
    """A right that no article of the GDPR gives, and what else other law wants said."""
    words = {"it": "Riesame", "en": "Appeal"}
    document["rights"].append(
        {
            "id": "appeal",
            "origin": "law",
            "title": words,
            "description": words,
            "law": ACT,
            "deadline": {"within": {"days": 45}, "extension": {"days": 45}},
            "url": "https://kaveripoint.example/appeal",
        }
    )
    for category in document["categories"]:
        category["outcomes"]["appeal"] = {"outcome": "reviewed"}
        category["sold"], category["shared"] = False, True
    document["requests"]["cannot_identify"] = {"origin": "law", "text": words}


def special_data(document: Document) -> None:
    """Messages may be about health, and people are at least sixteen."""
    next(one for one in document["categories"] if one["id"] == "support")["special"] = "health"
    for purpose in document["purposes"]:
        asks = purpose["basis"]["kind"] == "consent" or purpose["id"] == "feedback_help"
        if "support" in purpose["categories"]:
            purpose["basis"]["condition"] = "explicit_consent" if asks else "legal_claims"
    document["minors"] = {**document.get("minors", {}), "origin": "published", "age": 16}
    document["minors"].setdefault("text", ACT)


def no_portability(document: Document) -> None:
    """Nothing rests on consent or contract, so that there is no right to portability."""
    for purpose in document["purposes"]:
        purpose["basis"] = {"kind": "public_task", "origin": "law", "act": ACT}
        for name in ("lasts", "consent_lasts", "signals", "measures_mail"):
            purpose.pop(name, None)
    for name in ("port", "withdraw"):
        document["rights"] = [one for one in document["rights"] if one["id"] != name]
        for category in document["categories"]:
            category["outcomes"].pop(name, None)
    for recipient in document["recipients"]:
        answers = recipient.get("answers", {"rights": []})
        answers["rights"] = [one for one in answers["rights"] if one not in ("port", "withdraw")]
    cookies = document["cookies"]
    cookies["classes"] = [one for one in cookies["classes"] if one["exempt"]]
    kept = {one["id"] for one in cookies["classes"]}
    cookies["cookies"] = [one for one in cookies["cookies"] if one["class"] in kept]
    cookies.pop("banner", None)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with services(tmp_path_factory.mktemp("bases")) as local, world(local, hashing=False) as made:
        made.recorder.off = True
        yield made


def other_law_and_special_data(document: Document) -> None:
    """Both at once: neither touches what the other changes, and a walk is long."""
    other_law(document)
    special_data(document)


@pytest.mark.parametrize("change", [every_basis, other_law_and_special_data, no_portability])
def test_everything_runs(here: World, change: Callable[[Document], None]) -> None:
    document = shipped()
    change(document)
    walk = Walk(here)
    here.renew(document)
    everything(walk)
    assert walk.failures == []
