"""The examples of a public body and of a shop: invented, whole, with nothing left to confirm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.notices.compiler.warnings import warnings
from chalicelib.notices.model import Notice
from infra.notice_document import EXAMPLES, notice_of

OFFICES = {"garanteprivacy.it", "cnil.fr"}
"""Authorities to which people may complain: no other name of the two documents is anybody's."""

_DOMAIN = re.compile(r"(?:https://(?:www\.)?|@)([a-z0-9.-]+)|\b((?:[a-z0-9-]+\.)+example)\b")
_LONG = 40
"""Characters from which a text is a sentence, and not a name."""


@pytest.fixture(params=["public_body", "shop"])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def text(name: str) -> str:
    return (EXAMPLES / f"{name}.json").read_text("utf-8")


@pytest.fixture
def document(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.fixture
def notice(name: str) -> Notice:
    """The notice, of which every mail and page was made once."""
    return notice_of(EXAMPLES / f"{name}.json")


def texts(value: object, locales: set[str]) -> Iterator[dict[str, str]]:
    """Every text for people in a document."""
    if isinstance(value, dict):
        if value and value.keys() <= locales:
            yield value
            return
        for inner in value.values():
            yield from texts(inner, locales)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, locales)


def test_nothing_is_left_to_confirm(notice: Notice) -> None:
    assert notice.unconfirmed == ()


def test_it_is_printed_for_people(text: str, document: dict[str, Any]) -> None:
    assert text == json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def test_no_sentence_is_the_same_in_two_languages(document: dict[str, Any]) -> None:
    found = list(texts(document, set(document["locales"])))
    assert len(found) > 150
    same = [one for one in found if len(set(one.values())) < len(one)]
    assert [one for one in same if len(next(iter(one.values()))) > _LONG] == []


def test_its_addresses_are_nobodys(text: str) -> None:
    named = {first or second for first, second in _DOMAIN.findall(text)}
    assert named
    assert {one for one in named - OFFICES if not one.endswith(".example")} == set()


def test_it_says_nothing_of_the_first_example(text: str) -> None:
    assert not re.search(
        "keeprobust|riserbo", re.sub('__Host-riserbo|"riserbo"', "", text), re.IGNORECASE
    )


def test_each_class_that_asks_lists_what_it_sets(notice: Notice) -> None:
    assert warnings(notice) == ()


def test_it_can_be_deployed_where_the_stages_are(notice: Notice) -> None:
    assert notice.hosting == {"aws:eu-south-1"}


def test_the_public_body_markets_nothing_and_asks_little() -> None:
    notice = notice_of(EXAMPLES / "public_body.json")
    assert set(notice.choices) == {"newsletter", "reading_history"}
    assert not [one for one in notice.purposes.values() if one.marketing]
    assert all(one.exempt for one in notice.cookie_classes.values())
    assert "banner" not in notice.document["cookies"]
    assert notice.document["controller"]["dpo"]["email"]


def test_the_shop_asks_for_advertising_and_says_where_data_goes() -> None:
    notice = notice_of(EXAMPLES / "shop.json")
    assert {"newsletter", "profiling", "reviews", "measurement", "advertising"} <= set(
        notice.choices
    )
    tools = {one.id: one.transfer_tool for one in notice.recipients.values() if one.transfer_tool}
    assert set(tools.values()) == {"adequacy", "standard_clauses", "derogation"}
    abroad = {code for one in tools for code in notice.recipients[one].countries}
    assert {"GB", "CH", "US", "AU"} <= abroad
    assert notice.cookies["adb_px_*"].cookie_class == "advertising"
