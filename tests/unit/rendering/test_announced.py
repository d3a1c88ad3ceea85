"""A change that is near or new is told above the notice in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib import links
from chalicelib.notices.model import Announced, Notice
from chalicelib.notices.rendering import render_html, render_markdown
from tests.unit.rendering.reading import Html, Markdown

AHEAD = Announced(
    "2027-03-08",
    "2026-11-22",
    "informative",
    datetime(2027, 3, 8, tzinfo=UTC),
    datetime(2027, 4, 7, tzinfo=UTC),
)
NOW_IN_FORCE = replace(AHEAD, version="2026-11-22", since="2026-01-01")

TOLD = [
    (AHEAD, "it", "Una nuova versione di questa informativa entra in vigore il giorno 8 marzo"),
    (AHEAD, "en", "A new version of this notice takes effect on 8 March 2027."),
    (
        NOW_IN_FORCE,
        "it",
        "Una nuova versione di questa informativa è entrata in vigore il giorno 8 marzo 2027.",
    ),
    (NOW_IN_FORCE, "en", "A new version of this notice took effect on 8 March 2027."),
]
ASKED = {"it": "Su alcune scelte Le chiediamo di nuovo", "en": "you are asked again"}


@pytest.mark.parametrize(("announced", "locale", "words"), TOLD)
def test_it_says_what_happens_and_when(
    shipped: Notice, announced: Announced, locale: str, words: str
) -> None:
    for text in (
        Html(render_html(shipped, locale, announced)).text,
        Markdown(render_markdown(shipped, locale, announced)).text,
    ):
        assert words in text
        introduction = shipped.document["introduction"]["text"][locale]
        assert text.index(words) < text.index(introduction)


@pytest.mark.parametrize("locale", ["it", "en"])
def test_it_is_a_note_with_a_link_to_the_difference(shipped: Notice, locale: str) -> None:
    html = Html(render_html(shipped, locale, AHEAD))
    assert html.problems == []
    assert [one.attributes["class"] for one in html.all("div") if "role" in one.attributes] == [
        "note"
    ]
    target = f"{links.base()}/notice/2027-03-08/changes?since=2026-11-22&lang={locale}"
    found = [str(one.attributes["href"]) for one in html.all("a")]
    assert {link for link in found if "changes" in link and "#" not in link} == {target}
    assert target.replace("&", "&amp;") in render_html(shipped, locale, AHEAD)
    assert f"]({target})" in render_markdown(shipped, locale, AHEAD).replace("\\", "")


@pytest.mark.parametrize("locale", ["it", "en"])
def test_only_a_material_change_says_that_one_is_asked_again(shipped: Notice, locale: str) -> None:
    material = replace(AHEAD, effect="material")
    assert ASKED[locale] in Html(render_html(shipped, locale, material)).text
    assert ASKED[locale] not in Html(render_html(shipped, locale, AHEAD)).text


@pytest.mark.parametrize("locale", ["it", "en"])
def test_without_a_change_there_is_no_note(shipped: Notice, locale: str) -> None:
    text = render_html(shipped, locale)
    assert 'role="note"' not in text
    assert text == render_html(shipped, locale, None)
