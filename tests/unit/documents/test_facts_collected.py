"""No fact gets lost: which data is collected, how it arrives, what the account page does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.catalogue import STORED

ITEMS = {
    "identity": {
        "name": "Name",
        "email": "E-mail",
        "address": "postal or other physical address",
        "title": "Title",
        "occupation": "Occupation",
        "phone": "Phone",
        "mobile": "Mobile",
        "fax": "Fax",
    },
    "company": {
        "name": "Company name",
        "sector": "Sector",
        "services": "Services",
        "email": "e-mail",
        "address": "postal or other physical address",
        "phone": "phone",
        "fax": "fax",
    },
    "transaction": {
        "ip_address": "IP address",
        "payment_information": "Payment information",
        "other_needed": "service, product or transaction needs",
    },
    "interaction": {
        "clicks": "Clicks",
        "links_followed": "Links followed",
        "attachment_type": "Type of uploaded attachments",
        "attachment_size": "Size of uploaded attachments",
        "attachment_name": "File name of uploaded attachments",
        "search_terms": "Frequent search terms",
        "analytics_content": "gathered by analytics",
        "dealings_with_others": "interact with others",
    },
    "support": {
        "problem_reports": "Problem reports",
        "phone_number": "number of the call",
        "call_time": "Date and time of the call",
        "call_duration": "Duration of the call",
        "call_recording": "recordings for training, where allowed",
    },
    "device": {
        "connection_type": "Connection type",
        "connection_settings": "Connection settings",
        "operating_system": "Operating system",
        "browser_type": "Browser type",
        "ip_address": "IP address",
        "referring_page": "referring page",
        "exit_page": "exit page",
        "device_identifiers": "Device identifiers",
        "crash_data": "Crash data",
        "country_preference": "Country preference",
        "approximate_place": "Approximate place",
    },
    "cookies": {
        "cookies": "cookies",
        "web_beacons": "web beacons",
        "device_identifiers": "device identifiers",
        "pixels": "pixels",
        "web_logs": "Web logs",
        "recognition": "across services and devices",
    },
    "third_parties": {
        "from_users": "other users",
        "from_services": "third-party services",
        "from_partners": "business and channel partners",
        "origin": "Origin",
    },
}
"""Category -> item -> words by which the English title is known to mean the right thing."""

SOURCES = {
    "account": ("creat", "profile", "preferences", "subscribe"),
    "interactive": (
        "surveys",
        "feedback",
        "boards",
        "e-mail",
        "interactive features",
        "contests",
        "promotions",
        "lotteries",
        "events",
    ),
    "services_use": ("use the services",),
    "support_contact": ("contact support",),
    "devices": ("devices",),
    "cookies_source": ("cookies",),
    "others": ("other users", "third-party services", "partners"),
}


@pytest.mark.parametrize(
    ("category", "item", "words"),
    [(category, item, words) for category, of in ITEMS.items() for item, words in of.items()],
)
def test_item_is_declared(at: Callable[[str], Any], category: str, item: str, words: str) -> None:
    assert words.lower() in at(f"categories/{category}/items/{item}/title")["en"].lower()
    assert at(f"categories/{category}")["origin"] == "published"


def test_no_other_item_claims_to_be_published(document: dict[str, Any]) -> None:
    published = {c["id"]: c for c in document["categories"] if c["origin"] == "published"}
    assert published.keys() == ITEMS.keys()
    extra = {
        f"{name}.{item['id']}"
        for name, category in published.items()
        for item in category["items"]
        if item["id"] not in ITEMS[name]
    }
    # what a person writes in a request, and in a message and its fields, which is stored
    assert extra == {f"support.{name}" for name in ("details", "text", "topic", "rating")}


@pytest.mark.parametrize(
    ("path", "origin", "italian", "english"),
    [
        ("transaction/notes/no_card_data", "controller_choice", "mai", "never kept"),
        ("interaction/notes/after_consent", "controller_choice", "consenso", "after your consent"),
        ("device/notes/approximate_place", "published", "approssimativo", "approximate place"),
    ],
)
def test_limits_of_categories(
    at: Callable[[str], Any], path: str, origin: str, italian: str, english: str
) -> None:
    statement = at(f"categories/{path}")
    assert statement["origin"] == origin
    assert italian in statement["text"]["it"]
    assert english in statement["text"]["en"]


def test_interaction_is_used_only_with_consent(document: dict[str, Any]) -> None:
    bases = {p["basis"]["kind"] for p in document["purposes"] if "interaction" in p["categories"]}
    assert bases == {"consent"}


@pytest.mark.parametrize(
    ("source", "word"), [(source, word) for source, of in SOURCES.items() for word in of]
)
def test_how_data_arrives(at: Callable[[str], Any], source: str, word: str) -> None:
    found = at(f"sources/{source}")
    assert word in found["description"]["en"]
    assert found["origin"] == "published"


def test_every_source_feeds_a_category(document: dict[str, Any]) -> None:
    feeding = {source for category in document["categories"] for source in category["source"]}
    assert feeding == set(SOURCES)


def test_registration_requires_the_address_alone(at: Callable[[str], Any]) -> None:
    form = at("forms/registration")
    assert form["required"] == ["identity.email"] == [form["address"]]
    offered = {
        f"{category}.{item}" for category in ("identity", "company") for item in ITEMS[category]
    }
    assert set(form["optional"]) == offered - {"identity.email"}


def test_profile_keeps_what_the_form_asks(at: Callable[[str], Any]) -> None:
    fields = at("records/profile")["fields"]
    assert {name: set(kept) for name, kept in fields.items()} == {
        name: set(ITEMS[name]) for name in ("identity", "company")
    }


def test_a_session_keeps_its_shortened_address_and_country_no_longer_than_itself(
    at: Callable[[str], Any],
) -> None:
    assert at("records/session")["fields"]["device"] == ["ip_address", "approximate_place"]
    kept = at("categories/device/retention")
    assert "sign_in_session" in kept["rules"]
    assert "14 giorni" in kept["text"]["it"]
    assert "after 14 days" in kept["text"]["en"]
    assert at("retention/sign_in_session")["period"] == {"days": 14}


def test_the_country_of_the_last_sign_in_stays_with_the_account(at: Callable[[str], Any]) -> None:
    assert "country" in STORED["claim"].fields
    kept = at("categories/device/retention")
    assert "claim_ended" in kept["rules"]
    assert "finché esiste l’account" in kept["text"]["it"]
    assert "country of the last sign-in stays" in kept["text"]["en"]


def test_a_change_of_address_keeps_both_addresses(at: Callable[[str], Any]) -> None:
    fields = at("records/email_change")["fields"]
    assert fields["identity"] == ["email"]
    assert "former_email" in STORED["email_change"].fields
    assert "72 ore" in at("retention/email_change_created")["description"]["it"]


@pytest.mark.parametrize(
    ("statement", "origin", "italian", "english"),
    [
        ("register", "published", "nuovo account", "registers a new account"),
        ("sign_in", "published", "accedere", "sign in"),
        ("reset_password", "published", "password", "resets a password"),
    ],
)
def test_account_page(
    at: Callable[[str], Any], statement: str, origin: str, italian: str, english: str
) -> None:
    found = at(f"account_page/{statement}")
    assert found["origin"] == origin
    assert italian in found["text"]["it"]
    assert english in found["text"]["en"]


@pytest.mark.parametrize(
    ("kind", "italian", "english"),
    [
        ("session", "abbreviato", "recognise your sign-ins"),
        ("limit", "per rallentare chi prova", "to slow down those who guess passwords"),
        ("code", "codice breve", "short code in a message"),
        ("link", "collegamento di un messaggio", "link in a message"),
    ],
)
def test_what_the_software_keeps_is_told_by_it(
    at: Callable[[str], Any], kind: str, italian: str, english: str
) -> None:
    found = at(f"records/{kind}")
    assert italian in found["description"]["it"]
    assert english in found["description"]["en"]
