"""What a version changed, as people read it and as programs do."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chalicelib.notices.changes import changes
from chalicelib.notices.changes.rules import RULES
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.notices.presentation import changed
from chalicelib.notices.rendering import render_changes_html, render_changes_markdown
from chalicelib.notices.rendering.changes import changes_told
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.web.contract import HTML, JSON, MARKDOWN
from tests.unit.core.samples import association, shipped
from tests.unit.notices import grown
from tests.unit.notices.changes_edits import Row
from tests.unit.notices.changes_rows import ROWS
from tests.unit.rendering.conftest import HOSTILE, poisoned
from tests.unit.rendering.reading import Html, Markdown, squeezed

SENTENCES: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("changes_sentences.json").read_text("utf-8")
)
"""What some rows read like, in two languages."""


def renamed(value: Any, language: str, instead: str = "it") -> Any:
    """A document in which `language` stands instead of Italian."""
    if isinstance(value, list):
        return [renamed(one, language, instead) for one in value]
    if isinstance(value, dict):
        found = {name: renamed(one, language, instead) for name, one in value.items()}
        if isinstance(found.get(instead), str):
            return {language if name == instead else name: one for name, one in found.items()}
        return found
    return value


def second_in(document: dict[str, Any], language: str) -> dict[str, Any]:
    """A document in English and `language` instead of Italian; what it adds is Dutch then."""
    moves = () if language in ("en", "it") else ((language, "nl"), ("it", language))
    for instead, other in moves:
        document = renamed(document, other, instead)
        document["locales"] = [other if one == instead else one for one in document["locales"]]
    return document


@cache
def base(language: str = "it") -> Notice:
    return grown.compiled(second_in(grown.document(), language))


def edited(*rows: Row, version: str = "2025-06-01", language: str = "it") -> Notice:
    document = grown.document()
    for row in rows:
        row[1](document)
    document["version"], document["effective_at"] = version, f"{version}T00:00:00Z"
    return load_published(second_in(document, language))


def row(name: str) -> Row:
    return next(found for found in ROWS if found[0] == name)


def told(before: Notice, after: Notice, locale: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = changes_told(before, after, locale)["changes"]
    return found


def texts(name: str, locale: str = "en") -> list[str]:
    return [one["text"] for one in told(base(), edited(row(name)), locale)]


@pytest.mark.parametrize("locale", languages())
@pytest.mark.parametrize("name", [found[0] for found in ROWS])
def test_every_change_is_a_sentence_of_the_same_in_every_language(name: str, locale: str) -> None:
    first, other = base(locale), edited(row(name), language=locale)
    for before, after in ((first, other), (other, first)):
        own, english = (told(before, after, language) for language in (locale, "en"))
        for change in own:
            text = change["text"]
            assert re.fullmatch(r"\S.{15,}\.", text, re.DOTALL), text
            assert text == squeezed(text)
            assert not re.search(r"[{}]|\.\.|:\s?\.|[“«„]\s*[”»“]|None|\(\)", text), text
        assert len(own) == len(english)
        for one, two in zip(own, english, strict=True):
            assert locale == "en" or one["text"] != two["text"]
            assert {**one, "text": ""} == {**two, "text": ""}


def test_italian_words_come_with_italian_sentences() -> None:
    (text,) = texts("another channel", "it")
    assert text == "Nuovo canale per «[it] Send the seasonal letter»: SMS."


@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str, locale: str) -> None:
    assert texts(name, locale) == SENTENCES[name][locale]


def test_what_is_gone_is_named_as_it_was() -> None:
    (change,) = told(edited(row("consent asked for")), base(), "it")
    assert change["text"] == "Lo scopo «[it] Swaps» finisce: non usiamo più dati per questo."


def test_the_json_says_which_versions_and_from_when() -> None:
    after = edited(row("another channel"))
    body = changes_told(base(), after, "en")
    assert {name: body[name] for name in ("from", "to", "effective_at")} == {
        "from": "2025-03-01",
        "to": "2025-06-01",
        "effective_at": "2025-06-01T00:00:00.000Z",
    }
    assert body["changes"] == [
        {
            "effect": "material",
            "kind": "channel_added",
            "pointer": "/purposes/1/channels/1",
            "purposes": ["newsletter"],
            "text": "New channel for “Send the seasonal letter”: text message.",
        }
    ]


MIXED = ("another channel", "longer", "order", "purpose reworded")


@cache
def mixed() -> Notice:
    return edited(*(row(name) for name in MIXED))


@pytest.mark.parametrize("locale", ["it", "en"])
def test_the_page_is_whole_and_accessible(locale: str) -> None:
    html = Html(render_changes_html(base(), mixed(), locale))
    assert html.problems == []
    assert [e.attributes["lang"] for e in html.all("html")] == [locale]
    assert html.title.strip()
    levels = [element.tag for element in html.all("h1", "h2", "h3")]
    assert levels[:4] == ["h1", "h2", "h2", "h2"]  # those below are the footer's
    for tag in ("header", "main", "footer"):
        assert len(html.all(tag)) == 1
    ids = [e.attributes["id"] for e in html.elements if "id" in e.attributes]
    assert {"content", "contents", "material", "informative", "editorial"} <= set(ids)
    assert len(ids) == len(set(ids))
    assert not html.all("img", "iframe", "form")


@pytest.mark.parametrize("locale", ["it", "en"])
def test_all_forms_say_the_same(locale: str) -> None:
    html = Html(render_changes_html(base(), mixed(), locale)).text
    markdown = Markdown(render_changes_markdown(base(), mixed(), locale)).text
    found = told(base(), mixed(), locale)
    assert len(found) == len(changes(base(), mixed())) == 5
    for change in found:
        # The page marks old and new words, which stand apart in its text.
        assert "".join(change["text"].split()) in "".join(html.split())
        assert change["text"] in markdown


def test_the_page_says_from_when() -> None:
    text = Html(render_changes_html(base(), mixed(), "it")).text
    assert "Dal 1 giugno 2025 vale la versione 2025-06-01" in text
    assert "al posto della versione 2025-03-01" in text


def test_what_reads_alike_is_said_once() -> None:
    html = Html(render_changes_html(base(), edited(row("purpose reworded")), "en"))
    assert html.text.count("Purpose “A letter”: only the words change.") == 1


def test_links_lead_to_both_versions_and_the_other_language() -> None:
    html = Html(render_changes_html(base(), mixed(), "en"))
    inside = [str(e.attributes["href"]) for e in html.all("main", "a") if "href" in e.attributes]
    assert "../2025-06-01?lang=en" in inside
    assert "../2025-03-01?lang=en" in inside
    others = [e.attributes["href"] for e in html.all("a") if e.attributes.get("hreflang")]
    assert others == ["?since=2025-03-01&lang=it"]


@pytest.mark.parametrize("render", [render_changes_html, render_changes_markdown])
def test_no_change_is_said_too(render: Any) -> None:
    text = render(base(), base(), "en")
    assert "Nothing differs between the two versions." in text
    html = Html(render_changes_html(base(), base(), "en"))
    assert html.problems == []
    assert not html.all("nav", "ol")[1:]


def test_many_purposes_are_counted_unless_they_are_asked_about() -> None:
    document = json.loads(json.dumps(dict(shipped().document)))
    document["recipients"][1]["country"]["codes"].append("US")
    found = told(shipped(), load_published(document), "it")
    assert [one["effect"] for one in found] == ["material", "informative"]
    asked, informed = (one["text"] for one in found)
    titles = [shipped().purposes[name].title["it"] for name in found[0]["purposes"]]
    assert len(titles) > 10
    assert all(title in asked for title in titles)
    assert informed.endswith(f"Riguarda: {len(found[1]['purposes'])} scopi.")


def test_whatever_differs_can_be_said() -> None:
    for before in (shipped(), association(), base()):
        for after in (shipped(), association(), base()):
            for locale in after.locales:
                assert all(one["text"] for one in told(before, after, locale))


def test_hostile_words_stay_words() -> None:
    other = load_published(poisoned(grown.document()))
    html = Html(render_changes_html(base(), other, "it"))
    assert html.problems == []
    (own,) = html.all("script")
    assert str(own.attributes["src"]).startswith("https://privacy.example/assets/")
    assert not html.all("img", "b")
    assert squeezed(HOSTILE) in html.text
    hrefs = {str(e.attributes["href"]) for e in html.all("a", "link")}
    own_ways = ("#", "?since=", "../", "https://privacy.example/", "mailto:secretary@", "data:")
    assert not [one for one in hrefs if not one.startswith(own_ways)]
    markdown = Markdown(render_changes_markdown(base(), other, "it"))
    assert not markdown.kinds & {"html_block", "html_inline", "image", "code_inline"}


@pytest.mark.parametrize("kind", [JSON, HTML, MARKDOWN])
def test_what_was_handed_out_is_kept(kind: str) -> None:
    first = changed(base(), mixed(), "en", kind)
    assert changed(base(), mixed(), "en", kind) is first
    assert changed(base(), mixed(), "it", kind) != first


def test_each_kind_has_its_sentence_and_no_sentence_is_left_over() -> None:
    sentences = {name for name in words("notice", "en") if name.startswith("change_")}
    kinds = {f"change_{rule.kind}" for rule in RULES if rule.kind}
    others = {"change_concerns", "change_purposes_many", "change_act_added", "change_act_removed"}
    assert sentences == kinds | others
