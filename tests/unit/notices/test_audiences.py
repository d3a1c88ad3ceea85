"""People whom only parts of a notice concern: their own parts come first, and are told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.processing import report_json
from chalicelib.notices.rendering import render_html, render_markdown


@pytest.fixture
def document(association: dict[str, Any]) -> dict[str, Any]:
    """The association's document, whose last purpose is for guests alone, and last but one not."""
    association["audiences"] = [
        {"id": name, "origin": "published", "title": {"en": name.title()}}
        for name in ("members", "guests")
    ]
    association["purposes"][-1]["audiences"] = ["guests"]
    association["purposes"][-2]["audiences"] = ["members"]
    return association


@pytest.fixture
def notice(document: dict[str, Any]) -> Notice:
    return compile_notice(document, STORED)


def _places(page: str, notice: Notice) -> list[str]:
    """The purposes in the order in which the page has them."""
    section = page.partition(' id="purposes"')[2]
    found = {name: section.find(f' id="purpose-{name}"') for name in notice.purposes}
    assert min(found.values()) > 0
    return sorted(found, key=lambda name: found[name])


def test_everybody_reads_in_the_order_of_the_notice(notice: Notice) -> None:
    assert _places(render_html(notice, "en"), notice) == [*notice.purposes]
    assert _places(render_html(notice, "en", None, "nobody"), notice) != []


def test_ones_own_come_first_and_others_last(notice: Notice) -> None:
    order = _places(render_html(notice, "en", None, "guests"), notice)
    *others, members, guests = notice.purposes
    assert order == [guests, *others, members]


def test_the_first_screen_leads_each_to_their_own(notice: Notice) -> None:
    page = render_html(notice, "en")
    assert 'href="?lang=en&amp;audience=guests#purposes"' in page
    assert "Whom it concerns: Guests" in render_markdown(notice, "en")


def test_a_form_may_be_for_some(document: dict[str, Any]) -> None:
    first = document["forms"][0]
    document["forms"].append({**first, "id": "visit", "audiences": ["guests"]})
    document["forms"][-1]["title"] = {"en": "Visit us"}
    page = render_markdown(compile_notice(document, STORED), "en", None, "guests")
    assert page.index("**Visit us**") < page.index(f"**{first['title']['en']}**")


def test_the_record_of_processing_names_them(notice: Notice) -> None:
    told = json.loads(report_json(notice, "en"))["activities"]
    assert told[-1]["subjects"][0] == "Guests"
    assert "Guests" not in told[0]["subjects"]


def test_an_audience_that_is_none_is_refused(document: dict[str, Any]) -> None:
    document["purposes"][0]["audiences"] = ["ghosts"]
    document["forms"][0]["audiences"] = ["ghosts"]
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(document, STORED)
    assert {one.pointer for one in refused.value.findings} == {
        "/purposes/0/audiences/0",
        "/forms/0/audiences/0",
    }
