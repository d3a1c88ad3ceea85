"""Defects of the association's document, each with the places at which it has to be refused."""

from __future__ import annotations

from typing import Any

GONE = object()
"""Stands for a member that is taken away."""

WORDS = {"en": "Some words."}
AD_CLASS = {
    "id": "advertising",
    "origin": "published",
    "title": WORDS,
    "description": WORDS,
    "exempt": False,
    "purpose": "newsletter",
}

REFUSALS: list[tuple[str, dict[str, Any], set[str]]] = [
    # purposes
    ("no basis", {"/purposes/0/basis": GONE}, {"/purposes/0/basis"}),
    ("unknown basis", {"/purposes/0/basis/kind": "habit"}, {"/purposes/0/basis/kind"}),
    ("no basis origin", {"/purposes/0/basis/origin": GONE}, {"/purposes/0/basis/origin"}),
    ("no channels of marketing", {"/purposes/1/channels": []}, {"/purposes/1/channels"}),
    ("no channels at all", {"/purposes/1/channels": GONE}, {"/purposes/1/channels"}),
    ("no automated", {"/purposes/0/automated": GONE}, {"/purposes/0/automated"}),
    ("no marketing mark", {"/purposes/0/marketing": GONE}, {"/purposes/0/marketing"}),
    ("no title", {"/purposes/0/title": GONE}, {"/purposes/0/title"}),
    ("no act", {"/purposes/3/basis/act": GONE}, {"/purposes/3/basis/act"}),
    ("no interest", {"/purposes/2/basis/interest": GONE}, {"/purposes/2/basis/interest"}),
    (
        "sole automation unexplained",
        {"/purposes/2/automated": "solely"},
        {"/purposes/2/logic", "/rights"},
    ),
    ("marketing without rules", {"/marketing": []}, {"/marketing"}),
    ("marketing rules absent", {"/marketing": GONE}, {"/marketing"}),
    ("unknown category", {"/purposes/2/categories/0": "pets"}, {"/purposes/2/categories/0"}),
    ("unknown recipient", {"/purposes/2/recipients": ["moon"]}, {"/purposes/2/recipients/0"}),
    # categories
    (
        "no purpose uses it",
        {
            "/purposes/0/categories": ["member"],
            "/purposes/2/categories": ["member"],
            "/forms/0/optional": [],
        },
        {"/categories/1"},
    ),
    ("no retention", {"/categories/0/retention": GONE}, {"/categories/0/retention"}),
    (
        "empty retention",
        {"/categories/0/retention": {"origin": "published"}},
        {"/categories/0/retention"},
    ),
    (
        "unknown retention rule",
        {"/categories/0/retention/rules/0": "forever"},
        {"/categories/0/retention/rules/0"},
    ),
    (
        "no outcome of a right",
        {"/categories/1/outcomes/port": GONE},
        {"/categories/1/outcomes/port"},
    ),
    (
        "outcome of no right",
        {"/categories/1/outcomes/review": {"outcome": "reviewed"}},
        {"/categories/1/outcomes/review"},
    ),
    (
        "kept without saying why",
        {"/categories/0/outcomes/erase": {"outcome": "kept"}},
        {"/categories/0/outcomes/erase/text"},
    ),
    ("unknown source", {"/categories/0/source/0": "gossip"}, {"/categories/0/source/0"}),
    ("no source", {"/categories/0/source": []}, {"/categories/0/source"}),
    # records and the catalogue
    ("undeclared kind", {"/records/5": GONE, "/retention/6": GONE}, {"/records", "/retention"}),
    (
        "unknown kind",
        {"/records/5/kind": "diary", "/retention/6/kind": "diary"},
        {"/records", "/records/5/kind", "/retention"},
    ),
    (
        "undeclared field",
        {"/records/1/fields/technical": ["subject", "verified_at"]},
        {"/records/1/fields"},
    ),
    (
        "unknown technical field",
        {"/records/1/fields/technical/0": "shoe_size"},
        {"/records/1/fields", "/records/1/fields/technical/0"},
    ),
    ("field of no item", {"/records/3/fields/plot/1": "soil"}, {"/records/3/fields/plot/1"}),
    ("fields of no category", {"/records/3/fields/pets": []}, {"/records/3/fields/pets"}),
    (
        "fields of a category not named",
        {"/records/3/categories": ["member"]},
        {"/records/3/fields/plot"},
    ),
    (
        "unknown category of a record",
        {"/records/0/categories": ["pets"]},
        {"/records/0/categories/0"},
    ),
    ("unknown class", {"/records/0/class": "misc"}, {"/records/0/class"}),
    # retention
    ("no rule for a kind", {"/retention/6": GONE}, {"/records/5/kind", "/retention"}),
    (
        "rule of no kind",
        {"/retention/6/kind": "diary"},
        {"/records/5/kind", "/retention", "/retention/6/kind"},
    ),
    ("no rule that the software applies", {"/retention/14": GONE}, {"/retention"}),
    ("no form that the software shows", {"/forms/0/id": "sign_up"}, {"/forms"}),
    ("another class", {"/records/6/class": "account"}, {"/records/6/class"}),
    ("unknown event", {"/retention/0/from": "birth"}, {"/retention", "/retention/0/from"}),
    (
        "two rules for one event",
        {"/retention/1/from": "registered"},
        {"/retention", "/retention/1/from"},
    ),
    ("no time", {"/retention/0/period": {"days": 0}}, {"/retention/0/period/days"}),
    ("negative time", {"/retention/0/period": {"months": -1}}, {"/retention/0/period/months"}),
    ("empty time", {"/retention/0/period": {}}, {"/retention/0/period"}),
    (
        "unknown survivor",
        {"/retention/1/survives/0/kind": "ghost"},
        {"/retention/1/survives/0/kind"},
    ),
    (
        "survivor without reason",
        {"/retention/1/survives/0/why": GONE},
        {"/retention/1/survives/0/why"},
    ),
    # cookies
    (
        "cookie without purpose",
        {"/cookies/cookies/0/purpose": GONE},
        {"/cookies/cookies/0/purpose"},
    ),
    ("cookie without class", {"/cookies/cookies/0/class": GONE}, {"/cookies/cookies/0/class"}),
    (
        "cookie of an absent class",
        {"/cookies/cookies/0/class": "measurement"},
        {"/cookies/cookies/0/class"},
    ),
    (
        "cookie without lifetime",
        {"/cookies/cookies/0/lifetime": GONE},
        {"/cookies/cookies/0/lifetime"},
    ),
    (
        "cookie with an empty lifetime",
        {"/cookies/cookies/0/lifetime": {}},
        {"/cookies/cookies/0/lifetime"},
    ),
    ("cookie of no purpose", {"/cookies/cookies/0/purpose": "fun"}, {"/cookies/cookies/0/purpose"}),
    ("third party unnamed", {"/cookies/cookies/0/party": "third"}, {"/cookies/cookies/0/provider"}),
    (
        "third party unknown",
        {"/cookies/cookies/0/provider": "ghost"},
        {"/cookies/cookies/0/provider"},
    ),
    (
        "class without banner",
        {"/cookies/classes/0": AD_CLASS, "/cookies/cookies": []},
        {"/cookies/banner"},
    ),
    (
        "class that asks no consent",
        {"/cookies/classes/0": AD_CLASS | {"purpose": "membership"}, "/cookies/cookies": []},
        {"/cookies/banner", "/cookies/classes/0/purpose"},
    ),
    (
        "cookie that asks no consent",
        {"/cookies/classes/0": AD_CLASS, "/cookies/cookies/0/class": "advertising"},
        {"/cookies/banner", "/cookies/cookies/0/purpose"},
    ),
    # recipients, transfers, representative
    ("no role", {"/recipients/1/role": GONE}, {"/recipients/1/role"}),
    ("no country", {"/recipients/1/country": GONE}, {"/recipients/1/country"}),
    ("no country code", {"/recipients/1/country/codes": GONE}, {"/recipients/1/country/codes"}),
    (
        "no purpose",
        {"/recipients/0/purposes": []},
        {"/purposes/0/recipients/0", "/recipients/0/purposes"},
    ),
    (
        "unknown purpose",
        {"/recipients/0/purposes": ["membership", "fun"]},
        {"/recipients/0/purposes/1"},
    ),
    ("purpose that does not name it", {"/purposes/1/recipients": []}, {"/recipients/1/purposes/1"}),
    (
        "recipient that does not name it",
        {"/purposes/1/recipients": ["county_council", "host"]},
        {"/purposes/1/recipients/0"},
    ),
    ("no transfer", {"/recipients/1/transfer": GONE}, {"/recipients/1/transfer"}),
    ("no transfer tool", {"/recipients/1/transfer/tool": GONE}, {"/recipients/1/transfer/tool"}),
    ("adequacy not stated", {"/recipients/0/country/codes": ["GB"]}, {"/recipients/0/transfer"}),
    (
        "country unknown and no transfer",
        {"/recipients/0/country": {"origin": "published", "to_confirm": True}},
        {"/recipients/0/transfer"},
    ),
    ("unknown item", {"/recipients/0/items/0": "member.iban"}, {"/recipients/0/items/0"}),
    (
        "outside without representative",
        {"/controller/country": "CN"},
        {"/controller/representative"},
    ),
    (
        "representative without a name",
        {
            "/controller/country": "CN",
            "/controller/representative": {"origin": "published", "text": WORDS},
        },
        {"/controller/representative"},
    ),
    # forms
    ("form field of no item", {"/forms/0/optional/0": "member.iban"}, {"/forms/0/optional/0"}),
    (
        "form field outside the purpose",
        {"/purposes/0/categories": ["member"]},
        {"/forms/0/optional/0"},
    ),
    (
        "form field that no record keeps",
        {"/records/3/fields/plot": ["sharer"]},
        {"/forms/0/optional/0"},
    ),
    ("form of no purpose", {"/forms/0/purpose": "fun"}, {"/forms/0/purpose"}),
    ("form without consequence", {"/forms/0/consequence": GONE}, {"/forms/0/consequence"}),
    ("address not required", {"/forms/0/required": ["member.full_name"]}, {"/forms/0/address"}),
    ("address no e-mail", {"/forms/0/address": "member.full_name"}, {"/forms/0/address"}),
    (
        "field required and optional",
        {"/forms/0/optional/0": "member.mail"},
        {"/forms/0/optional/0"},
    ),
    # rights
    (
        "access missing",
        {"/rights/0": GONE},
        {"/rights"} | {f"/categories/{index}/outcomes/copy" for index in (0, 1)},
    ),
    (
        "answer later than a month",
        {"/requests/deadline/within": {"days": 45}},
        {"/requests/deadline/within"},
    ),
    (
        "extension of a year",
        {"/requests/deadline/extension": {"years": 1}},
        {"/requests/deadline/extension"},
    ),
    # ids, words, dates
    ("id twice", {"/purposes/2/id": "newsletter"}, {"/purposes/2/id"}),
    (
        "kind twice",
        {"/records/2/kind": "claim"},
        {
            "/records",
            "/records/2/class",
            "/records/2/fields",
            "/records/2/fields/technical/1",
            "/records/2/kind",
            "/retention/3/kind",
        },
    ),
    (
        "statement id twice",
        {"/security": [{"id": "a", "origin": "law", "text": WORDS}] * 2},
        {"/security/1/id"},
    ),
    (
        "id with a line feed",
        {"/sources/1/id": "plot\n", "/categories/1/source/1": "plot\n"},
        {"/categories/1/source/1", "/sources/1/id"},
    ),
    ("bad id", {"/sources/1/id": "Plot Holders"}, {"/categories/1/source/1", "/sources/1/id"}),
    ("blank words", {"/purposes/0/title/en": " \n"}, {"/purposes/0/title/en"}),
    ("empty words", {"/purposes/0/title/en": ""}, {"/purposes/0/title/en"}),
    ("no words", {"/purposes/0/title": {}}, {"/purposes/0/title"}),
    (
        "words in another language",
        {"/headings/title": {"fr": "Vie privee"}},
        {"/headings/title/en", "/headings/title/fr"},
    ),
    ("no such day", {"/version": "2025-02-30"}, {"/version"}),
    ("not a version", {"/version": "2025-03-01.0"}, {"/version"}),
    ("no such text date", {"/text_date": "2025-13-01"}, {"/text_date"}),
    ("no offset", {"/effective_at": "2025-03-01T09:00:00"}, {"/effective_at"}),
    ("no such hour", {"/effective_at": "2025-03-01T29:00:00Z"}, {"/effective_at"}),
    ("before time", {"/effective_at": "0001-01-01T00:00:00+23:00"}, {"/effective_at"}),
    # closed
    ("unknown member", {"/colour": "red"}, {"/colour"}),
    ("unknown member with a slash", {"/purposes/0/a~b": 1}, {"/purposes/0/a~0b"}),
    ("unknown unit", {"/retention/0/period": {"weeks": 2}}, {"/retention/0/period/weeks"}),
    ("unstated origin", {"/security/0/origin": GONE}, {"/security/0/origin"}),
    ("unknown heading", {"/headings/gossip": WORDS}, {"/headings/gossip"}),
    (
        "unknown right",
        {"/categories/0/outcomes/dance": {"outcome": "erased"}},
        {"/categories/0/outcomes/dance"},
    ),
]
