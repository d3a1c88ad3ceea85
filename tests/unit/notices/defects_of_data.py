"""Defects of what the association says about data: purposes, categories, records, retention."""

from __future__ import annotations

from tests.unit.notices.edits import GONE, Defect

LAST = 26
"""The rule for data whose consent is withdrawn, the last of the association's."""

DATA: list[Defect] = [
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
    # consent
    (
        "former end of no consent",
        {"/purposes/0/consent_lasts": {"months": 6}},
        {"/purposes/0/consent_lasts"},
    ),
    (
        "consent that ends at once",
        {"/purposes/1/consent_lasts": {"months": 0}},
        {"/purposes/1/consent_lasts/months"},
    ),
    (
        "consent of no length",
        {"/purposes/1/consent_lasts": {}},
        {"/purposes/1/consent_lasts"},
    ),
    (
        "consent that lasts an hour",
        {"/purposes/1/consent_lasts": {"hours": 1}},
        {"/purposes/1/consent_lasts/hours"},
    ),
    ("end of no consent", {"/purposes/0/lasts": {"months": 6}}, {"/purposes/0/lasts"}),
    (
        "end from a moment alone",
        {"/purposes/1/lasts": {"from": "last_interest"}},
        {"/purposes/1/lasts"},
    ),
    ("end of no time", {"/purposes/1/lasts": {}}, {"/purposes/1/lasts"}),
    (
        "end from an unknown moment",
        {"/purposes/1/lasts": {"from": "last_click", "months": 6}},
        {"/purposes/1/lasts/from"},
    ),
    (
        "end in hours",
        {"/purposes/1/lasts": {"from": "last_interest", "hours": 6}},
        {"/purposes/1/lasts/hours"},
    ),
    ("end in words", {"/purposes/1/lasts": "long"}, {"/purposes/1/lasts"}),
    (
        "end that is said twice",
        {"/purposes/1/lasts": {"months": 6}, "/purposes/1/consent_lasts": {"months": 6}},
        {"/purposes/1/consent_lasts"},
    ),
    (
        "signal against no consent",
        {"/purposes/2/signals": ["gpc"]},
        {"/purposes/2/signals", "/cookies/banner"},
    ),
    ("signal without words", {"/purposes/1/signals": ["gpc"]}, {"/cookies/banner"}),
    (
        "unknown signal",
        {"/purposes/1/signals": ["dnt"]},
        {"/purposes/1/signals/0", "/cookies/banner"},
    ),
    ("withdrawn data looked at", {"/retention/-1/then": "review"}, {f"/retention/{LAST}/then"}),
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
        {"/categories/0/outcomes/erase/text", "/categories/0/outcomes/erase/outcome"},
    ),
    ("unknown source", {"/categories/0/source/0": "gossip"}, {"/categories/0/source/0"}),
    ("no source", {"/categories/0/source": []}, {"/categories/0/source"}),
    # records and the catalogue
    (
        "unknown kind",
        {"/records/5/kind": "diary", "/records/5/title": GONE, "/retention/6/kind": "diary"},
        {"/records/5/kind"},
    ),
    (
        "unknown technical field",
        {"/records/1/fields/technical/0": "shoe_size"},
        {"/records/1/fields/technical/0"},
    ),
    (
        "item that the software does not keep there",
        {"/records/5/categories": ["device", "member"], "/records/5/fields/member": ["mail"]},
        {"/records/5/fields/member/0"},
    ),
    ("field of no item", {"/records/3/fields/plot/1": "soil"}, {"/records/3/fields/plot/1"}),
    ("fields of no category", {"/records/3/fields/pets": []}, {"/records/3/fields/pets"}),
    (
        "fields of a category not named",
        {"/records/3/categories": ["member", "interests"]},
        {"/records/3/fields/plot"},
    ),
    (
        "unknown category of a record",
        {"/records/0/categories": ["pets"]},
        {"/records/0/categories/0"},
    ),
    ("unknown class", {"/records/0/class": "misc"}, {"/records/0/class"}),
    # retention
    (
        "rule of no kind",
        {"/retention/6/kind": "diary"},
        {"/retention/6/kind"},
    ),
    ("another class", {"/records/6/class": "account"}, {"/records/6/class"}),
    ("unknown event", {"/retention/0/from": "birth"}, {"/retention/0/from"}),
    (
        "two rules for one event",
        {"/retention/1/from": "registered", "/retention/1/period": {"days": 9}},
        {"/retention/1/from"},
    ),
    ("no time", {"/retention/0/period": {"days": 0}}, {"/retention/0/period"}),
    ("no months", {"/retention/0/period": {"months": 0}}, {"/retention/0/period/months"}),
    ("no time for a session", {"/retention/6/period": {"days": 0}}, {"/retention/6/period"}),
    (
        "no time after all",
        {"/retention/15/period": {"days": 0, "months": 0}},
        {"/retention/15/period/months"},
    ),
    ("negative time", {"/retention/0/period": {"months": -1}}, {"/retention/0/period/months"}),
    ("empty time", {"/retention/0/period": {}}, {"/retention/0/period"}),
    (
        "an event that no kind is reckoned from",
        {"/retention/0/from": "last_interest"},
        {"/retention/0/from"},
    ),
    (
        "an event of other kinds",
        {"/retention/6/from": "registered"},
        {"/retention/6/from"},
    ),
    (
        "anonymous of nothing",
        {"/retention/4/then": "anonymise"},
        {"/retention/4/then"},
    ),
    (
        "a session that is stopped",
        {"/retention/6/then": "deactivate"},
        {"/retention/6/then"},
    ),
    (
        "a registration that is stopped",
        {"/retention/0/then": "deactivate"},
        {"/retention/0/then"},
    ),
    (
        "a warning without address",
        {"/retention/0/warn": [{"days": 1}]},
        {"/retention/0/warn"},
    ),
    (
        "a warning of a session",
        {"/retention/6/warn": [{"days": 1}]},
        {"/retention/6/warn"},
    ),
    (
        "a warning of what a person decides",
        {"/retention/1/then": "review", "/retention/1/warn": [{"days": 7}]},
        {"/retention/1/warn"},
    ),
    (
        "no warning in the list",
        {"/retention/1/then": "erase", "/retention/1/warn": []},
        {"/retention/1/warn"},
    ),
    (
        "a warning of no time",
        {"/retention/1/then": "erase", "/retention/1/warn": [{"days": 0}]},
        {"/retention/1/warn/0/days"},
    ),
    (
        "four warnings",
        {
            "/retention/1/then": "erase",
            "/retention/1/warn": [{"days": days} for days in (30, 20, 10, 5)],
        },
        {"/retention/1/warn"},
    ),
    (
        "a warning as long as the period",
        {"/retention/1/then": "erase", "/retention/1/warn": [{"months": 36}]},
        {"/retention/1/warn/0"},
    ),
    (
        "warnings the wrong way round",
        {"/retention/1/then": "erase", "/retention/1/warn": [{"days": 7}, {"days": 30}]},
        {"/retention/1/warn/1"},
    ),
    (
        "warnings that meet in February",
        {"/retention/1/then": "erase", "/retention/1/warn": [{"months": 1}, {"days": 29}]},
        {"/retention/1/warn/1"},
    ),
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
]
