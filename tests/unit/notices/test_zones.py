"""The own zone of a country, and the days of a notice that states no calendar."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, load_published
from chalicelib.notices.countries import COUNTRIES, EEA
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.notices.zones import own_zone


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("IE", "Europe/Dublin"),
        ("DE", "Europe/Berlin"),
        ("ES", "Europe/Madrid"),
        ("AR", None),
        ("US", None),
        ("HT", "America/Port-au-Prince"),
        ("ZZ", None),
        ("EU", None),
        ("", None),
    ],
)
def test_a_country_has_a_zone_of_its_own_or_none(country: str, zone: str | None) -> None:
    assert own_zone(country) == zone


def test_every_zone_is_one_of_the_database_and_every_member_state_has_one() -> None:
    zones = {country: own_zone(country) for country in COUNTRIES}
    assert all(ZoneInfo(zone).key == zone for zone in zones.values() if zone is not None)
    assert all(zones[country] for country in EEA & COUNTRIES)
    assert len([zone for zone in zones.values() if zone is None]) < 30


@pytest.mark.parametrize(
    ("country", "zone"), [("IE", "Europe/Dublin"), ("IT", "Europe/Rome"), ("US", "UTC")]
)
def test_without_a_calendar_days_are_those_of_the_controllers_country(
    association: dict[str, Any], country: str, zone: str
) -> None:
    del association["requests"]["calendar"]
    association["controller"]["country"] = country
    association["controller"]["representative"] = {
        "origin": "published",
        "name": "Somebody",
        "country": "IE",
        "text": {"en": "Somebody."},
    }
    notice = compile_notice(association, STORED)
    assert notice.working_days == (zone, country)
    assert str(notice.zone) == zone
    assert load_published(association).working_days == (zone, country)
    assert "calendar" not in notice.document["requests"]
    for render in (render_html, render_markdown):
        assert f"time zone {zone}" in render(notice, "en").replace("\\", "")
