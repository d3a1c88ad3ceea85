"""The page of a notice speaks one language: no label of another stands between its words."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from tests.unit.core.samples import document_in, shipped_in
from tests.unit.rendering.reading import Html, Markdown

LONG = 12
"""Shorter labels may stand in any text."""


def labels(language: str) -> set[str]:
    """The labels of the notice's page that are whole texts and no sentence to fill in."""
    found = words("notice", language).values()
    return {text for text in found if len(text) >= LONG and not re.search(r"[{}]", text)}


def written_in(language: str) -> str:
    """All words of the notice itself, in which a label may stand by chance."""
    return json.dumps(document_in([language]), ensure_ascii=False)


@pytest.mark.parametrize("language", languages())
def test_a_page_has_no_label_of_another_language(language: str) -> None:
    own = written_in(language)
    notice = shipped_in(language)
    for text in (
        Html(render_html(notice, language)).text,
        Markdown(render_markdown(notice, language)).text,
    ):
        said = {one for one in labels(language) if one in text}
        assert len(said) > 40
        for other in languages():
            if other != language:
                strange = {one for one in labels(other) - labels(language) if one not in own}
                assert {
                    one for one in strange if re.search(rf"\b{re.escape(one)}\b", text)
                } == set()


@pytest.mark.parametrize("language", languages())
def test_a_colon_after_a_label_is_set_as_the_language_does(language: str) -> None:
    notice = shipped_in(language)
    text = Html(render_html(notice, language)).text
    told = Markdown(render_markdown(notice, language)).text
    colon, own = words("pages", language)["colon"], written_in(language)
    found = [one for one in words("notice", language).values() if not re.search(r"[{}]", one)]
    for page in (text, told):
        assert sum(f"{one}{colon} " in page for one in found) > 5
        if colon != ":":
            assert [one for one in found if f"{one}: " in page and f"{one}: " not in own] == []
