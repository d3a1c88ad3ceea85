"""Defects of what else the association states: cookies, recipients, forms, rights, words."""

from __future__ import annotations

from tests.unit.notices.edits import GONE, Defect

WORDS = {"en": "Some words."}
AD_CLASS = {
    "id": "advertising",
    "origin": "published",
    "title": WORDS,
    "description": WORDS,
    "exempt": False,
    "purpose": "newsletter",
}
BANNER = {
    "origin": "published",
    **dict.fromkeys(
        ("title", "text", "accept_all", "refuse_all", "choose", "save", "settings", "signal"), WORDS
    ),
}

ANSWERS = {"rights": ["copy"], "within": {"days": 10}}
REPRESENTATIVE = {"origin": "published", "text": WORDS, "name": "Somebody"}

STATEMENTS: list[Defect] = [
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
    (
        "banner that promises a signal",
        {"/cookies/banner": BANNER},
        {"/cookies/banner/signal"},
    ),
    (
        "banner without the signal's words",
        {
            "/cookies/banner": {name: BANNER[name] for name in BANNER if name != "signal"},
            "/purposes/1/signals": ["gpc"],
        },
        {"/cookies/banner/signal"},
    ),
    (
        "advertising granted unasked",
        {"/cookies/classes/0/consent_mode": ["security_storage", "ad_user_data"]},
        {"/cookies/classes/0/consent_mode/1"},
    ),
    (
        "one type in two classes",
        {
            "/cookies/banner": {**BANNER, "signal": WORDS},
            "/purposes/1/signals": ["gpc"],
            "/cookies/classes": [
                {**AD_CLASS, "consent_mode": ["ad_storage", "analytics_storage"]},
                {**AD_CLASS, "id": "measurement", "consent_mode": ["analytics_storage"]},
            ],
            "/cookies/cookies": [],
        },
        {"/cookies/classes/1/consent_mode/0"},
    ),
    (
        "unknown type",
        {"/cookies/classes/0/consent_mode": ["all_storage"]},
        {"/cookies/classes/0/consent_mode/0"},
    ),
    (
        "one type twice",
        {"/cookies/classes/0/consent_mode": ["security_storage", "security_storage"]},
        {"/cookies/classes/0/consent_mode"},
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
    (
        "purpose that does not name it",
        {"/purposes/1/recipients": ["county_council"]},
        {"/purposes/1/recipients/0", "/recipients/1/purposes/1"},
    ),
    (
        "recipient that does not name it",
        {"/purposes/1/recipients": ["county_council", "host"]},
        {"/purposes/1/recipients/0"},
    ),
    ("answers of a controller", {"/recipients/0/answers": ANSWERS}, {"/recipients/0/answers"}),
    (
        "answers about a right that is none",
        {"/recipients/1/answers": {**ANSWERS, "rights": ["copy", "object"]}},
        {"/recipients/1/answers/rights/1"},
    ),
    (
        "answers without time",
        {"/recipients/1/answers": {"rights": ["copy"]}},
        {"/recipients/1/answers/within"},
    ),
    (
        "answers after the month",
        {"/recipients/1/answers": {**ANSWERS, "within": {"days": 31}}},
        {"/recipients/1/answers/within/days"},
    ),
    ("no transfer", {"/recipients/1/transfer": GONE}, {"/recipients/1/transfer"}),
    ("no transfer tool", {"/recipients/1/transfer/tool": GONE}, {"/recipients/1/transfer/tool"}),
    ("adequacy not stated", {"/recipients/0/country/codes": ["GB"]}, {"/recipients/0/transfer"}),
    (
        "country unknown and no transfer",
        {"/recipients/0/country": {"origin": "published", "to_confirm": True}},
        {"/recipients/0/transfer"},
    ),
    (
        "country that there is not",
        {"/recipients/0/country/codes": ["IE", "ZZ"]},
        {"/recipients/0/country/codes/1"},
    ),
    (
        "country by another code",
        {"/recipients/0/country/codes": ["UK", "EL"]},
        {"/recipients/0/country/codes/0", "/recipients/0/country/codes/1"},
    ),
    ("established nowhere", {"/controller/country": "ZZ"}, {"/controller/country"}),
    ("established in the Union", {"/controller/country": "EU"}, {"/controller/country"}),
    (
        "representative by another code",
        {
            "/controller/country": "CN",
            "/controller/representative": {**REPRESENTATIVE, "country": "EL"},
        },
        {"/controller/representative/country"},
    ),
    (
        "data that lies nowhere",
        {"/processing_location": {"origin": "published", "text": WORDS, "countries": ["EU", "QQ"]}},
        {"/processing_location/countries/1"},
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
    (
        "form field for a choice that is required",
        {"/forms/0/required": ["member.mail", "interests.topics"], "/forms/0/optional": []},
        {"/forms/0/required/1"},
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
        {"/rights"} | {f"/categories/{index}/outcomes/copy" for index in (0, 1, 2, 3)},
    ),
    (
        "answer in no time",
        {"/requests/deadline/within": {"days": 0}},
        {"/requests/deadline/within/days"},
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
    # notifications
    ("empty notifications", {"/notifications": []}, {"/notifications"}),
    (
        "unknown notification",
        {"/notifications/0/id": "birthday"},
        {"/notifications/0/id"},
    ),
    (
        "notification twice",
        {"/notifications/1/id": "requests"},
        {"/notifications/2/id"},
    ),
    (
        "security turned off",
        {"/notifications/1/optional": True},
        {"/notifications/1/optional"},
    ),
    (
        "notification for no purpose",
        {"/notifications/0/purpose": "fun"},
        {"/notifications/0/purpose"},
    ),
    (
        "always sent, but only with consent",
        {"/notifications/1/purpose": "newsletter", "/notifications/0/purpose": "newsletter"},
        {"/notifications/1/purpose"},
    ),
    ("answers turned off", {"/notifications/2/optional": True}, {"/notifications/2/optional"}),
    (
        "notification undecided",
        {"/notifications/0/optional": "yes"},
        {"/notifications/0/optional"},
    ),
    (
        "notification without words",
        {"/notifications/0/title": {}, "/notifications/0/description": {}},
        {"/notifications/0/description", "/notifications/0/title"},
    ),
    (
        "change of the notice turned off",
        {"/notifications/3/optional": True},
        {"/notifications/3/optional"},
    ),
    # how people are told of a change
    ("told at no time", {"/announcements/lead": {"days": 0}}, {"/announcements/lead/days"}),
    ("told within no period", {"/announcements/lead": {}}, {"/announcements/lead"}),
    (
        "told more than a year before",
        {"/announcements/lead": {"days": 366}, "/announcements/shown": {"years": 2}},
        {"/announcements/lead/days", "/announcements/shown/years"},
    ),
    (
        "told in two units",
        {"/announcements/lead": {"months": 12, "days": 1}},
        {"/announcements/lead"},
    ),
    (
        "told in months without end",
        {"/announcements/shown": {"months": 13}},
        {"/announcements/shown/months"},
    ),
    (
        "told without saying when",
        {"/announcements/lead": GONE, "/announcements/text": GONE},
        {"/announcements/lead", "/announcements/text"},
    ),
    ("told by nobody", {"/announcements/origin": GONE}, {"/announcements/origin"}),
    ("told at an hour", {"/announcements/lead": {"hours": 3}}, {"/announcements/lead/hours"}),
    ("notification of nobody", {"/notifications/0/origin": GONE}, {"/notifications/0/origin"}),
    # ids, words, dates
    ("id twice", {"/purposes/2/id": "newsletter"}, {"/purposes/2/id"}),
    (
        "kind twice",
        {"/records/2/kind": "claim"},
        {"/records/2/class", "/records/2/fields/technical/1", "/records/2/kind"},
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
