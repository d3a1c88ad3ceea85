"""All forms of a notice tell the same facts: the page, its Markdown, its JSON, and receipts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chalicelib.notices import presentation
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.notices.rendering.data import shown_records
from chalicelib.web.contract import JSON
from tests.unit.receipts.samples import everything
from tests.unit.receipts.samples import said as receipt
from tests.unit.rendering.reading import Html, Markdown, squeezed

ELSEWHERE = {"banner", "labels", "headings"}
"""Members whose words are for the banner (`GET /v1/cookies`), or name parts of the page."""

MARKED = ("origin", "to_confirm")


def texts(value: Any, notice: Notice, locale: str) -> Iterator[str]:
    """Every text of a document, in one language."""
    if isinstance(value, dict):
        if value and value.keys() <= set(notice.locales):
            yield notice.text(value, locale)
            return
        for name, inner in value.items():
            if name not in ELSEWHERE:
                yield from texts(inner, notice, locale)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, notice, locale)


def told(notice: Notice) -> dict[str, Any]:
    """The document without what the software keeps of nobody whom the notice is for."""
    kept = {*shown_records(notice), *(one.kind for one in notice.facts.values())}
    own = {
        name: [one for one in notice.completed[name] if one["kind"] in kept]
        for name in ("records", "retention")
    }
    for number, rule in enumerate(own["retention"]):
        stays = [one for one in rule.get("survives", ()) if one["kind"] in kept]
        own["retention"][number] = {**rule, "survives": stays}
    return {**notice.completed, **own}


def strings(value: Any) -> Iterator[str]:
    """Every string of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def missing(wanted: Iterator[str], text: str) -> list[str]:
    return [one for one in wanted if squeezed(one) not in text]


def statements(value: Any) -> Iterator[tuple[str, Any]]:
    """Every statement with an origin, by the members that tell it."""
    if isinstance(value, dict):
        if "origin" in value:
            yield from ((name, value[name]) for name in MARKED if name in value)
        for inner in value.values():
            yield from statements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from statements(inner)


def test_each_text_of_the_notice_is_in_each_form(rendered: tuple[Notice, str]) -> None:
    notice, locale = rendered
    whole = [*texts(told(notice), notice, locale)]
    assert len(whole) > 200
    assert missing(iter(whole), Html(render_html(notice, locale)).text) == []
    assert missing(iter(whole), Markdown(render_markdown(notice, locale)).text) == []
    body = json.loads(presentation.in_force(notice, locale, JSON))
    known = {*strings(body)}
    assert [one for one in whole if one not in known] == []


def test_the_controller_and_the_hosts_are_in_each_form(rendered: tuple[Notice, str]) -> None:
    notice, locale = rendered
    found = notice.completed["controller"]
    said = [
        found[name] for name in ("name", "address", "email", "phone", "website") if name in found
    ]
    said += notice.completed["site"]["hosts"]
    assert said
    assert missing(iter(said), Html(render_html(notice, locale)).text) == []
    assert missing(iter(said), Markdown(render_markdown(notice, locale)).text) == []
    body = {*strings(json.loads(presentation.in_force(notice, locale, JSON)))}
    assert set(said) <= body


def test_the_json_keeps_the_origin_of_each_statement(rendered: tuple[Notice, str]) -> None:
    notice, locale = rendered
    body = json.loads(presentation.in_force(notice, locale, JSON))
    assert [*statements(body["document"])] == [*statements(json.loads(_plain(notice)))]


def _plain(notice: Notice) -> str:
    return json.dumps(dict(notice.completed))


def test_a_receipt_tells_nothing_that_the_notice_does_not(rendered: tuple[Notice, str]) -> None:
    notice, locale = rendered
    of = receipt(everything(notice), notice, locale)
    processing = of["pii_processing"]
    described = [
        *(one[name] for one in processing["purposes"] for name in ("title", "description")),
        *(one["lawful_basis"]["text"] for one in processing["purposes"]),
        *(one["title"] for one in processing["pii_information"]),
        *(item for one in processing["pii_information"] for item in one["items"]),
        *(
            rule[name]
            for one in processing["pii_information"]
            for rule in one["retention"]["rules"]
            for name in ("period", "starts")
        ),
        *(one[name] for one in processing["recipients"] for name in ("name", "role_text", "place")),
        *(one["name"] or one["text"] for one in of["party_identification"]),
    ]
    assert len(described) > 10
    html = Html(render_html(notice, locale)).text
    assert missing(iter(described), html) == []
    assert missing(iter(described), Markdown(render_markdown(notice, locale)).text) == []
