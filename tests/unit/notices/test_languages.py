"""Links in texts, languages without every text, labels of a notice's own, tags of any language."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.model import Notice
from chalicelib.notices.presentation import in_force
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.texts import parts, without_links
from chalicelib.web.contract import JSON
from tests.unit.notices import grown

LINKED = "See [the policy](https://minimal.example/children) or [us](mailto:us@minimal.example)."


def compiled(document: dict[str, Any]) -> Notice:
    return compile_notice(document, STORED)


def refused(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(NoticeRefused) as caught:
        compiled(document)
    return {one.pointer: one.detail for one in caught.value.findings}


def with_minors(association: dict[str, Any], text: str) -> Notice:
    association["minors"] = {"origin": "published", "text": {"en": text}}
    return compiled(association)


def test_a_link_in_a_statement_is_one_on_the_page(association: dict[str, Any]) -> None:
    notice = with_minors(association, LINKED)
    page = render_html(notice, "en")
    link = '<a href="https://minimal.example/children" rel="noreferrer noopener">the policy</a>'
    assert f"See {link} or" in page
    assert '<a href="mailto:us@minimal.example" rel="noreferrer noopener">us</a>.' in page
    assert "[the policy](https://minimal.example/children)" in render_markdown(notice, "en")


def test_elsewhere_the_address_is_written_out(association: dict[str, Any]) -> None:
    notice = with_minors(association, LINKED)
    plain = "See the policy (https://minimal.example/children) or us (us@minimal.example)."
    assert notice.text(notice.document["minors"]["text"], "en") == plain
    answer = json.loads(in_force(notice, "en", JSON))
    assert answer["document"]["minors"]["text"] == plain
    assert without_links("[https://a.example/](https://a.example/)") == "https://a.example/"


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](data:text/html,a)",
        "[x](//a.example)",
        "[x](/notice)",
        "[x]( https://a.example)",
        "[x](https://)",
        '[x](https://a.example/"onclick=)',
        "[x](https://a.example/<b>)",
        "[x](mailto:a@b.example?bcc=c@d.example)",
        "[x\ny](https://a.example)",
        "[](https://a.example)",
    ],
)
def test_what_leads_elsewhere_is_no_link(association: dict[str, Any], text: str) -> None:
    assert list(parts(text)) == [(text, None)]
    page = render_html(with_minors(association, text), "en")
    assert (
        "onclick=)" not in re.sub(r"&#34;|&quot;", "", page)
        or "<a" not in page.partition("[x]")[2][:9]
    )
    assert not re.search(r'<a [^>]*href="(javascript|data|//)', page)


def test_words_of_a_link_are_escaped(association: dict[str, Any]) -> None:
    text = "[<b>a</b> *b*](https://a.example/?x=1&y=2)"
    notice = with_minors(association, text)
    page = render_html(notice, "en")
    assert '<a href="https://a.example/?x=1&amp;y=2" rel=' in page
    assert "&lt;b&gt;a&lt;/b&gt; *b*</a>" in page
    assert r"[\<b\>a\</b\> \*b\*](https://a.example/?x=1&y=2)" in render_markdown(notice, "en")


def test_brackets_without_end_are_read_in_one_pass() -> None:
    text = "[" * 2000 + "](https://a" * 100
    assert "".join(words for words, _ in parts(text)) == text


@pytest.mark.parametrize("tag", ["fil", "sr-Latn", "zh-Hant-TW", "es-419", "pt-BR"])
def test_any_language_may_be_one_of_the_notice(association: dict[str, Any], tag: str) -> None:
    document = _in(association, tag)
    notice = compiled(document)
    page = render_html(notice, tag)
    assert f'lang="{tag}"' in page
    assert json.loads(in_force(notice, tag, JSON))["locale"] == tag
    for wrong in ("EN", "e", "english", "sr-latn", "sr_RS", "en-gb", "url", "max"):
        document["locales"] = [tag, wrong]
        assert "/locales/1" in refused(document)


def _in(value: Any, tag: str) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"en"}:
            return {tag: value["en"]}
        found = {name: _in(inner, tag) for name, inner in value.items()}
        return {**found, "locales": [tag]} if "locales" in value else found
    return [_in(inner, tag) for inner in value] if isinstance(value, list) else value


def test_a_language_without_any_text_is_a_choice(association: dict[str, Any]) -> None:
    association["locales"].append("it")
    notice = compiled(association)
    page = render_html(notice, "it")
    assert "(EN)" in page
    assert '<span lang="en">' in page
    assert '<h3 lang="en">' in page
    said = json.loads(in_force(notice, "it", JSON))["document"]["purposes"][0]["title"]
    assert said == f"{association['purposes'][0]['title']['en']} (EN)"
    assert "(EN) Non tradotto: questo testo è in inglese." in page
    assert "Vai al contenuto" in page
    assert "(EN)" not in render_html(notice, "en")
    association["fallback"] = False
    assert refused(association)


def test_a_language_with_some_texts_needs_all_or_a_word_on_it(
    association: dict[str, Any],
) -> None:
    association["locales"].append("it")
    association["purposes"][0]["title"]["it"] = "Iscrizione"
    assert "/purposes/1/title/it" in refused(association)
    association["fallback"] = True
    notice = compiled(association)
    page = render_html(notice, "it")
    assert "Iscrizione" in page
    assert f"{association['purposes'][1]['title']['en']} (EN)" in page.replace("&#39;", "'")
    del association["purposes"][1]["title"]["en"]
    association["purposes"][1]["title"]["it"] = "Lettera"
    assert set(refused(association)) == {"/purposes/1/title/en"}


def test_a_language_that_the_software_lacks_is_never_silent(association: dict[str, Any]) -> None:
    association["locales"].append("ga")
    assert refused(association)
    association["fallback"] = True
    compiled(association)


def test_a_banner_has_a_text_for_every_language() -> None:
    document = grown.document()
    document["locales"] = ["en", "it", "de"]
    words = cookie_catalogue(grown.compiled(document))["banner"]["words"]
    assert all(set(text) == {"en", "it", "de"} for text in words.values())
    assert words["title"]["de"] == words["title"]["en"]


def test_labels_may_be_in_one_language(association: dict[str, Any]) -> None:
    association["locales"].append("it")
    association["labels"] = {"contents": {"it": "Sommario"}, "name": {"en": "Called"}}
    notice = compiled(association)
    assert "Sommario" in render_html(notice, "it")
    assert "Contents" in render_html(notice, "en")
    assert "Called" in render_html(notice, "en")
    for locale in ("en", "it"):
        assert json.loads(in_force(notice, locale, JSON))["document"]["labels"]["contents"]


@pytest.mark.parametrize(
    "name",
    ["country_hk", "language_name", "from_closed_standing", "from_created_link", "month_12"],
)
def test_known_labels(association: dict[str, Any], name: str) -> None:
    association["labels"] = {name: {"en": "Word"}}
    compiled(association)


@pytest.mark.parametrize("name", ["country_uk", "contentz", "from_closed_moon", "month_13"])
def test_a_label_without_a_place_is_refused(association: dict[str, Any], name: str) -> None:
    association["labels"] = {name: {"en": "Word"}}
    found = refused(association)
    assert set(found) == {f"/labels/{name}"}
    assert ("write contents" in found["/labels/contentz"]) if name == "contentz" else True
