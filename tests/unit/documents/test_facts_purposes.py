"""No fact gets lost: purposes with their proposed bases, and who receives data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.notices.model import Notice

CONSENT, CONTRACT = "consent", "contract"
INTEREST, OBLIGATION = "legitimate_interest", "legal_obligation"

PURPOSES = [
    ("run_account", CONTRACT, ("subscription", "account")),
    ("credit_reference", INTEREST, ("subscription is paid", "credit reference agencies", "fraud")),
    ("provide_services", CONTRACT, ("services you signed up for",)),
    ("personalise_services", CONSENT, ("adapt the services to you",)),
    ("offers_email", CONSENT, ("special offers", "other products and services")),
    ("products_post", CONSENT, ("in your profile", "products and services")),
    ("products_email", CONSENT, ("in your profile", "products and services")),
    ("products_phone", CONSENT, ("in your profile", "products and services")),
    ("products_fax", CONSENT, ("in your profile", "products and services")),
    (
        "service_messages",
        CONTRACT,
        ("answers", "support", "technical alerts", "updates", "administrative messages"),
    ),
    ("feedback_help", CONTRACT, ("feedback", "help")),
    ("promotion", CONSENT, ("make the services known", "take part")),
    ("support", CONTRACT, ("solve", "analyse incidents")),
    ("improvement", INTEREST, ("repair and improve",)),
    ("research", INTEREST, ("develop",)),
    ("surveys", CONSENT, ("e-mail", "questionnaires and surveys")),
    ("audience_insight", CONSENT, ("newsletters", "site")),
    ("testimonial", CONSENT, ("another specific purpose", "testimonial", "customer")),
    (
        "partner_lists",
        CONSENT,
        ("affiliate partners, sponsors and advertisers", "nothing more", "our own offers"),
    ),
    (
        "supplier_listing",
        CONSENT,
        ("supplier lists", "collaboration portals", "listing itself is the service"),
    ),
    ("call_recording", CONSENT, ("record phone calls", "train")),
    ("mail_measurement", CONSENT, ("opened", "links")),
    ("functionality_cookies", CONSENT, ("recognise you", "language and place")),
    ("site_measurement", CONSENT, ("traffic", "statistics", "anonymous aggregates")),
    ("advertising_cookies", CONSENT, ("advertising partners", "elsewhere")),
    ("security", INTEREST, ("watch the traffic coming in and going out",)),
    ("rights_and_proof", OBLIGATION, ("answer your requests", "proof of your choices")),
    ("legal_claims", INTEREST, ("legal claims",)),
]

CHANNELS = {
    "offers_email": ["email"],
    "products_post": ["post"],
    "products_email": ["email"],
    "products_phone": ["phone"],
    "products_fax": ["fax"],
    "promotion": ["web"],
    "advertising_cookies": ["web"],
}
"""Marketing purposes and how they reach people."""

PROCESSORS = {
    "administration_providers": "administration",
    "operations_providers": "operations",
    "processing_providers": "processing",
    "affiliation_providers": "affiliation services",
    "marketing_providers": "marketing and communication",
    "affiliate_databases": "affiliate databases",
    "card_processors": "card processing",
    "conference_providers": "conference registration",
    "tencent": "Tencent Web Services",
    "storage_providers": "administrative providers for storage",
    "aws": "Amazon Web Services",
    "measurement_providers": "measure",
}

LISTS = {"identity.name", "identity.address", "identity.email", "company.name"}


def test_purposes_are_these(document: dict[str, Any]) -> None:
    assert [purpose["id"] for purpose in document["purposes"]] == [row[0] for row in PURPOSES]


@pytest.mark.parametrize(("purpose", "basis", "words"), PURPOSES)
def test_purpose(
    at: Callable[[str], Any], purpose: str, basis: str, words: tuple[str, ...]
) -> None:
    found = at(f"purposes/{purpose}")
    said = found["title"]["en"].lower() + " " + found["description"]["en"]
    missing = [word for word in words if word.lower() not in said.lower()]
    assert not missing
    assert found["basis"]["kind"] == basis
    assert found["basis"]["origin"] == "controller_choice"
    assert found["automated"] == "not_stated"


def test_paid_checks_name_the_interest(at: Callable[[str], Any]) -> None:
    assert "fraud" in at("purposes/credit_reference/basis/interest")["en"].lower()
    assert "third_parties" in at("purposes/credit_reference")["categories"]
    assert "credit_reference_agencies" in at("purposes/credit_reference")["recipients"]


def test_obligation_names_the_act(at: Callable[[str], Any]) -> None:
    assert "2016/679" in at("purposes/rights_and_proof/basis/act")["it"]


def test_each_marketing_channel_is_its_own_choice(document: dict[str, Any]) -> None:
    marketing = {p["id"]: p["channels"] for p in document["purposes"] if p["marketing"]}
    assert marketing == CHANNELS
    consent = {p["id"] for p in document["purposes"] if p["basis"]["kind"] == CONSENT}
    assert marketing.keys() <= consent


@pytest.mark.parametrize(("recipient", "words"), PROCESSORS.items())
def test_processors(at: Callable[[str], Any], recipient: str, words: str) -> None:
    found = at(f"recipients/{recipient}")
    assert found["role"] == "processor"
    assert words in found["name"]["en"]


@pytest.mark.parametrize(
    ("recipient", "role", "purpose"),
    [
        ("affiliate_partners", "controller", "partner_lists"),
        ("sponsors", "controller", "partner_lists"),
        ("advertisers", "controller", "partner_lists"),
        ("advertising_partners", "controller", "advertising_cookies"),
        ("credit_reference_agencies", "controller", "credit_reference"),
        ("other_users", "other_users", "supplier_listing"),
    ],
)
def test_other_recipients(
    at: Callable[[str], Any], recipient: str, role: str, purpose: str
) -> None:
    found = at(f"recipients/{recipient}")
    assert (found["role"], found["origin"]) == (role, "published")
    assert purpose in found["purposes"]


@pytest.mark.parametrize(
    "recipient",
    [
        "affiliate_partners",
        "sponsors",
        "advertisers",
        "affiliation_providers",
        "affiliate_databases",
    ],
)
def test_lists_hold_four_items_and_nothing_more(at: Callable[[str], Any], recipient: str) -> None:
    assert set(at(f"recipients/{recipient}")["items"]) == LISTS
    assert at(f"recipients/{recipient}")["purposes"] == ["partner_lists"]


def test_partner_companies_are_named(at: Callable[[str], Any]) -> None:
    assert "partner companies" in at("recipients/affiliate_partners/name")["en"]


def test_records_lie_in_the_region_of_the_stage(at: Callable[[str], Any]) -> None:
    aws = at("recipients/aws")
    assert aws["hosting"] == ["aws:eu-south-1"]
    assert aws["country"]["codes"] == ["IT"]


def test_tencent_is_to_confirm(at: Callable[[str], Any]) -> None:
    assert at("recipients/tencent")["origin"] == "published"
    assert at("recipients/tencent")["to_confirm"] is True


def test_countries_and_safeguards_are_to_confirm(document: dict[str, Any], notice: Notice) -> None:
    """Known is only where this deployment keeps its records, and where the controller is."""
    for recipient in document["recipients"]:
        name = recipient["id"]
        known = {"aws": ["IT"], "keeprobust_platform": ["CN"]}.get(name)
        assert recipient["country"].get("codes") == known, name
        assert "tool" not in recipient["transfer"], name
        assert {f"recipients/{name}/country", f"recipients/{name}/transfer"} <= set(
            notice.unconfirmed
        )
